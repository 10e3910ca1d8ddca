"""Money given back to a client, never more than what is in their favour."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member, MemberAccount
from escarcelle.ledger import balances, books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.money import Euros
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders.models import Basket
from escarcelle.payments.counted_days import check_not_counted
from escarcelle.payments.models import Method, Refund
from escarcelle.payments.recording import EARLIEST_RECEPTION
from escarcelle.subscriptions.booking import actor

REFUNDED = "refund"
# A cheque written by the market leaves the bank, not the box where clients' cheques lie.
TAKEN_FROM: dict[str, AccountKind] = {
    Method.CASH: AccountKind.CASH,
    Method.CHEQUE: AccountKind.BANK,
    Method.TRANSFER: AccountKind.BANK,
    Method.CARD_TERMINAL: AccountKind.CARD_TERMINAL,
}
_LABELS = {
    Method.CASH: "Remboursement en espèces",
    Method.CHEQUE: "Remboursement par chèque",
    Method.TRANSFER: "Remboursement par virement",
    Method.CARD_TERMINAL: "Remboursement sur carte",
}


class RefundRefused(Refusal):
    """Money cannot be given back so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "a_market_only": gettext_noop("Dans une AMAP l’argent est chez le producteur\u00a0: le groupe ne rembourse pas."),
        "method_not_offered": gettext_noop("On rembourse en espèces, par chèque, par virement ou sur carte."),
        "amount_not_positive": gettext_noop("Un remboursement est supérieur à zéro."),
        "more_than_in_favour": gettext_noop("L’avoir est de {balance}\u00a0: on ne peut pas rendre {amount}."),
        "nothing_in_favour": gettext_noop("Ce compte n’a pas d’avoir\u00a0: il n’y a rien à rendre."),
        "day_out_of_range": gettext_noop("Un remboursement se note le jour où il est fait."),
        "not_standing": gettext_noop("Ce remboursement a déjà été annulé."),
    }


@transaction.atomic
def refund(
    *,
    account: MemberAccount,
    method: str,
    amount_cents: int,
    on: dt.date,
    today: dt.date,
    by: Member | None,
    basket: Basket | None = None,
    reason: str = "",
    key: UUID | None = None,
) -> Refund:
    """Give a client back part or all of what is in their favour: debits them, credits where the money was taken.

    Sent twice with one key, the first refund comes back. Refused: `RefundRefused`, `DayCounted`. Undone by `cancel_refund`."""
    content = {"account": account.pk, "method": method, "amount_cents": amount_cents, "on": on, "basket": basket and basket.pk}
    activity, is_first = begin(group=account.group, by=by, kind="refund.given", key=key, content=content)
    if not is_first:
        return account.group.refunds.get(pk=activity.details["refund"])
    if not EARLIEST_RECEPTION <= on <= today:
        raise RefundRefused("day_out_of_range", field="given_on")
    if account.group.is_amap:
        raise RefundRefused("a_market_only")
    books.lock(account.book_id)
    check_refundable(balances.balance(account.book_id, account.account_no), method, amount_cents)
    [given] = give_back(
        [(account, basket, method, amount_cents)], activity=activity, on=on, by=by, reason=clean_text(reason, max_length=200)
    )
    note(activity, refund=given.pk, account=account.pk, amount_cents=amount_cents)
    return given


def check_refundable(balance_cents: int, method: str, amount_cents: int) -> None:
    """Refuse (`RefundRefused`) more than what is in favour."""
    if method not in TAKEN_FROM:
        raise RefundRefused("method_not_offered", field="method")
    if type(amount_cents) is not int or amount_cents <= 0:
        raise RefundRefused("amount_not_positive", field="amount")
    if balance_cents <= 0:
        raise RefundRefused("nothing_in_favour", field="amount")
    if amount_cents > balance_cents:
        raise RefundRefused("more_than_in_favour", field="amount", balance=Euros(balance_cents), amount=Euros(amount_cents))


def give_back(
    wanted: Sequence[tuple[MemberAccount, Basket | None, str, int]], *, activity: Activity, on: dt.date, by: Member | None, reason: str
) -> list[Refund]:
    """Write checked refunds, all of one payee, in a fixed number of statements. Needs a transaction that holds the book.

    Refused: `DayCounted`."""
    if not wanted:
        return []
    check_not_counted(Refund(basket=basket, method=method) for _, basket, method, _ in wanted)
    book_id = wanted[0][0].book_id
    boxes = books.singletons(book_id, {TAKEN_FROM[method] for _, _, method, _ in wanted})
    drafts = [
        posting.Draft(
            ref=f"refund:activity:{activity.pk}:{rank}",
            kind=REFUNDED,
            label=_LABELS[Method(method)],
            reason=reason,
            value_date=on,
            about=f"basket:{basket.pk}" if basket else f"account:{account.pk}",
            moves=[posting.Move(debit_no=account.account_no, credit_no=boxes[TAKEN_FROM[method]], amount_cents=cents)],
        )
        for rank, (account, basket, method, cents) in enumerate(wanted, 1)
    ]
    posted = posting.post(book_id, drafts, by=actor(by))
    return Refund.objects.bulk_create(
        Refund(
            group=account.group,
            account=account,
            basket=basket,
            activity=activity,
            method=method,
            amount_cents=cents,
            given_on=on,
            reason=reason,
            operation_no=operation.operation_no,
        )
        for (account, basket, method, cents), operation in zip(wanted, posted, strict=True)
    )


@transaction.atomic
def cancel_refund(*, refund: Refund, reason: str, on: dt.date, by: Member | None, key: UUID | None = None) -> None:
    """The money was not given back after all: the exact opposite, with a reason. Refused: `RefundRefused("not_standing")`, `DayCounted`.

    Undone by refunding again. Sent twice with one key, once."""
    content = {"refund": refund.pk, "reason": reason}
    activity, is_first = begin(group=refund.group, by=by, kind="refund.cancelled", key=key, content=content)
    if not is_first:
        return
    books.lock(refund.account.book_id)
    refund = Refund.objects.select_related("account").get(pk=refund.pk)
    if refund.state != Refund.State.GIVEN:
        raise RefundRefused("not_standing")
    take_back([refund], reason=clean_text(reason, max_length=200), on=on, by=by)
    note(activity, refund=refund.pk, account=refund.account_id, amount_cents=refund.amount_cents)


def take_back(refunds: Sequence[Refund], *, reason: str, on: dt.date, by: Member | None) -> None:
    """Write the opposite of standing refunds of one payee. Needs a transaction that holds the book."""
    if not refunds:
        return
    check_not_counted(refunds)
    posting.reverse_many(
        refunds[0].account.book_id,
        [posting.Reversal(refund.operation_no, ref=f"refund:{refund.pk}:reversed") for refund in refunds],
        value_date=on,
        by=actor(by),
        label="Remboursement annulé",
        reason=reason,
    )
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).update(state=Refund.State.CANCELLED)
