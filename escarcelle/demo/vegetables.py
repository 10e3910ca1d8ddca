"""The season of the documents: forty subscriptions of fifty-two baskets, thirty-four of them still owing (693 €, 165 €, 666 €…)."""

import datetime as dt
from dataclasses import dataclass

from escarcelle.catalogs.contracts import add_product, appoint_coordinator
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.demo import clock
from escarcelle.demo.cast import COORDINATOR, MEMBER, NEIGHBOURS, TREASURER, VOLUNTEER
from escarcelle.demo.isle import Isle, Signed
from escarcelle.demo.season import Season
from escarcelle.lib.money import split_evenly
from escarcelle.payments.balance_transfers import move_balance
from escarcelle.payments.batches import BatchRow
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import Batch, Method, Payment
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import change_price
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation

FULL_CENTS = 69300
HALF_CENTS = 34650


@dataclass(frozen=True)
class Baskets:
    """What the farm offers."""

    full: Product
    half: Product
    solidarity: Product


def open_season(isle: Isle, farm: Producer, season: Season, on: dt.date) -> Baskets:
    """The contract, its coordinator, its baskets and their prices of the whole season."""
    contract = isle.open(farm, "Contrat légumes", season.days, on, absences_allowed=4)
    appoint_coordinator(contract=contract, member=isle.coordinator, by=isle.administrator)
    full, half, solidarity = (
        add_product(contract=contract, name=name, price_cents=price_cents, by=isle.administrator)
        for name, price_cents in (("Panier de légumes", 1300), ("Demi-panier de légumes", 650), ("Panier solidaire", 300))
    )
    baskets = Baskets(full, half, solidarity)
    _dated_prices(isle, season, baskets, on)
    return baskets


def _dated_prices(isle: Isle, season: Season, baskets: Baskets, on: dt.date) -> None:
    """A double basket before Christmas and a rise for the last six weeks: 45 × 13,00 + 27,00 + 6 × 13,50 = 693,00 €."""
    after = season.festive + dt.timedelta(days=1)
    for product, from_date, price_cents in (
        (baskets.full, season.festive, 2700),
        (baskets.full, after, 1300),
        (baskets.full, season.price_rise, 1350),
        (baskets.half, season.festive, 1350),
        (baskets.half, after, 650),
        (baskets.half, season.price_rise, 675),
        (baskets.solidarity, season.days[34], 350),  # 34 × 3,00 + 18 × 3,50 = 165,00 €
    ):
        change_price(product=product, price_cents=price_cents, from_date=from_date, on=on, by=isle.administrator)


def sign_up(isle: Isle, baskets: Baskets, season: Season, on: dt.date) -> Signed:
    """Forty households: four take half a basket, two of these in turn; one a solidarity basket; one says when they will be away."""
    halves = {"Guérin", "Jégo", VOLUNTEER.last_name, "Uguen"}
    others = {"Angoustan": MEMBER.last_name, "Guérin": "Jégo", "Jégo": "Guérin"}
    holders = [MEMBER.last_name, TREASURER.last_name, COORDINATOR.last_name, VOLUNTEER.last_name, *(name for name, _ in NEIGHBOURS)]
    signed: dict[str, Subscription] = {}
    for last_name in holders:
        product = baskets.solidarity if last_name == "Angoustan" else baskets.half if last_name in halves else baskets.full
        other = others.get(last_name)
        alternation = Alternation(isle.members[other], begins=last_name == "Jégo") if other else None
        signed[last_name] = isle.subscribe(last_name, product, on, alternation=alternation)
    _be_away(isle, signed["Blanc"], [season.festive], on)
    return signed


def _be_away(isle: Isle, subscription: Subscription, days: list[dt.date], on: dt.date) -> None:
    deliveries = subscription.contract.deliveries.filter(distribution__on__in=days)
    set_absences(subscription=subscription, deliveries=deliveries, on=on, by=isle.coordinator, may_change_past=False)


def first_evening(isle: Isle, signed: Signed, on: dt.date) -> None:
    """Before the first basket: two households bring their whole year, a third carries over what last season left them."""
    with clock.at(on):
        isle.save(
            _contract(signed),
            [row for name in (TREASURER.last_name, "Hamon") for row in isle.cheques(signed[name], split_evenly(FULL_CENTS, 12), on)],
            on,
        )
    new = signed["Quéré"].account
    last_season = new.member.accounts.exclude(pk=new.pk).get(book=new.book_id)
    with clock.at(on, 21, 15):
        move_balance(source=last_season, target=new, on=on, by=isle.treasurer)


def second_evening(isle: Isle, signed: Signed, on: dt.date) -> None:
    """The pile grows; one household pays for two in advance."""
    rows = [row for name in ("Salaün", "Morvan") for row in isle.cheques(signed[name], split_evenly(FULL_CENTS, 12), on)]
    rows += isle.cheques(signed["Kervella"], [FULL_CENTS, 2666], on)
    rows += isle.cheques(signed["Cariou"], [split_evenly(FULL_CENTS, 3)[0]], on)
    rows += isle.cheques(signed["Guérin"], split_evenly(HALF_CENTS, 6)[:3], on)
    with clock.at(on, 20, 40):
        isle.save(_contract(signed), rows, on)


def third_evening(isle: Isle, signed: Signed, on: dt.date) -> None:
    """Cheques, a transfer, an envelope without a name; and two slips, put right the next day."""
    rows = isle.cheques(signed["Évenou"], split_evenly(FULL_CENTS, 12)[:11], on)
    rows += isle.cheques(signed["Le Dren"], [30000], on)
    rows += isle.cheques(signed["Riou"], [36450], on)
    rows += isle.cheques(signed["Tanguy"], [23100], on)
    rows.append(BatchRow(signed["Nguyễn"].pk, Received(FULL_CENTS, Method.TRANSFER, on, "virement du mois")))
    with clock.at(on, 20, 15):
        batch = isle.save(_contract(signed), rows, on)
    with clock.at(on, 21, 5):
        envelope = Received(10000, Method.UNKNOWN, on, "enveloppe de la permanence")
        record_payment(account=signed["Lagadec"].account, received=envelope, on=on, by=isle.treasurer)
    _put_right(isle, signed, batch, on + dt.timedelta(days=1))


def _put_right(isle: Isle, signed: Signed, batch: Batch, on: dt.date) -> None:
    with clock.at(on, 9, 20):
        slip = _payment(batch, signed["Riou"])
        cheque = ChequeDetails(slip.cheque.number, slip.cheque.bank, slip.cheque.drawer, slip.cheque.written_on, slip.cheque.planned_on)
        correct_payment(
            payment=slip,
            received=Received(34650, Method.CHEQUE, slip.received_on, cheque=cheque),
            reason="chiffres inversés\u00a0: 346,50\u00a0€, et non 364,50\u00a0€",
            on=on,
            by=isle.treasurer,
        )
    with clock.at(on, 9, 30):
        reason = "chèque rendu\u00a0: il est à l’ordre de l’AMAP, et non de la Ferme de Groix"
        cancel_payment(payment=_payment(batch, signed["Tanguy"]), reason=reason, on=on, by=isle.treasurer)


def holidays(isle: Isle, signed: Signed, season: Season, on: dt.date) -> None:
    """Somebody says which two Saturdays they will be away."""
    with clock.at(on, 18, 5):
        _be_away(isle, signed["Cariou"], season.days[8:10], on)


def _payment(batch: Batch, subscription: Subscription) -> Payment:
    return batch.payments.select_related("cheque").get(account=subscription.account_id)


def _contract(signed: Signed) -> Contract:
    return next(iter(signed.values())).contract
