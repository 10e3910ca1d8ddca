"""« Contrat fromages », ordered date by date: two dates behind, one about to close, and every way of answering."""

import datetime as dt

from django.utils import timezone

from escarcelle.catalogs.contracts import ContractTerms, add_product, appoint_coordinator, open_contract
from escarcelle.catalogs.models import Contract, Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.cast import MEMBER, NEIGHBOURS, TREASURER
from escarcelle.demo.isle import Isle, Signed
from escarcelle.demo.season import Season
from escarcelle.distributions.models import Delivery
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.orders.dated_orders import order_for_date
from escarcelle.orders.default_orders import close_orders
from escarcelle.orders.engagements import Moment, set_absences, sign
from escarcelle.subscriptions.calendar import plan
from escarcelle.subscriptions.signing import Period

PRICES = (("Tomme de Groix", "pièce", 650), ("Yaourts, les quatre", "lot", 320), ("Faisselle", "pot", 280))


def open_contract_of_cheese(isle: Isle, season: Season, on: dt.date) -> Contract:
    """Every other week, at least 6,00 € each time and 90,00 € over the season; ordered until the Wednesday before, at 20:00."""
    dairy = create_producer(group=isle.group, name="GAEC des Embruns", by=isle.administrator)
    days = dates(Cycle.EVERY_TWO_WEEKS, season.first, season.last)
    terms = ContractTerms(
        name="Contrat fromages",
        starts_on=days[0],
        ends_on=days[-1],
        absences_allowed=3,
        minimum_per_delivery_cents=600,
        minimum_total_cents=9000,
        orders_open_days_before=45,
        orders_close_days_before=3,
    )
    contract = open_contract(group=isle.group, producer=dairy, terms=terms, kind=Contract.Kind.VARIABLE, by=isle.administrator)
    appoint_coordinator(contract=contract, member=isle.coordinator, by=isle.administrator)
    for name, unit, price_cents in PRICES:
        add_product(contract=contract, name=name, price_cents=price_cents, unit=unit, by=isle.administrator)
    plan(contract=contract, slot=isle.slot, days=days, on=on, by=isle.administrator)
    return contract


def sign_up(isle: Isle, contract: Contract, on: dt.date) -> Signed:
    """Nine households, each with a default order."""
    tomme, yogurt, _faisselle = contract.products.all()
    names = [MEMBER.last_name, TREASURER.last_name, *(name for name, _ in NEIGHBOURS[4:11])]
    period = Period(contract.starts_on, contract.ends_on)
    return {
        name: sign(
            contract=contract,
            member=isle.members[name],
            period=period,
            quantities={tomme.pk: 1} if rank % 2 else {yogurt.pk: 2},
            when=Moment(on, timezone.now()),
            by=isle.coordinator,
        )
        for rank, name in enumerate(names)
    }


def pay(isle: Isle, signed: Signed, contract: Contract, on: dt.date) -> None:
    """Most bring one cheque for the season; what is ordered is taken from it."""
    names = list(signed)[1:7]
    with clock.at(on, 21, 50):
        isle.save(contract, [row for name in names for row in isle.cheques(signed[name], [9000], on)], on)


def order_by_name(isle: Isle, signed: Signed, contract: Contract, rank: int, on: dt.date) -> None:
    """At the date of this rank: four order at noon, one is away the first time, the others say nothing."""
    tomme, yogurt, faisselle = contract.products.all()
    delivery = _date(contract, rank)
    tastes: list[dict[Product, int]] = [{tomme: 1, faisselle: 1}, {yogurt: 2, faisselle: 2}, {tomme: 2}, {yogurt: 3}]
    with clock.at(on, 12, 15):
        for number, name in enumerate(list(signed)[2:6]):
            quantities = {product.pk: count for product, count in tastes[(number + rank) % 4].items()}
            now = timezone.now()
            order_for_date(subscription=signed[name], delivery=delivery, quantities=quantities, at=now, by=isle.members[name])
        if rank == 0:
            _stay_away(isle, signed, delivery, on)


def close(isle: Isle, contract: Contract, rank: int) -> None:
    """Its orders close: the others are given their default order."""
    closed_at = _date(contract, rank).orders_close_at
    assert closed_at is not None  # noqa: S101  by the contract's rule
    with clock.at(timezone.localdate(closed_at), 20, 5):
        close_orders(at=closed_at, group=isle.group)


def closing_day(contract: Contract, rank: int) -> dt.date:
    """The day on which the orders of a date close."""
    return _date(contract, rank).distribution.on - dt.timedelta(days=contract.orders_close_days_before)


def _date(contract: Contract, rank: int) -> Delivery:
    return contract.deliveries.select_related("distribution", "contract").by_day()[rank]


def _stay_away(isle: Isle, signed: Signed, delivery: Delivery, on: dt.date) -> None:
    name = list(signed)[7]
    set_absences(
        subscription=signed[name],
        deliveries=[delivery],
        when=Moment(on, timezone.now()),
        by=isle.members[name],
        may_change_past=False,
    )
