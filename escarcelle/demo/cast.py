"""The people of the demo. Names of the isle, none of a real person; addresses under a domain that cannot exist."""

from dataclasses import dataclass

from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Role
from escarcelle.lib.names import fold

PASSWORD = "escarcelle-demo"  # noqa: S105  the demo's own, printed at start


@dataclass(frozen=True)
class Login:
    """A sign-in of the demo; `role` None for a plain member, a coordinator or a producer."""

    last_name: str
    first_name: str
    email: str
    role: str | None
    in_words: str


ADMINISTRATOR = Login("Tonnerre", "Anne", "administratrice@groix.example", Role.Name.ADMINISTRATOR, "administratrice")
TREASURER = Login("Le Goff", "Martine", "tresoriere@groix.example", Role.Name.TREASURER, "trésorière")
COORDINATOR = Login("Favennec", "Hervé", "coordinateur@groix.example", None, "coordinateur du contrat légumes")
VOLUNTEER = Login("Corre", "Yannick", "benevole@groix.example", Role.Name.VOLUNTEER, "bénévole")
PRODUCER = Login("Stéphan", "Erwan", "producteur@groix.example", None, "producteur, Ferme de Groix")
MEMBER = Login("Adam", "Pécine", "adherente@groix.example", None, "adhérente")
GROIX = (ADMINISTRATOR, TREASURER, COORDINATOR, VOLUNTEER, PRODUCER, MEMBER)

MARKET_ADMINISTRATOR = Login("Cloarec", "Corentin", "marche@paysans.example", Role.Name.ADMINISTRATOR, "administrateur du marché")
CLIENT = Login("Bihan", "Soizic", "cliente@paysans.example", None, "cliente du marché")
MARKET_VOLUNTEER = Login("Le Gall", "Armel", "benevole@paysans.example", Role.Name.VOLUNTEER, "bénévole du marché")
DIRECT_PAYSANS = (MARKET_ADMINISTRATOR, MARKET_VOLUNTEER, CLIENT)

POT_ADMINISTRATOR = Login("Riouat", "Maïwenn", "cagnotte@quartier.example", Role.Name.ADMINISTRATOR, "administratrice de la cagnotte")
LA_CAGNOTTE = (POT_ADMINISTRATOR,)

# Who orders at the market besides those who sign in.
MARKET_CLIENTS = (
    ("Bihan", "Yann"), ("Prigent", "Malo"), ("Jaouen", "Tifenn"), ("Baudry", "Line"), ("Colin", "Rose"), ("Gallo", "Bruno"),
    ("Kerbrat", "Azenor"), ("Le Meur", "Pol"), ("Moal", "Yuna"), ("Nédelec", "Jean"), ("Omnès", "Fañch"), ("Péron", "Lucienne"),
    ("Rannou", "Edern"), ("Scouarnec", "Aziliz"), ("Tromeur", "Benoît"), ("Urvoas", "Mona"), ("Vigouroux", "Nina"),
    ("Abgrall", "Pierre"), ("Cosquer", "Hélène"), ("Diaz", "Inès"), ("Floc’h", "Maryvonne"),
)  # fmt: skip
# Those of the money pot, with what each had put into it on the first day, in cents.
NEIGHBOURS_OF_THE_POT = (("Botrel", "Aël", 5000), ("Corlay", "Samir", 2500), ("Hervé", "Lise", 0), ("Ollivier", "Tudi", 12000))

# Members who subscribe to the vegetables, besides those above who do: forty in all.
NEIGHBOURS = (
    ("Angoustan", "Bernard"), ("Blanc", "Alphée"), ("Cariou", "Maëlle"), ("Davigo", "Solène"), ("Évenou", "Gwenaël"),
    ("Guérin", "Odette"), ("Hamon", "Denise"), ("Jégo", "Tugdual"), ("Kervella", "Nolwenn"), ("Le Dren", "Anaïg"),
    ("Madec", "Loïc"), ("Le Floc’h", "Annick"), ("Nicolas", "Rozenn"), ("Olliviero", "Jean-Yves"), ("Pennec", "Gaëlle"),
    ("Quéré", "Jean-Marie"), ("Riou", "Morgane"), ("Salaün", "Yves"), ("Tanguy", "Katell"), ("Uguen", "Mériadec"),
    ("Vaillant", "Françoise"), ("Yvon", "Thérèse"), ("Le Bris", "Ronan"), ("Bellec", "Nadia"), ("Cadiou", "Iwan"),
    ("Derrien", "Marie-Jo"), ("Nguyễn", "Thảo"), ("Gourlaouen", "Steven"), ("Guégan", "Brigitte"), ("Kerdoncuff", "Alan"),
    ("Lagadec", "Enora"), ("L’Hostis", "Paul"), ("Marrec", "Claire"), ("Morvan", "Goulven"), ("Stéphant", "Lena"),
    ("Thomas", "Élisabeth"),
)  # fmt: skip
# The first of them were there last season; the others have just joined.
FAITHFUL = NEIGHBOURS[:28]
NEWCOMERS = NEIGHBOURS[28:]
# Shares the household, and the subscription, of the member above.
PARTNER = ("Adam", "Mathurin")
# Was there last season, and moved to the mainland.
GONE = ("Le Meur", "Jobic")
# Has been sent an invitation, and not answered yet.
INVITED = ("Guégan", "Brigitte")

BANKS = ("Crédit Mutuel", "La Banque Postale", "Crédit Agricole", "BNP Paribas", "Caisse d’Épargne", "CIC", "Société Générale")


def address_at(domain: str, last_name: str, first_name: str) -> str:
    """« malo.prigent@… »"""
    return ".".join(fold(name).replace(" ", "-").replace("’", "") for name in (first_name, last_name)) + f"@{domain}"


def details_of(last_name: str, first_name: str) -> PersonalDetails:
    """How to reach them: three in four gave an address, and half a telephone, of numbers kept for films and books."""
    rank = [name for name, _ in (*NEIGHBOURS, PARTNER, GONE)].index(last_name)
    email = address_at("groix.example", last_name, first_name) if rank % 4 != 1 else ""
    phone = f"06 39 98 {10 + rank:02} {97 - 2 * rank:02}" if rank % 2 else ""
    return PersonalDetails(last_name, first_name, email, phone)
