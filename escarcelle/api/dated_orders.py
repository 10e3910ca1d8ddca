"""Orders of variable contracts: within a subscription, date by date; what the coordinator and the producer see of them."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from django.utils import timezone
from pydantic import Field

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Count, Id
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import is_their_subscription, named
from escarcelle.api.subscription_shapes import EngagementOut, ProductTwice
from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery
from escarcelle.groups.permissions import Permission
from escarcelle.orders.dated_orders import DatedOrderRefused, order_for_date, take_back_order
from escarcelle.orders.dated_queries import (
    BelowTotal,
    DateOrder,
    DateTotals,
    OrderDates,
    contract_orders,
    delivery_orders,
    order_dates,
)
from escarcelle.orders.default_orders import close_contract_orders

operations = Operations("dated orders")

MOST_LINES = 200


class ProductQuantity(Answer):
    """So many of a product."""

    product_id: int
    quantity: int


class DateOrderOut(Answer):
    """What one subscription takes at one date.

    `state`: `cancelled`, `absent`, `not_open`, `open`, `closed`. `origin`: `chosen`, `default`, `undecided` (an order was taken back), or empty
    when nothing was ever said. `is_foreseen`: the default order, not in the books yet; `total` is then what it would come to today."""

    subscription_id: int
    delivery_id: int
    on: dt.date
    state: str
    origin: str
    is_foreseen: bool
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    lines: list[ProductQuantity]
    engagement: list[EngagementOut]
    total: AmountOut
    missing: AmountOut

    @classmethod
    def of(cls, order: DateOrder) -> "DateOrderOut":
        return cls(
            subscription_id=order.subscription.pk,
            delivery_id=order.delivery.pk,
            on=order.delivery.distribution.on,
            state=order.state.value,
            origin=order.origin,
            is_foreseen=order.is_foreseen,
            opens_at=order.delivery.orders_open_at,
            closes_at=order.delivery.orders_close_at,
            lines=[ProductQuantity(product_id=pk, quantity=quantity) for pk, quantity in order.quantities.items() if quantity],
            engagement=[EngagementOut(quantity=part.quantity, product_name=part.product_name) for part in order.parts],
            total=order.cents,
            missing=order.missing_cents,
        )


class OrderDatesOut(Answer):
    """Every date of a subscription. `minimum`: the least to order over it; `missing`: what lacks to that."""

    subscription_id: int
    member_id: int
    ordered: AmountOut
    minimum: AmountOut
    missing: AmountOut
    default_order: list[EngagementOut]
    items: list[DateOrderOut]

    @classmethod
    def of(cls, found: OrderDates) -> "OrderDatesOut":
        return cls(
            subscription_id=found.subscription.pk,
            member_id=found.subscription.member_id,
            ordered=found.ordered_cents,
            minimum=found.minimum_cents,
            missing=found.missing_cents,
            default_order=[EngagementOut(quantity=part.quantity, product_name=part.product_name) for part in found.default_order],
            items=[DateOrderOut.of(order) for order in found.dates],
        )


class ToBringOut(Answer):
    """So many of a product to bring."""

    product_id: int
    product_name: str
    quantity: int


class DateTotalsOut(Answer):
    """One date of a contract: who takes something, of these by default, who chose nothing, who is away, and what is to bring."""

    delivery_id: int
    on: dt.date
    state: str
    closes_at: dt.datetime | None
    taking_count: int
    default_count: int
    nothing_count: int
    absent_count: int
    needed: list[ToBringOut]
    total: AmountOut

    @classmethod
    def of(cls, totals: DateTotals) -> "DateTotalsOut":
        return cls.model_validate(_totals(totals))


def _totals(totals: DateTotals) -> dict[str, object]:
    return {
        "delivery_id": totals.delivery.pk,
        "on": totals.delivery.distribution.on,
        "state": totals.state.value,
        "closes_at": totals.delivery.orders_close_at,
        "taking_count": totals.taking_count,
        "default_count": totals.default_count,
        "nothing_count": totals.nothing_count,
        "absent_count": totals.absent_count,
        "needed": [
            ToBringOut(product_id=found.product.pk, product_name=found.product.name, quantity=found.quantity)
            for found in totals.products
            if found.quantity
        ],
        "total": totals.cents,
    }


class BelowTotalOut(Answer):
    """A subscription below the least to order over the contract."""

    subscription_id: int
    member_id: int
    member_name: str
    ordered: AmountOut
    minimum: AmountOut
    missing: AmountOut

    @classmethod
    def of(cls, below: BelowTotal) -> "BelowTotalOut":
        return cls(
            subscription_id=below.subscription.pk,
            member_id=below.subscription.member_id,
            member_name=below.subscription.member.name,
            ordered=below.ordered_cents,
            minimum=below.minimum_cents,
            missing=below.missing_cents,
        )


class ContractOrdersOut(Answer):
    """The orders of a contract by date, and who is below its minimum."""

    total: AmountOut
    below_minimum: list[BelowTotalOut]
    items: list[DateTotalsOut]


class NamedOrder(DateOrderOut):
    """The same, with whose it is."""

    member_id: int
    member_name: str


class DeliveryOrdersOut(DateTotalsOut):
    """One date, with what each subscription takes, by name."""

    items: list[NamedOrder]


class DatedLineIn(Body):
    product_id: Id
    quantity: Count


class DatedOrderIn(Body):
    """How many of each product at one date; those not named stay as they are. All at zero: nothing that day, on purpose."""

    delivery_id: Id
    lines: Annotated[list[DatedLineIn], Field(max_length=MOST_LINES)]


class DateIn(Body):
    delivery_id: Id


class Closed(Answer):
    """How many default orders were given."""

    given_count: int


@operations.get("/subscriptions/{subscription_id}/orders", may=Permission.SEE_CONTRACT, theirs=is_their_subscription, returns=OrderDatesOut)
def list_dated_orders(request: ApiRequest) -> OrderDatesOut:
    """The dates of a subscription to a variable contract, and what is ordered at each. Refusal: `not_variable`."""
    _check_variable(_contract(request))
    return _dates(request)


@operations.post(
    "/subscriptions/{subscription_id}/orders",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    theirs=is_their_subscription,
    returns=OrderDatesOut,
    moves_money=True,
    example={"delivery_id": 12, "lines": [{"product_id": 4, "quantity": 2}]},
)
def order_at_a_date(request: ApiRequest, body: DatedOrderIn) -> OrderDatesOut:
    """Make the order of a date be so, at the prices of the moment; the difference is debited at once.

    Members order while the date is open; who manages subscriptions also afterwards, and below the minimums. Refusals: `not_variable`,
    `orders_closed`, `not_open_yet` (409), `cancelled` (409), `absent`, `outside_subscription`, `unknown_product`,
    `quantity_out_of_range`, `below_delivery_minimum`, `nothing_ordered`, `below_contract_minimum`, `withdrawn` (409)."""
    quantities = {line.product_id: line.quantity for line in body.lines}
    if len(quantities) != len(body.lines):
        raise ProductTwice("product_twice", field="lines")
    order_for_date(
        subscription=request.subscription,
        delivery=_delivery(request, body.delivery_id),
        quantities=quantities,
        at=timezone.now(),
        by=request.member,
        key=request.key,
    )
    return _dates(request)


@operations.post(
    "/subscriptions/{subscription_id}/orders/take-back",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    theirs=is_their_subscription,
    returns=OrderDatesOut,
    moves_money=True,
    example={"delivery_id": 12},
)
def take_back_a_dated_order(request: ApiRequest, body: DateIn) -> OrderDatesOut:
    """Take back the order of a date, as if nothing had been said: the default order, if there is one, comes at the closing.

    Refusals: as ordering."""
    take_back_order(
        subscription=request.subscription,
        delivery=_delivery(request, body.delivery_id),
        at=timezone.now(),
        by=request.member,
        key=request.key,
    )
    return _dates(request)


@operations.get("/contracts/{contract_id}/orders", may=Permission.SEE_CONTRACT, returns=ContractOrdersOut)
def list_contract_orders(request: ApiRequest) -> ContractOrdersOut:
    """What is ordered of a variable contract at each date, default orders to come included. Refusal: `not_variable`."""
    _check_variable(_contract(request))
    found = contract_orders(_contract(request), timezone.now())
    return ContractOrdersOut(
        total=found.cents,
        below_minimum=[BelowTotalOut.of(below) for below in found.below],
        items=[DateTotalsOut.of(date) for date in found.dates],
    )


@operations.get("/deliveries/{delivery_id}/orders", may=Permission.SEE_CONTRACT, returns=DeliveryOrdersOut)
def list_orders_of_delivery(request: ApiRequest) -> DeliveryOrdersOut:
    """Who ordered what at one date of a variable contract, by name. Refusal: `not_variable`."""
    _check_variable(request.delivery.contract)
    found = delivery_orders(request.delivery, timezone.now())
    return DeliveryOrdersOut.model_validate({**_totals(found.totals), "items": list(_named(found.orders))})


@operations.post("/contracts/{contract_id}/orders/close", may=Permission.MANAGE_CONTRACT, returns=Closed, moves_money=True)
def close_orders_of_contract(request: ApiRequest) -> Closed:
    """Give the default orders of the dates that have closed, without waiting for the server to come by. Twice changes nothing."""
    return Closed(given_count=close_contract_orders(contract=_contract(request), at=timezone.now(), by=request.member))


def _named(orders: Iterable[DateOrder]) -> Iterable[NamedOrder]:
    for order in orders:
        member = order.subscription.member
        yield NamedOrder(**DateOrderOut.of(order).__dict__, member_id=member.pk, member_name=member.name)


def _dates(request: ApiRequest) -> OrderDatesOut:
    return OrderDatesOut.of(order_dates(request.subscription, timezone.now()))


def _delivery(request: ApiRequest, pk: int) -> Delivery:
    delivery: Delivery = named(_contract(request).deliveries.select_related("distribution", "contract"), pk, "delivery_id")
    return delivery


def _check_variable(contract: Contract) -> None:
    if not contract.is_variable:
        raise DatedOrderRefused("not_variable")


def _contract(request: ApiRequest) -> Contract:
    assert request.contract is not None  # noqa: S101  the address names it
    return request.contract
