"""A market day: which catalogues come, and until when people order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.distributions.planning import PlanningRefused, Slot, place_deliveries
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.refusals import Refusal, gettext_noop


class MarketDayRefused(Refusal):
    """A market day cannot be planned or changed so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "a_market_only": gettext_noop("Seul un marché ouvre des commandes\u00a0: une AMAP prévoit les distributions d’un contrat."),
        "no_catalogue": gettext_noop("Choisissez au moins un catalogue."),
        "another_group": gettext_noop("Ce catalogue n’appartient pas au groupe."),
        "closes_before_it_opens": gettext_noop("Les commandes ferment avant d’ouvrir."),
        "closes_after_the_start": gettext_noop("Les commandes ferment au plus tard au début de la distribution."),
        "validated": gettext_noop("Cette distribution est validée\u00a0: elle ne change plus."),
    }


@dataclass(frozen=True)
class Window:
    """From when, included, until when, excluded, people order; `opens_at` None means as soon as it is planned."""

    closes_at: dt.datetime
    opens_at: dt.datetime | None = None

    def checked(self, starts: dt.datetime) -> "Window":
        """The same. Refused: `MarketDayRefused`."""
        if self.opens_at is not None and self.closes_at <= self.opens_at:
            raise MarketDayRefused("closes_before_it_opens", field="closes_at")
        if self.closes_at > starts:
            raise MarketDayRefused("closes_after_the_start", field="closes_at")
        return self


@dataclass(frozen=True)
class MarketDay:
    """What is planned: the catalogues that come, and the exceptions to the window, by catalogue id."""

    catalogues: Sequence[Contract]
    window: Window
    exceptions: Mapping[int, Window] = field(default_factory=dict)


@transaction.atomic
def plan_market_day(*, group: Group, slot: Slot, on: dt.date, day: MarketDay, by: Member | None, key: UUID | None = None) -> Distribution:
    """Plan a distribution of several catalogues at one place, or add catalogues to the one planned there.

    Sent twice with one key, the first comes back. Refused: `MarketDayRefused`, `PlanningRefused`."""
    starts = timezone.make_aware(dt.datetime.combine(on, slot.starts_at))
    content = {
        "place": slot.place.pk,
        "on": on,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "catalogues": sorted(catalogue.pk for catalogue in day.catalogues),
        "window": str(day.window),
        "exceptions": {str(pk): str(window) for pk, window in sorted(day.exceptions.items())},
    }
    activity, is_first = begin(group=group, by=by, kind="market_day.planned", key=key, content=content)
    if not is_first:
        return group.distributions.get(pk=activity.details["distribution"])
    _check(group, slot, day, starts)
    for catalogue in day.catalogues:
        place_deliveries(catalogue, slot, [on])
    distribution = group.distributions.get(place=slot.place, on=on)
    _check_planned(distribution, day)
    write_windows(distribution, day.window, day.exceptions)
    note(activity, distribution=distribution.pk, on=on.isoformat(), catalogue_count=len(day.catalogues))
    return distribution


def _check(group: Group, slot: Slot, day: MarketDay, starts: dt.datetime) -> None:
    check_market(group)
    if not day.catalogues:
        raise MarketDayRefused("no_catalogue", field="catalogues")
    if any(catalogue.group_id != group.pk for catalogue in day.catalogues):
        raise MarketDayRefused("another_group", field="catalogues")
    if slot.place.group_id != group.pk:
        raise PlanningRefused("another_group", field="place")
    for window in (day.window, *day.exceptions.values()):
        window.checked(starts)


def _check_planned(distribution: Distribution, day: MarketDay) -> None:
    """Refuse (`MarketDayRefused`) what does not suit the distribution that was there already: it keeps its own hours."""
    if distribution.validated_at is not None:
        raise MarketDayRefused("validated")
    for window in (day.window, *day.exceptions.values()):
        window.checked(distribution.starts)


def check_market(group: Group) -> None:
    """Refuse (`MarketDayRefused`) an AMAP: its distributions are those of its contracts, and subscriptions follow them."""
    if group.is_amap:
        raise MarketDayRefused("a_market_only")


def write_windows(distribution: Distribution, window: Window, exceptions: Mapping[int, Window]) -> None:
    """Save when people order, and the catalogues that close at another time. Needs a transaction."""
    distribution.orders_open_at, distribution.orders_close_at = window.opens_at, window.closes_at
    distribution.save(update_fields=["orders_open_at", "orders_close_at"])
    deliveries = list(distribution.deliveries.all())
    for delivery in deliveries:
        own = exceptions.get(delivery.contract_id)
        delivery.orders_open_at, delivery.orders_close_at = (own.opens_at, own.closes_at) if own else (None, None)
    Delivery.objects.bulk_update(deliveries, ["orders_open_at", "orders_close_at"])


@transaction.atomic
def change_windows(
    *, distribution: Distribution, window: Window, exceptions: Mapping[int, Window], by: Member | None, key: UUID | None = None
) -> None:
    """Let people order until another time. Orders already made stay. Undone by changing back. Refused: `MarketDayRefused`."""
    content = {"distribution": distribution.pk, "window": str(window), "exceptions": {str(pk): str(own) for pk, own in exceptions.items()}}
    activity, is_first = begin(group=distribution.group, by=by, kind="market_day.windows_changed", key=key, content=content)
    if not is_first:
        return
    check_market(distribution.group)
    if distribution.validated_at is not None:
        raise MarketDayRefused("validated")
    for each in (window, *exceptions.values()):
        each.checked(distribution.starts)
    write_windows(distribution, window, exceptions)
    note(activity, distribution=distribution.pk)
