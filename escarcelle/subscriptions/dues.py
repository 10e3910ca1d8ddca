"""What a subscription owes: the sum, delivery by delivery, of quantities at the price of that day. The only definition.

    due(delivery) = Σ over products of quantity(product, day) × price(product, day), for the standing deliveries of the contract
    that fall in the subscription's period and at which it is not absent.

A variable contract owes what was ordered date by date, each line at the price of its moment: the books hold it already (`ordered`), and
the lines of the subscription are only the default order.

Facts are read for many subscriptions in a fixed number of statements; the rest is arithmetic (figures: docs/money/season.md)."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from escarcelle.catalogs.models import Contract, ProductPrice
from escarcelle.distributions.models import Delivery
from escarcelle.ledger.balances import total_by_kind
from escarcelle.subscriptions.models import Absence, Subscription, SubscriptionLine

# The operations of orders, date by date: those of a variable contract are on the accounts of its subscriptions.
ORDERED = "order"


@dataclass(frozen=True)
class DatedValues:
    """Values that each count from a date until the next; before the first date, `before`."""

    from_dates: tuple[dt.date, ...]
    values: tuple[int, ...]
    before: int

    def at(self, day: dt.date) -> int:
        position = bisect_right(self.from_dates, day)
        return self.values[position - 1] if position else self.before


@dataclass(frozen=True)
class Day:
    """One standing delivery of the contract."""

    delivery_id: int
    on: dt.date


@dataclass(frozen=True)
class Share:
    """Part of a total that reads in one line: so many deliveries in a row at one quantity and price."""

    product_id: int
    product_name: str
    quantity: int
    price_cents: int
    first_on: dt.date
    last_on: dt.date
    delivery_count: int

    @property
    def total_cents(self) -> int:
        return self.delivery_count * self.quantity * self.price_cents


@dataclass(frozen=True)
class Due:
    """What one subscription comes to."""

    delivery_count: int
    total_cents: int


@dataclass
class ContractFacts:
    """Everything that decides what the subscriptions of one contract owe."""

    days: list[Day] = field(default_factory=list)
    prices: dict[int, DatedValues] = field(default_factory=dict)
    product_names: dict[int, str] = field(default_factory=dict)
    lines: dict[int, dict[int, DatedValues]] = field(default_factory=lambda: defaultdict(dict))
    absences: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # Of a variable contract: cents ordered by subscription, from the books; None for a contract whose dues are computed here.
    ordered: dict[int, int] | None = None
    _running: dict[int, list[int]] = field(default_factory=dict)

    def days_of(self, subscription: Subscription) -> list[Day]:
        """The deliveries it pays for: in its period, without its absences."""
        first, last = self._span(subscription.starts_on, subscription.ends_on)
        absent = self.absences.get(subscription.pk)
        period = self.days[first:last]
        return [day for day in period if day.delivery_id not in absent] if absent else period

    def due(self, subscription: Subscription) -> Due:
        """Count and total, by running sums: a page of 400 subscriptions must not add up 20,000 deliveries one by one."""
        first, last = self._span(subscription.starts_on, subscription.ends_on)
        absent = self.absences.get(subscription.pk, ())
        away = [day.on for day in self.days[first:last] if day.delivery_id in absent] if absent else []
        if self.ordered is not None:
            return Due(last - first - len(away), self.ordered.get(subscription.pk, 0))
        total_cents = sum(
            self._run_cents(product_id, quantities, first, last) for product_id, quantities in self.lines.get(subscription.pk, {}).items()
        )
        return Due(last - first - len(away), total_cents - sum(self.due_on(subscription, day) for day in away))

    def _span(self, first_on: dt.date, last_on: dt.date) -> tuple[int, int]:
        """The positions in `days` that a period covers."""
        return bisect_left(self.days, first_on, key=_on), bisect_right(self.days, last_on, key=_on)

    def _run_cents(self, product_id: int, quantities: DatedValues, first: int, last: int) -> int:
        """Cents for one product over `days[first:last]`, quantity by quantity."""
        running = self._running_prices(product_id)
        starts = [bisect_left(self.days, from_date, key=_on) for from_date in quantities.from_dates]
        ends = [*starts[1:], len(self.days)]
        return sum(
            quantity * (running[min(end, last)] - running[max(start, first)])
            for quantity, start, end in zip(quantities.values, starts, ends, strict=True)
            if max(start, first) < min(end, last)
        )

    def _running_prices(self, product_id: int) -> list[int]:
        """Cents of one unit at each of the days so far: [0, p1, p1 + p2, …]. Reckoned once per product."""
        if product_id not in self._running:
            prices = self.prices[product_id]
            self._running[product_id] = [0, *accumulate(prices.at(day.on) for day in self.days)]
        return self._running[product_id]

    def due_on(self, subscription: Subscription, day: dt.date) -> int:
        """Cents due for one date, whatever the deliveries; of a variable contract, what the default order would come to."""
        return sum(quantities.at(day) * self.prices[product].at(day) for product, quantities in self.lines.get(subscription.pk, {}).items())

    def shares(self, subscription: Subscription) -> list[Share]:
        """« 18 distributions du … au …, à 13,00 € »: the computation, in lines a person can add up. Their sum is the total.

        None for a variable contract: each order is an operation of its own."""
        if self.ordered is not None:
            return []
        days = self.days_of(subscription)
        return [
            share
            for product_id, quantities in sorted(self.lines.get(subscription.pk, {}).items())
            for share in self._shares_of_product(product_id, quantities, days)
        ]

    def _shares_of_product(self, product_id: int, quantities: DatedValues, days: list[Day]) -> list[Share]:
        prices = self.prices[product_id]
        shares = []
        for (quantity, price_cents), run in groupby(days, key=lambda day: (quantities.at(day.on), prices.at(day.on))):
            same = list(run)
            if quantity:
                name = self.product_names[product_id]
                shares.append(Share(product_id, name, quantity, price_cents, same[0].on, same[-1].on, len(same)))
        return shares


def is_planned_between(contract_id: int, first: dt.date, last: dt.date) -> bool:
    """Whether a contract has a distribution from `first` to `last`, both included.

    Cancelled ones too: restored, they are owed again, and must then be owed as they were."""
    return Delivery.objects.filter(contract=contract_id, distribution__on__range=(first, last)).exists()


def _on(day: Day) -> dt.date:
    return day.on


def contract_facts(contract_id: int, subscriptions: Sequence[Subscription] | None = None) -> ContractFacts:
    """Read the facts of one contract, in four statements, for all its subscriptions or for those given. Six for a variable one."""
    return facts_by_contract([contract_id], subscriptions)[contract_id]


def facts_by_contract(contract_ids: Iterable[int], subscriptions: Sequence[Subscription] | None = None) -> dict[int, ContractFacts]:
    """The same for several contracts, in the same four statements, and two for each payee of variable ones."""
    facts = {contract_id: ContractFacts() for contract_id in contract_ids}
    _read_days(facts)
    _read_prices(facts)
    _read_lines(facts, subscriptions)
    _read_absences(facts, subscriptions)
    _read_ordered({contract_id: found for contract_id, found in facts.items() if found.ordered is not None}, subscriptions)
    return facts


def _read_days(facts: dict[int, ContractFacts]) -> None:
    deliveries = Delivery.objects.standing().filter(contract__in=facts).by_day()
    for pk, contract_id, on in deliveries.values_list("pk", "contract_id", "distribution__on"):
        facts[contract_id].days.append(Day(pk, on))


def _read_prices(facts: dict[int, ContractFacts]) -> None:
    rows = (
        ProductPrice.objects.filter(product__contract__in=facts)
        .order_by("product__contract_id", "product_id", "from_date")
        .values_list("product__contract_id", "product_id", "product__name", "product__contract__kind", "from_date", "price_cents")
    )
    for (contract_id, product_id, name, kind), run in groupby(rows, key=lambda row: row[:4]):
        if kind == Contract.Kind.VARIABLE:
            facts[contract_id].ordered = {}
        dated = [(from_date, price_cents) for *_, from_date, price_cents in run]
        # The first price also counts for a day before it: a contract whose first day was brought forward.
        facts[contract_id].prices[product_id] = _dated(dated, before=dated[0][1])
        facts[contract_id].product_names[product_id] = name


def _read_lines(facts: dict[int, ContractFacts], subscriptions: Sequence[Subscription] | None) -> None:
    lines = SubscriptionLine.objects.filter(subscription__contract__in=facts)
    if subscriptions is not None:
        lines = lines.filter(subscription__in=[subscription.pk for subscription in subscriptions])
    rows = lines.order_by("subscription_id", "product_id", "from_date").values_list(
        "subscription__contract_id", "subscription_id", "product_id", "from_date", "quantity"
    )
    for (contract_id, subscription_id, product_id), run in groupby(rows, key=lambda row: row[:3]):
        facts[contract_id].lines[subscription_id][product_id] = _dated([row[3:] for row in run], before=0)


def _read_absences(facts: dict[int, ContractFacts], subscriptions: Sequence[Subscription] | None) -> None:
    absences = Absence.objects.filter(subscription__contract__in=facts)
    if subscriptions is not None:
        absences = absences.filter(subscription__in=[subscription.pk for subscription in subscriptions])
    for contract_id, subscription_id, delivery_id in absences.values_list("subscription__contract_id", "subscription_id", "delivery_id"):
        facts[contract_id].absences[subscription_id].add(delivery_id)


def _read_ordered(facts: dict[int, ContractFacts], subscriptions: Sequence[Subscription] | None) -> None:
    """What was ordered date by date: minus the debits and credits that orders have written on the account of each subscription."""
    if not facts:
        return
    ordered: dict[int, dict[int, int]] = {contract_id: {} for contract_id in facts}
    found = Subscription.objects.filter(contract__in=facts)
    if subscriptions is not None:
        found = found.filter(pk__in=[subscription.pk for subscription in subscriptions])
    rows = list(found.order_by("account__book_id", "pk").values_list("contract_id", "pk", "account__book_id", "account__account_no"))
    for book_id, run in groupby(rows, key=lambda row: row[2]):
        of_book = list(run)
        booked = total_by_kind(book_id, [account_no for *_, account_no in of_book], (ORDERED,))
        for contract_id, subscription_id, _, account_no in of_book:
            ordered[contract_id][subscription_id] = -booked.get(account_no, 0)
    for contract_id, cents in ordered.items():
        facts[contract_id].ordered = cents


def _dated(pairs: Sequence[tuple[dt.date, int]], before: int) -> DatedValues:
    return DatedValues(tuple(from_date for from_date, _ in pairs), tuple(value for _, value in pairs), before)
