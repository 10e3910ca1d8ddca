"""What a client announced for a basket: it follows the order, is received as a payment, or is cancelled. Beside the balance, never in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Sum, Value, When

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member, MemberAccount
from escarcelle.ledger import balances, books
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders.models import Basket
from escarcelle.payments.models import Method, Payment, PromisedPayment
from escarcelle.payments.recording import ChequeDetails, Entry, Received, enter

Way = PromisedPayment.Way
State = PromisedPayment.State


class PromiseRefused(Refusal):
    """A promised payment cannot be received or cancelled so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "promise_not_pending": gettext_noop("Ce paiement promis a déjà été reçu ou annulé."),
        "method_unnamed": gettext_noop("Indiquez comment ce paiement a été fait\u00a0: espèces, chèque ou carte."),
        "transfer_is_a_transfer": gettext_noop("Un virement promis arrive par virement\u00a0: annulez-le s’il est réglé autrement."),
    }


@dataclass(frozen=True)
class Named:
    """How a promised payment was really made, and for how much when it is not what was promised."""

    method: str
    received_on: dt.date
    amount_cents: int | None = None
    cheque: ChequeDetails = field(default_factory=ChequeDetails)


def follow_order(basket: Basket, difference_cents: int, way: str | None, *, at: dt.datetime) -> None:
    """Make the promises of a basket follow its order, in the way chosen for what is due more. See `follow_orders`."""
    follow_orders([(basket, difference_cents)], way, at=at)


def follow_orders(changes: Sequence[tuple[Basket, int]], way: str | None, *, at: dt.datetime, restoring: bool = False) -> None:
    """Make the promises of baskets of one payee follow their orders, in a fixed number of statements.

    Needs a transaction that holds the payee's book, after the orders were posted. More due: the promise of that way grows by what is
    not covered by the balance and the other promises; without a way, the newest pending promise does, if there is one. Less due:
    pending promises shrink, the newest first. Received payments never change. `restoring`: also the newest promise that less due had
    emptied grows again, so that what was taken off a basket by mistake is put back with its payment."""
    pending: dict[int, list[PromisedPayment]] = defaultdict(list)
    waiting = PromisedPayment.objects.filter(basket__in=[basket for basket, _ in changes], state=State.PENDING)
    for promise in waiting.order_by("-pk"):
        pending[promise.basket_id].append(promise)
    emptied = _emptied_ways([basket for basket, _ in changes]) if restoring else {}
    ways = {basket.pk: way or next((promise.way for promise in pending[basket.pk]), emptied.get(basket.pk)) for basket, _ in changes}
    growing = [basket.account for basket, cents in changes if cents > 0 and ways[basket.pk]]
    uncovered = _uncovered(growing) if growing else {}
    touched: list[PromisedPayment] = []
    for basket, cents in changes:
        of_basket = pending[basket.pk]
        if cents < 0:
            touched += _shrunk(of_basket, -cents)
        elif cents > 0 and (chosen := ways[basket.pk]):
            touched += _grown(basket, chosen, min(cents, uncovered[basket.account_id]), of_basket, at)
    PromisedPayment.objects.bulk_update([promise for promise in touched if promise.pk], ["state", "amount_cents"])
    PromisedPayment.objects.bulk_create([promise for promise in touched if not promise.pk])


def _emptied_ways(baskets: Sequence[Basket]) -> dict[int, str]:
    """The way of the newest promise of each basket that followed its order down to nothing, by basket id."""
    emptied = PromisedPayment.objects.filter(basket__in=baskets, state=State.CANCELLED, amount_cents=0)
    return dict(emptied.order_by("pk").values_list("basket", "way"))


def _uncovered(accounts: Sequence[MemberAccount]) -> dict[int, int]:
    """Cents that each client owes and has not promised for any basket."""
    by_no = balances.balances(accounts[0].book_id, {account.account_no for account in accounts})
    waiting = PromisedPayment.objects.filter(basket__account__in=accounts, state=State.PENDING)
    promised = dict(waiting.values_list("basket__account").annotate(cents=Sum("amount_cents")))
    return {account.pk: -by_no[account.account_no] - promised.get(account.pk, 0) for account in accounts}


def _grown(basket: Basket, way: str, cents: int, pending: Sequence[PromisedPayment], at: dt.datetime) -> list[PromisedPayment]:
    if cents <= 0:
        return []
    for promise in pending:
        if promise.way == way:
            promise.amount_cents += cents
            return [promise]
    return [PromisedPayment(group=basket.group, basket=basket, way=way, amount_cents=cents, promised_at=at)]


def _shrunk(pending: Sequence[PromisedPayment], cents: int) -> list[PromisedPayment]:
    touched = []
    for promise in pending:
        taken = min(cents, promise.amount_cents)
        if not taken:
            break
        cents -= taken
        promise.amount_cents -= taken
        if not promise.amount_cents:
            # At zero: nobody said that it would not come.
            promise.state = State.CANCELLED
        touched.append(promise)
    return touched


@transaction.atomic
def receive(*, promise: PromisedPayment, named: Named, by: Member | None, today: dt.date, key: UUID | None = None) -> Payment:
    """A promised payment arrives: it is recorded as received, by the method named, and counts in the balance.

    Sent twice with one key, the first payment comes back. What was promised may still arrive once the basket is validated: its debt is
    then paid. Refused: `PromiseRefused`, `PaymentRefused`, `DayCounted`. Undone by `corrections.cancel_payment`."""
    content = {"promise": promise.pk, **asdict(named)}
    activity, is_first = begin(group=promise.group, by=by, kind="promise.received", key=key, content=content)
    if not is_first:
        return promise.group.payments.get(pk=activity.details["payment"])
    promise = pending(promise)
    [payment] = receive_many([(promise, named)], activity=activity, by=by, today=today)
    note(activity, promise=promise.pk, basket=promise.basket_id, payment=payment.pk, amount_cents=payment.amount_cents)
    return payment


def receive_many(
    arrivals: Sequence[tuple[PromisedPayment, Named]], *, activity: Activity, by: Member | None, today: dt.date
) -> list[Payment]:
    """Record promised payments of one payee as received, in a fixed number of statements. Needs a transaction that holds the book."""
    entries = [_entry(promise, named, today) for promise, named in arrivals]
    payments = enter(entries, activity=activity, by=by)
    for (promise, _), payment in zip(arrivals, payments, strict=True):
        promise.state, promise.payment = State.RECEIVED, payment
    paid_by = [When(pk=promise.pk, then=Value(payment.pk)) for (promise, _), payment in zip(arrivals, payments, strict=True)]
    received = PromisedPayment.objects.filter(pk__in=[promise.pk for promise, _ in arrivals])
    # Not `bulk_update`, which would also spell the state out row by row: twice the time.
    received.update(state=State.RECEIVED, payment=Case(*paid_by))
    return payments


def _entry(promise: PromisedPayment, named: Named, today: dt.date) -> Entry:
    if named.method == Method.UNKNOWN:
        raise PromiseRefused("method_unnamed", field="method")
    if promise.way == Way.TRANSFER and named.method != Method.TRANSFER:
        raise PromiseRefused("transfer_is_a_transfer", field="method")
    amount_cents = promise.amount_cents if named.amount_cents is None else named.amount_cents
    received = Received(amount_cents, named.method, named.received_on, cheque=named.cheque)
    return Entry(promise.basket.account, received.cleaned(promise.group, today), promise.basket)


@transaction.atomic
def cancel_promise(*, promise: PromisedPayment, reason: str, by: Member | None, key: UUID | None = None) -> None:
    """A promised payment will not come: it no longer stands beside the balance. No money moves. Not undone: what comes after all
    is recorded as a payment.

    Refused: `PromiseRefused`. Sent twice with one key, once."""
    content = {"promise": promise.pk, "reason": reason}
    activity, is_first = begin(group=promise.group, by=by, kind="promise.cancelled", key=key, content=content)
    if not is_first:
        return
    promise = pending(promise)
    promise.state = State.CANCELLED
    promise.save(update_fields=["state"])
    note(
        activity, promise=promise.pk, basket=promise.basket_id, amount_cents=promise.amount_cents, reason=clean_text(reason, max_length=200)
    )


def pending(promise: PromisedPayment) -> PromisedPayment:
    """The promise as it is once the payee's book is held, or `PromiseRefused`."""
    books.lock(promise.basket.account.book_id)
    promise = PromisedPayment.objects.select_related("basket__account__group", "group").get(pk=promise.pk)
    if promise.state != State.PENDING:
        raise PromiseRefused("promise_not_pending")
    return promise


def back_to_pending(payments: Sequence[Payment]) -> None:
    """The promises that these payments had fulfilled wait again: their payments were taken back. Two statements.

    Where more was promised in the same way since, the promise that waits grows instead, in two more: a basket has one of each way."""
    fulfilled = PromisedPayment.objects.filter(payment__in=[payment.pk for payment in payments])
    since = PromisedPayment.objects.filter(basket=OuterRef("basket"), way=OuterRef("way"), state=State.PENDING)
    for promise in fulfilled.filter(Exists(since)):
        waiting = PromisedPayment.objects.filter(basket=promise.basket_id, way=promise.way, state=State.PENDING)
        waiting.update(amount_cents=F("amount_cents") + promise.amount_cents)
        PromisedPayment.objects.filter(pk=promise.pk).update(state=State.CANCELLED, payment=None)
    fulfilled.update(state=State.PENDING, payment=None)


def follow_payment(payment: Payment, corrected: Payment) -> None:
    """The promise that a payment had fulfilled is fulfilled by what corrects it, so that it waits again if that is taken back in turn."""
    PromisedPayment.objects.filter(payment=payment).update(payment=corrected)
