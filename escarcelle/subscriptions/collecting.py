"""Who collects what, where and when: what the day's list shows. Read in a known number of statements, nothing stored."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import F

from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Member
from escarcelle.subscriptions.alternation import collector
from escarcelle.subscriptions.dues import ContractFacts, facts_by_contract
from escarcelle.subscriptions.models import Absence, Subscription
from escarcelle.subscriptions.queries import Engagement, engagement


def collecting_counts(deliveries: Collection[Delivery]) -> dict[int, int]:
    """How many subscriptions collect at each of these deliveries, by its key; none at a cancelled one. Two statements.

    Deliveries are read with their distribution."""
    contract_ids = {delivery.contract_id for delivery in deliveries}
    periods: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    standing = Subscription.objects.standing().filter(contract__in=contract_ids)
    for contract_id, starts_on, ends_on in standing.values_list("contract_id", "starts_on", "ends_on"):
        periods[contract_id].append((starts_on, ends_on))
    away = Counter(_away(deliveries))
    counts = {}
    for delivery in deliveries:
        on = delivery.distribution.on
        covering = sum(starts_on <= on <= ends_on for starts_on, ends_on in periods[delivery.contract_id])
        counts[delivery.pk] = 0 if delivery.cancelled_at else covering - away[delivery.pk]
    return counts


def _away(deliveries: Collection[Delivery]) -> Iterable[int]:
    """The delivery of each absence that takes a basket away: absences outside a shortened period take none."""
    day = F("delivery__distribution__on")
    absences = Absence.objects.filter(delivery__in=deliveries, subscription__withdrawn_at=None)
    return absences.filter(subscription__starts_on__lte=day, subscription__ends_on__gte=day).values_list("delivery_id", flat=True)


@dataclass(frozen=True)
class Share:
    """What one subscription gives right to on the day; `holder_name` is said when somebody else collects it."""

    contract: Contract
    engagement: tuple[Engagement, ...]
    holder_name: str | None


@dataclass(frozen=True)
class Visit:
    """One person at the table, and everything they leave with."""

    member: Member
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Absent:
    """Somebody who said that they would not come for this contract."""

    member_name: str
    contract: Contract


@dataclass(frozen=True)
class Needed:
    """So many of a product to bring for one contract."""

    contract: Contract
    product_name: str
    quantity: int


@dataclass(frozen=True)
class DaySheet:
    """A distribution, ready to show or to print: by name, and what each producer brings."""

    distribution: Distribution
    deliveries: list[Delivery]
    visits: list[Visit]
    absents: list[Absent]
    needed: list[Needed]


# What is taken on a day of variable contracts, by subscription, asked of where the orders are: the floor above. Who is not there takes the
# default order.
Decided = Mapping[int, tuple[Engagement, ...]]


def _nothing_decided(_deliveries: Collection[Delivery]) -> Decided:
    return {}


def day_sheet(distribution: Distribution, decided_at: Callable[[Collection[Delivery]], Decided] = _nothing_decided) -> DaySheet:
    """Who comes on the day of a distribution and what they leave with, over all contracts delivered there. Seven statements.

    Who takes nothing of a variable contract is not expected for it."""
    deliveries = list(distribution.deliveries.select_related("contract__producer").order_by("contract__name", "pk"))
    standing = {delivery.contract_id: delivery for delivery in deliveries if delivery.cancelled_at is None}
    covering = Subscription.objects.standing().filter(contract__in=standing, starts_on__lte=distribution.on, ends_on__gte=distribution.on)
    subscriptions = list(covering.select_related("member", "alternate").order_by("member__sort_key", "pk"))
    facts = facts_by_contract(standing, subscriptions)
    planned_days = _planned_days(standing)
    variable = [delivery for delivery in standing.values() if delivery.contract.is_variable]
    decided = decided_at(variable) if variable else {}
    shares: dict[Member, list[Share]] = defaultdict(list)
    absents, needed = [], Counter[tuple[int, str]]()
    for subscription in subscriptions:
        delivery = standing[subscription.contract_id]
        if delivery.pk in facts[delivery.contract_id].absences.get(subscription.pk, ()):
            absents.append(Absent(subscription.member.name, delivery.contract))
            continue
        who = collector(subscription, planned_days[delivery.contract_id], distribution.on)
        share = _share(subscription, who, delivery.contract, facts[delivery.contract_id], distribution.on)
        if delivery.contract.is_variable:
            share = replace(share, engagement=decided.get(subscription.pk, share.engagement))
            if not share.engagement:
                continue
        shares[who].append(share)
        needed.update({(delivery.contract_id, part.product_name): part.quantity for part in share.engagement})
    return DaySheet(
        distribution,
        deliveries,
        [Visit(member, tuple(found)) for member, found in sorted(shares.items(), key=lambda pair: (pair[0].sort_key, pair[0].pk))],
        absents,
        [Needed(standing[contract_id].contract, name, quantity) for (contract_id, name), quantity in sorted(needed.items())],
    )


def _share(subscription: Subscription, who: Member, contract: Contract, facts: ContractFacts, on: dt.date) -> Share:
    holder_name = subscription.member.name if who.pk != subscription.member_id else None
    return Share(contract, engagement(subscription, facts, on), holder_name)


def _planned_days(contract_ids: Iterable[int]) -> dict[int, list[dt.date]]:
    """Every planned day of these contracts, cancelled ones too: they keep their turn. One statement."""
    days: dict[int, list[dt.date]] = {contract_id: [] for contract_id in contract_ids}
    for contract_id, on in Delivery.objects.filter(contract__in=days).by_day().values_list("contract_id", "distribution__on"):
        days[contract_id].append(on)
    return days


@dataclass(frozen=True)
class DayRow:
    """One distribution of the calendar, with what is delivered and how many subscriptions collect of each."""

    distribution: Distribution
    deliveries: tuple[tuple[Delivery, int], ...]

    @property
    def basket_count(self) -> int:
        return sum(count for _, count in self.deliveries)


def day_rows(distributions: Collection[Distribution]) -> list[DayRow]:
    """The calendar of these distributions, in their order. Three statements."""
    deliveries = list(
        Delivery.objects.filter(distribution__in=[distribution.pk for distribution in distributions])
        .select_related("contract", "distribution")
        .order_by("contract__name", "pk")
    )
    counts = collecting_counts(deliveries)
    rows = []
    for distribution in distributions:
        found = [(delivery, counts[delivery.pk]) for delivery in deliveries if delivery.distribution_id == distribution.pk]
        rows.append(DayRow(distribution, tuple(found)))
    return rows
