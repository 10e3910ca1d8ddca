"""What awaits somebody when they open the application: money owed, payments to name, tonight's batches. Only what is true."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Q, Sum

from escarcelle.groups.models import Group, MemberAccount
from escarcelle.payments.models import Batch, Method, Payment
from escarcelle.subscriptions.models import Subscription

BATCHES_SHOWN = 10


@dataclass(frozen=True)
class OwingContract:
    """A contract on which some subscriptions are below zero."""

    contract_id: int
    contract_name: str
    producer_name: str
    negative_count: int
    balance_cents: int


@dataclass(frozen=True)
class UnnamedPayments:
    """Payments whose method nobody has said yet."""

    count: int
    total_cents: int
    member_names: tuple[str, ...]
    first_received_on: dt.date


def owing_contracts(group: Group, contract_ids: Collection[int] | None = None) -> list[OwingContract]:
    """The contracts with a negative balance, of the group or among these, the most owed first. One statement."""
    owing = Subscription.objects.standing().filter(group=group, account__ledger_account__balance_cents__lt=0)
    if contract_ids is not None:
        owing = owing.filter(contract__in=contract_ids)
    rows = (
        owing.values("contract_id", name=F("contract__name"), producer=F("contract__producer__name"))
        .annotate(count=Count("pk"), cents=Sum("account__ledger_account__balance_cents"))
        .order_by("cents", "contract_id")
    )
    return [OwingContract(row["contract_id"], row["name"], row["producer"], row["count"], row["cents"]) for row in rows]


@dataclass(frozen=True)
class OwingClients:
    """The clients of a market who are below zero, and what they owe together, as a negative amount."""

    count: int
    balance_cents: int


def owing_clients(group: Group) -> OwingClients | None:
    """What the clients of a market owe it; None when nobody does. One statement."""
    below = MemberAccount.objects.filter(group=group, book=group.book_id, ledger_account__balance_cents__lt=0)
    found = below.aggregate(count=Count("pk"), cents=Sum("ledger_account__balance_cents"))
    return OwingClients(found["count"], found["cents"]) if found["count"] else None


def unnamed_payments(group: Group, contract_ids: Collection[int] | None = None) -> UnnamedPayments | None:
    """The standing payments of the group, or of these contracts, whose method is to be named; None when there is none. One statement."""
    waiting = group.payments.standing().filter(method=Method.UNKNOWN).select_related("account__member").order_by("received_on", "pk")
    if contract_ids is not None:
        waiting = waiting.filter(account__subscription__contract__in=contract_ids)
    payments: list[Payment] = list(waiting)
    if not payments:
        return None
    names = tuple(dict.fromkeys(payment.account.member.name for payment in payments))
    return UnnamedPayments(len(payments), sum(payment.amount_cents for payment in payments), names, payments[0].received_on)


def batches_of_day(group: Group, on: dt.date, contract_ids: Collection[int] | None = None) -> list[Batch]:
    """The batches entered on a day and not undone, the newest first, of the group or of these contracts. One statement."""
    found = group.batches.filter(cancelled_at=None, activity__at__date=on)
    if contract_ids is not None:
        found = found.filter(contract__in=contract_ids)
    return list(found.select_related("contract__producer", "activity__by").order_by("-pk")[:BATCHES_SHOWN])


@dataclass(frozen=True)
class Beginnings:
    """How far a group has come: people in it, those who have an e-mail address and no login yet, whether it has a contract."""

    member_count: int
    to_invite_count: int
    has_contract: bool


def beginnings(group: Group) -> Beginnings:
    """What tells a new group from one at work. One statement."""
    people = Q(members__left_on=None, members__erased_at=None, members__is_machine=False)
    without_login = people & Q(members__person=None) & ~Q(members__email="")
    found = (
        Group.objects.filter(pk=group.pk)
        .annotate(
            here=Count("members", filter=people), without_login=Count("members", filter=without_login), works=Exists(group.contracts.all())
        )
        .values_list("here", "without_login", "works")
    )
    return Beginnings(*found[0])
