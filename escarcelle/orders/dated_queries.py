"""Orders of variable contracts, ready to show: a member's dates, the coordinator's and the producer's totals, the list of a day."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from escarcelle.catalogs.models import Contract, Product
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Group, Member
from escarcelle.orders.booking import value_date
from escarcelle.orders.dated_orders import minimum_over_contract
from escarcelle.orders.default_orders import Quantities, default_quantities, is_expected
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.prices import prices_on
from escarcelle.subscriptions import collecting
from escarcelle.subscriptions.dues import ContractFacts, contract_facts
from escarcelle.subscriptions.models import Absence, Subscription, SubscriptionLine
from escarcelle.subscriptions.next_collection import NextCollection, ToBring
from escarcelle.subscriptions.next_collection import contracts_to_bring as next_to_bring
from escarcelle.subscriptions.next_collection import next_collection as next_of_subscriptions
from escarcelle.subscriptions.queries import Engagement


class DateState(StrEnum):
    """Whether a member may order at a date."""

    CANCELLED = "cancelled"
    ABSENT = "absent"
    NOT_OPEN = "not_open"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class DateOrder:
    """What one subscription takes at one date. `is_default` when nobody chose it; then `is_foreseen` until it is in the books.

    `origin` is empty when nothing was ever said. `cents` is what the lines came to, or would at today's price when foreseen."""

    subscription: Subscription
    delivery: Delivery
    state: DateState
    origin: str
    quantities: Mapping[int, int]
    parts: tuple[Engagement, ...]
    cents: int
    is_foreseen: bool

    @property
    def is_default(self) -> bool:
        return self.is_foreseen or self.origin == Basket.Origin.DEFAULT

    @property
    def is_chosen(self) -> bool:
        """Somebody said what is to be taken, be it nothing."""
        return self.origin == Basket.Origin.CHOSEN

    @property
    def missing_cents(self) -> int:
        """What lacks to the least of a distribution; nothing where nothing is to be ordered."""
        if self.state in (DateState.CANCELLED, DateState.ABSENT):
            return 0
        return max(0, self.delivery.contract.minimum_per_delivery_cents - self.cents)


@dataclass(frozen=True)
class Offered:
    """A product at the price it is ordered at now."""

    product: Product
    price_cents: int


@dataclass(frozen=True)
class OrderDates:
    """Every date of a subscription, and how far it is from the least to order over the contract."""

    subscription: Subscription
    offered: tuple[Offered, ...]
    dates: tuple[DateOrder, ...]
    default_order: tuple[Engagement, ...]
    ordered_cents: int
    minimum_cents: int

    @property
    def missing_cents(self) -> int:
        return max(0, self.minimum_cents - self.ordered_cents)


@dataclass(frozen=True)
class _Written:
    """The lines of a contract at some deliveries, added up."""

    quantities: dict[tuple[int, int], Counter[int]]
    cents: Counter[tuple[int, int]]
    origins: dict[tuple[int, int], str]


def _written(deliveries: Collection[Delivery], accounts: Collection[int]) -> _Written:
    """What is ordered, by account and distribution. Two statements."""
    distributions = {delivery.distribution_id for delivery in deliveries}
    baskets = Basket.objects.filter(distribution__in=distributions, account__in=accounts)
    origins = {(account, day): origin for account, day, origin in baskets.values_list("account", "distribution", "origin")}
    quantities: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    cents: Counter[tuple[int, int]] = Counter()
    lines = OrderLine.objects.filter(basket__in=baskets, quantity__gt=0).order_by("pk")
    columns = ("basket__account", "basket__distribution", "product", "quantity", "amount_cents", "fee_cents")
    for account, day, product, quantity, amount_cents, fee_cents in lines.values_list(*columns):
        quantities[account, day][product] += quantity
        cents[account, day] += amount_cents + fee_cents
    return _Written(quantities, cents, origins)


@dataclass(frozen=True)
class _Reader:
    """Reads what each subscription takes at each date, from facts already at hand."""

    facts: ContractFacts
    written: _Written
    offered: Mapping[int, Offered]
    at: dt.datetime

    def date_order(self, subscription: Subscription, delivery: Delivery) -> DateOrder:
        where = (subscription.account_id, delivery.distribution_id)
        origin = self.written.origins.get(where, "")
        state = self._state(subscription, delivery)
        quantities: Quantities = self.written.quantities.get(where, Counter())
        is_foreseen = False
        if state in (DateState.NOT_OPEN, DateState.OPEN, DateState.CLOSED) and self._is_undecided(origin, delivery):
            quantities = default_quantities(subscription, delivery, self.facts)
            is_foreseen = bool(quantities)
        cents = sum(self.offered[pk].price_cents * n for pk, n in quantities.items()) if is_foreseen else self.written.cents[where]
        return DateOrder(subscription, delivery, state, origin, quantities, self.parts(quantities), cents, is_foreseen)

    def _is_undecided(self, origin: str, delivery: Delivery) -> bool:
        return origin in ("", Basket.Origin.UNDECIDED) and delivery.default_orders_at is None

    def _state(self, subscription: Subscription, delivery: Delivery) -> DateState:
        if delivery.cancelled_at is not None:
            return DateState.CANCELLED
        if not is_expected(subscription, delivery, self.facts):
            return DateState.ABSENT
        if delivery.takes_orders_at(self.at):
            return DateState.OPEN
        is_early = delivery.orders_open_at is not None and self.at < delivery.orders_open_at
        return DateState.NOT_OPEN if is_early else DateState.CLOSED

    def parts(self, quantities: Quantities) -> tuple[Engagement, ...]:
        """« 2 x Tomme », in the order of the contract."""
        return tuple(Engagement(quantities[pk], found.product.name) for pk, found in self.offered.items() if quantities.get(pk))


def _reader(contract: Contract, subscriptions: Sequence[Subscription], deliveries: Collection[Delivery], at: dt.datetime) -> _Reader:
    products = list(contract.products.order_by("position", "pk"))
    prices = prices_on(value_date(at), products)
    offered = {product.pk: Offered(product, prices[product.pk]) for product in products}
    written = _written(deliveries, [subscription.account_id for subscription in subscriptions])
    return _Reader(contract_facts(contract.pk, subscriptions), written, offered, at)


def _deliveries(contract: Contract) -> QuerySet[Delivery]:
    return contract.deliveries.select_related("distribution__place", "contract").by_day()


def order_dates(subscription: Subscription, at: dt.datetime) -> OrderDates:
    """The dates of a subscription to a variable contract, by day. Eleven statements, however many dates and products."""
    contract = subscription.contract
    period = (subscription.starts_on, subscription.ends_on)
    deliveries = list(_deliveries(contract).filter(distribution__on__range=period))
    reader = _reader(contract, [subscription], deliveries, at)
    default = {product_id: values.at(_day_of(subscription, at)) for product_id, values in reader.facts.lines[subscription.pk].items()}
    return OrderDates(
        subscription=subscription,
        offered=tuple(reader.offered.values()),
        dates=tuple(reader.date_order(subscription, delivery) for delivery in deliveries),
        default_order=reader.parts(default),
        ordered_cents=reader.facts.due(subscription).total_cents,
        minimum_cents=minimum_over_contract(subscription, reader.facts),
    )


def _day_of(subscription: Subscription, at: dt.datetime) -> dt.date:
    return min(max(value_date(at), subscription.starts_on), subscription.ends_on)


@dataclass(frozen=True)
class ToDecide:
    """A subscription, and the next date at which its household can order; None when none is open."""

    subscription: Subscription
    delivery: Delivery | None
    is_undecided: bool
    has_default: bool


def dates_to_decide(subscriptions: Collection[Subscription], at: dt.datetime) -> list[ToDecide]:
    """These subscriptions of a household to variable contracts, each with its next open date. Four statements; none for none."""
    if not subscriptions:
        return []
    contracts, accounts = {one.contract_id for one in subscriptions}, {one.account_id for one in subscriptions}
    still = Q(orders_close_at__gt=at) & (Q(orders_open_at=None) | Q(orders_open_at__lte=at))
    deliveries = list(Delivery.objects.standing().filter(still, contract__in=contracts).select_related("distribution").by_day())
    absent = set(Absence.objects.filter(subscription__in=subscriptions).values_list("subscription_id", "delivery_id"))
    chosen = Basket.objects.filter(account__in=accounts).exclude(origin=Basket.Origin.UNDECIDED)
    decided = set(chosen.values_list("account_id", "distribution_id"))
    with_default = set(
        SubscriptionLine.objects.filter(subscription__in=subscriptions, quantity__gt=0).values_list("subscription_id", flat=True)
    )
    to_decide = []
    for one in subscriptions:
        theirs = (
            delivery
            for delivery in deliveries
            if delivery.contract_id == one.contract_id
            and one.starts_on <= delivery.distribution.on <= one.ends_on
            and (one.pk, delivery.pk) not in absent
        )
        delivery = next(theirs, None)
        is_undecided = delivery is not None and (one.account_id, delivery.distribution_id) not in decided
        to_decide.append(ToDecide(one, delivery, is_undecided, one.pk in with_default))
    return to_decide


# --- What the coordinator and the producer see ---


@dataclass(frozen=True)
class ProductTotal:
    """So many of a product to bring to a date."""

    product: Product
    quantity: int


@dataclass(frozen=True)
class DateTotals:
    """One date of a contract: how many take something, how many of these by default, how many are away, and what is to bring."""

    delivery: Delivery
    state: DateState
    taking_count: int
    default_count: int
    nothing_count: int
    absent_count: int
    products: tuple[ProductTotal, ...]
    cents: int


@dataclass(frozen=True)
class BelowTotal:
    """A subscription that has not reached the least to order over the contract."""

    subscription: Subscription
    ordered_cents: int
    minimum_cents: int

    @property
    def missing_cents(self) -> int:
        return self.minimum_cents - self.ordered_cents


@dataclass(frozen=True)
class ContractOrders:
    """The dates of a contract, and who is below its minimum."""

    products: tuple[Product, ...]
    dates: tuple[DateTotals, ...]
    below: tuple[BelowTotal, ...]

    @property
    def cents(self) -> int:
        return sum(date.cents for date in self.dates)


def contract_orders(contract: Contract, at: dt.datetime) -> ContractOrders:
    """The orders of a variable contract, date by date, those by default foreseen. Eleven statements, however many members and dates."""
    deliveries, subscriptions = list(_deliveries(contract)), _subscriptions(contract)
    reader = _reader(contract, subscriptions, deliveries, at)
    below = [
        BelowTotal(subscription, reader.facts.due(subscription).total_cents, minimum_over_contract(subscription, reader.facts))
        for subscription in subscriptions
    ]
    return ContractOrders(
        products=tuple(found.product for found in reader.offered.values()),
        dates=tuple(_totals(reader, delivery, list(_orders_at(reader, subscriptions, delivery))) for delivery in deliveries),
        below=tuple(one for one in below if one.ordered_cents < one.minimum_cents),
    )


def _subscriptions(contract: Contract) -> list[Subscription]:
    return list(contract.subscriptions.standing().select_related("member", "alternate", "account").by_name())


def _orders_at(reader: _Reader, subscriptions: Iterable[Subscription], delivery: Delivery) -> Iterable[DateOrder]:
    for subscription in subscriptions:
        if subscription.starts_on <= delivery.distribution.on <= subscription.ends_on:
            yield reader.date_order(subscription, delivery)


def _totals(reader: _Reader, delivery: Delivery, orders: Sequence[DateOrder]) -> DateTotals:
    taking = [] if delivery.cancelled_at else [order for order in orders if order.parts]
    needed: Counter[int] = Counter()
    for order in taking:
        needed.update(order.quantities)
    is_early = delivery.orders_open_at is not None and reader.at < delivery.orders_open_at
    still = DateState.OPEN if delivery.takes_orders_at(reader.at) else DateState.NOT_OPEN if is_early else DateState.CLOSED
    absent_count = sum(order.state == DateState.ABSENT for order in orders)
    return DateTotals(
        delivery=delivery,
        state=DateState.CANCELLED if delivery.cancelled_at else still,
        taking_count=len(taking),
        default_count=sum(order.is_default for order in taking),
        nothing_count=0 if delivery.cancelled_at else len(orders) - len(taking) - absent_count,
        absent_count=absent_count,
        products=tuple(ProductTotal(found.product, needed[pk]) for pk, found in reader.offered.items()),
        cents=sum(order.cents for order in taking),
    )


@dataclass(frozen=True)
class DeliveryOrders:
    """One date: what each subscription takes, by name, and what is to bring."""

    totals: DateTotals
    orders: tuple[DateOrder, ...]


def delivery_orders(delivery: Delivery, at: dt.datetime) -> DeliveryOrders:
    """The orders of one date of a variable contract. Ten statements, however many members."""
    subscriptions = _subscriptions(delivery.contract)
    reader = _reader(delivery.contract, subscriptions, [delivery], at)
    orders = tuple(_orders_at(reader, subscriptions, delivery))
    return DeliveryOrders(_totals(reader, delivery, orders), orders)


# --- What is collected on the day ---


def day_sheet(distribution: Distribution) -> collecting.DaySheet:
    """Who comes on the day and what they leave with; of a variable contract, what they ordered, or will by default."""
    return collecting.day_sheet(distribution, _decided)


def _decided(deliveries: Collection[Delivery]) -> dict[int, tuple[Engagement, ...]]:
    """What is taken at these deliveries of one distribution, by subscription; not those whose default order is still to come."""
    settled = {delivery.contract_id for delivery in deliveries if delivery.default_orders_at is not None}
    contracts = [delivery.contract_id for delivery in deliveries]
    subscriptions = Subscription.objects.standing().filter(contract__in=contracts).values_list("account_id", "pk", "contract_id")
    by_account = {account_id: (pk, contract_id) for account_id, pk, contract_id in subscriptions}
    decided: dict[int, tuple[Engagement, ...]] = {pk: () for pk, contract_id in by_account.values() if contract_id in settled}
    baskets = Basket.objects.filter(distribution=next(iter(deliveries)).distribution_id, account__in=by_account)
    for account_id in baskets.exclude(origin=Basket.Origin.UNDECIDED).values_list("account_id", flat=True):
        decided[by_account[account_id][0]] = ()
    for line in (
        OrderLine.objects.filter(delivery__in=deliveries, quantity__gt=0)
        .select_related("basket", "product")
        .order_by("product__position", "pk")
    ):
        pk = by_account[line.basket.account_id][0]
        decided[pk] = (*decided.get(pk, ()), Engagement(line.quantity, line.product.name))
    return decided


def next_collection(member: Member, on: dt.date, subscriptions: Collection[Subscription]) -> NextCollection | None:
    """Where the household collects next, and what; of a variable contract, what it ordered, or will by default.

    `subscriptions`: the household's own to variable contracts."""
    return next_of_subscriptions(member, on, ordered_by=lambda found: _ordered_from(found, on), without_default=subscriptions)


def _ordered_from(subscriptions: Collection[Subscription], on: dt.date) -> dict[Subscription, dict[int, tuple[Engagement, ...]]]:
    """What was said of each delivery from a day on. Three statements."""
    ordered: dict[Subscription, dict[int, tuple[Engagement, ...]]] = {subscription: {} for subscription in subscriptions}
    by_account = {subscription.account_id: subscription for subscription in ordered}
    to_come = Delivery.objects.filter(contract__in=[one.contract_id for one in ordered], distribution__on__gte=on)
    for pk, contract_id in to_come.filter(default_orders_at__isnull=False).values_list("pk", "contract_id"):
        for subscription, taken in ordered.items():
            if subscription.contract_id == contract_id:
                taken[pk] = ()
    chosen = Basket.objects.filter(account__in=by_account, distribution__deliveries__in=to_come).exclude(origin=Basket.Origin.UNDECIDED)
    for account_id, delivery_id in chosen.values_list("account_id", "distribution__deliveries"):
        # Nothing on purpose is an order too.
        ordered[by_account[account_id]][delivery_id] = ()
    lines = OrderLine.objects.filter(basket__account__in=by_account, delivery__in=to_come)
    decided = lines.exclude(basket__origin=Basket.Origin.UNDECIDED).select_related("basket", "product").order_by("product__position", "pk")
    for line in decided:
        taken = ordered[by_account[line.basket.account_id]]
        parts = taken.get(line.delivery_id, ())
        taken[line.delivery_id] = (*parts, Engagement(line.quantity, line.product.name)) if line.quantity else parts
    return ordered


def collecting_counts(deliveries: Collection[Delivery]) -> dict[int, int]:
    """How many collect at each of these deliveries; of a variable contract whose orders are closed, how many take something.

    Deliveries are read with their distribution. Three statements at most."""
    counts = collecting.collecting_counts(deliveries)
    settled = [delivery.pk for delivery in deliveries if delivery.default_orders_at is not None and delivery.cancelled_at is None]
    if settled:
        taking = OrderLine.objects.filter(delivery__in=settled, quantity__gt=0).order_by().values_list("delivery")
        counts |= {**dict.fromkeys(settled, 0), **dict(taking.annotate(count=Count("basket", distinct=True)))}
    return counts


def contracts_to_bring(group: Group, producer_ids: Collection[int], on: dt.date, at: dt.datetime) -> list[ToBring]:
    """What producers bring next; of a variable contract, what is ordered so far, and foreseen by default."""
    return [_with_orders(one, at) for one in next_to_bring(group, producer_ids, on)]


def _with_orders(one: ToBring, at: dt.datetime) -> ToBring:
    if one.next_delivery is None or not one.contract.is_variable:
        return one
    one.next_delivery.contract = one.contract
    totals = delivery_orders(one.next_delivery, at).totals
    return replace(one, needed=tuple(Engagement(found.quantity, found.product.name) for found in totals.products if found.quantity))
