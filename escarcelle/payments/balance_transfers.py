"""A balance carried from one subscription to another: same member, same payee, either sign."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member, MemberAccount
from escarcelle.ledger import balances, books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.models import BalanceTransfer
from escarcelle.subscriptions.booking import actor
from escarcelle.subscriptions.models import Subscription

BALANCE_MOVED = "balance_moved"


class TransferRefused(Refusal):
    """This balance cannot be carried there."""

    sentences: ClassVar[Mapping[str, str]] = {
        "another_payee": gettext_noop(
            "Ces deux soldes ne sont pas envers le même bénéficiaire\u00a0: l’argent de l’un ne paie jamais l’autre."
        ),
        "another_member": gettext_noop("Ces deux soldes ne sont pas ceux du même membre."),
        "same_account": gettext_noop("C’est le même compte\u00a0: choisissez-en un autre."),
        "withdrawn": gettext_noop("Cette souscription a été supprimée."),
        "nothing_to_move": gettext_noop("Ce solde est à zéro\u00a0: il n’y a rien à reporter."),
    }


@transaction.atomic
def move_balance(
    *, source: MemberAccount, target: MemberAccount, on: dt.date, by: Member | None, key: UUID | None = None
) -> BalanceTransfer:
    """Carry the whole balance of `source`, in favour or owed, to `target`: two operations tied by one account that returns to zero.

    Sent twice with one key, the first transfer comes back. Refused: `TransferRefused` (other payee, other member, same account, nothing
    to carry, target withdrawn); the money of two payees never mixes. Undone by `cancel_transfer`."""
    activity, is_first = begin(group=source.group, by=by, kind="balance.moved", key=key, content={"source": source.pk, "target": target.pk})
    if not is_first:
        return source.group.balance_transfers.get(activity=activity)
    _check(source, target)
    books.lock(source.book_id)
    if Subscription.objects.filter(account=target, withdrawn_at__isnull=False).exists():
        raise TransferRefused("withdrawn")
    amount_cents = balances.balance(source.book_id, source.account_no)
    if amount_cents == 0:
        raise TransferRefused("nothing_to_move")
    outgoing, incoming = posting.post(
        source.book_id, _drafts(source, target, amount_cents, on, f"balance_transfer:activity:{activity.pk}"), by=actor(by)
    )
    transfer = BalanceTransfer.objects.create(
        group=source.group,
        activity=activity,
        source=source,
        target=target,
        amount_cents=amount_cents,
        on=on,
        source_operation_no=outgoing.operation_no,
        target_operation_no=incoming.operation_no,
    )
    note(activity, transfer=transfer.pk, amount_cents=amount_cents)
    return transfer


@transaction.atomic
def cancel_transfer(*, transfer: BalanceTransfer, reason: str, on: dt.date, by: Member | None, key: UUID | None = None) -> None:
    """Put a carried balance back, exactly, whatever came later. Twice changes nothing."""
    book_id = transfer.source.book_id
    books.lock(book_id)
    transfer.refresh_from_db()
    if transfer.cancelled_at is not None:
        return
    activity, is_first = begin(
        group=transfer.group, by=by, kind="balance.moved_back", key=key, content={"transfer": transfer.pk, "reason": reason}
    )
    if not is_first:
        return
    posting.reverse_many(
        book_id,
        [
            posting.Reversal(operation_no, ref=f"balance_transfer:{transfer.pk}:reversed:{operation_no}")
            for operation_no in (transfer.source_operation_no, transfer.target_operation_no)
        ],
        value_date=on,
        by=actor(by),
        label="Report de solde annulé",
        reason=reason,
    )
    transfer.cancelled_at = timezone.now()
    transfer.save(update_fields=["cancelled_at"])
    note(activity, transfer=transfer.pk, amount_cents=transfer.amount_cents)


def _check(source: MemberAccount, target: MemberAccount) -> None:
    if source.pk == target.pk:
        raise TransferRefused("same_account")
    if source.group_id != target.group_id or source.member_id != target.member_id:
        raise TransferRefused("another_member")
    if source.book_id != target.book_id:
        raise TransferRefused("another_payee")


def _drafts(source: MemberAccount, target: MemberAccount, amount_cents: int, on: dt.date, ref: str) -> list[posting.Draft]:
    """Out of one account and into the other, through the book's *balance transfer* account."""
    through_no = books.singleton(source.book_id, AccountKind.BALANCE_TRANSFER)
    return [
        posting.Draft(
            ref=f"{ref}:{side}",
            kind=BALANCE_MOVED,
            label=f"Solde reporté vers «\u00a0{account_name(target)}\u00a0»"
            if side == "out"
            else f"Solde repris de «\u00a0{account_name(source)}\u00a0»",
            value_date=on,
            about=f"account:{account.pk}",
            moves=[_move(account.account_no, through_no, cents)],
        )
        for side, account, cents in (("out", source, -amount_cents), ("in", target, amount_cents))
    ]


def _move(member_no: int, through_no: int, gained_cents: int) -> posting.Move:
    if gained_cents > 0:
        return posting.Move(debit_no=through_no, credit_no=member_no, amount_cents=gained_cents)
    return posting.Move(debit_no=member_no, credit_no=through_no, amount_cents=-gained_cents)


def account_name(account: MemberAccount) -> str:
    """What people call an account: its contract, or the payee's general account."""
    if account.is_general:
        return "compte général"
    return account.subscription.contract.name
