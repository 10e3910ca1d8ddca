"""The same money entered twice: by two treasurers on one evening, in two tabs. A doubt to show, never a refusal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Group
from escarcelle.payments.models import Method, Payment, PaymentQuerySet
from escarcelle.payments.queries import twin_cheques
from escarcelle.payments.recording import ChequeDetails, Received


def look_alike(one: Received, other: Received) -> bool:
    """Whether two payments on one account may be one: same amount and method, and the same cheque number, or day where a number is missing."""
    if (one.amount_cents, one.method) != (other.amount_cents, other.method):
        return False
    if one.cheque.number and other.cheque.number:
        return one.cheque.number == other.cheque.number
    return one.received_on == other.received_on


def newest_payment_id(group: Group) -> int:
    """The last payment entered in a group, 0 where there is none. One statement."""
    return PaymentQuerySet(Payment).filter(group=group).order_by("-pk").values_list("pk", flat=True).first() or 0


def recorded_since(contract: Contract, payment_id: int, *, except_key: UUID) -> list[Payment]:
    """Standing payments of a contract entered after one, by other acts than the one of this key. One statement."""
    payments = PaymentQuerySet(Payment).standing().filter(group=contract.group, pk__gt=payment_id, account__subscription__contract=contract)
    around = ("cheque", "activity__by", "account__member", "account__subscription")
    return list(payments.exclude(activity__key=except_key).select_related(*around).order_by("pk"))


def pairs(entered: Iterable[tuple[int, Received]], recorded: Iterable[Payment]) -> list[Payment | None]:
    """For each payment entered on an account, the recorded one that it looks like: each of these serves once."""
    left: defaultdict[int, list[Payment]] = defaultdict(list)
    for payment in recorded:
        left[payment.account_id].append(payment)
    found = []
    for account_id, received in entered:
        twin = next((payment for payment in left[account_id] if look_alike(received, described(payment))), None)
        if twin is not None:
            left[account_id].remove(twin)
        found.append(twin)
    return found


def twins_of(group: Group, payments: Sequence[Payment]) -> list[tuple[Payment, Payment]]:
    """These payments, entered by one act, that an older standing one resembles: a cheque by number and bank, whoever it was entered
    for; else a payment on the same account. Two statements."""
    standing = [payment for payment in payments if payment.state == Payment.State.RECEIVED]
    if not standing:
        return []
    first_id = min(payment.pk for payment in payments)
    cheques = {(payment.cheque.number, payment.cheque.bank) for payment in standing if _number(payment)}
    same_cheque = twin_cheques(group, sorted(cheques), before_id=first_id)
    older = (
        PaymentQuerySet(Payment).standing().filter(group=group, pk__lt=first_id, account__in={payment.account_id for payment in standing})
    )
    same_day = older.filter(received_on__in={payment.received_on for payment in standing})
    alike = pairs(
        [(payment.account_id, described(payment)) for payment in standing],
        same_day.select_related("cheque", "account__member", "account__subscription__contract"),
    )
    twins = [
        (payment, (same_cheque.get((payment.cheque.number, payment.cheque.bank.casefold())) if _number(payment) else None) or same)
        for payment, same in zip(standing, alike, strict=True)
    ]
    return [(payment, twin) for payment, twin in twins if twin is not None]


def described(payment: Payment) -> Received:
    """A recorded payment as it was entered, as far as telling it from another goes."""
    return Received(payment.amount_cents, payment.method, payment.received_on, cheque=ChequeDetails(number=_number(payment)))


def _number(payment: Payment) -> str:
    return payment.cheque.number if payment.method == Method.CHEQUE and hasattr(payment, "cheque") else ""
