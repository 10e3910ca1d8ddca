"""Money received on an account: recorded, listed, corrected, cancelled."""

import datetime as dt
from typing import Literal

from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, DayIn, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import is_their_account
from escarcelle.groups.permissions import Permission
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import Cheque, Method, Payment
from escarcelle.payments.queries import recent_payments
from escarcelle.payments.recording import ChequeDetails, Received, record_payment

operations = Operations("payments")

_AROUND = ("cheque", "activity__by", "account__member", "corrects")


class ChequeOut(Answer):
    """What is written on the cheque. `planned_on` is when it should be banked."""

    number: str
    bank: str
    drawer: str
    written_on: dt.date | None
    planned_on: dt.date | None

    @classmethod
    def of(cls, cheque: Cheque) -> "ChequeOut":
        return cls(number=cheque.number, bank=cheque.bank, drawer=cheque.drawer, written_on=cheque.written_on, planned_on=cheque.planned_on)


class PaymentOut(Answer):
    """A payment. `state`: `received`, `cancelled`, or `corrected` (another one replaces it)."""

    id: int
    account_id: int
    member_id: int
    member_name: str
    method: str
    amount: AmountOut
    received_on: dt.date
    label: str
    state: str
    cheque: ChequeOut | None
    batch_id: int | None
    corrects_id: int | None
    recorded_at: dt.datetime
    recorded_by: str | None

    @classmethod
    def of(cls, payment: Payment) -> "PaymentOut":
        by = payment.activity.by
        return cls(
            id=payment.pk,
            account_id=payment.account_id,
            member_id=payment.account.member_id,
            member_name=payment.account.member.name,
            method=payment.method,
            amount=payment.amount_cents,
            received_on=payment.received_on,
            label=payment.label,
            state=payment.state,
            cheque=ChequeOut.of(payment.cheque) if payment.method == Method.CHEQUE else None,
            batch_id=payment.batch_id,
            corrects_id=payment.corrects_id,
            recorded_at=payment.recorded_at,
            recorded_by=by.name if by else None,
        )


class Payments(Answer):
    items: list[PaymentOut]
    next: str | None


class ChequeIn(Body):
    number: Text = ""
    bank: Text = ""
    drawer: Text = ""
    written_on: DayIn | None = None
    planned_on: DayIn | None = None


class PaymentIn(Body):
    """Received today unless told otherwise. `cheque` counts for the method `cheque` only."""

    amount: AmountIn
    method: Literal["cheque", "cash", "transfer", "card_terminal", "unknown"]
    received_on: DayIn | None = None
    label: Text = ""
    cheque: ChequeIn | None = None

    def received(self, today: dt.date) -> Received:
        """The same, as the verbs take it."""
        cheque = ChequeDetails(**self.cheque.model_dump()) if self.cheque else ChequeDetails()
        return Received(self.amount, self.method, self.received_on or today, self.label, cheque)


class CorrectionIn(PaymentIn):
    """What the payment should have been, and why."""

    reason: Text


class ReasonIn(Body):
    reason: Text


EXAMPLE = {
    "amount": "57.76",
    "method": "cheque",
    "received_on": "2026-09-08",
    "cheque": {"number": "4471201", "bank": "Crédit Mutuel", "planned_on": "2026-10-05"},
}


@operations.get("/payments", may=Permission.SEE_ACCOUNTS, returns=Payments)
def list_payments(request: ApiRequest, asked: Query[Paging]) -> Payments:
    """The payments of the group, the newest first."""
    position = cursors.read(request, asked)
    rows = recent_payments(request.group, before_id=position[0] if position else None, limit=asked.limit + 1)
    page, following = cursors.cut(request, rows, asked.limit, lambda payment: [payment.pk])
    return Payments(items=[PaymentOut.of(payment) for payment in page], next=following)


@operations.get("/accounts/{account_id}/payments", may=Permission.SEE_CONTRACT, theirs=is_their_account, returns=Payments)
def list_payments_of_account(request: ApiRequest, asked: Query[Paging]) -> Payments:
    """The payments of an account, cancelled and corrected ones too, the newest first."""
    found = request.account.payments.select_related(*_AROUND).order_by("-pk")
    if position := cursors.read(request, asked):
        found = found.filter(pk__lt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda payment: [payment.pk])
    return Payments(items=[PaymentOut.of(payment) for payment in page], next=following)


@operations.post(
    "/accounts/{account_id}/payments",
    may=Permission.RECORD_PAYMENTS,
    returns=PaymentOut,
    status=201,
    moves_money=True,
    example=EXAMPLE,
)
def record_a_payment(request: ApiRequest, body: PaymentIn) -> PaymentOut:
    """Record money received: credits the member with the payee of the account.

    Refusals: `amount_not_positive`, `amount_too_large`, `method_not_offered`, `received_in_future`, `received_too_long_ago`,
    `withdrawn`."""
    payment = record_payment(
        account=request.account, received=body.received(request.today), on=request.today, by=request.member, key=request.key
    )
    return _read(request, payment.pk)


@operations.get("/payments/{payment_id}", may=Permission.SEE_CONTRACT, theirs=is_their_account, returns=PaymentOut)
def read_payment(request: ApiRequest) -> PaymentOut:
    """One payment."""
    return PaymentOut.of(request.payment)


@operations.post(
    "/payments/{payment_id}/correct",
    may=Permission.CORRECT_PAYMENTS,
    returns=PaymentOut,
    status=201,
    moves_money=True,
    example={**EXAMPLE, "amount": "57.80", "reason": "montant mal lu"},
)
def correct_a_payment(request: ApiRequest, body: CorrectionIn) -> PaymentOut:
    """Replace a payment by what it should have been: a reversal and a new operation, with a reason that the member reads.

    Gives the new payment. Refusals: those of recording, `reason_missing`, `payment_not_standing`, `day_closed` (409)."""
    payment = correct_payment(
        payment=request.payment,
        received=body.received(request.payment.received_on),
        reason=body.reason,
        on=request.today,
        by=request.member,
        key=request.key,
    )
    return _read(request, payment.pk)


@operations.post(
    "/payments/{payment_id}/cancel",
    may=Permission.CORRECT_PAYMENTS,
    returns=PaymentOut,
    moves_money=True,
    example={"reason": "chèque rendu"},
)
def cancel_a_payment(request: ApiRequest, body: ReasonIn) -> PaymentOut:
    """Take a payment back, with a reason: the books get its exact opposite.

    Refusals: `reason_missing`, `payment_not_standing`, `day_closed` (409): the till of its day is counted."""
    cancel_payment(payment=request.payment, reason=body.reason, on=request.today, by=request.member, key=request.key)
    return _read(request, request.payment.pk)


def _read(request: ApiRequest, pk: int) -> PaymentOut:
    return PaymentOut.of(request.group.payments.select_related(*_AROUND).get(pk=pk))
