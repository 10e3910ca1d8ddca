"""Subscriptions in the books: whatever changed, one operation per subscription for the difference. The only way in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from escarcelle.catalogs.contracts import ContractRefused
from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import balances, books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.subscriptions.dues import ORDERED, Due, contract_facts
from escarcelle.subscriptions.models import Subscription

SIGNED = "subscription_signed"
CHANGED = "subscription_changed"
WITHDRAWN = "subscription_withdrawn"
ORDER_KINDS = (SIGNED, CHANGED, WITHDRAWN)
# Beyond ten million euros a price or a quantity is a slip of the keyboard, and a total that no screen could show.
HIGHEST_TOTAL_CENTS = 10_000_000_00
_AGREED = (
    "starts_on",
    "ends_on",
    "absences_allowed",
    "absences_from",
    "absences_until",
    "minimum_per_delivery_cents",
    "minimum_total_cents",
    "orders_open_days_before",
    "orders_close_days_before",
    "orders_close_time",
)


class TotalRefused(Refusal):
    """A subscription would owe more than anybody can."""

    sentences: ClassVar[Mapping[str, str]] = {
        "total_too_large": gettext_noop("Une souscription dépasserait dix millions d’euros\u00a0: vérifiez les prix et les quantités."),
    }


@dataclass(frozen=True)
class Difference:
    """What an act changed for one subscription: `operation_no` is None when its total stayed the same."""

    subscription: Subscription
    due: Due
    difference_cents: int
    operation_no: int | None


def lock_payee(contract: Contract) -> None:
    """Take the payee's book first, so that nobody signs, changes or pays with this payee until the end of the transaction.

    What was agreed is then read again: somebody may have changed it since the caller looked. Refused: `ContractRefused` for the
    catalogue of a market, whose payee is the group and whose days are `distributions.market_days`."""
    if contract.is_market:
        raise ContractRefused("an_amap_only")
    books.lock(contract.producer.book_id)
    contract.refresh_from_db(fields=_AGREED)


def book_differences(
    contract: Contract,
    subscriptions: Sequence[Subscription],
    *,
    activity: Activity,
    kind: str,
    label: str,
    on: dt.date,
    by: Member | None,
    reason: str = "",
) -> list[Difference]:
    """Bring the accounts of these subscriptions to what they owe now. Needs a transaction that holds the payee's book.

    Debit the member and credit the producer by what is due more, or the other way round by what is due less. A number of statements
    that does not depend on how many subscriptions there are. Refused: `TotalRefused`."""
    book_id = contract.producer.book_id
    facts = contract_facts(contract.pk, subscriptions)
    nos = [subscription.account.account_no for subscription in subscriptions]
    # Orders made date by date are part of what is due, and are in the books already.
    booked = balances.total_by_kind(book_id, nos, (*ORDER_KINDS, ORDERED))
    differences = []
    for subscription in subscriptions:
        due = facts.due(subscription) if subscription.withdrawn_at is None else Due(0, 0)
        if due.total_cents > HIGHEST_TOTAL_CENTS:
            raise TotalRefused("total_too_large")
        # An order is a debit: what is booked so far is minus the total ordered.
        differences.append((subscription, due, due.total_cents + booked.get(subscription.account.account_no, 0)))
    producer_no = books.singleton(book_id, AccountKind.PRODUCER)
    drafts = [
        posting.Draft(
            ref=f"subscription:{subscription.pk}:activity:{activity.pk}",
            kind=kind,
            label=label,
            reason=reason,
            value_date=on,
            about=f"subscription:{subscription.pk}",
            moves=[_move(subscription.account.account_no, producer_no, cents)],
        )
        for subscription, _, cents in differences
        if cents
    ]
    posted = {entry.ref: entry.operation_no for entry in posting.post(book_id, drafts, by=actor(by))} if drafts else {}
    return [
        Difference(subscription, due, cents, posted.get(f"subscription:{subscription.pk}:activity:{activity.pk}"))
        for subscription, due, cents in differences
    ]


def _move(member_no: int, producer_no: int, more_due_cents: int) -> posting.Move:
    if more_due_cents > 0:
        return posting.Move(debit_no=member_no, credit_no=producer_no, amount_cents=more_due_cents)
    return posting.Move(debit_no=producer_no, credit_no=member_no, amount_cents=-more_due_cents)


def actor(by: Member | None) -> str:
    """How the books name who acted: a key, so that erasing a person leaves nothing of them there."""
    return f"member:{by.pk}" if by else "system"
