"""« Reprise de solde »: the signed balance with which a member arrives from paper or another tool, once per account."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.accounts import general_accounts
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.dates import format_day
from escarcelle.lib.money import Euros
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.models import OpeningBalance
from escarcelle.payments.recording import (
    EARLIEST_RECEPTION,
    HIGHEST_PAYMENT_CENTS,
    PaymentRefused,
    hold_open,
    required_reason,
)
from escarcelle.subscriptions.booking import actor
from escarcelle.subscriptions.models import Subscription

OPENING_BALANCE = "opening_balance"
LABEL = "Reprise de solde"
CORRECTED_LABEL = "Reprise de solde corrigée"
_CORRECTION = ":activity:"


class AlreadyTakenOver(Refusal):
    """An account has an opening balance already: it is corrected (`correct_opening_balance`), a second one would count twice."""

    sentences: ClassVar[Mapping[str, str]] = {
        "already_taken_over": gettext_noop(
            "Déjà repris\u00a0: {names}. Une seconde reprise compterait double, corrigez plutôt la première."
        ),
    }

    def __init__(self, accounts: Sequence[MemberAccount]) -> None:
        self.account_ids = [account.pk for account in accounts]
        super().__init__("already_taken_over", names=", ".join(account.member.name for account in accounts))


class ControlTotalDiffers(Refusal):
    """The rows do not add up to the total announced."""

    sentences: ClassVar[Mapping[str, str]] = {
        "control_total_differs": gettext_noop(
            "Les soldes font {total}, le total de contrôle annonce {announced}\u00a0: rien n’est enregistré tant qu’ils diffèrent."
        ),
    }

    def __init__(self, announced_cents: int, total_cents: int) -> None:
        super().__init__(
            "control_total_differs",
            field="control_total",
            announced=Euros(announced_cents, is_signed=True),
            total=Euros(total_cents, is_signed=True),
        )


class OpeningNotCorrected(Refusal):
    """An opening balance cannot be corrected so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "opening_not_standing": gettext_noop(
            "Cette reprise de solde a été corrigée entre-temps\u00a0: {amount} au {day}. Partez de la dernière."
        ),
        "same_opening": gettext_noop("C’est déjà le solde repris, à la même date\u00a0: il n’y a rien à corriger."),
        "member_erased": gettext_noop("Ce membre a été effacé\u00a0: ce qui reste de son compte ne change plus."),
    }


@dataclass(frozen=True)
class TakeOver:
    """A balance in cents, positive in the member's favour, on one account."""

    account: MemberAccount
    amount_cents: int


def hold_payees(group: Group, book_ids: Collection[int]) -> None:
    """Take the books of those of these payees that are of the group, in one order for everybody. Needs a transaction."""
    of_group = {payee.book_id for payee in payees_of(group)}
    for book_id in sorted(of_group.intersection(book_ids)):
        books.lock(book_id)


@transaction.atomic
def take_over(
    *,
    group: Group,
    balances: Sequence[TakeOver],
    on: dt.date,
    today: dt.date,
    by: Member | None,
    key: UUID | None = None,
    control_total_cents: int | None = None,
) -> list[OpeningBalance]:
    """Write opening balances dated `on`, all or none. A zero is noted too: that account was taken over, and owes nothing.

    In favour: debit *opening*, credit the member; owed: the other way round. Neither turnover, nor till, nor VAT. Sent twice with one
    key, the first ones come back. Refused: `AlreadyTakenOver`, `ControlTotalDiffers`, `PaymentRefused` (date, amount, subscription withdrawn)."""
    content = {"on": on, "control_total_cents": control_total_cents, "rows": [[row.account.pk, row.amount_cents] for row in balances]}
    activity, is_first = begin(group=group, by=by, kind="balances.taken_over", key=key, content=content)
    if not is_first:
        return list(group.opening_balances.filter(activity=activity).order_by("pk"))
    _check(balances, on, today, control_total_cents)
    book_ids = sorted({row.account.book_id for row in balances})
    hold_payees(group, book_ids)
    withdrawn = Subscription.objects.filter(account__in=[row.account for row in balances], withdrawn_at__isnull=False)
    if withdrawn.exists():
        raise PaymentRefused("withdrawn")
    standing = OpeningBalance.objects.standing()
    taken = standing.filter(account__in=[row.account for row in balances]).select_related("account__member")
    if taken:
        raise AlreadyTakenOver([opening.account for opening in taken])
    operation_nos: dict[int, int] = {}
    for book_id in book_ids:
        operation_nos |= _post(book_id, [(_ref(row.account), row) for row in balances if row.account.book_id == book_id], on, by)
    rows = OpeningBalance.objects.bulk_create(
        OpeningBalance(
            group=group,
            account=row.account,
            activity=activity,
            amount_cents=row.amount_cents,
            on=on,
            operation_no=operation_nos.get(row.account.pk),
        )
        for row in balances
    )
    note(activity, count=len(rows), total_cents=sum(row.amount_cents for row in rows))
    return rows


@transaction.atomic
def take_over_with(
    *,
    group: Group,
    payee: Payee,
    amounts: Sequence[tuple[Member, int]],
    on: dt.date,
    today: dt.date,
    by: Member | None,
    key: UUID | None = None,
    control_total_cents: int | None = None,
) -> list[OpeningBalance]:
    """The same on the general accounts that these members have, or are given, with one payee. Refused like `take_over`."""
    accounts = general_accounts(group=group, members=[member for member, _ in amounts], book_id=payee.book_id)
    balances = [TakeOver(accounts[member.pk], amount_cents) for member, amount_cents in amounts]
    return take_over(group=group, balances=balances, on=on, today=today, by=by, key=key, control_total_cents=control_total_cents)


@transaction.atomic
def correct_opening_balance(
    *, opening: OpeningBalance, amount_cents: int, on: dt.date, reason: str, today: dt.date, by: Member | None, key: UUID | None = None
) -> OpeningBalance:
    """Replace an opening balance by what it should have been: the reversal, and the balance in cents as it was on that day.

    Zero takes it back altogether. Undone by correcting back. Sent twice with one key, the first correction comes back. Refused:
    `OpeningNotCorrected` (corrected meanwhile, nothing changes, member erased), `PaymentRefused` (date, amount, no reason, withdrawn)."""
    reason = required_reason(reason)
    content = {"opening": opening.pk, "amount_cents": amount_cents, "on": on, "reason": reason}
    activity, is_first = begin(group=opening.group, by=by, kind="opening.corrected", key=key, content=content)
    if not is_first:
        return opening.group.opening_balances.get(activity=activity)
    _check_one(amount_cents, on, today)
    before = _standing(opening)
    if (before.amount_cents, before.on) == (amount_cents, on):
        raise OpeningNotCorrected("same_opening", field="amount")
    ref = f"{_ref(before.account)}{_CORRECTION}{activity.pk}"
    _take_back(before, reversal_ref(ref), reason, today, by)
    operation_nos = _post(before.account.book_id, [(ref, TakeOver(before.account, amount_cents))], on, by, reason)
    corrected = OpeningBalance.objects.create(
        group=before.group,
        account=before.account,
        activity=activity,
        corrects=before,
        amount_cents=amount_cents,
        on=on,
        operation_no=operation_nos.get(before.account_id),
    )
    difference_cents = amount_cents - before.amount_cents
    note(activity, opening=before.pk, corrected_by=corrected.pk, account=before.account_id, difference_cents=difference_cents)
    return corrected


def _standing(opening: OpeningBalance) -> OpeningBalance:
    """The opening balance as it is once the payee's book is held. Refused: `OpeningNotCorrected`, `PaymentRefused("withdrawn")`."""
    hold_open(opening.account)
    opening = OpeningBalance.objects.select_related("account__group", "account__member", "group").get(pk=opening.pk)
    if opening.state != OpeningBalance.State.STANDING:
        last = OpeningBalance.objects.standing().get(account=opening.account_id)
        raise OpeningNotCorrected("opening_not_standing", amount=Euros(last.amount_cents, is_signed=True), day=format_day(last.on))
    if opening.account.member.erased_at is not None:
        raise OpeningNotCorrected("member_erased")
    return opening


def _take_back(opening: OpeningBalance, ref: str, reason: str, today: dt.date, by: Member | None) -> None:
    """Write the opposite of what an opening balance wrote, if anything, and make room for the next one on that account."""
    if opening.operation_no is not None:
        posting.reverse(
            opening.account.book_id,
            opening.operation_no,
            ref=ref,
            value_date=today,
            by=actor(by),
            label=CORRECTED_LABEL,
            reason=reason,
        )
    opening.state = OpeningBalance.State.CORRECTED
    opening.save(update_fields=["state"])


def _check_one(amount_cents: int, on: dt.date, today: dt.date) -> None:
    if not EARLIEST_RECEPTION <= on <= today:
        code = "received_in_future" if on > today else "received_too_long_ago"
        raise PaymentRefused(code, field="on", day=format_day(on))
    if abs(amount_cents) > HIGHEST_PAYMENT_CENTS:
        raise PaymentRefused("amount_too_large", field="amount")


def _check(balances: Sequence[TakeOver], on: dt.date, today: dt.date, control_total_cents: int | None) -> None:
    if not balances:
        raise PaymentRefused("nothing_to_record")
    for row in balances:
        _check_one(row.amount_cents, on, today)
    counts = Counter(row.account for row in balances)
    if len(counts) != len(balances):
        raise AlreadyTakenOver([account for account, count in counts.items() if count > 1])
    total_cents = sum(row.amount_cents for row in balances)
    if control_total_cents is not None and control_total_cents != total_cents:
        raise ControlTotalDiffers(control_total_cents, total_cents)


def _ref(account: MemberAccount) -> str:
    return f"opening:{account.pk}"


def reversal_ref(ref: str) -> str:
    """Under which the balance that a correction replaces is taken back, next to the correction posted under `ref`."""
    return f"{ref}:reversed"


def is_correction_ref(ref: str) -> bool:
    """Whether an operation is a balance taken over in place of another."""
    return ref.startswith("opening:") and _CORRECTION in ref and not ref.endswith(":reversed")


def _post(book_id: int, balances: Sequence[tuple[str, TakeOver]], on: dt.date, by: Member | None, reason: str = "") -> dict[int, int]:
    """Write the balances of one payee that are not zero, each under its ref; give each account's operation."""
    rows = [(ref, row) for ref, row in balances if row.amount_cents]
    if not rows:
        return {}
    opening_no = books.singleton(book_id, AccountKind.OPENING)
    drafts = [
        posting.Draft(
            ref=ref,
            kind=OPENING_BALANCE,
            label=LABEL,
            reason=reason,
            value_date=on,
            about=f"account:{row.account.pk}",
            moves=[_move(opening_no, row)],
        )
        for ref, row in rows
    ]
    posted = posting.post(book_id, drafts, by=actor(by))
    return {row.account.pk: entry.operation_no for (_, row), entry in zip(rows, posted, strict=True)}


def _move(opening_no: int, row: TakeOver) -> posting.Move:
    if row.amount_cents > 0:
        return posting.Move(opening_no, row.account.account_no, row.amount_cents)
    return posting.Move(row.account.account_no, opening_no, -row.amount_cents)
