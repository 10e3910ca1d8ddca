"""Balances by payee, accounts and their statements."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import account_of, is_their_account, is_themself
from escarcelle.api.group import PayeeOut
from escarcelle.groups.accounts import general_account
from escarcelle.groups.permissions import Permission
from escarcelle.ledger.statements import Cursor, Line, statement
from escarcelle.payments.balance_transfers import account_name
from escarcelle.payments.queries import BalanceRow, balances_page, payee_balances, payee_of

operations = Operations("balances")


class AccountOut(Answer):
    """A member's account with one payee: of a subscription, or general (`subscription_id` null)."""

    id: int
    member_id: int
    member_name: str
    payee: PayeeOut
    name: str
    subscription_id: int | None
    contract_id: int | None
    balance: AmountOut


class PayeeBalanceOut(Answer):
    """A member's balance with one payee, and the accounts it is made of."""

    payee: PayeeOut
    balance: AmountOut
    accounts: list[AccountOut]


class MemberBalances(Answer):
    """One balance per payee. Never added up between payees: nobody's credit pays somebody else's debt."""

    items: list[PayeeBalanceOut]


class BalanceOut(Answer):
    """One member's balance with the payee, and their last payment."""

    member_id: int
    member_name: str
    has_left: bool
    balance: AmountOut
    last_payment_on: dt.date | None
    last_payment: AmountOut | None

    @classmethod
    def of(cls, row: BalanceRow) -> "BalanceOut":
        last = row.last_payment
        return cls(
            member_id=row.member_id,
            member_name=row.member_name,
            has_left=row.has_left,
            balance=row.balance_cents,
            last_payment_on=last.received_on if last else None,
            last_payment=last.amount_cents if last else None,
        )


class BalanceFigures(Answer):
    """The whole payee, whatever the filter."""

    count: int
    total: AmountOut
    owed: AmountOut
    owing_count: int
    in_favour: AmountOut
    favoured_count: int
    even_count: int


class Balances(Answer):
    payee: PayeeOut
    figures: BalanceFigures
    items: list[BalanceOut]
    next: str | None


class BalanceFilter(Paging):
    balance: Literal["", "negative", "even", "positive"] = ""
    text: Annotated[str, Field(max_length=200, description="beginning of a word of the name")] = ""


class StatementLine(Answer):
    """One operation as the account sees it. `reversed_by_no`: its opposite was written since."""

    operation_no: int
    kind: str
    label: str
    reason: str
    value_date: dt.date
    recorded_at: dt.datetime
    amount: AmountOut
    balance_after: AmountOut
    reverses_no: int | None
    reversed_by_no: int | None

    @classmethod
    def of(cls, line: Line) -> "StatementLine":
        return cls(
            operation_no=line.operation_no,
            kind=line.kind,
            label=line.label,
            reason=line.reason,
            value_date=line.value_date,
            recorded_at=line.recorded_at,
            amount=line.amount_cents,
            balance_after=line.balance_after_cents,
            reverses_no=line.reverses_no,
            reversed_by_no=line.reversed_by_no,
        )


class Statement(Answer):
    """Lines, the newest first; `carried` is the balance before them."""

    account: AccountOut
    items: list[StatementLine]
    carried: AmountOut
    next: str | None


@operations.get("/payees/{payee_id}/balances", may=Permission.SEE_ACCOUNTS, returns=Balances)
def list_balances(request: ApiRequest, asked: Query[BalanceFilter]) -> Balances:
    """« Solde des adhérents »: everybody who has an account with a payee, who owes most first."""
    found = balances_page(request.group, request.payee, balance=asked.balance, text=asked.text)
    page, following = cursors.page_of_list(request, found.rows, asked, lambda row: row.member_id)
    figures = BalanceFigures(
        count=found.count,
        total=found.total_cents,
        owed=found.owed_cents,
        owing_count=found.owing_count,
        in_favour=found.in_favour_cents,
        favoured_count=found.favoured_count,
        even_count=found.even_count,
    )
    return Balances(payee=PayeeOut.of(request.payee), figures=figures, items=[BalanceOut.of(row) for row in page], next=following)


@operations.get("/members/{member_id}/balances", may=Permission.SEE_ACCOUNTS, theirs=is_themself, returns=MemberBalances)
def read_balances_of_member(request: ApiRequest) -> MemberBalances:
    """A household's balance with each payee, and the accounts behind."""
    items = [
        PayeeBalanceOut(
            payee=PayeeOut.of(found.payee), balance=found.balance_cents, accounts=[_account(request, account) for account in found.accounts]
        )
        for found in payee_balances(request.subject)
    ]
    return MemberBalances(items=items)


@operations.put("/members/{member_id}/payees/{payee_id}/account", may=Permission.RECORD_PAYMENTS, returns=AccountOut)
def open_general_account(request: ApiRequest) -> AccountOut:
    """The member's general account with a payee, opened the first time: for money that is about no subscription."""
    account = general_account(group=request.group, member=request.subject.holder, book_id=request.payee.book_id)
    return _account(request, account_of(request, account.pk))


@operations.get("/accounts/{account_id}", may=Permission.SEE_CONTRACT, theirs=is_their_account, returns=AccountOut)
def read_account(request: ApiRequest) -> AccountOut:
    """One account and its balance."""
    return _account(request, request.account)


@operations.get("/accounts/{account_id}/statement", may=Permission.SEE_CONTRACT, theirs=is_their_account, returns=Statement)
def read_statement(request: ApiRequest, asked: Query[Paging]) -> Statement:
    """Every line of an account with the balance after it, the newest first: why the balance is what it is."""
    position = cursors.read(request, asked)
    before = Cursor(*position) if position else None
    page = statement(request.account.book_id, request.account.account_no, before=before, limit=asked.limit)
    following = cursors.write(request, (page.next.seq, page.next.balance_cents)) if page.next else None
    items = [StatementLine.of(line) for line in page.lines]
    return Statement(account=_account(request, request.account), items=items, carried=page.carried_cents, next=following)


def _account(request: ApiRequest, account: Any) -> AccountOut:
    """An account read by `payments.queries.accounts_with_balance`."""
    subscription = None if account.is_general else account.subscription
    return AccountOut(
        id=account.pk,
        member_id=account.member_id,
        member_name=account.member.name,
        payee=PayeeOut.of(payee_of(request.group, account)),
        name=account_name(account),
        subscription_id=subscription and subscription.pk,
        contract_id=subscription and subscription.contract_id,
        balance=account.balance_cents,
    )
