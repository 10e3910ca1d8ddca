"""What screens and the API show of subscriptions, ready to show, in a known number of statements."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch

from escarcelle.catalogs.models import Contract, Product, ProductPrice
from escarcelle.lib.names import matches
from escarcelle.subscriptions.dues import ContractFacts, contract_facts
from escarcelle.subscriptions.models import Subscription, SubscriptionQuerySet


@dataclass(frozen=True)
class Engagement:
    """« 1 x Panier de légumes » at each distribution."""

    quantity: int
    product_name: str

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"


@dataclass(frozen=True)
class SubscriptionRow:
    """One line of the page Souscriptions."""

    id: int
    member_id: int
    member_name: str
    alternate_name: str | None
    engagement: tuple[Engagement, ...]
    starts_on: dt.date
    ends_on: dt.date
    delivery_count: int
    total_cents: int
    balance_cents: int
    account_id: int

    @property
    def debt_cents(self) -> int:
        """What is left to pay, zero when nothing is."""
        return max(0, -self.balance_cents)


@dataclass(frozen=True)
class SubscriptionsPage:
    """The rows asked for, and the figures of the whole contract whatever the filter."""

    rows: list[SubscriptionRow]
    count: int
    negative_count: int
    even_count: int
    positive_count: int
    total_cents: int
    balance_cents: int
    owed_cents: int

    @property
    def shown_total_cents(self) -> int:
        """What the rows asked for come to."""
        return sum(row.total_cents for row in self.rows)

    @property
    def shown_balance_cents(self) -> int:
        """The balances of the rows asked for, added up: they are all with the payee of the contract."""
        return sum(row.balance_cents for row in self.rows)


ORDERS: dict[str, Callable[[SubscriptionRow], object]] = {
    "chronological": lambda row: row.id,
    "period": lambda row: (row.starts_on, row.ends_on),
    "distributions": lambda row: row.delivery_count,
    "total": lambda row: row.total_cents,
    "balance": lambda row: row.balance_cents,
}
BALANCES: dict[str, Callable[[SubscriptionRow], bool]] = {
    "negative": lambda row: row.balance_cents < 0,
    "even": lambda row: row.balance_cents == 0,
    "positive": lambda row: row.balance_cents > 0,
}


def subscriptions_page(
    contract: Contract, *, on: dt.date, order: str = "name", descending: bool = False, balance: str = "", text: str = ""
) -> SubscriptionsPage:
    """The subscriptions of a contract, by name unless asked otherwise. Five statements, however many rows."""
    every = subscription_rows(contract, contract.subscriptions.standing().by_name(), on)
    rows = [row for row in every if BALANCES.get(balance, _any)(row) and _has_text(row, text)]
    if order in ORDERS:
        rows.sort(key=ORDERS[order], reverse=descending)  # type: ignore[arg-type]  # one type of value, whatever the column
    elif descending:
        rows.reverse()
    return SubscriptionsPage(
        rows=rows,
        count=len(every),
        negative_count=sum(row.balance_cents < 0 for row in every),
        even_count=sum(row.balance_cents == 0 for row in every),
        positive_count=sum(row.balance_cents > 0 for row in every),
        total_cents=sum(row.total_cents for row in every),
        balance_cents=sum(row.balance_cents for row in every),
        owed_cents=sum(row.debt_cents for row in every),
    )


def _any(_row: SubscriptionRow) -> bool:
    return True


def _has_text(row: SubscriptionRow, text: str) -> bool:
    return not text or matches(text, row.member_name) or matches(text, row.alternate_name or "")


def subscription_rows(contract: Contract, subscriptions: SubscriptionQuerySet, on: dt.date) -> list[SubscriptionRow]:
    """Rows of these subscriptions of one contract, in their order; `on` decides which quantities are shown."""
    found = list(subscriptions.select_related("member", "alternate", "account__ledger_account"))
    facts = contract_facts(contract.pk)
    return [row_of(subscription, facts, on) for subscription in found]


def row_of(subscription: Subscription, facts: ContractFacts, on: dt.date) -> SubscriptionRow:
    """The row of a subscription read with its member, alternate and account in the books, from facts already at hand."""
    due = facts.due(subscription)
    return SubscriptionRow(
        id=subscription.pk,
        member_id=subscription.member_id,
        member_name=subscription.member.name,
        alternate_name=subscription.alternate.name if subscription.alternate else None,
        engagement=engagement(subscription, facts, on),
        starts_on=subscription.starts_on,
        ends_on=subscription.ends_on,
        delivery_count=due.delivery_count,
        total_cents=due.total_cents,
        balance_cents=subscription.account.ledger_account.balance_cents,
        account_id=subscription.account_id,
    )


def engagement(subscription: Subscription, facts: ContractFacts, on: dt.date) -> tuple[Engagement, ...]:
    """What is collected at each distribution on a date; before the first day, what will be; after the last, what was."""
    day = min(max(on, subscription.starts_on), subscription.ends_on)
    quantities = ((product_id, values.at(day)) for product_id, values in sorted(facts.lines.get(subscription.pk, {}).items()))
    return tuple(Engagement(quantity, facts.product_names[product_id]) for product_id, quantity in quantities if quantity)


def products_with_prices(contract: Contract) -> list[Product]:
    """The products of a contract, each with its dated prices at hand. Two statements."""
    return list(contract.products.prefetch_related(Prefetch("prices", ProductPrice.objects.order_by("from_date"))))


def one_row(contract: Contract, subscription: Subscription, on: dt.date) -> SubscriptionRow:
    """The row of one subscription, as the books say now. Five statements."""
    [row] = subscription_rows(contract, contract.subscriptions.filter(pk=subscription.pk), on)
    return row


@dataclass(frozen=True)
class AbsenceRow:
    """The days on which one subscription collects nothing."""

    subscription: Subscription
    days: tuple[dt.date, ...]


def absence_rows(contract: Contract) -> list[AbsenceRow]:
    """The subscriptions of a contract that have absences, by name. Two statements."""
    days: dict[int, list[dt.date]] = {}
    absences = contract.deliveries.filter(absences__subscription__withdrawn_at=None).by_day()
    for subscription_id, on in absences.values_list("absences__subscription_id", "distribution__on"):
        days.setdefault(subscription_id, []).append(on)
    absent = contract.subscriptions.filter(pk__in=days).select_related("member", "alternate").by_name()
    return [AbsenceRow(subscription, tuple(days[subscription.pk])) for subscription in absent]


def balances_by_subscription(contract: Contract) -> dict[int, int]:
    """What the books say of each standing subscription, in cents. One statement."""
    return dict(contract.subscriptions.standing().values_list("pk", "account__ledger_account__balance_cents"))
