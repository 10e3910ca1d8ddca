"""A payment entered wrongly is taken back, or taken back and entered again: never edited."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import books, posting
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.counted_days import check_not_counted
from escarcelle.payments.models import Payment
from escarcelle.payments.promises import back_to_pending, follow_payment
from escarcelle.payments.recording import Entry, Received, enter, required_reason
from escarcelle.subscriptions.booking import actor

PAYMENT_CANCELLED_LABEL = "Paiement annulé"
PAYMENT_CORRECTED_LABEL = "Paiement corrigé"


class PaymentNotStanding(Refusal):
    """This payment was already cancelled or corrected: look at what replaced it."""

    sentences: ClassVar[Mapping[str, str]] = {
        "payment_not_standing": gettext_noop("Ce paiement a déjà été annulé ou corrigé."),
    }


@transaction.atomic
def cancel_payment(*, payment: Payment, reason: str, on: dt.date, by: Member | None, key: UUID | None = None) -> None:
    """Take a payment back, with a reason: the books get its exact opposite. Undone by recording it again.

    Refused: `PaymentRefused("reason_missing")`, `PaymentNotStanding`, `DayCounted`. Sent twice with one key, cancelled once."""
    reason = required_reason(reason)
    activity, is_first = begin(
        group=payment.group, by=by, kind="payment.cancelled", key=key, content={"payment": payment.pk, "reason": reason}
    )
    if not is_first:
        return
    payment = _standing(payment)
    reverse_payments([payment], state=Payment.State.CANCELLED, label=PAYMENT_CANCELLED_LABEL, reason=reason, on=on, by=by)
    back_to_pending([payment])
    note(activity, payment=payment.pk, account=payment.account_id, amount_cents=payment.amount_cents)


@transaction.atomic
def correct_payment(
    *, payment: Payment, received: Received, reason: str, on: dt.date, by: Member | None, key: UUID | None = None
) -> Payment:
    """Replace a payment by what it should have been: a reversal and a new operation, with a reason. Undone by correcting back.

    Sent twice with one key, the first correction comes back. Refused: `PaymentRefused`, `PaymentNotStanding`, `DayCounted`."""
    reason = required_reason(reason)
    content = {"payment": payment.pk, "reason": reason, **asdict(received)}
    activity, is_first = begin(group=payment.group, by=by, kind="payment.corrected", key=key, content=content)
    if not is_first:
        return payment.group.payments.get(pk=activity.details["corrected_by"])
    payment = _standing(payment)
    received = received.cleaned(payment.group, on)
    reverse_payments([payment], state=Payment.State.CORRECTED, label=PAYMENT_CORRECTED_LABEL, reason=reason, on=on, by=by)
    [corrected] = enter([Entry(payment.account, received, payment.basket)], activity=activity, by=by, corrects=payment, reason=reason)
    follow_payment(payment, corrected)
    note(
        activity,
        payment=payment.pk,
        corrected_by=corrected.pk,
        account=payment.account_id,
        difference_cents=corrected.amount_cents - payment.amount_cents,
    )
    return corrected


def reverse_payments(payments: Sequence[Payment], *, state: Payment.State, label: str, reason: str, on: dt.date, by: Member | None) -> None:
    """Write the opposite of standing payments, all of one payee, in a fixed number of statements. Needs a transaction.

    Refused: `DayCounted`."""
    if not payments:
        return
    check_not_counted(payments)
    posting.reverse_many(
        payments[0].account.book_id,
        [posting.Reversal(payment.operation_no, ref=f"payment:{payment.pk}:reversed") for payment in payments],
        value_date=on,
        by=actor(by),
        label=label,
        reason=reason,
    )
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(state=state)


def _standing(payment: Payment) -> Payment:
    """The payment as it is once the payee's book is held, or `PaymentNotStanding`."""
    books.lock(payment.account.book_id)
    payment = Payment.objects.select_related("account__group", "basket", "group").get(pk=payment.pk)
    if payment.state != Payment.State.RECEIVED:
        raise PaymentNotStanding("payment_not_standing")
    return payment
