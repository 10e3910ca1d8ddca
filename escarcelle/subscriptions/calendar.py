"""A contract's distributions and prices change, and every subscription concerned follows, each by one operation."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from escarcelle.catalogs.contracts import ContractRefused, ContractTerms, check_price
from escarcelle.catalogs.models import Contract, Product, ProductPrice
from escarcelle.distributions import planning
from escarcelle.distributions.models import Delivery, Place
from escarcelle.distributions.planning import PlanningRefused, Slot
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.lib.dates import format_day
from escarcelle.lib.money import format_cents
from escarcelle.subscriptions import booking
from escarcelle.subscriptions.dues import contract_facts
from escarcelle.subscriptions.models import Absence, Subscription


@transaction.atomic
def plan(
    *, contract: Contract, slot: Slot, days: Iterable[dt.date], on: dt.date, by: Member | None, key: UUID | None = None
) -> list[Delivery]:
    """Deliver a contract on these days at a place. Days planned there already are passed over, so that planning again is harmless.

    Subscriptions whose period covers a new day owe it. Refused: `PlanningRefused`."""
    days = sorted(set(days))
    content = {"contract": contract.pk, "place": slot.place.pk, "days": days, "hours": [slot.starts_at, slot.ends_at]}
    activity, is_first = begin(group=contract.group, by=by, kind="deliveries.planned", key=key, content=content)
    if not is_first:
        return list(contract.deliveries.filter(pk__in=activity.details["deliveries"]).by_day())
    booking.lock_payee(contract)
    if slot.place.group_id != contract.group_id:
        raise PlanningRefused("another_group", field="place")
    deliveries = planning.place_deliveries(contract, slot, days)
    note(activity, contract=contract.pk, deliveries=[delivery.pk for delivery in deliveries])
    _follow(contract, activity, label="Distributions ajoutées", on=on, by=by)
    return deliveries


@transaction.atomic
def move_delivery(
    *, delivery: Delivery, to: dt.date, on: dt.date, by: Member | None, key: UUID | None = None, place: Place | None = None
) -> list[booking.Difference]:
    """Put a distribution of a contract on another day. Nobody loses it: a subscription, or a contract, that covered the old day and
    ends before the new one is prolonged to it. Undone by moving back.

    Refused: `PlanningRefused` (day before the contract, day taken, cancelled)."""
    contract = delivery.contract
    content = {"delivery": delivery.pk, "to": to, "place": place and place.pk}
    activity, is_first = begin(group=contract.group, by=by, kind="delivery.moved", key=key, content=content)
    if not is_first:
        return []
    booking.lock_payee(contract)
    delivery = Delivery.objects.select_related("distribution__place", "contract__producer", "group").get(pk=delivery.pk)
    old_day = delivery.distribution.on
    if to < contract.starts_on:
        raise PlanningRefused("outside_contract", day=format_day(to), field="to")
    planning.move(delivery, to, place)
    _prolong(contract, old_day, to)
    note(activity, contract=contract.pk, delivery=delivery.pk, old_day=old_day.isoformat(), to=to.isoformat())
    label = f"Distribution du {format_day(old_day)} déplacée au {format_day(to)}"
    return _follow(contract, activity, label=label, on=on, by=by)


def _prolong(contract: Contract, old_day: dt.date, new_day: dt.date) -> None:
    """Who was to collect on the old day still does on the new one."""
    if new_day > contract.ends_on:
        contract.ends_on = new_day
        contract.save(update_fields=["ends_on"])
    short = contract.subscriptions.standing().filter(starts_on__lte=old_day, ends_on__gte=old_day, ends_on__lt=new_day)
    for subscription in short:
        others = contract.subscriptions.standing().filter(member=subscription.member_id).exclude(pk=subscription.pk)
        # Their next subscription has that day already.
        if not others.filter(starts_on__lte=new_day, ends_on__gt=subscription.ends_on).exists():
            subscription.ends_on = new_day
            subscription.save(update_fields=["ends_on"])


@transaction.atomic
def cancel_delivery(
    *, delivery: Delivery, reason: str, on: dt.date, by: Member | None, key: UUID | None = None
) -> list[booking.Difference]:
    """A distribution that does not take place is owed by nobody. Twice changes nothing. Undone by `restore_delivery`."""
    return _set_cancelled(delivery, cancelled=True, reason=reason, on=on, by=by, key=key)


@transaction.atomic
def restore_delivery(*, delivery: Delivery, on: dt.date, by: Member | None, key: UUID | None = None) -> list[booking.Difference]:
    """The exact opposite of `cancel_delivery`."""
    return _set_cancelled(delivery, cancelled=False, reason="", on=on, by=by, key=key)


def _set_cancelled(
    delivery: Delivery, *, cancelled: bool, reason: str, on: dt.date, by: Member | None, key: UUID | None
) -> list[booking.Difference]:
    contract = delivery.contract
    kind = "delivery.cancelled" if cancelled else "delivery.restored"
    activity, is_first = begin(group=contract.group, by=by, kind=kind, key=key, content={"delivery": delivery.pk, "reason": reason})
    if not is_first:
        return []
    booking.lock_payee(contract)
    delivery = Delivery.objects.select_related("distribution", "contract__producer", "group").get(pk=delivery.pk)
    if (delivery.cancelled_at is not None) == cancelled:
        return []
    if cancelled:
        planning.cancel(delivery, reason)
        label = f"Distribution du {format_day(delivery.distribution.on)} annulée"
    else:
        planning.restore(delivery)
        label = f"Distribution du {format_day(delivery.distribution.on)} rétablie"
    note(activity, contract=contract.pk, delivery=delivery.pk, day=delivery.distribution.on.isoformat())
    return _follow(contract, activity, label=label, on=on, by=by, reason=reason)


@transaction.atomic
def change_price(
    *, product: Product, price_cents: int, from_date: dt.date, on: dt.date, by: Member | None, key: UUID | None = None
) -> list[booking.Difference]:
    """A product's price from a date on, in cents per unit; later prices already set stay.

    Refused: `ContractRefused` for a price out of range, and when a distribution before `on` would cost something else
    (`would_rewrite_the_past`)."""
    contract = product.contract
    content = {"product": product.pk, "price_cents": price_cents, "from_date": from_date}
    activity, is_first = begin(group=contract.group, by=by, kind="price.changed", key=key, content=content)
    if not is_first:
        return []
    check_price(price_cents)
    booking.lock_payee(contract)
    facts = contract_facts(contract.pk, [])
    if any(from_date <= day.on < on for day in facts.days) and facts.prices[product.pk].at(from_date) != price_cents:
        raise ContractRefused("would_rewrite_the_past", field="from_date")
    ProductPrice.objects.update_or_create(group=contract.group, product=product, from_date=from_date, defaults={"price_cents": price_cents})
    note(activity, contract=contract.pk, product=product.pk, price_cents=price_cents, from_date=from_date.isoformat())
    label = f"{product.name} : {format_cents(price_cents)} à partir du {format_day(from_date)}"
    return _follow(contract, activity, label=label, on=on, by=by)


@transaction.atomic
def change_terms(*, contract: Contract, terms: ContractTerms, by: Member | None, key: UUID | None = None) -> Contract:
    """Change a contract's name, period, payee wording and absence limits. No balance moves.

    Refused: `ContractRefused`, also when a subscription or a delivery would be left outside the period, or when somebody has more
    absences than would be allowed."""
    activity, is_first = begin(
        group=contract.group, by=by, kind="contract.changed", key=key, content={"contract": contract.pk, **asdict(terms)}
    )
    if not is_first:
        return contract
    booking.lock_payee(contract)
    terms = terms.cleaned(contract.producer)
    standing = contract.subscriptions.standing()
    deliveries = contract.deliveries.all()
    if standing.filter(starts_on__lt=terms.starts_on).exists() or deliveries.filter(distribution__on__lt=terms.starts_on).exists():
        raise ContractRefused("something_starts_before", field="starts_on")
    if standing.filter(ends_on__gt=terms.ends_on).exists() or deliveries.filter(distribution__on__gt=terms.ends_on).exists():
        raise ContractRefused("something_ends_after", field="ends_on")
    for name, value in asdict(terms).items():
        setattr(contract, name, value)
    contract.save()
    note(activity, contract=contract.pk)
    return contract


def _follow(
    contract: Contract, activity: Activity, *, label: str, on: dt.date, by: Member | None, reason: str = ""
) -> list[booking.Difference]:
    """Book what an act on the contract changed, for the subscriptions whose total moved."""
    subscriptions = list(contract.subscriptions.standing().select_related("account").order_by("pk"))
    if not subscriptions:
        return []
    differences = booking.book_differences(
        contract, subscriptions, activity=activity, kind=booking.CHANGED, label=label, on=on, by=by, reason=reason
    )
    return [difference for difference in differences if difference.difference_cents]


def delete_delivery(*, delivery: Delivery, by: Member | None, key: UUID | None = None) -> None:
    """Take a delivery out of the calendar altogether, while nobody has subscribed to the contract. Twice changes nothing.

    Refused: `PlanningRefused` once there are subscriptions: cancel it instead, so that everybody sees why their balance moved."""
    with transaction.atomic():
        contract = delivery.contract
        activity, is_first = begin(group=contract.group, by=by, kind="delivery.deleted", key=key, content={"delivery": delivery.pk})
        if not is_first:
            return
        booking.lock_payee(contract)
        if Subscription.objects.filter(contract=contract).exists() or Absence.objects.filter(delivery=delivery).exists():
            raise PlanningRefused("has_subscriptions", day=format_day(delivery.distribution.on))
        distribution = delivery.distribution
        note(activity, contract=contract.pk, day=distribution.on.isoformat())
        delivery.delete()
        planning.drop_if_empty(distribution)
