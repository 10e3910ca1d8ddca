"""The grid of a contract: one save is one batch, one transaction, one key."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.models import Contract
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.payments.corrections import PAYMENT_CANCELLED_LABEL, reverse_payments
from escarcelle.payments.models import Batch, Payment
from escarcelle.payments.recording import Entry, PaymentRefused, Received, enter
from escarcelle.subscriptions.booking import lock_payee
from escarcelle.subscriptions.models import Subscription

BATCH_CANCELLED = "batch.cancelled"


@dataclass(frozen=True)
class BatchRow:
    """One payment of the grid; `position` is what the screen calls it, to point at what is refused."""

    subscription_id: int
    received: Received
    position: str = ""


class BatchRefused(Exception):
    """Some rows cannot be recorded, so none is: each bad row's position, with why."""

    def __init__(self, refusals: Sequence[tuple[str, PaymentRefused]]) -> None:
        super().__init__(", ".join(f"{position}: {refusal}" for position, refusal in refusals))
        self.refusals = refusals


@transaction.atomic
def record_batch(*, contract: Contract, rows: Sequence[BatchRow], on: dt.date, by: Member | None, key: UUID) -> Batch:
    """Record many payments on the subscriptions of a contract: all of them or none.

    A fixed number of statements, however many rows. Sent twice with one key, the first batch comes back. Refused: `BatchRefused`,
    with every bad row; `PaymentRefused("nothing_to_record")`. Undone by `cancel_batch`."""
    content = {"contract": contract.pk, "rows": [[row.subscription_id, asdict(row.received)] for row in rows]}
    activity, is_first = begin(group=contract.group, by=by, kind="batch.recorded", key=key, content=content)
    if not is_first:
        return contract.group.batches.get(pk=activity.details["batch"])
    if not rows:
        raise PaymentRefused("nothing_to_record")
    lock_payee(contract)
    entries = _entries(contract, rows, on)
    batch = Batch.objects.create(
        group=contract.group,
        contract=contract,
        activity=activity,
        payment_count=len(entries),
        total_cents=sum(entry.received.amount_cents for entry in entries),
    )
    enter(entries, activity=activity, by=by, batch=batch)
    note(activity, batch=batch.pk, contract=contract.pk, payment_count=batch.payment_count, total_cents=batch.total_cents)
    return batch


def _entries(contract: Contract, rows: Sequence[BatchRow], on: dt.date) -> list[Entry]:
    subscriptions = contract.subscriptions.standing().select_related("account__group")
    accounts = {subscription.pk: subscription.account for subscription in subscriptions}
    entries, refusals = [], []
    for row in rows:
        account = accounts.get(row.subscription_id)
        if account is None:
            refusals.append((row.position, PaymentRefused("unknown_subscription", field="subscription")))
            continue
        try:
            entries.append(Entry(account, row.received.cleaned(contract.group, on)))
        except PaymentRefused as refusal:
            refusals.append((row.position, refusal))
    if refusals:
        raise BatchRefused(refusals)
    return entries


@dataclass(frozen=True)
class BatchCancelled:
    """What undoing did: payments taken back, and those corrected or cancelled one by one since, which stay as they are."""

    cancelled: list[Payment]
    left_alone: list[Payment]


@transaction.atomic
def cancel_batch(*, batch: Batch, on: dt.date, by: Member | None, key: UUID | None = None) -> BatchCancelled:
    """« Annuler ce lot »: write the opposite of what the batch wrote, whatever came later. Twice changes nothing.

    Payments of the batch that were corrected or cancelled since were undone by that act already: they are left and named."""
    # The book first: whoever corrects one of its payments meanwhile ends before we look which still stand.
    lock_payee(batch.contract)
    batch.refresh_from_db(fields=["cancelled_at"])
    if batch.cancelled_at is not None:
        return _what_was_cancelled(batch)
    activity, is_first = begin(group=batch.group, by=by, kind=BATCH_CANCELLED, key=key, content={"batch": batch.pk})
    if not is_first:
        return _what_was_cancelled(batch)
    standing = list(batch.payments.standing().select_related("account").order_by("pk"))
    reverse_payments(standing, state=Payment.State.CANCELLED, label=PAYMENT_CANCELLED_LABEL, reason="lot annulé", on=on, by=by)
    batch.cancelled_at = timezone.now()
    batch.save(update_fields=["cancelled_at"])
    note(
        activity,
        batch=batch.pk,
        payments=[payment.pk for payment in standing],
        payment_count=len(standing),
        total_cents=sum(payment.amount_cents for payment in standing),
    )
    return _what_was_cancelled(batch)


def _what_was_cancelled(batch: Batch) -> BatchCancelled:
    payments = list(batch.payments.select_related("account__member").order_by("pk"))
    undoing = batch.group.activities.filter(kind=BATCH_CANCELLED, details__batch=batch.pk).order_by("pk").first()
    taken_back = set(undoing.details.get("payments", ())) if undoing else set()
    return BatchCancelled(
        [payment for payment in payments if payment.pk in taken_back],
        [payment for payment in payments if payment.pk not in taken_back],
    )


def last_batch(contract: Contract, by: Member) -> Batch | None:
    """The newest batch of a contract entered by this member and still standing."""
    return contract.batches.filter(cancelled_at=None, activity__by=by).order_by("-pk").first()


def subscriptions_of(contract: Contract) -> "list[Subscription]":
    """The rows of the grid: standing subscriptions, by name."""
    return list(contract.subscriptions.standing().by_name().select_related("member", "alternate", "account__ledger_account"))
