"""One door for money received: one member's screen, the grid, the API and imports all end in `enter`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Group, Member, MemberAccount
from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.dates import format_day
from escarcelle.lib.money import format_cents
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders.models import Basket
from escarcelle.payments.counted_days import check_not_counted
from escarcelle.payments.models import Batch, Cheque, Method, Payment
from escarcelle.subscriptions.booking import actor
from escarcelle.subscriptions.models import Subscription

PAYMENT_RECEIVED = "payment_received"
HIGHEST_PAYMENT_CENTS = 1_000_000_00
# Before this a date is a slip of the keyboard; money received in the future is a promise, not a payment.
EARLIEST_RECEPTION = dt.date(2000, 1, 1)

# Where the money of each method is, in the payee's book, until it moves on.
KEPT_IN: dict[str, AccountKind] = {
    Method.CHEQUE: AccountKind.CHEQUES_IN_HAND,
    Method.CASH: AccountKind.CASH,
    Method.TRANSFER: AccountKind.BANK,
    Method.CARD_TERMINAL: AccountKind.CARD_TERMINAL,
    Method.UNKNOWN: AccountKind.UNKNOWN_METHOD,
}
# No money changes hands at the distribution of an AMAP: neither cash box nor terminal there (domain: charter, principle 5).
AMAP_METHODS = (Method.CHEQUE, Method.TRANSFER, Method.UNKNOWN)


class PaymentRefused(Refusal):
    """A payment cannot be recorded or corrected so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "method_not_offered": gettext_noop("Ce moyen de paiement n’est pas proposé par le groupe."),
        "amount_not_positive": gettext_noop(
            "Un paiement est supérieur à zéro. Pour reprendre de l’argent, corrigez ou annulez un paiement."
        ),
        "amount_too_large": gettext_noop("Ce montant dépasse un million d’euros\u00a0: vérifiez la virgule."),
        "received_in_future": gettext_noop("Le {day} n’est pas encore passé\u00a0: un paiement se note le jour où il est reçu."),
        "received_too_long_ago": gettext_noop("Le {day} est trop ancien\u00a0: vérifiez l’année."),
        "nothing_to_record": gettext_noop("Aucun montant n’est saisi\u00a0: il n’y a rien à enregistrer."),
        "reason_missing": gettext_noop("Indiquez le motif\u00a0: il sera lu par le membre."),
        "unknown_subscription": gettext_noop("Cette souscription n’est pas ou n’est plus au contrat."),
        "withdrawn": gettext_noop("Cette souscription a été supprimée."),
        "basket_validated": gettext_noop("Ce panier est validé\u00a0: rouvrez-le, ou notez le paiement sur le compte du client."),
    }


@dataclass(frozen=True)
class ChequeDetails:
    """What is written on a cheque. `written_on` starts its year and eight days; `planned_on` is when it should be banked."""

    number: str = ""
    bank: str = ""
    drawer: str = ""
    written_on: dt.date | None = None
    planned_on: dt.date | None = None

    def cleaned(self) -> "ChequeDetails":
        return ChequeDetails(
            clean_text(self.number, max_length=20),
            clean_text(self.bank, max_length=80),
            clean_text(self.drawer, max_length=120),
            self.written_on,
            self.planned_on,
        )


@dataclass(frozen=True)
class Received:
    """A payment as it was typed: how much, in cents, how, when it was received."""

    amount_cents: int
    method: str
    received_on: dt.date
    label: str = ""
    cheque: ChequeDetails = field(default_factory=ChequeDetails)

    def cleaned(self, group: Group, on: dt.date) -> "Received":
        """The same, tidied. Refused: `PaymentRefused`."""
        if self.method not in methods_of(group):
            raise PaymentRefused("method_not_offered", field="method")
        if type(self.amount_cents) is not int or self.amount_cents <= 0:
            raise PaymentRefused("amount_not_positive", field="amount")
        if self.amount_cents > HIGHEST_PAYMENT_CENTS:
            raise PaymentRefused("amount_too_large", field="amount")
        if not EARLIEST_RECEPTION <= self.received_on <= on:
            code = "received_in_future" if self.received_on > on else "received_too_long_ago"
            raise PaymentRefused(code, field="received_on", day=format_day(self.received_on))
        cheque = self.cheque.cleaned() if self.method == Method.CHEQUE else ChequeDetails()
        return Received(self.amount_cents, self.method, self.received_on, clean_text(self.label, max_length=120), cheque)


@dataclass(frozen=True)
class Entry:
    """One payment on one account."""

    account: MemberAccount
    received: Received
    basket: Basket | None = None


def methods_of(group: Group) -> Sequence[str]:
    """The methods a treasurer may enter in this group."""
    return AMAP_METHODS if group.is_amap else list(Method)


@transaction.atomic
def record_payment(
    *,
    account: MemberAccount,
    received: Received,
    on: dt.date,
    by: Member | None,
    key: UUID | None = None,
    basket: Basket | None = None,
) -> Payment:
    """Record money received on an account, for a basket when one is named: credits the member, debits where the money is (`KEPT_IN`).

    Sent twice with one key, the first payment comes back. Refused: `PaymentRefused` (amount, date after `on`, method the group does
    not offer, subscription withdrawn, basket validated), `DayCounted`. Undone by `corrections.cancel_payment`."""
    content = {"account": account.pk, **asdict(received)} | ({"basket": basket.pk} if basket else {})
    activity, is_first = begin(group=account.group, by=by, kind="payment.recorded", key=key, content=content)
    if not is_first:
        return account.group.payments.get(pk=activity.details["payment"])
    received = received.cleaned(account.group, on)
    hold_open(account)
    if basket is not None and Basket.objects.filter(pk=basket.pk, validated_at__isnull=False).exists():
        raise PaymentRefused("basket_validated")
    [payment] = enter([Entry(account, received, basket)], activity=activity, by=by)
    note(activity, payment=payment.pk, account=account.pk, amount_cents=payment.amount_cents)
    return payment


def hold_open(account: MemberAccount) -> None:
    """Take the payee's book, then make sure that money can still come to this account. Needs a transaction.

    Refused: `PaymentRefused("withdrawn")`: nobody would look for money on a subscription that was taken back."""
    books.lock(account.book_id)
    if Subscription.objects.filter(account=account, withdrawn_at__isnull=False).exists():
        raise PaymentRefused("withdrawn")


def required_reason(reason: str) -> str:
    """Why something is corrected or taken back, tidied. Refused: `PaymentRefused("reason_missing")`."""
    reason = clean_text(reason, max_length=200)
    if not reason:
        raise PaymentRefused("reason_missing", field="reason")
    return reason


def enter(
    entries: Sequence[Entry],
    *,
    activity: Activity,
    by: Member | None,
    batch: Batch | None = None,
    corrects: Payment | None = None,
    reason: str = "",
) -> list[Payment]:
    """Write cleaned payments, all on accounts of one payee, in a fixed number of statements. Needs a transaction.

    The money is in the books before the rows that describe it, so that each row knows its operation. Refused: `DayCounted`."""
    check_not_counted(Payment(basket=entry.basket, method=entry.received.method) for entry in entries)
    book_id = entries[0].account.book_id
    boxes = books.singletons(book_id, {KEPT_IN[entry.received.method] for entry in entries})
    drafts = [
        posting.Draft(
            ref=f"payment:activity:{activity.pk}:{rank}",
            kind=PAYMENT_RECEIVED,
            label=label_of(entry.received),
            reason=reason,
            value_date=entry.received.received_on,
            about=f"account:{entry.account.pk}",
            moves=[posting.Move(boxes[KEPT_IN[entry.received.method]], entry.account.account_no, entry.received.amount_cents)],
        )
        for rank, entry in enumerate(entries, 1)
    ]
    posted = posting.post(book_id, drafts, by=actor(by))
    now = timezone.now()
    payments = Payment.objects.bulk_create(
        Payment(
            group=entry.account.group,
            account=entry.account,
            basket=entry.basket,
            activity=activity,
            batch=batch,
            corrects=corrects,
            method=entry.received.method,
            amount_cents=entry.received.amount_cents,
            received_on=entry.received.received_on,
            label=entry.received.label,
            operation_no=operation.operation_no,
            recorded_at=now,
        )
        for entry, operation in zip(entries, posted, strict=True)
    )
    Cheque.objects.bulk_create(
        Cheque(group=payment.group, payment=payment, **asdict(entry.received.cheque))
        for payment, entry in zip(payments, entries, strict=True)
        if payment.method == Method.CHEQUE
    )
    return payments


def label_of(received: Received) -> str:
    """How a statement names a payment: « Chèque n° 4471201, Crédit Mutuel », then what the treasurer typed."""
    name = _NAMES[received.method]
    if received.method == Method.CHEQUE:
        number = f"n° {received.cheque.number}" if received.cheque.number else ""
        name = ", ".join(filter(None, (f"{name} {number}".strip(), received.cheque.bank)))
    return " · ".join(filter(None, (name, received.label)))


# The books speak French, whoever types.
_NAMES: dict[str, str] = {
    Method.CHEQUE: "Chèque",
    Method.CASH: "Espèces",
    Method.TRANSFER: "Virement",
    Method.CARD_TERMINAL: "Carte sur place",
    Method.UNKNOWN: "Paiement, moyen à préciser",
}


def in_words(payments: Sequence[Payment]) -> str:
    """« 3 paiements, 173,25 € » in the language of the books."""
    total = format_cents(sum(payment.amount_cents for payment in payments))
    return f"{len(payments)} paiement{'s' if len(payments) > 1 else ''}, {total}"
