"""A variable contract in the AMAP of the tests: « Contrat fromages », every two weeks, ordered until two days before at 20:00."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import uuid4

from escarcelle.catalogs.contracts import ContractTerms, add_product, appoint_coordinator, open_contract
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.distributions.models import Delivery
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.models import Member
from escarcelle.ledger.balances import balance
from escarcelle.orders.dated_orders import order_for_date, take_back_order
from escarcelle.orders.default_orders import close_orders
from escarcelle.orders.engagements import Moment, set_absences, sign
from escarcelle.orders.ordering import Ordered
from escarcelle.subscriptions.calendar import plan
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Period
from tests.cast import SEASON_START, TODAY, Amap
from tests.market_cast import at

DAYS = [SEASON_START + dt.timedelta(weeks=2 * rank) for rank in range(6)]
NOW = at(TODAY, 10)


def closing(day: dt.date) -> dt.datetime:
    """When the orders for a day close: two days before, at 20:00."""
    return at(day - dt.timedelta(days=2), 20)


@dataclass
class Cheese:
    """Tomme 6,50 €, yaourts 3,20 €, faisselle 2,80 €."""

    amap: Amap
    contract: Contract
    tomme: Product
    yogurt: Product
    faisselle: Product
    deliveries: list[Delivery]
    now: dt.datetime = NOW
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    def when(self, now: dt.datetime | None = None) -> Moment:
        now = now or self.now
        return Moment(now.date(), now)

    def subscribe(
        self,
        name: str,
        default: dict[Product, int] | None = None,
        *,
        starts_on: dt.date | None = None,
        ends_on: dt.date | None = None,
        alternate: str | None = None,
        now: dt.datetime | None = None,
    ) -> Subscription:
        period = Period(starts_on or self.contract.starts_on, ends_on or self.contract.ends_on)
        quantities = {product.pk: count for product, count in (default or {}).items()}
        alternation = Alternation(self.amap.someone(alternate)) if alternate else None
        member = self.amap.someone(name)
        when = self.when(now)
        self.subscriptions[name] = sign(
            contract=self.contract,
            member=member,
            period=period,
            quantities=quantities,
            alternation=alternation,
            when=when,
            by=self.amap.treasurer,
        )
        return self.subscriptions[name]

    def order(
        self,
        name: str,
        rank: int,
        quantities: dict[Product, int],
        *,
        by: Member | None = None,
        now: dt.datetime | None = None,
        key: object = None,
    ) -> Ordered:
        """What somebody orders for themselves at the date of this rank, or `by` for them."""
        subscription = self.subscriptions[name]
        return order_for_date(
            subscription=subscription,
            delivery=self.deliveries[rank],
            quantities={product.pk: count for product, count in quantities.items()},
            at=now or self.now,
            by=by or subscription.member,
            key=key or uuid4(),
        )

    def take_back(self, name: str, rank: int, *, by: Member | None = None, now: dt.datetime | None = None) -> Ordered | None:
        subscription = self.subscriptions[name]
        return take_back_order(
            subscription=subscription, delivery=self.deliveries[rank], at=now or self.now, by=by or subscription.member, key=uuid4()
        )

    def absent(self, name: str, ranks: list[int], *, now: dt.datetime | None = None, by: Member | None = None) -> None:
        subscription = self.subscriptions[name]
        set_absences(
            subscription=subscription,
            deliveries=[self.deliveries[rank] for rank in ranks],
            when=self.when(now),
            by=by or subscription.member,
            key=uuid4(),
            may_change_past=by is not None,
        )

    def close(self, rank: int) -> int:
        """The closing of a date comes by."""
        return close_orders(at=closing(DAYS[rank]))

    def balance(self, name: str) -> int:
        account = self.subscriptions[name].account
        return balance(account.book_id, account.account_no)


def open_cheese(
    amap: Amap,
    *,
    producer: Producer | None = None,
    minimum_per_delivery_cents: int = 0,
    minimum_total_cents: int = 0,
    absences_allowed: int = 2,
) -> Cheese:
    """Open the contract with « GAEC des Embruns », coordinated by who coordinates the vegetables."""
    producer = producer or create_producer(group=amap.group, name="GAEC des Embruns", by=amap.admin)
    terms = ContractTerms(
        name="Contrat fromages",
        starts_on=DAYS[0],
        ends_on=DAYS[-1],
        absences_allowed=absences_allowed,
        minimum_per_delivery_cents=minimum_per_delivery_cents,
        minimum_total_cents=minimum_total_cents,
        orders_close_days_before=2,
    )
    contract = open_contract(group=amap.group, producer=producer, terms=terms, kind=Contract.Kind.VARIABLE, by=amap.admin)
    appoint_coordinator(contract=contract, member=amap.coordinator, by=amap.admin)
    tomme, yogurt, faisselle = (
        add_product(contract=contract, name=name, price_cents=cents, unit=unit, by=amap.admin)
        for name, cents, unit in (("Tomme", 650, "pièce"), ("Yaourts, les quatre", 320, "lot"), ("Faisselle", 280, "pot"))
    )
    slot = Slot(place_named(amap.group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))
    deliveries = plan(contract=contract, slot=slot, days=DAYS, on=TODAY, by=amap.admin)
    return Cheese(amap, contract, tomme, yogurt, faisselle, deliveries)
