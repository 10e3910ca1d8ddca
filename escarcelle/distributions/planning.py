"""Days are planned, moved and cancelled here. What that does to balances is decided above, in `subscriptions.calendar`."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery, DeliveryQuerySet, Distribution, Place
from escarcelle.groups.models import Group
from escarcelle.lib.dates import format_day
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop


class PlanningRefused(Refusal):
    """A day cannot be planned, moved or cancelled so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "place_missing": gettext_noop("Il manque le lieu."),
        "outside_contract": gettext_noop("Le {day} est hors de la période du contrat."),
        "ends_before_it_starts": gettext_noop("L’heure de fin vient avant celle du début."),
        "cancelled": gettext_noop("La distribution du {day} est annulée\u00a0: rétablissez-la d’abord."),
        "day_taken": gettext_noop("Le contrat est déjà distribué le {day} ({place})\u00a0: un jour se compte une seule fois."),
        "another_group": gettext_noop("Ce lieu n’appartient pas au groupe."),
        "has_subscriptions": gettext_noop(
            "Des membres ont souscrit\u00a0: annulez la distribution du {day}, chacun verra pourquoi son solde change."
        ),
    }


@dataclass(frozen=True)
class Slot:
    """Where, and between which hours."""

    place: Place
    starts_at: dt.time
    ends_at: dt.time


@transaction.atomic
def place_named(group: Group, name: str, address: str = "") -> Place:
    """The group's place of that name, noted the first time."""
    name = clean_text(name, max_length=120)
    if not name:
        raise PlanningRefused("place_missing", field="place")
    place, _ = Place.objects.get_or_create(group=group, name=name, defaults={"address": clean_text(address, max_length=200)})
    return place


def place_deliveries(contract: Contract, slot: Slot, days: Iterable[dt.date]) -> list[Delivery]:
    """Deliver a contract on these days, joining the distribution that exists there or making it. Needs a transaction; for a season,
    one that holds the payee's book.

    Days on which it is delivered there already are passed over. Refused: `PlanningRefused` for a day outside the contract, or on which
    it is delivered at another place."""
    wanted = sorted(set(days))
    for day in wanted:
        if not contract.starts_on <= day <= contract.ends_on:
            raise PlanningRefused("outside_contract", day=format_day(day))
    distributions = _distributions(contract.group, slot, _missing(contract, slot, wanted))
    deliveries = [Delivery(group=contract.group, contract=contract, distribution=distribution) for distribution in distributions]
    for delivery in deliveries:
        apply_rule(contract, delivery)
    return Delivery.objects.bulk_create(deliveries)


def apply_rule(contract: Contract, delivery: Delivery) -> None:
    """When members may order from a variable contract, by its rule; nothing for the other kinds, nothing is saved.

    A delivery whose orders close again, later than they did, gives default orders again to who has said nothing."""
    if not contract.is_variable:
        return
    on, opens = delivery.distribution.on, contract.orders_open_days_before
    delivery.orders_open_at = None if opens is None else _instant(on - dt.timedelta(days=opens), dt.time(0))
    closes_at = _instant(on - dt.timedelta(days=contract.orders_close_days_before), contract.orders_close_time)
    delivery.orders_close_at = min(closes_at, delivery.distribution.starts)
    if delivery.default_orders_at and delivery.default_orders_at < delivery.orders_close_at:
        delivery.default_orders_at = None


def _instant(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def apply_rule_to_coming(contract: Contract) -> None:
    """Bring the orders of the deliveries that are not closed for good to the contract's rule. Needs a transaction."""
    if not contract.is_variable:
        return
    deliveries = list(contract.deliveries.filter(default_orders_at=None).select_related("distribution"))
    for delivery in deliveries:
        apply_rule(contract, delivery)
    Delivery.objects.bulk_update(deliveries, ["orders_open_at", "orders_close_at"])


def _missing(contract: Contract, slot: Slot, days: list[dt.date]) -> list[dt.date]:
    """Those of these days on which the contract is not delivered yet. A cancelled day is taken too: it may be restored."""
    there = Delivery.objects.filter(contract=contract, distribution__on__in=days)
    planned = set(there.filter(distribution__place=slot.place).values_list("distribution__on", flat=True))
    missing = [day for day in days if day not in planned]
    _refuse_second(contract, there.filter(distribution__on__in=missing))
    return missing


def _refuse_second(contract: Contract, there: DeliveryQuerySet, field: str = "") -> None:
    """A share is due once a day: delivered at two places, everybody would pay for two. A market sells what is ordered at each."""
    taken = there.select_related("distribution__place").by_day().first()
    if taken and not contract.is_market:
        raise PlanningRefused("day_taken", day=format_day(taken.distribution.on), place=taken.distribution.place.name, field=field)


def _distributions(group: Group, slot: Slot, days: list[dt.date]) -> list[Distribution]:
    """The distributions of these days, found or made, and held until the end of the transaction.

    Somebody may be taking the last delivery away from one of them at this moment (`drop_if_empty`): it is then made again."""
    while True:
        found = [_distribution(group, slot, day) for day in days]
        wanted = [distribution.pk for distribution in found]
        held = Distribution.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
        if len(held) == len(wanted):
            return found


def _distribution(group: Group, slot: Slot, day: dt.date) -> Distribution:
    if slot.ends_at <= slot.starts_at:
        raise PlanningRefused("ends_before_it_starts", day=format_day(day), field="ends_at")
    distribution, _ = Distribution.objects.get_or_create(
        group=group, place=slot.place, on=day, defaults={"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    )
    return distribution


def move(delivery: Delivery, to: dt.date, place: Place | None = None) -> None:
    """Put a delivery on another day, or at another place. Needs a transaction.

    Refused: `PlanningRefused` for a cancelled delivery, or when the contract is delivered on that day already, wherever it is."""
    if delivery.cancelled_at is not None:
        raise PlanningRefused("cancelled", day=format_day(delivery.distribution.on))
    old = delivery.distribution
    slot = Slot(place or old.place, old.starts_at, old.ends_at)
    _refuse_second(delivery.contract, delivery.contract.deliveries.filter(distribution__on=to).exclude(pk=delivery.pk), field="to")
    [delivery.distribution] = _distributions(delivery.group, slot, [to])
    apply_rule(delivery.contract, delivery)
    delivery.save(update_fields=["distribution", "orders_open_at", "orders_close_at", "default_orders_at"])
    drop_if_empty(old)


def cancel(delivery: Delivery, reason: str) -> None:
    """Mark a delivery as not taking place. Needs a transaction."""
    delivery.cancelled_at = timezone.now()
    delivery.cancel_reason = clean_text(reason, max_length=200)
    delivery.save(update_fields=["cancelled_at", "cancel_reason"])


def restore(delivery: Delivery) -> None:
    """The opposite of `cancel`. Needs a transaction."""
    delivery.cancelled_at = None
    delivery.cancel_reason = ""
    delivery.save(update_fields=["cancelled_at", "cancel_reason"])


def drop_if_empty(distribution: Distribution) -> None:
    """A day on which nothing is delivered any more is not a distribution. Needs a transaction."""
    held = Distribution.objects.select_for_update().filter(pk=distribution.pk).first()
    if held and not held.deliveries.exists():
        # What was ordered for it is about to follow the delivery, or keeps the day: `orders.engagements`.
        with suppress(ProtectedError):
            held.delete()
