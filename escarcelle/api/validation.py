"""The day of a market: what went otherwise, how it was paid, baskets and distributions validated and reopened."""

from typing import Annotated, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import Field

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, Count, DayIn, Flag, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.market_days import DayReasonIn, OutcomeOut
from escarcelle.api.orders import BasketOut, BasketRowOut, RefundOut, read_basket_page
from escarcelle.api.payments import ChequeIn
from escarcelle.catalogs.models import Product
from escarcelle.groups.permissions import Permission
from escarcelle.orders.queries import products_at
from escarcelle.payments.promises import Named, cancel_promise, receive
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.payments.refunds import cancel_refund, refund
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import Outcome, add_on_the_spot, change_price, set_undelivered, share_out_shortage, weigh
from escarcelle.validation.forcing import force, preview
from escarcelle.validation.queries import baskets_page
from escarcelle.validation.reopening import reopen_basket, reopen_distribution
from escarcelle.validation.shortages import Rule

operations = Operations("validation")

MOST_BASKETS = 10_000
MethodIn = Literal["cheque", "cash", "transfer", "card_terminal"]


class PreviewOut(Answer):
    """What validating everything would do now. `methods`: what payments on the spot may be noted as, the one proposed first."""

    methods: list[str]
    basket_count: int
    undetermined_count: int
    undetermined_total: AmountOut
    confirmed_count: int
    confirmed_total: AmountOut
    debts: list[BasketRowOut]
    credits: list[BasketRowOut]


class ForcedOut(Answer):
    basket_count: int
    payment_count: int
    received: AmountOut
    debt: AmountOut


class ReopenedOut(Answer):
    """`left_alone`: payments that were corrected since, which stay received."""

    basket_count: int
    taken_back_count: int
    left_alone_count: int


class ForceIn(Body):
    method: MethodIn | None = None


class LeavingIn(Body):
    """`leaving` says what a difference between paid and due is meant to be."""

    leaving: Literal["debt", "credit"] | None = None


class ReceiveIn(Body):
    """How a promised payment was really made, and for how much when it is not what was promised."""

    method: MethodIn
    amount: AmountIn | None = None
    received_on: DayIn | None = None
    cheque: ChequeIn | None = None


class BasketPaymentIn(Body):
    method: MethodIn
    amount: AmountIn
    received_on: DayIn | None = None
    cheque: ChequeIn | None = None


class RefundIn(Body):
    method: MethodIn
    amount: AmountIn
    reason: Text = ""


class UndeliveredIn(Body):
    count: Count
    reason: Text = ""


class WeightIn(Body):
    """`is_sure` for a weight beyond twice or under half of what was expected."""

    grams: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    is_sure: Flag = False


class ExtraLineIn(Body):
    product_id: Id
    quantity: Count


class ShortageIn(Body):
    """So many came. `named`: for the rule `named`, the baskets that go without first."""

    product_id: Id
    delivered: Count
    rule: Literal["proportional", "first_served", "named"] = "proportional"
    named: Annotated[list[Id], Field(max_length=MOST_BASKETS)] = []
    reason: Text = ""


class DayPriceIn(Body):
    product_id: Id
    price: AmountIn
    reason: Text = ""


@operations.get("/distributions/{distribution_id}/validation", may=Permission.FORCE_VALIDATION, returns=PreviewOut)
def preview_validation(request: ApiRequest) -> PreviewOut:
    """What validating every basket that waits would do; nothing is done."""
    foreseen = preview(request.distribution)
    rows = {row.basket.pk: BasketRowOut.of(row) for row in baskets_page(request.distribution).rows}
    return PreviewOut(
        methods=foreseen.methods,
        basket_count=len(foreseen.baskets),
        undetermined_count=len(foreseen.undetermined),
        undetermined_total=foreseen.undetermined_cents,
        confirmed_count=len(foreseen.named),
        confirmed_total=sum(promise.amount_cents for promise in foreseen.named),
        debts=[rows[debt.basket.pk] for debt in foreseen.debts],
        credits=[rows[credit.basket.pk] for credit in foreseen.credits],
    )


@operations.post(
    "/distributions/{distribution_id}/validate",
    may=Permission.FORCE_VALIDATION,
    returns=ForcedOut,
    moves_money=True,
    example={"method": "cash"},
)
def validate_everything(request: ApiRequest, body: ForceIn) -> ForcedOut:
    """Validate every basket that waits: what nobody named takes `method`, the first one proposed unless told otherwise.

    Refusals: `not_open_yet`, `nothing_to_validate`, `method_not_on_site`."""
    proposed = preview(request.distribution).methods
    method = body.method or (proposed[0] if proposed else "")
    forced = force(distribution=request.distribution, method=method, at=timezone.now(), by=request.member, key=request.key)
    return ForcedOut(
        basket_count=forced.basket_count, payment_count=forced.payment_count, received=forced.received_cents, debt=forced.debt_cents
    )


@operations.post(
    "/distributions/{distribution_id}/reopen",
    may=Permission.REOPEN_VALIDATION,
    returns=ReopenedOut,
    moves_money=True,
    example={"reason": "mauvais moyen"},
)
def reopen_a_distribution(request: ApiRequest, body: DayReasonIn) -> ReopenedOut:
    """Open every validated basket again: exactly the opposite of what validating wrote.

    Refusals: `reason_missing`, `not_validated`, `day_closed` (409)."""
    reopened = reopen_distribution(
        distribution=request.distribution, reason=body.reason, at=timezone.now(), by=request.member, key=request.key
    )
    return ReopenedOut(
        basket_count=reopened.basket_count, taken_back_count=len(reopened.taken_back), left_alone_count=len(reopened.left_alone)
    )


@operations.post(
    "/distributions/{distribution_id}/shortages",
    may=Permission.FORCE_VALIDATION,
    returns=OutcomeOut,
    moves_money=True,
    example={"product_id": 12, "delivered": 6, "rule": "proportional"},
)
def share_out_a_shortage(request: ApiRequest, body: ShortageIn) -> OutcomeOut:
    """Only so many of a product came: who goes without follows from the rule. Validated baskets keep what they have.

    Refusals: `not_open_yet`, `unknown_product`, `quantity_out_of_range`, `nobody_named`."""
    return _outcome(
        share_out_shortage(
            distribution=request.distribution,
            product=_product(request, body.product_id),
            delivered=body.delivered,
            rule=Rule(body.rule),
            named=body.named,
            reason=body.reason,
            at=timezone.now(),
            by=request.member,
            key=request.key,
        )
    )


@operations.post(
    "/distributions/{distribution_id}/day-prices",
    may=Permission.FORCE_VALIDATION,
    returns=OutcomeOut,
    moves_money=True,
    example={"product_id": 12, "price": "3.00"},
)
def change_a_price_that_day(request: ApiRequest, body: DayPriceIn) -> OutcomeOut:
    """Another price for this distribution alone, in the baskets not validated; the catalogue keeps its own.

    Refusals: `not_open_yet`, `unknown_product`, `price_out_of_range`."""
    return _outcome(
        change_price(
            distribution=request.distribution,
            product=_product(request, body.product_id),
            price_cents=body.price,
            reason=body.reason,
            at=timezone.now(),
            by=request.member,
            key=request.key,
        )
    )


@operations.post(
    "/baskets/{basket_id}/validate",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    moves_money=True,
    example={"leaving": "debt"},
)
def validate_a_basket(request: ApiRequest, body: LeavingIn) -> BasketOut:
    """Close a basket: collected and settled, or with what is left said to be a debt or a credit.

    Refusals: `not_open_yet`, `undetermined`, `unpaid`, `overpaid`."""
    validate_basket(basket=request.basket, at=timezone.now(), by=request.member, leaving=body.leaving or "", key=request.key)
    return read_basket_page(request, request.basket.pk)


@operations.post(
    "/baskets/{basket_id}/reopen",
    may=Permission.REOPEN_VALIDATION,
    returns=BasketOut,
    moves_money=True,
    example={"reason": "erreur de pesée"},
)
def reopen_a_basket(request: ApiRequest, body: DayReasonIn) -> BasketOut:
    """Open a validated basket again, with a reason.

    Refusals: `reason_missing`, `not_validated`, `day_closed` (409)."""
    reopen_basket(basket=request.basket, reason=body.reason, at=timezone.now(), by=request.member, key=request.key)
    return read_basket_page(request, request.basket.pk)


@operations.post(
    "/baskets/{basket_id}/payments",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    status=201,
    moves_money=True,
    example={"method": "cash", "amount": "5.00"},
)
def pay_for_a_basket(request: ApiRequest, body: BasketPaymentIn) -> BasketOut:
    """Note a payment made on the day beside those promised. Once the basket is validated, a debt is paid on the client's account.

    Refusals: those of recording a payment, `basket_validated` (409), `day_closed` (409)."""
    cheque = ChequeDetails(**body.cheque.model_dump()) if body.cheque else ChequeDetails()
    received = Received(body.amount, body.method, body.received_on or request.today, cheque=cheque)
    account = request.basket.account
    record_payment(account=account, received=received, on=request.today, by=request.member, key=request.key, basket=request.basket)
    return read_basket_page(request, request.basket.pk)


@operations.post(
    "/baskets/{basket_id}/refunds",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    status=201,
    moves_money=True,
    example={"method": "cash", "amount": "3.20"},
)
def refund_a_basket(request: ApiRequest, body: RefundIn) -> BasketOut:
    """Give back part or all of what is in the client's favour.

    Refusals: `nothing_in_favour`, `more_than_in_favour`, `amount_not_positive`, `method_not_offered`, `day_closed` (409)."""
    refund(
        account=request.basket.account,
        basket=request.basket,
        method=body.method,
        amount_cents=body.amount,
        reason=body.reason,
        on=request.today,
        today=request.today,
        by=request.member,
        key=request.key,
    )
    return read_basket_page(request, request.basket.pk)


@operations.post(
    "/refunds/{refund_id}/cancel",
    may=Permission.CORRECT_PAYMENTS,
    returns=RefundOut,
    moves_money=True,
    example={"reason": "non rendu"},
)
def cancel_a_refund(request: ApiRequest, body: DayReasonIn) -> RefundOut:
    """The money was not given back after all: the exact opposite.

    Refusals: `not_standing` (409), `day_closed` (409)."""
    cancel_refund(refund=request.refund, reason=body.reason, on=request.today, by=request.member, key=request.key)
    return RefundOut.of(request.group.refunds.get(pk=request.refund.pk))


@operations.post(
    "/baskets/{basket_id}/lines",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    status=201,
    moves_money=True,
    example={"product_id": 12, "quantity": 1},
)
def add_a_line_on_the_spot(request: ApiRequest, body: ExtraLineIn) -> BasketOut:
    """So many more of a product that is there, at the price of the moment.

    Refusals: `not_open_yet`, `already_validated`, `unknown_product`, `not_enough_stock`, `sold_out`."""
    product = _product_of(request, body.product_id)
    add_on_the_spot(basket=request.basket, product=product, quantity=body.quantity, at=timezone.now(), by=request.member, key=request.key)
    return read_basket_page(request, request.basket.pk)


@operations.post(
    "/order-lines/{line_id}/undelivered",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    moves_money=True,
    example={"count": 1},
)
def note_undelivered(request: ApiRequest, body: UndeliveredIn) -> BasketOut:
    """So many of this line were not delivered; 0 puts them back.

    Refusals: `not_open_yet`, `already_validated`, `quantity_out_of_range`."""
    set_undelivered(line=request.line, count=body.count, reason=body.reason, at=timezone.now(), by=request.member, key=request.key)
    return read_basket_page(request, request.line.basket_id)


@operations.post(
    "/order-lines/{line_id}/weigh",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    moves_money=True,
    example={"grams": 1652},
)
def weigh_a_line(request: ApiRequest, body: WeightIn) -> BasketOut:
    """What is on the scale for the whole line.

    Refusals: `not_open_yet`, `already_validated`, `not_weighed`, `weight_unlikely`."""
    weigh(line=request.line, grams=body.grams, is_sure=body.is_sure, at=timezone.now(), by=request.member, key=request.key)
    return read_basket_page(request, request.line.basket_id)


@operations.post(
    "/promised-payments/{promise_id}/receive",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    moves_money=True,
    example={"method": "cash"},
)
def receive_a_promised_payment(request: ApiRequest, body: ReceiveIn) -> BasketOut:
    """A promised payment arrives: it counts in the balance, by the method named.

    Also once the basket is validated: its debt is then paid. Refusals: `promise_not_pending`, `transfer_is_a_transfer`, `day_closed`
    (409), those of recording a payment."""
    cheque = ChequeDetails(**body.cheque.model_dump()) if body.cheque else ChequeDetails()
    named = Named(body.method, body.received_on or request.today, body.amount, cheque)
    receive(promise=request.promise, named=named, by=request.member, today=request.today, key=request.key)
    return read_basket_page(request, request.promise.basket_id)


@operations.post(
    "/promised-payments/{promise_id}/cancel",
    may=Permission.HANDLE_BASKETS,
    returns=BasketOut,
    moves_money=True,
    example={"reason": "réglé autrement"},
)
def cancel_a_promised_payment(request: ApiRequest, body: DayReasonIn) -> BasketOut:
    """A promised payment will not come; no money moves.

    Refusals: `promise_not_pending` (409)."""
    cancel_promise(promise=request.promise, reason=body.reason, by=request.member, key=request.key)
    return read_basket_page(request, request.promise.basket_id)


def _product(request: ApiRequest, pk: int) -> Product:
    product: Product = get_object_or_404(products_at(request.distribution).select_related("contract__group", "contract__producer"), pk=pk)
    return product


def _product_of(request: ApiRequest, pk: int) -> Product:
    product: Product = get_object_or_404(products_at(request.basket.distribution), pk=pk)
    return product


def _outcome(outcome: Outcome) -> OutcomeOut:
    return OutcomeOut(basket_count=outcome.basket_count, difference=outcome.difference_cents)
