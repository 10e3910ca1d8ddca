"""What a client's shop page, a basket and a producer's sheet show, ready to show, in a known number of statements."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet, Sum

from escarcelle.catalogs.models import Contract, Product
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Group, Member
from escarcelle.orders.amounts import reckon
from escarcelle.orders.blocking import limit, unvalidated_distributions
from escarcelle.orders.booking import value_date
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.prices import prices_on


@dataclass(frozen=True)
class ShopProduct:
    """One product on the shop page. `price_cents` a piece, or a kilogram when it has `step_grams`; `left` None without a stock."""

    product: Product
    price_cents: int
    ordered: int
    left: int | None

    @property
    def expected_cents(self) -> int:
        """What one more costs, as far as can be known before it is weighed; the market's fee included."""
        line = OrderLine(
            quantity=1,
            price_cents=self.price_cents,
            step_grams=self.product.step_grams,
            fee_basis_points=self.product.contract.fee_basis_points,
        )
        reckoned = reckon(line)
        return reckoned.amount_cents + reckoned.fee_cents


@dataclass(frozen=True)
class Stall:
    """One producer's products at a distribution; `is_open` while clients may order from it."""

    catalogue: Contract
    delivery: Delivery
    is_open: bool
    closes_at: dt.datetime | None
    products: tuple[ShopProduct, ...]


def stalls(distribution: Distribution, member: Member, at: dt.datetime) -> list[Stall]:
    """Everything offered at a distribution, with what this client has ordered. Five statements, however many products."""
    deliveries = list(
        distribution.deliveries.standing()
        .filter(contract__kind=Contract.Kind.MARKET)
        .select_related("contract__producer", "contract__group", "distribution")
        .order_by("contract__producer__name", "contract__name", "pk")
    )
    products = list(Product.objects.filter(contract__in=[delivery.contract_id for delivery in deliveries]).order_by("position", "pk"))
    contracts = {delivery.contract_id: delivery.contract for delivery in deliveries}
    for product in products:
        product.contract = contracts[product.contract_id]
    prices = prices_on(value_date(at), products)
    mine = _ordered(OrderLine.objects.filter(basket__distribution=distribution, basket__account__member=member))
    sold = _ordered(OrderLine.objects.filter(basket__distribution=distribution, product__stock_per_delivery__isnull=False))
    by_contract: dict[int, list[ShopProduct]] = defaultdict(list)
    for product in products:
        if product.is_offered or mine[product.pk]:
            left = None if product.stock_per_delivery is None else product.stock_per_delivery - sold[product.pk]
            by_contract[product.contract_id].append(ShopProduct(product, prices[product.pk], mine[product.pk], left))
    return [
        Stall(
            delivery.contract,
            delivery,
            delivery.takes_orders_at(at),
            delivery.orders_close_at or delivery.distribution.orders_close_at,
            tuple(by_contract[delivery.contract_id]),
        )
        for delivery in deliveries
    ]


def _ordered(lines: QuerySet[OrderLine]) -> Counter[int]:
    return Counter(dict(lines.order_by().values_list("product").annotate(count=Sum("quantity"))))


def products_at(distribution: Distribution) -> QuerySet[Product]:
    """What the catalogues of a distribution hold, in their order."""
    return Product.objects.filter(contract__deliveries__distribution=distribution).order_by("contract__name", "position", "pk")


@dataclass(frozen=True)
class MarketDayRow:
    """One distribution in a list: how many baskets it has, and how many still wait to be validated."""

    distribution: Distribution
    basket_count: int
    waiting_count: int
    is_open: bool


def market_days(group: Group, at: dt.datetime, *, since: dt.date, until: dt.date | None = None) -> list[MarketDayRow]:
    """The distributions of a group from a day on, by day. Three statements, however many baskets."""
    days = group.distributions.filter(on__gte=since).select_related("place").order_by("on", "starts_at", "pk")
    if until is not None:
        days = days.filter(on__lte=until)
    found = list(days.prefetch_related("deliveries"))
    baskets = Basket.objects.filter(distribution__in=found, lines__quantity__gt=0).order_by()
    counts = dict(baskets.values_list("distribution").annotate(count=Count("pk", distinct=True)))
    waiting = dict(baskets.filter(validated_at=None).values_list("distribution").annotate(count=Count("pk", distinct=True)))
    return [MarketDayRow(day, counts.get(day.pk, 0), waiting.get(day.pk, 0), takes_orders(day, at)) for day in found]


def takes_orders(day: Distribution, at: dt.datetime) -> bool:
    """Whether clients may order something at a distribution. One statement, none when its deliveries are already read."""
    deliveries = list(day.deliveries.all())
    for delivery in deliveries:
        delivery.distribution = day
    return any(delivery.takes_orders_at(at) for delivery in deliveries)


@dataclass(frozen=True)
class SupplierDue:
    """What the market owes a producer for one distribution: the amounts of their lines, without the market's fee."""

    producer_id: int
    producer_name: str
    basket_count: int
    amount_cents: int


def supplier_dues(distribution: Distribution) -> list[SupplierDue]:
    """By producer's name. One statement."""
    rows = (
        OrderLine.objects.filter(basket__distribution=distribution, quantity__gt=0)
        .order_by("product__contract__producer__name")
        .values_list("product__contract__producer_id", "product__contract__producer__name")
        .annotate(count=Count("basket", distinct=True), cents=Sum("amount_cents"))
    )
    return [SupplierDue(*row) for row in rows]


@dataclass(frozen=True)
class SheetRow:
    """What a producer brings of one product: pieces, and the expected weight in grams of what is weighed."""

    product: Product
    quantity: int
    expected_grams: int | None
    amount_cents: int


@dataclass(frozen=True)
class ProducerSheet:
    """Everything one producer brings to a distribution."""

    producer_id: int
    producer_name: str
    rows: tuple[SheetRow, ...]

    @property
    def amount_cents(self) -> int:
        return sum(row.amount_cents for row in self.rows)


def producer_sheets(distribution: Distribution, producer_ids: Collection[int] | None = None) -> list[ProducerSheet]:
    """What each producer brings, or only these producers. One statement, however many baskets."""
    lines = OrderLine.objects.filter(basket__distribution=distribution, quantity__gt=0).select_related("product__contract__producer")
    if producer_ids is not None:
        lines = lines.filter(product__contract__producer__in=producer_ids)
    ordered = lines.order_by("product__contract__producer__name", "product__contract__producer_id", "product__position", "product_id", "pk")
    return [
        ProducerSheet(
            producer_id,
            name,
            tuple(_sheet_row(list(of_product)) for _, of_product in groupby(of_producer, key=lambda line: line.product_id)),
        )
        for (producer_id, name), of_producer in groupby(
            ordered, key=lambda line: (line.product.contract.producer_id, line.product.contract.producer.name)
        )
    ]


def _sheet_row(lines: list[OrderLine]) -> SheetRow:
    grams = None if lines[0].step_grams is None else sum(line.quantity * (line.step_grams or 0) for line in lines)
    return SheetRow(lines[0].product, sum(line.quantity for line in lines), grams, sum(line.amount_cents for line in lines))


@dataclass(frozen=True)
class BlockedState:
    """How near a group is to being blocked, or that it is: warned one before the limit."""

    distributions: tuple[Distribution, ...]
    limit: int

    @property
    def is_blocked(self) -> bool:
        return len(self.distributions) >= self.limit

    @property
    def is_near(self) -> bool:
        return not self.is_blocked and len(self.distributions) >= self.limit - 1


def blocked_state(group: Group, at: dt.datetime) -> BlockedState:
    """The distributions that wait to be validated, the oldest first. One statement."""
    return BlockedState(tuple(unvalidated_distributions(group, at).select_related("place")), limit())


def next_basket(member: Member, on: dt.date) -> Basket | None:
    """What the member's household collects next in a market, from a day on; None when nothing is ordered. One statement."""
    ordered = Basket.objects.filter(account__member=member.holder_id, distribution__on__gte=on, lines__quantity__gt=0)
    return ordered.select_related("distribution__place").order_by("distribution__on", "distribution__starts_at", "pk").first()


def lines_of(group: Group) -> QuerySet[OrderLine]:
    """Every order line of a group."""
    return OrderLine.objects.filter(group=group)
