"""Which ways to pay a market offers, and what excludes what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

import schwifty
from django.db import transaction
from django.db.models import Count, Sum

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.models import PromisedPayment, WaysToPay

Way = PromisedPayment.Way
# Handed over at the distribution, in the order in which a forced validation proposes them (domain §6.4, reading 3).
ON_SITE = (Way.CASH, Way.CHEQUE, Way.CARD_TERMINAL)
SMALL_DIFFERENCE_LIMIT_CENTS = 10_00


class WaysRefused(Refusal):
    """These ways to pay cannot be offered together, or lack something."""

    sentences: ClassVar[Mapping[str, str]] = {
        "money_pot_excludes": gettext_noop(
            "La cagnotte ne va avec aucun autre moyen de paiement\u00a0: décochez les autres, ou décochez la cagnotte."
        ),
        "online_card_excludes": gettext_noop("Un marché qui encaisse par carte en ligne n’encaisse que par carte en ligne."),
        "online_card_not_ready": gettext_noop("Le paiement en ligne n’est pas configuré sur cette installation."),
        "nothing_offered": gettext_noop("Choisissez au moins un moyen de paiement, ou désactivez les paiements."),
        "holder_missing": gettext_noop("Indiquez le titulaire du compte, exactement comme sur le RIB\u00a0: les banques le vérifient."),
        "iban_wrong": gettext_noop("Cet IBAN n’est pas juste\u00a0: vérifiez-le sur le RIB."),
        "difference_out_of_range": gettext_noop("Un petit écart va de 0 à 10\u00a0€."),
        "a_market_only": gettext_noop("Dans une AMAP on paie le producteur, d’avance\u00a0: rien ne se règle à la distribution."),
        "not_offered": gettext_noop("Ce moyen de paiement n’est pas proposé par le groupe."),
        "way_missing": gettext_noop("Choisissez comment payer."),
        "money_pot_short": gettext_noop("La cagnotte contient {balance}\u00a0: il manque {missing} pour cette commande."),
    }


@dataclass(frozen=True)
class Offer:
    """The settings as they are typed. `money_pot` and `online_card` each exclude everything else."""

    cheque: bool = False
    cash: bool = False
    transfer: bool = False
    card_terminal: bool = False
    money_pot: bool = False
    negative_money_pot: bool = False
    online_card: bool = False
    transfer_holder: str = ""
    transfer_iban: str = ""
    small_difference: str = WaysToPay.SmallDifference.CARRY
    small_difference_cents: int = 0

    def cleaned(self) -> "Offer":
        """The same, tidied. Refused: `WaysRefused`."""
        handed_over = (self.cheque, self.cash, self.transfer, self.card_terminal)
        if self.money_pot and (any(handed_over) or self.online_card):
            raise WaysRefused("money_pot_excludes", field="money_pot")
        if self.online_card:
            raise WaysRefused("online_card_excludes" if any(handed_over) else "online_card_not_ready", field="online_card")
        if not any((*handed_over, self.money_pot)):
            raise WaysRefused("nothing_offered")
        if not 0 <= self.small_difference_cents <= SMALL_DIFFERENCE_LIMIT_CENTS:
            raise WaysRefused("difference_out_of_range", field="small_difference_cents")
        holder = clean_text(self.transfer_holder, max_length=70)
        if self.transfer and not holder:
            raise WaysRefused("holder_missing", field="transfer_holder")
        changes = {
            "transfer_holder": holder,
            "transfer_iban": _iban(self.transfer_iban, required=self.transfer),
            "negative_money_pot": self.negative_money_pot and self.money_pot,
            "small_difference": WaysToPay.SmallDifference(self.small_difference),
        }
        return Offer(**{**asdict(self), **changes})


def _iban(text: str, *, required: bool) -> str:
    """An IBAN without spaces, its check digits right. An empty one only where it is not required."""
    if not text.strip() and not required:
        return ""
    try:
        return str(schwifty.IBAN(text, validate_bban=True))
    except ValueError:
        raise WaysRefused("iban_wrong", field="transfer_iban") from None


@transaction.atomic
def offer_ways(*, group: Group, offer: Offer, by: Member | None, key: UUID | None = None) -> WaysToPay:
    """Let the clients of a market pay so, from the next order on; what was promised stays promised. Refused: `WaysRefused`.

    Undone by offering the former ways. Sent twice with one key, once."""
    if group.is_amap:
        raise WaysRefused("a_market_only")
    offer = offer.cleaned()
    activity, is_first = begin(group=group, by=by, kind="ways_to_pay.offered", key=key, content=asdict(offer))
    if is_first:
        WaysToPay.objects.update_or_create(group=group, defaults=asdict(offer))
        note(activity, ways=[name for name in WAY_FIELDS if getattr(offer, name)])
    return WaysToPay.objects.get(group=group)


@transaction.atomic
def switch_payments_off(*, group: Group, by: Member | None, key: UUID | None = None) -> None:
    """Orders are recorded alone from now on; nothing that was paid or promised changes. Twice changes nothing."""
    _, is_first = begin(group=group, by=by, kind="ways_to_pay.switched_off", key=key)
    if is_first:
        WaysToPay.objects.filter(group=group).delete()


WAY_FIELDS = ("cheque", "cash", "transfer", "card_terminal", "money_pot", "negative_money_pot", "online_card")


def ways_of(group: Group) -> WaysToPay | None:
    """What the group offers; None while payments are off. One statement."""
    return WaysToPay.objects.filter(group=group).first()


def on_site_methods(ways: WaysToPay | Offer) -> list[str]:
    """The methods that can be handed over at the distribution, in the order of a forced validation."""
    return [way.value for way in ON_SITE if getattr(ways, way.value)]


def choices(ways: WaysToPay | Offer) -> list[str]:
    """What a client chooses from: one *paiement sur place* for several on-site methods, the method itself when there is one."""
    on_site = on_site_methods(ways)
    spot = [Way.ON_THE_SPOT.value] if len(on_site) > 1 else on_site
    return [*spot, *([Way.TRANSFER.value] if ways.transfer else [])]


@dataclass(frozen=True)
class OpenPromises:
    """Promised payments that wait in a way which would no longer be offered: they stay promised, and are received all the same."""

    way: str
    count: int
    total_cents: int


def promises_left_behind(group: Group, offer: Offer) -> list[OpenPromises]:
    """What saving this offer leaves behind, to be said before. One statement."""
    kept = set(on_site_methods(offer)) | ({Way.TRANSFER.value} if offer.transfer else set())
    if kept & set(ON_SITE):
        kept.add(Way.ON_THE_SPOT.value)
    waiting = group.promised_payments.filter(state=PromisedPayment.State.PENDING).exclude(way__in=kept)
    rows = waiting.order_by("way").values_list("way").annotate(count=Count("pk"), cents=Sum("amount_cents"))
    return [OpenPromises(*row) for row in rows]
