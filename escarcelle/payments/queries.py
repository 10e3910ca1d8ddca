"""What screens and the API show of payments and balances, ready to show, in a known number of statements."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.payees import Payee
from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.lib.names import fold, matches
from escarcelle.payments.models import BalanceTransfer, Batch, OpeningBalance, Payment, PaymentQuerySet
from escarcelle.subscriptions.models import Subscription


@dataclass(frozen=True)
class BalanceRow:
    """One member's balance with one payee, and the last payment of theirs that stands."""

    member_id: int
    member_name: str
    has_left: bool
    balance_cents: int
    last_payment: Payment | None
    # The account that owes most, where a payment would go first: of this subscription, or general when it is None.
    account_id: int
    subscription: Subscription | None


@dataclass(frozen=True)
class BalancesPage:
    """The rows asked for, debtors first, and the figures of the payee whatever the filter."""

    payee: Payee
    rows: list[BalanceRow]
    count: int
    owed_cents: int
    owing_count: int
    in_favour_cents: int
    favoured_count: int
    even_count: int
    # What the longest bar stands for: one scale, whatever the filter.
    largest_cents: int

    @property
    def total_cents(self) -> int:
        return self.in_favour_cents - self.owed_cents

    @property
    def debt_cents(self) -> int:
        """What is owed, as a balance: below zero."""
        return -self.owed_cents

    @property
    def shown_cents(self) -> int:
        """The balances of the rows asked for, added up: they are all with one payee."""
        return sum(row.balance_cents for row in self.rows)


BALANCES: dict[str, Callable[[int], bool]] = {
    "negative": lambda cents: cents < 0,
    "even": lambda cents: cents == 0,
    "positive": lambda cents: cents > 0,
}


def _any(_cents: int) -> bool:
    return True


def balances_page(group: Group, payee: Payee, *, balance: str = "", text: str = "") -> BalancesPage:
    """Everybody who has an account with a payee. Two statements, however many members and however long their history."""
    every = _balance_rows(group, payee)
    keep = BALANCES.get(balance, _any)
    rows = [row for row in every if keep(row.balance_cents) and (not text or matches(text, row.member_name))]
    debts = [-row.balance_cents for row in every if row.balance_cents < 0]
    credits = [row.balance_cents for row in every if row.balance_cents > 0]
    return BalancesPage(
        payee=payee,
        rows=rows,
        count=len(every),
        owed_cents=sum(debts),
        owing_count=len(debts),
        in_favour_cents=sum(credits),
        favoured_count=len(credits),
        even_count=len(every) - len(debts) - len(credits),
        largest_cents=max((*debts, *credits), default=0),
    )


def _balance_rows(group: Group, payee: Payee) -> list[BalanceRow]:
    # The last payment of each account is one step down an index, whatever the history.
    last_payment = PaymentQuerySet(Payment).standing().filter(account=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    accounts = (
        group.accounts.filter(book_id=payee.book_id)
        .annotate(balance_cents=F("ledger_account__balance_cents"), last_payment_id=Subquery(last_payment))
        .select_related("member", "subscription__contract")
        .order_by("member__sort_key", "member_id", "-pk")
    )
    by_member = [list(of_member) for _, of_member in groupby(accounts, key=attrgetter("member_id"))]
    last_ids = [max((account.last_payment_id or 0 for account in of_member), default=0) for of_member in by_member]
    payments = group.payments.select_related("cheque").in_bulk(filter(None, last_ids))
    rows = [_balance_row(of_member, payments.get(last_id)) for of_member, last_id in zip(by_member, last_ids, strict=True)]
    return sorted(rows, key=lambda row: row.balance_cents)


def _balance_row(accounts: Sequence[Any], last_payment: Payment | None) -> BalanceRow:
    member, owing_most = accounts[0].member, min(accounts, key=attrgetter("balance_cents"))
    return BalanceRow(
        member_id=member.pk,
        member_name=member.name,
        has_left=not member.is_present,
        balance_cents=sum(account.balance_cents for account in accounts),
        last_payment=last_payment,
        account_id=owing_most.pk,
        subscription=None if owing_most.is_general else owing_most.subscription,
    )


@dataclass(frozen=True)
class PayeeBalance:
    """A member's balance with one payee, and the accounts it is made of, the newest first."""

    payee: Payee
    balance_cents: int
    accounts: list[MemberAccount]


def payee_balances(member: Member) -> list[PayeeBalance]:
    """A member's balance with each payee they have an account with. Never added up between payees. One statement."""
    return by_payee(member.group, accounts_of(member.group, member.holder_id))


def accounts_with_balance(group: Group) -> "QuerySet[MemberAccount]":
    """The accounts of a group, the newest subscriptions first, each with its `balance_cents`, the `opening_id` of the balance taken
    over on it, if any, and what it is about at hand."""
    opening = OpeningBalance.objects.standing().filter(account=OuterRef("pk"))
    return (
        group.accounts.annotate(balance_cents=F("ledger_account__balance_cents"), opening_id=Subquery(opening.values("pk")))
        .select_related("subscription__contract__producer", "subscription__alternate", "member", "book__producer")
        .order_by(F("subscription__starts_on").desc(nulls_last=True), "-pk")
    )


def accounts_of(group: Group, member_id: int) -> list[MemberAccount]:
    """The accounts of a member's household, each with its `balance_cents`. One statement."""
    return list(accounts_with_balance(group).filter(Q(member=member_id) | Q(member__second=member_id)))


def by_payee(group: Group, accounts: Sequence[Any]) -> list[PayeeBalance]:
    """These accounts, as `accounts_of` gives them, put together by payee: producers by name, then the group's own money."""
    found: dict[Payee, list[MemberAccount]] = {}
    for account in accounts:
        found.setdefault(payee_of(group, account), []).append(account)
    ordered = sorted(found.items(), key=lambda item: (item[0].producer_id is None, fold(item[0].name), item[0].book_id))
    return [PayeeBalance(payee, sum(account.balance_cents for account in of_payee), of_payee) for payee, of_payee in ordered]  # type: ignore[attr-defined]


def payee_of(group: Group, account: MemberAccount) -> Payee:
    """With whom an account is. Read with `book__producer`: no statement."""
    if account.book_id == group.book_id:
        return Payee(group.book_id, group.name, None)
    producer = account.book.producer
    return Payee(producer.book_id, producer.name, producer.pk)


def transfers_of_line(account: MemberAccount, operation_no: int) -> "QuerySet[BalanceTransfer]":
    """The balance transfer that wrote this line of an account, at either end; empty when the line is something else."""
    outgoing = Q(source=account, source_operation_no=operation_no)
    incoming = Q(target=account, target_operation_no=operation_no)
    names = ("source__subscription__contract__producer", "target__subscription__contract__producer")
    return account.group.balance_transfers.filter(outgoing | incoming).select_related(*names)


def payments_of_account(account: MemberAccount) -> list[Payment]:
    """Every payment of an account, newest first, with its cheque and who entered it. One statement."""
    return list(
        account.payments.select_related("cheque", "activity__by", "corrects", "corrected_by", "batch").order_by("-received_on", "-pk")
    )


_AROUND_A_CHEQUE = ("payment__account__member", "payment__account__subscription__contract")


def twin_cheques(group: Group, cheques: Sequence[tuple[str, str]], *, before_id: int | None = None) -> dict[tuple[str, str], Payment]:
    """Standing payments, older than one if asked, that already carry one of these (number, bank): a doubt to show, never a refusal.

    By number and bank in small letters. One statement."""
    numbers = {number for number, _ in cheques if number}
    if not numbers:
        return {}
    rows = group.cheques.filter(number__in=numbers, payment__state=Payment.State.RECEIVED).select_related(*_AROUND_A_CHEQUE)
    if before_id is not None:
        rows = rows.filter(payment__lt=before_id)
    wanted = {(number, bank.casefold()) for number, bank in cheques}
    return {(cheque.number, cheque.bank.casefold()): cheque.payment for cheque in rows if (cheque.number, cheque.bank.casefold()) in wanted}


def recent_batches(group: Group, limit: int = 20) -> list[Batch]:
    """The newest batches of the group. One statement."""
    return list(group.batches.select_related("contract__producer", "activity__by").order_by("-pk")[:limit])


def recent_payments(group: Group, *, before_id: int | None = None, limit: int = 50) -> list[Payment]:
    """The newest payments of the group, page by page. One statement."""
    payments = group.payments.select_related("cheque", "account__member", "activity__by").order_by("-pk")
    if before_id is not None:
        payments = payments.filter(pk__lt=before_id)
    return list(payments[:limit])


@dataclass(frozen=True)
class ContractRow:
    """One line of the list of contracts."""

    contract: Contract
    subscription_count: int
    negative_count: int
    owed_cents: int

    @property
    def debt_cents(self) -> int:
        """The same as a balance: below zero."""
        return -self.owed_cents


def contract_rows(group: Group, on: dt.date) -> list[ContractRow]:
    """The contracts of a group, the running ones first, with how many subscriptions owe something. Two statements."""
    contracts = list(group.contracts.select_related("producer").order_by("-ends_on", "name", "pk"))
    figures: dict[int, list[int]] = {contract.pk: [] for contract in contracts}
    rows = (
        Subscription.objects.standing()
        .filter(group=group)
        .values_list("contract_id")
        .annotate(balance_cents=F("account__ledger_account__balance_cents"))
        .order_by("pk")
    )
    for contract_id, balance_cents in rows:
        figures[contract_id].append(balance_cents)
    ordered = sorted(contracts, key=lambda contract: contract.ends_on < on)
    return [
        ContractRow(
            contract,
            len(figures[contract.pk]),
            sum(cents < 0 for cents in figures[contract.pk]),
            -sum(cents for cents in figures[contract.pk] if cents < 0),
        )
        for contract in ordered
    ]


def balance_with(member: Member, book_id: int) -> int:
    """What a member has with one payee, in cents, over all their accounts there. One statement."""
    accounts = member.holder.accounts.filter(book_id=book_id)
    total: int = accounts.aggregate(total=Coalesce(Sum("ledger_account__balance_cents"), 0))["total"]
    return total
