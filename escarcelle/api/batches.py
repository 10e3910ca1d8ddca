"""« Saisie de paiements en masse »: all the payments of an evening at once, and their undoing."""

import datetime as dt
import uuid
from typing import Annotated

from ninja import Query
from pydantic import Field

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Id
from escarcelle.api.frame.operations import Operations
from escarcelle.api.payments import EXAMPLE, PaymentIn, PaymentOut
from escarcelle.groups.permissions import Permission
from escarcelle.payments.batches import BatchRow, cancel_batch, record_batch
from escarcelle.payments.models import Batch

operations = Operations("batches")

MOST_ROWS = 10_000


class BatchSummary(Answer):
    """Payments entered together on one contract."""

    id: int
    contract_id: int
    contract_name: str
    payment_count: int
    total: AmountOut
    is_cancelled: bool
    recorded_at: dt.datetime
    recorded_by: str | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchSummary":
        by = batch.activity.by
        return cls(
            id=batch.pk,
            contract_id=batch.contract_id,
            contract_name=batch.contract.name,
            payment_count=batch.payment_count,
            total=batch.total_cents,
            is_cancelled=batch.cancelled_at is not None,
            recorded_at=batch.activity.at,
            recorded_by=by.name if by else None,
        )


class BatchOut(BatchSummary):
    """The same with its payments."""

    payments: list[PaymentOut]


class Batches(Answer):
    items: list[BatchSummary]
    next: str | None


class BatchCancelledOut(Answer):
    """Payments taken back, and those corrected or cancelled one by one since, which stay as they are."""

    batch: BatchSummary
    cancelled_payment_ids: list[int]
    left_alone_payment_ids: list[int]


class BatchRowIn(PaymentIn):
    """One payment; several rows may be about one subscription."""

    subscription_id: Id


class BatchIn(Body):
    rows: Annotated[list[BatchRowIn], Field(max_length=MOST_ROWS)]


@operations.get("/batches", may=Permission.RECORD_PAYMENTS, over_some=True, returns=Batches)
def list_batches(request: ApiRequest, asked: Query[Paging]) -> Batches:
    """The batches of the group, or of the contracts one coordinates, the newest first."""
    found = request.group.batches.select_related("contract", "activity__by").order_by("-pk")
    if not request.rights.may(Permission.RECORD_PAYMENTS):
        found = found.filter(contract__in=request.rights.coordinated_contract_ids)
    if position := cursors.read(request, asked):
        found = found.filter(pk__lt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda batch: [batch.pk])
    return Batches(items=[BatchSummary.of(batch) for batch in page], next=following)


@operations.post(
    "/contracts/{contract_id}/batches",
    may=Permission.RECORD_PAYMENTS,
    returns=BatchOut,
    status=201,
    moves_money=True,
    example={"rows": [{"subscription_id": 12, **EXAMPLE}]},
)
def record_a_batch(request: ApiRequest, body: BatchIn) -> BatchOut:
    """Record many payments on the subscriptions of a contract: all of them or none.

    Refusals: `nothing_to_record`, `batch_refused`, with every bad row in `errors` (`rows[3].amount`, counted from 0), each with a code of
    its own: those of recording, `unknown_subscription`."""
    assert request.contract is not None  # noqa: S101  the address names it
    rows = [BatchRow(row.subscription_id, row.received(request.today), str(rank)) for rank, row in enumerate(body.rows)]
    batch = record_batch(contract=request.contract, rows=rows, on=request.today, by=request.member, key=request.key or uuid.uuid4())
    return _detail(batch)


@operations.get("/batches/{batch_id}", may=Permission.RECORD_PAYMENTS, returns=BatchOut)
def read_batch(request: ApiRequest) -> BatchOut:
    """A batch and its payments, in the order they were entered."""
    return _detail(request.batch)


@operations.post("/batches/{batch_id}/cancel", may=Permission.CORRECT_PAYMENTS, returns=BatchCancelledOut, moves_money=True)
def cancel_a_batch(request: ApiRequest) -> BatchCancelledOut:
    """« Annuler ce lot »: write the opposite of what the batch wrote, whatever came later.

    Twice changes nothing."""
    undone = cancel_batch(batch=request.batch, on=request.today, by=request.member, key=request.key)
    batch = request.group.batches.select_related("contract", "activity__by").get(pk=request.batch.pk)
    return BatchCancelledOut(
        batch=BatchSummary.of(batch),
        cancelled_payment_ids=[payment.pk for payment in undone.cancelled],
        left_alone_payment_ids=[payment.pk for payment in undone.left_alone],
    )


def _detail(batch: Batch) -> BatchOut:
    payments = batch.payments.select_related("cheque", "activity__by", "account__member").order_by("pk")
    return BatchOut(**BatchSummary.of(batch).__dict__, payments=[PaymentOut.of(payment) for payment in payments])
