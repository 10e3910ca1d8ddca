"""What screens and the API show of payments and balances, ready to show, in a known number of statements."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.lib.names import matches
from escarcelle.payments.models import Batch, Payment, PaymentQuerySet
from escarcelle.subscriptions.models import Subscription


@dataclass(frozen=True)
class BalanceRow:
    """One member's balance with one payee, and the last payment of theirs that stands."""

    member_id: int
    member_name: str
    balance_cents: int
    last_payment: Payment | None


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

    @property
    def total_cents(self) -> int:
        return self.in_favour_cents - self.owed_cents

    @property
    def largest_cents(self) -> int:
        """The length of the longest bar."""
        return max((abs(row.balance_cents) for row in self.rows), default=0)


KEPT: dict[str, Callable[[int], bool]] = {"negative": lambda c: c < 0, "even": lambda c: c == 0, "positive": lambda c: c > 0}


def _any(_cents: int) -> bool:
    return True


def balances_page(group: Group, payee: Payee, *, balance: str = "", text: str = "") -> BalancesPage:
    """Everybody who has an account with a payee. Two statements, however many members and however long their history."""
    every = _balance_rows(group, payee)
    keep = KEPT.get(balance, _any)
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
    )


def _balance_rows(group: Group, payee: Payee) -> list[BalanceRow]:
    # The last payment of each account is one step down an index, whatever the history.
    last_payment = PaymentQuerySet(Payment).standing().filter(account=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    accounts = (
        group.accounts.filter(book_id=payee.book_id)
        .annotate(balance_cents=F("ledger_account__balance_cents"), last_payment_id=Subquery(last_payment))
        .select_related("member")
        .order_by("member__sort_key", "member_id")
    )
    balances: dict[Member, int] = {}
    last_ids: dict[int, int] = {}
    for account in accounts:
        balances[account.member] = balances.get(account.member, 0) + account.balance_cents
        if account.last_payment_id:
            last_ids[account.member_id] = max(account.last_payment_id, last_ids.get(account.member_id, 0))
    payments = group.payments.select_related("cheque").in_bulk(last_ids.values())
    rows = [BalanceRow(member.pk, member.name, cents, payments.get(last_ids.get(member.pk, 0))) for member, cents in balances.items()]
    return sorted(rows, key=lambda row: row.balance_cents)


@dataclass(frozen=True)
class PayeeBalance:
    """A member's balance with one payee, and the accounts it is made of, the newest first."""

    payee: Payee
    balance_cents: int
    accounts: Sequence[MemberAccount]


def payee_balances(member: Member) -> list[PayeeBalance]:
    """A member's balance with each payee they have an account with. Never added up between payees. Two statements."""
    accounts = list(
        member.holder.accounts.annotate(balance_cents=F("ledger_account__balance_cents"))
        .select_related("subscription__contract__producer", "subscription__alternate", "member")
        .order_by("-subscription__starts_on", "-pk")
    )
    found = []
    for payee in payees_of(member.group):
        of_payee = [account for account in accounts if account.book_id == payee.book_id]
        if of_payee:
            found.append(PayeeBalance(payee, sum(account.balance_cents for account in of_payee), of_payee))
    return found


def payments_of_account(account: MemberAccount) -> list[Payment]:
    """Every payment of an account, newest first, with its cheque and who entered it. One statement."""
    return list(
        account.payments.select_related("cheque", "activity__by", "corrects", "corrected_by", "batch").order_by("-received_on", "-pk")
    )


def twin_cheques(group: Group, cheques: list[tuple[str, str]]) -> dict[tuple[str, str], Payment]:
    """Standing payments that already carry one of these (number, bank): a doubt to show, never a refusal. One statement."""
    numbers = {number for number, _ in cheques if number}
    if not numbers:
        return {}
    rows = group.cheques.filter(number__in=numbers, payment__state=Payment.State.RECEIVED).select_related("payment__account__member")
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
