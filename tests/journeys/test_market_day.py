"""The day of a market on a telephone, from the keyboard: basket after basket, all at once, a group that was blocked, an order, no script."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.serving import serving
from tests.journeys.test_every_page import COLOUR_RULES, RULES

ADMINISTRATOR, CLIENT = "anne@halle.example", "denise@halle.example"
PHONE = {"width": 360, "height": 740}
SCENES = "from tests.journeys import market_scenes; market_scenes."
# What somebody who cannot see would hear of the thing under their hands.
NAME_OF_FOCUS = """() => {
    const here = document.activeElement;
    const words = here.getAttribute("aria-label") ?? (here.labels?.length ? [...here.labels].map((one) => one.textContent).join(" ") : here.textContent);
    return words.replace(/\\s+/g, " ").trim();
}"""

# What a wet thumb would miss: buttons and boxes less than 44 pixels high.
SMALL_TARGETS = """() => [...document.querySelectorAll("main :is(button, select, summary, .btn, input:not([type=hidden], [type=radio], [type=checkbox]))")]
    .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def halls(tmp_path_factory):
    """The site with the markets of these journeys: their numbers, and a session for each person."""
    with serving(tmp_path_factory.mktemp("halls")) as site:
        yield site, json.loads(site.run("manage.py", "shell", "-v0", "-c", f"{SCENES}build()"))


class Hall:
    """One market, and who holds a telephone there."""

    def __init__(self, site, scene, telephone):
        self.site, self.scene, self.telephone = site, scene, telephone

    def address(self, name, *args):
        return self.site.url + reverse(f"web:{name}", args=[self.scene["group"], *args])

    def open_as(self, email, name, *args, **options):
        phone = self.telephone(email, **options)
        phone.page.goto(self.address(name, *args))
        return phone

    def story(self):
        """What the queries answer about this market."""
        slug = self.scene["group"]
        return json.loads(self.site.run("manage.py", "shell", "-v0", "-c", f"{SCENES}tell('{slug}')"))


class Phone:
    """A page 360 pixels wide in front of somebody who only has keys."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def to_content(self):
        """The first key of a page leads past its tabs."""
        self.press("Tab")
        assert self.here == "Aller au contenu"
        self.press("Enter")

    def tab_to(self, name):
        """Go on with Tab until something of this name, as somebody who cannot see would hear it."""
        if self.page.evaluate("document.activeElement === document.body"):
            self.to_content()
        for _ in range(80):
            self.press("Tab")
            if re.search(name, self.here):
                return
        raise AssertionError(f"Tab does not lead to {name}")

    def enter(self):
        """Enter, on something that leads to another page or sends what was typed."""
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, name):
        self.tab_to(name)
        self.enter()

    def tick(self, name):
        self.tab_to(name)
        self.press("Space")

    def fill(self, name, text):
        self.tab_to(name)
        self.press("Control+a")
        self.type(text)

    @property
    def here(self):
        return self.page.evaluate(NAME_OF_FOCUS)

    @property
    def words(self):
        return spaced(self.page.locator("main").inner_text())

    @property
    def basket(self):
        return self.page.locator("#panier").inner_text()

    def told(self, words):
        """What the page says aloud when it opens."""
        said = re.compile(words.replace(" ", r"\s"))
        expect(self.page.get_by_role("status").or_(self.page.get_by_role("alert")).filter(has_text=said)).to_be_visible()

    def is_readable(self):
        """Nothing for axe to say, light or dark, and nothing wider than the telephone; every target is as large as a finger."""
        self.page.evaluate(AXE_SCRIPT)
        light = self._violations({"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        dark = self._violations({"type": "rule", "values": COLOUR_RULES})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        assert light + dark == []
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert self.page.evaluate(SMALL_TARGETS) == []

    def _violations(self, only):
        run = "async (only) => (await axe.run(document, {runOnly: only, resultTypes: ['violations']})).violations"
        return [f"{one['id']}: {node['html'][:160]}" for one in self.page.evaluate(run, only) for node in one["nodes"]]


def spaced(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def hall(browser, browser_context_args, halls):
    """A market by the name of its scene."""
    site, made = halls
    contexts, phones = [], []

    def telephone(email, **options):
        context = browser.new_context(
            **browser_context_args, viewport=PHONE, is_mobile=True, has_touch=True, reduced_motion="reduce", **options
        )
        context.add_cookies([{"name": "sessionid", "value": made["sessions"][email], "url": site.url}])
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        phones.append(Phone(context.new_page()))
        return phones[-1]

    yield lambda name: Hall(site, made["scenes"][name], telephone)
    for context in contexts:
        context.close()
    assert [complaint for phone in phones for complaint in phone.complaints] == []


def name_payments(phone):
    """Three baskets: cash, not named at first; a cheque; an announced transfer that has arrived."""
    assert phone.basket == "PÉRON Lucienne"  # a payment to name, that one forgets to name
    phone.choose("^Valider le panier$")
    phone.told("indiquez d’abord comment PÉRON Lucienne a payé")
    phone.is_readable()
    phone.tick("^Espèces$")
    phone.tab_to("^Donné$")
    phone.type("10")
    expect(phone.page.locator(".change b")).to_have_text(re.compile("^4,70.€$"))
    phone.is_readable()
    phone.choose("^Valider le panier$")

    assert phone.basket == "QUÉRÉ Mona"
    phone.tab_to("^Espèces$")
    phone.press("ArrowDown")
    assert phone.here == "Chèque"
    phone.fill("^Numéro du chèque$", "0071234")
    phone.fill("^Banque$", "Crédit Mutuel")
    phone.choose("^Valider le panier$")

    assert phone.basket == "RANNOU Edern"  # an announced transfer, seen on the bank's page
    phone.choose("^Reçu")
    phone.told("5,30.€ de RANNOU Edern, reçu")
    phone.choose("^Valider le panier$")


def meet_exceptions(phone):
    """Three more: something did not come, a chicken weighs more, an order was made for somebody."""
    assert phone.basket == "SCOUARNEC Aziliz"  # paid, and one thing did not come
    phone.choose("^Manquant, Carottes, la botte$")
    phone.told("Carottes, la botte.*non livré, retiré de la commande")
    phone.choose("^Valider le panier$")
    phone.told(r"Il y a 2,10.€ de trop.: est-ce un avoir pour SCOUARNEC Aziliz")
    phone.is_readable()
    phone.choose("^Valider en laissant cet avoir$")

    assert phone.basket == "TROMEUR Benoît"  # a chicken, and a slip of the keyboard
    phone.fill("^Pesé", "21")
    phone.enter()
    expect(phone.page.get_by_label("Pesé")).to_have_value("21")
    assert "21,000 kg au lieu de 1,800 kg prévus : est-ce bien ce que dit la balance ?" in phone.words
    phone.is_readable()
    phone.fill("^Pesé", "2,1")
    phone.enter()
    phone.told("« Poulet fermier » est pesé|Poulet fermier.*est pesé")
    phone.tab_to("^Espèces$")
    phone.press("ArrowUp")
    assert phone.here == "Carte sur place"
    phone.choose("^Valider le panier$")

    assert phone.basket == "URVOAS Nina"  # ordered for her, nothing paid
    phone.choose("^Valider le panier$")
    phone.told("Il manque 5,30.€")
    phone.choose("^Valider en laissant cette dette$")
    expect(phone.page.get_by_text("Cette distribution est validée.")).to_be_visible()
    assert "20 paniers validés sur 20" in phone.words
    phone.is_readable()


def count_the_till(phone):
    """A euro is missing, and one says why."""
    phone.choose("^Compter la caisse$")
    assert "URVOAS Nina dû −5,30 € SCOUARNEC Aziliz avoir +2,10 €" in phone.words
    phone.is_readable()
    for name, amount in (("^Fond de caisse", "50"), ("^Espèces comptées", "133,80"), ("^Total du ticket", "28,19"), ("^Fond gardé", "50")):
        phone.fill(name, amount)
    phone.choose("^Fermer la caisse$")
    expect(phone.page.get_by_text("L’argent compté ne correspond pas")).to_be_visible()
    phone.is_readable()
    phone.tab_to("^Remarque")  # in the sentence that refuses: the way to the box
    phone.press("Enter")
    expect(phone.page.get_by_label("Remarque")).to_be_focused()
    phone.type("un euro de trop rendu, sans doute")
    phone.choose("^Fermer la caisse$")
    phone.told("La caisse est comptée")
    assert "Écart −1,00 €" in phone.words
    phone.is_readable()


def test_twenty_baskets_one_after_the_other_then_the_till(hall):
    market = hall("twenty")
    phone = market.open_as(ADMINISTRATOR, "validation", market.scene["day"])
    phone.is_readable()
    assert "0 panier validé sur 20" in phone.words
    phone.choose("^ABGRALL Denise")
    phone.is_readable()

    for number in range(1, 15):
        assert f"Panier n° {number} " in phone.words + " "
        phone.choose("^Valider le panier$")
    phone.told(r"Le panier n° 14 d’OMNÈS Fañch est validé\.")
    name_payments(phone)
    meet_exceptions(phone)
    count_the_till(phone)

    # 15 × 5.30 in cash and what Aziliz paid; the float of 50 besides, less the euro that is missing.
    assert market.story() == {
        "balances": {"SCOUARNEC Aziliz": 210, "URVOAS Nina": -530},
        "received": {"cash": [16, 8480], "cheque": [1, 530], "transfer": [1, 530], "card_terminal": [1, 2819]},
        "cheques": [["0071234", "Crédit Mutuel"]],
        "promised": [],
        "waiting": [],
        "dues": [["Ferme du Méné", 18 * 210 + 2499], ["Fournil de Port-Tudy", 20 * 320]],
        "till": [13480, 13380, -100, 8380, "un euro de trop rendu, sans doute"],
        "kept": {"bank": -8380 - 530, "cheques_in_hand": -530, "card_terminal": -2819, "shortage": -100},  # debits below zero
        "faults": [],
    }


def test_everything_at_once_then_undone(hall):
    market = hall("few")
    before = market.story()
    phone = market.open_as(ADMINISTRATOR, "validation", market.scene["day"])
    phone.tab_to("^Valider toute la distribution…$")
    assert "Ce qui va se passer" in phone.words  # nothing is validated yet: the preview is open from the start
    for said in (
        "Les 5 paniers qui restent seront validés d’un coup. Rien n’est encore fait.",
        "2 paiements sur place, moyen à préciser",
        "Virement, COLIN Rose Confirmé comme reçu.",
        "Commande faite pour le client, sans paiement, ÉVENOU Yann Cette somme restera due.",
    ):
        assert said in phone.words
    phone.is_readable()
    phone.tab_to("^Noter les paiements sur place comme")
    expect(phone.page.locator(":focus")).to_have_value("cash")
    phone.press("ArrowDown")
    phone.choose("^Valider les 5 paniers$")
    phone.told(r"5 paniers validés, 15,90.€ reçus\.")
    expect(phone.page.get_by_text("Cette distribution est validée.")).to_be_visible()
    phone.is_readable()
    story = market.story()
    assert story["balances"] == {"ÉVENOU Yann": -530}
    assert story["received"] == {"cash": [1, 530], "cheque": [2, 1060], "transfer": [1, 530]}
    assert (story["promised"], story["waiting"], story["faults"]) == ([], [], [])

    phone.choose("^Rouvrir la distribution$")
    phone.is_readable()
    phone.choose("^Rouvrir$")
    assert phone.page.locator("[aria-invalid]").count() == 1
    phone.is_readable()
    phone.fill("^Motif", "validée trop tôt")
    phone.choose("^Rouvrir$")
    phone.told("5 paniers rouverts")
    assert market.story() == before


def test_a_blocked_group_comes_back(hall):
    market = hall("blocked")
    client = market.open_as(CLIENT, "market")
    client.is_readable()
    assert "Les commandes sont fermées" in client.words
    client.choose("^Commander pour le")
    client.fill("^Pain de campagne", "1")
    client.tick("^Paiement sur place")
    client.choose("^Enregistrer la commande$")
    client.told("4 distributions passées ne sont pas validées")
    client.is_readable()
    client.choose("^Pourquoi")
    expect(client.page.locator("h1")).to_have_text("Ce groupe est bloqué car il a 4 distributions non validées")
    assert client.page.get_by_role("link", name="Aller aux distributions").count() == 0
    client.is_readable()

    administrator = market.open_as(ADMINISTRATOR, "home")
    administrator.choose("^Pourquoi")
    administrator.is_readable()
    assert administrator.page.locator(".agenda .awaits").count() == 4
    administrator.choose("^Aller aux distributions$")
    administrator.is_readable()
    administrator.choose("^Valider la distribution du")
    administrator.choose("^Valider les 2 paniers$")
    administrator.told("2 paniers validés, 10,60.€ reçus")
    administrator.page.goto(market.address("distributions"))
    assert "3 distributions attendent d’être validées : à 4, les commandes ferment." in administrator.words

    client.page.goto(market.address("shop", market.scene["ahead"]))
    client.fill("^Pain de campagne", "1")
    client.tick("^Paiement sur place")
    client.choose("^Enregistrer la commande$")
    client.told("panier n° 1")
    story = market.story()
    assert story["promised"][-1] == ["on_the_spot", 320]
    assert story["faults"] == []


def change_then_cancel(phone):
    """Another product, another way to pay; then nothing at all."""
    phone.choose("^Modifier ma commande$")
    phone.fill("^Poulet fermier", "0")
    phone.fill("^Pain de campagne", "3")
    phone.tab_to("^Paiement sur place")
    phone.press("ArrowDown")
    assert phone.here.startswith("Virement")
    phone.choose("^Enregistrer la commande$")
    assert "Ensemble 13,80 €" in phone.words
    phone.choose("^Modifier ma commande$")
    phone.is_readable()
    phone.choose("^Annuler ma commande$")
    phone.told(r"La commande du .* est annulée")
    expect(phone.page.get_by_role("link", name="Ma commande")).to_have_count(1)  # that of tonight
    phone.is_readable()


def order_by_transfer(phone):
    """The pieces of a transfer, to copy one by one."""
    phone.choose("^Commander pour le")
    phone.fill("^Pain de campagne", "2")
    phone.tab_to("^Paiement sur place")
    phone.press("ArrowDown")
    phone.choose("^Enregistrer la commande$")
    assert "FR76 3000 6000 0112 3456 7890 189" in phone.words
    expect(phone.page.locator(".qr svg")).to_be_visible()
    phone.is_readable()
    for name, copied in (("Titulaire", "La Halle"), ("IBAN", "FR7630006000011234567890189"), ("Montant", "6,40")):
        phone.tab_to(f"^Copier, {name}")
        phone.press("Enter")
        assert phone.page.evaluate("navigator.clipboard.readText()") == copied


def test_a_client_orders_changes_and_cancels(hall):
    market = hall("orders")
    phone = market.open_as(CLIENT, "market")
    phone.choose("^Commander pour le")
    phone.is_readable()
    phone.choose("^Enregistrer la commande$")
    phone.told("il n’y a rien à commander")
    phone.fill("^Carottes, la botte", "2")
    phone.fill("^Poulet fermier", "1")
    phone.choose("^Enregistrer la commande$")
    phone.told("Choisissez comment payer")
    phone.is_readable()
    expect(phone.page.get_by_label("Carottes, la botte")).to_have_value("2")
    phone.tick("^Paiement sur place")
    phone.choose("^Enregistrer la commande$")
    phone.told(r"Commande du .* enregistrée, panier n° 1")
    assert "Ensemble 25,62 €" in phone.words
    assert "Paiement sur place Promis 25,62 €" in phone.words
    phone.is_readable()

    change_then_cancel(phone)
    order_by_transfer(phone)
    story = market.story()
    assert story["promised"][-1] == ["transfer", 640]
    assert story["balances"]["ABGRALL Denise"] == -530 - 640
    assert story["faults"] == []


def test_without_scripts_everything_is_still_possible(hall):
    market = hall("plain")
    phone = market.open_as(ADMINISTRATOR, "validation", market.scene["day"], java_script_enabled=False)
    phone.choose("^ABGRALL Denise")
    phone.tab_to("^Espèces$")
    phone.press("ArrowDown")
    phone.fill("^Numéro du chèque$", "0000042")
    phone.choose("^Valider le panier$")
    phone.told("Le panier n° 1 d’ABGRALL Denise est validé")

    phone.page.goto(market.address("validation", market.scene["day"]))
    phone.tab_to("^Valider toute la distribution…$")
    phone.press("Enter")
    phone.choose("^Valider les 4 paniers$")
    phone.told("4 paniers validés, 10,60.€ reçus")

    client = market.open_as(CLIENT, "shop", market.scene["ahead"], java_script_enabled=False)
    client.fill("^Pain de campagne", "2")
    client.tab_to("^Paiement sur place")
    client.press("ArrowDown")
    client.choose("^Enregistrer la commande$")
    client.told("panier n° 1")
    expect(client.page.locator(".qr svg")).to_be_visible()
    assert client.page.get_by_role("button", name="Copier").count() == 0
    story = market.story()
    assert story["cheques"] == [["0000042", ""]]
    assert story["received"] == {"cash": [2, 1060], "cheque": [1, 530], "transfer": [1, 530]}
    assert story["balances"] == {"ABGRALL Denise": -640, "ÉVENOU Yann": -530}
    assert (story["promised"], story["faults"]) == ([["transfer", 640]], [])
