"""A balance carried from one account to another: same member, same payee, either sign."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import account_of, is_their_account, may_over
from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.payments.balance_transfers import cancel_transfer, move_balance
from escarcelle.payments.models import BalanceTransfer

operations = Operations("balances")


class TransferIn(Body):
    target_account_id: Id


class TransferOut(Answer):
    """A balance carried from one account to another of the same member with the same payee."""

    id: int
    source_account_id: int
    target_account_id: int
    amount: AmountOut
    on: dt.date
    is_cancelled: bool
    source_operation_no: int
    target_operation_no: int

    @classmethod
    def of(cls, transfer: BalanceTransfer) -> "TransferOut":
        return cls(
            id=transfer.pk,
            source_account_id=transfer.source_id,
            target_account_id=transfer.target_id,
            amount=transfer.amount_cents,
            on=transfer.on,
            is_cancelled=transfer.cancelled_at is not None,
            source_operation_no=transfer.source_operation_no,
            target_operation_no=transfer.target_operation_no,
        )


class Transfers(Answer):
    items: list[TransferOut]
    next: str | None


class WhyIn(Body):
    reason: Text = ""


@operations.get("/balance-transfers", may=Permission.SEE_ACCOUNTS, returns=Transfers)
def list_balance_transfers(request: ApiRequest, asked: Query[Paging]) -> Transfers:
    """Balances carried, the newest first."""
    found = request.group.balance_transfers.order_by("-pk")
    if position := cursors.read(request, asked):
        found = found.filter(pk__lt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda transfer: [transfer.pk])
    return Transfers(items=[TransferOut.of(transfer) for transfer in page], next=following)


@operations.post(
    "/accounts/{account_id}/transfers",
    may=Permission.MOVE_BALANCES,
    returns=TransferOut,
    status=201,
    moves_money=True,
    example={"target_account_id": 31},
)
def carry_balance(request: ApiRequest, body: TransferIn) -> TransferOut:
    """Carry the whole balance of an account, in favour or owed, to another of the same member with the same payee.

    Two linked operations. Refusals: `another_payee`, `another_member`, `same_account`, `nothing_to_move`."""
    target = account_of(request, body.target_account_id, "target_account_id")
    _check_may_move(request, target)
    transfer = move_balance(source=request.account, target=target, on=request.today, by=request.member, key=request.key)
    return TransferOut.of(transfer)


@operations.get("/balance-transfers/{transfer_id}", may=Permission.SEE_CONTRACT, theirs=is_their_account, returns=TransferOut)
def read_balance_transfer(request: ApiRequest) -> TransferOut:
    """One balance carried."""
    return TransferOut.of(request.transfer)


@operations.post(
    "/balance-transfers/{transfer_id}/cancel",
    may=Permission.MOVE_BALANCES,
    returns=TransferOut,
    moves_money=True,
    example={"reason": "mauvaise saison"},
)
def cancel_balance_transfer(request: ApiRequest, body: WhyIn) -> TransferOut:
    """Put a carried balance back, exactly, whatever came later.

    Twice changes nothing."""
    _check_may_move(request, account_of(request, request.transfer.target_id))
    cancel_transfer(transfer=request.transfer, reason=body.reason, on=request.today, by=request.member, key=request.key)
    return TransferOut.of(request.group.balance_transfers.get(pk=request.transfer.pk))


def _check_may_move(request: ApiRequest, account: MemberAccount) -> None:
    """The rule of an operation asks about the account of its address; the other end is asked about here."""
    if not may_over(request, Permission.MOVE_BALANCES, account):
        raise PermissionDenied
