"""Orders of a market, and the baskets they make."""

import datetime as dt
from typing import Annotated, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import Field

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Count, Id
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import is_their_basket
from escarcelle.api.payments import PaymentOut
from escarcelle.groups.permissions import Permission
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.ordering import drop_line
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.models import PromisedPayment, Refund
from escarcelle.payments.transfers import transfer_details
from escarcelle.payments.ways import ways_of
from escarcelle.validation.queries import BasketPage, BasketRow, basket_page, baskets_page

operations = Operations("orders")

MOST_LINES = 1000
AROUND_BASKET = ("distribution__place", "distribution__group", "account__member", "account__group", "group")


class OrderLineOut(Answer):
    """A line at the price of the day it was ordered. `amount` includes neither what was not delivered nor the `fee`."""

    id: int
    product_id: int
    product_name: str
    producer_name: str
    quantity: int
    undelivered: int
    price: AmountOut
    expected_grams: int | None
    weighed_grams: int | None
    amount: AmountOut
    fee: AmountOut
    total: AmountOut
    ordered_by: str | None
    ordered_at: dt.datetime
    for_client: bool

    @classmethod
    def of(cls, line: OrderLine) -> "OrderLineOut":
        return cls(
            id=line.pk,
            product_id=line.product_id,
            product_name=line.product.name,
            producer_name=line.product.contract.producer.name,
            quantity=line.quantity,
            undelivered=line.undelivered,
            price=line.price_cents,
            expected_grams=line.expected_grams,
            weighed_grams=line.weighed_grams,
            amount=line.amount_cents,
            fee=line.fee_cents,
            total=line.total_cents,
            ordered_by=line.ordered_by.name if line.ordered_by else None,
            ordered_at=line.ordered_at,
            for_client=line.for_client,
        )


class PromiseOut(Answer):
    """A payment announced with an order, beside the balance until it is received."""

    id: int
    way: str
    amount: AmountOut

    @classmethod
    def of(cls, promise: PromisedPayment) -> "PromiseOut":
        return cls(id=promise.pk, way=promise.way, amount=promise.amount_cents)


class RefundOut(Answer):
    id: int
    method: str
    amount: AmountOut
    given_on: dt.date
    state: str

    @classmethod
    def of(cls, refund: Refund) -> "RefundOut":
        return cls(id=refund.pk, method=refund.method, amount=refund.amount_cents, given_on=refund.given_on, state=refund.state)


class BasketRowOut(Answer):
    """A basket in a list. `state`: `unnamed` (a payment on the spot to name), `unpaid`, `promised`, `ready`, `validated`.

    `balance` is the client's with the market; `expected_balance` once everything promised for this basket has arrived."""

    id: int
    number: int
    distribution_id: int
    account_id: int
    member_id: int
    member_name: str
    state: str
    due: AmountOut
    paid: AmountOut
    promised: AmountOut
    balance: AmountOut
    expected_balance: AmountOut
    is_for_client: bool
    validated_at: dt.datetime | None

    @classmethod
    def of(cls, row: BasketRow) -> "BasketRowOut":
        return cls.model_validate(row_values(row))


def row_values(row: BasketRow) -> dict[str, object]:
    """What a basket says of itself, in a list or alone."""
    standing, basket = row.standing, row.basket
    return {
        "id": basket.pk,
        "number": basket.number,
        "distribution_id": basket.distribution_id,
        "account_id": basket.account_id,
        "member_id": basket.account.member_id,
        "member_name": row.member_name,
        "state": row.state,
        "due": standing.due_cents,
        "paid": standing.paid_cents,
        "promised": standing.promised_cents,
        "balance": standing.balance_cents,
        "expected_balance": standing.expected_balance_cents,
        "is_for_client": row.is_for_client,
        "validated_at": basket.validated_at,
    }


class BasketOut(BasketRowOut):
    """One basket with its lines, its payments, what was promised and given back."""

    lines: list[OrderLineOut]
    payments: list[PaymentOut]
    promised_payments: list[PromiseOut]
    refunds: list[RefundOut]

    @classmethod
    def of_page(cls, page: BasketPage) -> "BasketOut":
        return cls.model_validate(
            {
                **row_values(page.row),
                "lines": [OrderLineOut.of(line) for line in page.lines],
                "payments": [PaymentOut.of(payment) for payment in page.payments],
                "promised_payments": [PromiseOut.of(promise) for promise in page.row.promises],
                "refunds": [RefundOut.of(refund) for refund in page.refunds],
            }
        )


class Baskets(Answer):
    items: list[BasketRowOut]


class TransferDetailsOut(Answer):
    """How to make the transfer. `epc` is what the QR code says (EPC069-12)."""

    holder: str
    iban: str
    amount: AmountOut
    reference: str
    epc: str


class OrderLineIn(Body):
    product_id: Id
    quantity: Count


class OrderIn(Body):
    """How many of each product; those not named stay as they are. `member_id` for whom, oneself unless told otherwise.

    `way`: how it will be paid, among those offered; a coordinator who orders for a client may leave it out."""

    lines: Annotated[list[OrderLineIn], Field(max_length=MOST_LINES)]
    way: Literal["on_the_spot", "cheque", "cash", "transfer", "card_terminal"] | None = None
    member_id: Id | None = None


@operations.post(
    "/distributions/{distribution_id}/orders",
    may=Permission.ORDER,
    returns=BasketOut,
    status=201,
    moves_money=True,
    example={"lines": [{"product_id": 12, "quantity": 2}], "way": "on_the_spot"},
)
def make_an_order(request: ApiRequest, body: OrderIn) -> BasketOut:
    """Order, change or cancel: make the quantities be so. The difference is debited at once, the payment promised.

    `member_id` takes the right to order for clients; a machine always names whom it orders for. Lines ordered so carry `for_client`,
    who ordered and when. A first order of nothing is refused, and uses no basket's number up.

    Refusals: `orders_closed`, `group_blocked` (409), `not_enough_stock`, `sold_out`, `unknown_product`, `quantity_out_of_range`,
    `nothing_ordered`, `machine`, `unknown_member`, `second_person`, `way_missing`, `not_offered`, `money_pot_short`, `a_market_only`,
    `cancelled` (409), `basket_validated` (409), `distribution_validated` (409)."""
    client = request.member.holder
    if body.member_id is not None and body.member_id not in (request.member.pk, client.pk):
        client = get_object_or_404(request.group.members.filter(is_machine=False), pk=body.member_id)
        if not request.rights.may(Permission.ORDER_FOR_CLIENTS):
            raise PermissionDenied
    wish = Wish({line.product_id: line.quantity for line in body.lines}, body.way)
    ordered = order(distribution=request.distribution, member=client, wish=wish, at=timezone.now(), by=request.member, key=request.key)
    return read_basket_page(request, ordered.basket.pk)


@operations.get("/distributions/{distribution_id}/baskets", may=Permission.HANDLE_BASKETS, returns=Baskets)
def list_baskets(request: ApiRequest) -> Baskets:
    """The baskets of a distribution, by number; one in which everything was cancelled is not listed."""
    return Baskets(items=[BasketRowOut.of(row) for row in baskets_page(request.distribution).rows])


@operations.get("/baskets/{basket_id}", may=Permission.HANDLE_BASKETS, theirs=is_their_basket, returns=BasketOut)
def read_basket(request: ApiRequest) -> BasketOut:
    """One basket."""
    return read_basket_page(request, request.basket.pk)


@operations.get("/baskets/{basket_id}/transfer", may=Permission.HANDLE_BASKETS, theirs=is_their_basket, returns=TransferDetailsOut)
def read_transfer(request: ApiRequest) -> TransferDetailsOut:
    """How to pay by transfer what was promised so for a basket. 404 when nothing was."""
    waiting = request.basket.promised_payments.filter(way=PromisedPayment.Way.TRANSFER, state=PromisedPayment.State.PENDING)
    promise, ways = waiting.first(), ways_of(request.group)
    if promise is None or ways is None or not ways.transfer_iban:
        raise Http404
    details = transfer_details(request.basket, promise.amount_cents, ways)
    return TransferDetailsOut(
        holder=details.holder, iban=details.iban, amount=details.amount_cents, reference=details.reference, epc=details.epc_text
    )


@operations.delete("/order-lines/{line_id}", may=Permission.ORDER_FOR_CLIENTS, theirs=is_their_basket)
def drop_a_line(request: ApiRequest) -> None:
    """Take a line at zero off the list; the books keep what was ordered and cancelled.

    Refusals: `still_ordered` (409)."""
    drop_line(line=request.line, by=request.member)


def read_basket_page(request: ApiRequest, pk: int) -> BasketOut:
    """A basket as it is now."""
    basket: Basket = request.group.baskets.select_related(*AROUND_BASKET).get(pk=pk)
    return BasketOut.of_page(basket_page(basket))
