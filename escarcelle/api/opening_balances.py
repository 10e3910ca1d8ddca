"""« Reprise de solde »: the balances with which members arrive, from paper or another tool."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, DayIn, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.problems import NotThere
from escarcelle.catalogs.payees import payees_of
from escarcelle.groups.accounts import general_accounts
from escarcelle.groups.models import Member, MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.payments.models import OpeningBalance
from escarcelle.payments.opening_balances import TakeOver, correct_opening_balance, hold_payees, take_over

operations = Operations("balances")

MOST_ROWS = 10_000


class OpeningOut(Answer):
    """« Reprise de solde » of one account: positive in the member's favour. `state`: `standing`, or `corrected` (another one replaces it)."""

    id: int
    account_id: int
    member_id: int
    member_name: str
    payee_id: int
    amount: AmountOut
    on: dt.date
    state: str
    corrects_id: int | None

    @classmethod
    def of(cls, opening: OpeningBalance) -> "OpeningOut":
        account = opening.account
        return cls(
            id=opening.pk,
            account_id=account.pk,
            member_id=account.member_id,
            member_name=account.member.name,
            payee_id=account.book_id,
            amount=opening.amount_cents,
            on=opening.on,
            state=opening.state,
            corrects_id=opening.corrects_id,
        )


class Openings(Answer):
    items: list[OpeningOut]
    next: str | None


class Taken(Answer):
    """The opening balances written, and their total."""

    items: list[OpeningOut]
    total: AmountOut


class OpeningRow(Body):
    """A member's balance with a payee, on their general account there; or on `account_id`, when it is a subscription's."""

    amount: AmountIn
    member_id: Id | None = None
    payee_id: Id | None = None
    account_id: Id | None = None


class OpeningsIn(Body):
    """Dated today unless told otherwise. `control_total`, when given, must be the sum of the rows."""

    rows: Annotated[list[OpeningRow], Field(max_length=MOST_ROWS)]
    on: DayIn | None = None
    control_total: AmountIn | None = None


class OpeningCorrectionIn(Body):
    """What the balance should have been, and why. Dated as the one that it replaces unless told otherwise."""

    amount: AmountIn
    reason: Text
    on: DayIn | None = None


@operations.get("/opening-balances", may=Permission.TAKE_OVER_BALANCES, returns=Openings)
def list_opening_balances(request: ApiRequest, asked: Query[Paging]) -> Openings:
    """Opening balances, in the order they were written, corrected ones too."""
    found = request.group.opening_balances.select_related("account__member").order_by("pk")
    if position := cursors.read(request, asked):
        found = found.filter(pk__gt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda opening: [opening.pk])
    return Openings(items=[OpeningOut.of(opening) for opening in page], next=following)


@operations.post(
    "/opening-balances",
    may=Permission.TAKE_OVER_BALANCES,
    returns=Taken,
    status=201,
    moves_money=True,
    example={
        "control_total": "32.40",
        "rows": [{"member_id": 7, "payee_id": 2, "amount": "45.20"}, {"member_id": 8, "payee_id": 2, "amount": "-12.80"}],
    },
)
def take_over_balances(request: ApiRequest, body: OpeningsIn) -> Taken:
    """« Reprise de solde »: the balances with which members arrive, all or none.

    Positive in the member's favour. Outside turnover and till. Refusals: `already_taken_over` (409), `control_total_differs`,
    `received_in_future`, `received_too_long_ago`, `amount_too_large`, `nothing_to_record`, `withdrawn`."""
    balances = [TakeOver(account, row.amount) for account, row in zip(_accounts(request, body.rows), body.rows, strict=True)]
    written = take_over(
        group=request.group,
        balances=balances,
        on=body.on or request.today,
        today=request.today,
        by=request.member,
        key=request.key,
        control_total_cents=body.control_total,
    )
    found = request.group.opening_balances.filter(pk__in=[opening.pk for opening in written]).select_related("account__member")
    items = [OpeningOut.of(opening) for opening in found.order_by("pk")]
    return Taken(items=items, total=sum(opening.amount_cents for opening in written))


@operations.post(
    "/opening-balances/{opening_id}/correct",
    may=Permission.TAKE_OVER_BALANCES,
    returns=OpeningOut,
    status=201,
    moves_money=True,
    example={"amount": "54.20", "reason": "45,20 lu pour 54,20"},
)
def correct_an_opening_balance(request: ApiRequest, body: OpeningCorrectionIn) -> OpeningOut:
    """Replace an opening balance by what it should have been: a reversal and a new operation, with a reason that the member reads.

    Zero takes it back altogether. Gives the new one. Refusals: `same_opening`, `opening_not_standing` and `member_erased` (409),
    `reason_missing`, `received_in_future`, `received_too_long_ago`, `amount_too_large`, `withdrawn`."""
    corrected = correct_opening_balance(
        opening=request.opening,
        amount_cents=body.amount,
        on=body.on or request.opening.on,
        reason=body.reason,
        today=request.today,
        by=request.member,
        key=request.key,
    )
    return OpeningOut.of(request.group.opening_balances.select_related("account__member").get(pk=corrected.pk))


def _accounts(request: ApiRequest, rows: Sequence[OpeningRow]) -> list[MemberAccount]:
    """The account of each row; a general one is opened when there is none yet. Another group's are not there."""
    named = request.group.accounts.select_related("member").in_bulk([row.account_id for row in rows if row.account_id])
    hold_payees(request.group, {account.book_id for account in named.values()} | {row.payee_id or 0 for row in rows})
    holders = _holders(request, rows)
    generals = {
        (payee_id, member_id): account
        for payee_id, held in _by_payee(request, rows, holders)
        for member_id, account in general_accounts(group=request.group, members=held, book_id=payee_id).items()
    }
    found = [named.get(row.account_id) if row.account_id else generals.get((row.payee_id or 0, _holder_id(row, holders))) for row in rows]
    accounts = [account for account in found if account is not None]
    if len(accounts) != len(rows):
        raise NotThere("rows")
    return accounts


def _holder_id(row: OpeningRow, holders: Mapping[int, Member]) -> int:
    return holders[row.member_id].pk if row.member_id else 0


def _holders(request: ApiRequest, rows: Sequence[OpeningRow]) -> dict[int, Member]:
    """By member asked for, who holds their household's accounts."""
    wanted = {row.member_id for row in rows if row.account_id is None}
    members = request.group.members.filter(is_machine=False).select_related("household_of").in_bulk([pk for pk in wanted if pk])
    if len(members) != len(wanted):
        raise NotThere("rows")
    return {pk: member.holder for pk, member in members.items()}


def _by_payee(request: ApiRequest, rows: Sequence[OpeningRow], holders: Mapping[int, Member]) -> list[tuple[int, list[Member]]]:
    book_ids = {payee.book_id for payee in payees_of(request.group)}
    held: dict[int, dict[int, Member]] = {}
    for row in rows:
        if row.account_id is None and row.member_id is not None:
            if row.payee_id not in book_ids or row.payee_id is None:
                raise NotThere("rows")
            holder = holders[row.member_id]
            held.setdefault(row.payee_id, {})[holder.pk] = holder
    return [(payee_id, list(members.values())) for payee_id, members in held.items()]
