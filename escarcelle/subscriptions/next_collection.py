"""The next distribution: what a household collects there, whose turn it is, and what its producer brings."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Group, Member
from escarcelle.subscriptions.alternation import collector
from escarcelle.subscriptions.dues import DatedValues
from escarcelle.subscriptions.models import Absence, Subscription, SubscriptionLine
from escarcelle.subscriptions.queries import Engagement


@dataclass(frozen=True)
class Collected:
    """What one subscription gives on the day; `holder_name` is said when it is another household's share."""

    contract: Contract
    engagement: tuple[Engagement, ...]
    holder_name: str | None


@dataclass(frozen=True)
class NextCollection:
    """The next distribution, and what the household leaves with."""

    distribution: Distribution
    collected: tuple[Collected, ...]


# What is taken at each delivery of variable contracts, asked of where the orders are: the floor above. At the others, the default order is.
Ordered = Mapping[Subscription, Mapping[int, tuple[Engagement, ...]]]


def _nothing_ordered(_subscriptions: Collection[Subscription]) -> Ordered:
    return {}


def next_collection(
    member: Member,
    on: dt.date,
    *,
    ordered_by: Callable[[Collection[Subscription]], Ordered] = _nothing_ordered,
    without_default: Collection[Subscription] = (),
) -> NextCollection | None:
    """The first distribution from `on` at which the member's household collects, alternation and absences reckoned.

    Three statements, however many contracts and distributions, and what `ordered_by` takes. `without_default`: subscriptions to variable
    contracts that may have no line. None when there is nothing to come."""
    household = (
        Q(subscription__member=member.holder_id) | Q(subscription__alternate=member.holder_id) | Q(subscription__alternate=member.pk)
    )
    quantities = {**{subscription: {} for subscription in without_default}, **_quantities(household, on)}
    variable = [subscription for subscription in quantities if subscription.contract.is_variable]
    ordered = ordered_by(variable) if variable else {}
    if not quantities:
        return None
    contract_ids = {subscription.contract_id for subscription in quantities}
    deliveries = list(Delivery.objects.filter(contract__in=contract_ids).by_day().select_related("distribution__place"))
    absent = set(Absence.objects.filter(subscription__in=quantities).values_list("subscription_id", "delivery_id"))
    planned_days: dict[int, list[dt.date]] = defaultdict(list)
    for delivery in deliveries:
        planned_days[delivery.contract_id].append(delivery.distribution.on)
    to_come = (delivery for delivery in deliveries if delivery.distribution.on >= on and delivery.cancelled_at is None)
    for _, of_place in groupby(to_come, key=lambda delivery: delivery.distribution_id):
        same = list(of_place)
        collected = tuple(_collected(member, quantities, same, absent, planned_days, ordered))
        if collected:
            return NextCollection(same[0].distribution, collected)
    return None


def _quantities(which: Q, on: dt.date) -> dict[Subscription, dict[str, DatedValues]]:
    """Standing subscriptions that are not over on a day, with the dated quantity of each product. One statement."""
    lines = (
        SubscriptionLine.objects.filter(which, subscription__withdrawn_at=None, subscription__ends_on__gte=on)
        .select_related("subscription__contract", "subscription__member", "subscription__alternate", "product")
        .order_by("subscription__contract__name", "subscription_id", "product__position", "product_id", "from_date")
    )
    found: dict[Subscription, dict[str, DatedValues]] = {}
    for (subscription, name), run in groupby(lines, key=lambda line: (line.subscription, line.product.name)):
        dated = [(line.from_date, line.quantity) for line in run]
        values = DatedValues(tuple(from_date for from_date, _ in dated), tuple(quantity for _, quantity in dated), before=0)
        found.setdefault(subscription, {})[name] = values
    return found


def _collected(
    member: Member,
    quantities: dict[Subscription, dict[str, DatedValues]],
    deliveries: Collection[Delivery],
    absent: Collection[tuple[int, int]],
    planned_days: dict[int, list[dt.date]],
    ordered: Ordered,
) -> Iterable[Collected]:
    """What the household takes at the deliveries of one distribution."""
    by_contract = {delivery.contract_id: delivery for delivery in deliveries}
    for subscription, products in quantities.items():
        delivery = by_contract.get(subscription.contract_id)
        if delivery is None or (subscription.pk, delivery.pk) in absent:
            continue
        day = delivery.distribution.on
        if not subscription.starts_on <= day <= subscription.ends_on:
            continue
        who = collector(subscription, planned_days[subscription.contract_id], day)
        if who.pk not in (member.pk, member.holder_id):
            continue
        default = tuple(Engagement(values.at(day), name) for name, values in products.items() if values.at(day))
        engagement = ordered.get(subscription, {}).get(delivery.pk, default)
        if engagement:
            holder_name = subscription.member.name if subscription.member_id != member.holder_id else None
            yield Collected(subscription.contract, engagement, holder_name)


def next_distribution(group: Group, on: dt.date) -> Distribution | None:
    """The group's next distribution at which something is delivered, whoever collects. One statement."""
    standing = Q(deliveries__cancelled_at=None, deliveries__isnull=False)
    return group.distributions.filter(standing, on__gte=on).select_related("place").order_by("on", "starts_at", "pk").first()


@dataclass(frozen=True)
class ToBring:
    """One contract of a producer: when and where it is delivered next, what is brought there, what the subscribers still owe."""

    contract: Contract
    subscription_count: int
    owing_count: int
    owed_cents: int
    next_delivery: Delivery | None
    needed: tuple[Engagement, ...]


def contracts_to_bring(group: Group, producer_ids: Collection[int], on: dt.date) -> list[ToBring]:
    """The contracts of these producers that are not over, the next delivery first. Four statements. `owed_cents` is below zero."""
    subscribed = Subscription.objects.standing().filter(contract=OuterRef("pk")).order_by().values("contract").annotate(n=Count("pk"))
    owing = subscribed.filter(account__ledger_account__balance_cents__lt=0).annotate(cents=Sum("account__ledger_account__balance_cents"))
    to_come = Delivery.objects.standing().filter(contract=OuterRef("pk"), distribution__on__gte=on).by_day()
    contracts = list(
        group.contracts.filter(producer__in=producer_ids, ends_on__gte=on)
        .select_related("producer")
        .annotate(
            subscription_count=Coalesce(Subquery(subscribed.values("n")), 0),
            owing_count=Coalesce(Subquery(owing.values("n")), 0),
            owed_cents=Coalesce(Subquery(owing.values("cents")), 0),
            next_on=Subquery(to_come.values("distribution__on")[:1]),
            next_id=Subquery(to_come.values("pk")[:1]),
        )
        .order_by(F("next_on").asc(nulls_last=True), "name", "pk")
    )
    deliveries = Delivery.objects.select_related("distribution__place").in_bulk([contract.next_id for contract in contracts])
    needed = _needed(list(deliveries.values()), on)
    return [
        ToBring(
            contract,
            contract.subscription_count,
            contract.owing_count,
            contract.owed_cents,
            deliveries.get(contract.next_id),
            tuple(Engagement(quantity, name) for name, quantity in needed[contract.next_id].most_common()),
        )
        for contract in contracts
    ]


def _needed(deliveries: Collection[Delivery], on: dt.date) -> dict[int, Counter[str]]:
    """So many of each product to bring to each delivery, by its key; absences are taken away. Two statements."""
    by_contract = {delivery.contract_id: delivery for delivery in deliveries}
    absent = set(Absence.objects.filter(delivery__in=deliveries).values_list("subscription_id", "delivery_id"))
    needed: dict[int, Counter[str]] = defaultdict(Counter)
    for subscription, products in _quantities(Q(subscription__contract__in=by_contract), on).items():
        delivery = by_contract[subscription.contract_id]
        day = delivery.distribution.on
        if subscription.starts_on <= day <= subscription.ends_on and (subscription.pk, delivery.pk) not in absent:
            needed[delivery.pk].update({name: values.at(day) for name, values in products.items() if values.at(day)})
    return needed
