"""A contract's distributions and prices change, and every subscription concerned follows, each by one operation."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

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
from escarcelle.subscriptions.dues import contract_facts, is_planned_between
from escarcelle.subscriptions.models import Absence, Subscription


@transaction.atomic
def plan(
    *, contract: Contract, slot: Slot, days: Iterable[dt.date], on: dt.date, by: Member | None, key: UUID | None = None
) -> list[Delivery]:
    """Deliver a contract on these days at a place. Days planned there already are passed over, so that planning again is harmless; a day
    planned at another place is refused, since it would be owed twice.

    Subscriptions whose period covers a new day owe it, at its price. Sent twice with one key, the first deliveries come back. Undone by
    `cancel_delivery`, or `delete_delivery` before anybody subscribed. Refused: `PlanningRefused`."""
    days = sorted(set(days))
    content = {"contract": contract.pk, "place": slot.place.pk, "days": days, "hours": [slot.starts_at, slot.ends_at]}
    activity, is_first = begin(group=contract.group, by=by, kind="deliveries.planned", key=key, content=content)
    if not is_first:
        return list(contract.deliveries.filter(pk__in=activity.details["deliveries"]).by_day())
    booking.lock_payee(contract)
    if slot.place.group_id != contract.group_id:
        raise PlanningRefused("another_group", field="place")
    deliveries = planning.place_deliveries(contract, slot, days)
    _close_at_once(deliveries, on)
    note(activity, contract=contract.pk, deliveries=[delivery.pk for delivery in deliveries])
    _follow(contract, activity, label="Distributions ajoutées", on=on, by=by)
    return deliveries


def _close_at_once(deliveries: Iterable[Delivery], on: dt.date) -> None:
    """Nobody could say anything about a delivery planned after its orders have closed: it gives no default order."""
    late = [delivery for delivery in deliveries if delivery.orders_close_at and localdate(delivery.orders_close_at) < on]
    for delivery in late:
        delivery.default_orders_at = delivery.orders_close_at
    Delivery.objects.bulk_update(late, ["default_orders_at"])


@transaction.atomic
def move_delivery(
    *, delivery: Delivery, to: dt.date, on: dt.date, by: Member | None, key: UUID | None = None, place: Place | None = None
) -> list[booking.Difference]:
    """Put a distribution of a contract on another day: who has a subscription on the new day collects, and owes, at its price.

    Who had it on the old day keeps it as long as nothing else comes with it: a subscription that ends too early, or begins too late,
    is prolonged to the new day when no other distribution lies between; otherwise it owes that one no more. A contract that ends
    before the new day is prolonged. Undone by moving back. Gives the differences, in cents; none when this key was answered already.

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
    _prolong(contract, delivery, old_day)
    note(activity, contract=contract.pk, delivery=delivery.pk, old_day=old_day.isoformat(), to=to.isoformat())
    label = f"Distribution du {format_day(old_day)} déplacée au {format_day(to)}"
    return _follow(contract, activity, label=label, on=on, by=by)


def _prolong(contract: Contract, delivery: Delivery, old_day: dt.date) -> None:
    """Who was to collect on the old day still does on the new one, unless more than this delivery would come to them."""
    new_day = delivery.distribution.on
    if new_day > contract.ends_on:
        contract.ends_on = new_day
        contract.save(update_fields=["ends_on"])
    standing = contract.subscriptions.standing()
    days = list(contract.deliveries.exclude(pk=delivery.pk).values_list("distribution__on", flat=True))
    for subscription in standing.filter(starts_on__lte=old_day, ends_on__gte=old_day).exclude(starts_on__lte=new_day, ends_on__gte=new_day):
        starts_on, ends_on = min(subscription.starts_on, new_day), max(subscription.ends_on, new_day)
        gained = [day for day in days if starts_on <= day < subscription.starts_on or subscription.ends_on < day <= ends_on]
        others = standing.filter(member=subscription.member_id).exclude(pk=subscription.pk)
        # Nobody is made to owe what they did not ask for, and another subscription of theirs may have that day already.
        if not gained and not others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            subscription.starts_on, subscription.ends_on = starts_on, ends_on
            subscription.save(update_fields=["starts_on", "ends_on"])


@transaction.atomic
def cancel_delivery(
    *, delivery: Delivery, reason: str, on: dt.date, by: Member | None, key: UUID | None = None
) -> list[booking.Difference]:
    """A distribution that does not take place is owed by nobody, past or to come. Twice changes nothing. Undone by `restore_delivery`.

    Gives the differences, in cents; none when this key was answered already."""
    return _set_cancelled(delivery, cancelled=True, reason=reason, on=on, by=by, key=key)


@transaction.atomic
def restore_delivery(*, delivery: Delivery, on: dt.date, by: Member | None, key: UUID | None = None) -> list[booking.Difference]:
    """The exact opposite of `cancel_delivery`: owed again, at the price of its day. Twice changes nothing."""
    return _set_cancelled(delivery, cancelled=False, reason="", on=on, by=by, key=key)


def _set_cancelled(
    delivery: Delivery, *, cancelled: bool, reason: str, on: dt.date, by: Member | None, key: UUID | None
) -> list[booking.Difference]:
    contract = delivery.contract
    kind = "delivery.cancelled" if cancelled else "delivery.restored"
    booking.lock_payee(contract)
    delivery = Delivery.objects.select_related("distribution", "contract__producer", "group").get(pk=delivery.pk)
    if (delivery.cancelled_at is not None) == cancelled:
        # Before the log: nothing is done, nothing is told.
        return []
    activity, is_first = begin(group=contract.group, by=by, kind=kind, key=key, content={"delivery": delivery.pk, "reason": reason})
    if not is_first:
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
    """A product's price from a date on, in cents per unit; later prices already set stay. One operation per subscription concerned.

    Gives the differences, in cents; none when this key was answered already. Refused: `ContractRefused` for a price out of range, and
    when a distribution before `on` would cost something else (`would_rewrite_the_past`). Undone by changing back."""
    contract = product.contract
    content = {"product": product.pk, "price_cents": price_cents, "from_date": from_date}
    activity, is_first = begin(group=contract.group, by=by, kind="price.changed", key=key, content=content)
    if not is_first:
        return []
    check_price(price_cents)
    booking.lock_payee(contract)
    # Before the first day there is nothing to price, and a price lying there would be hidden by that of the first day.
    from_date = max(from_date, contract.starts_on)
    is_another = contract_facts(contract.pk, []).prices[product.pk].at(from_date) != price_cents
    if is_another and is_planned_between(contract.pk, from_date, on - dt.timedelta(days=1)):
        raise ContractRefused("would_rewrite_the_past", field="from_date")
    ProductPrice.objects.update_or_create(group=contract.group, product=product, from_date=from_date, defaults={"price_cents": price_cents})
    note(activity, contract=contract.pk, product=product.pk, price_cents=price_cents, from_date=from_date.isoformat())
    label = f"{product.name}\u00a0: {format_cents(price_cents)} à partir du {format_day(from_date)}"
    return _follow(contract, activity, label=label, on=on, by=by)


@transaction.atomic
def change_terms(*, contract: Contract, terms: ContractTerms, by: Member | None, key: UUID | None = None) -> Contract:
    """Change a contract's name, period, payee wording, absence limits, minimums and orders. No balance moves: absences and orders stay.

    Sent twice with one key, changed once. Undone by changing back. Refused: `ContractRefused`, also when a subscription or a delivery
    would be left outside the period."""
    activity, is_first = begin(
        group=contract.group, by=by, kind="contract.changed", key=key, content={"contract": contract.pk, **asdict(terms)}
    )
    if not is_first:
        return contract
    booking.lock_payee(contract)
    terms = terms.cleaned(contract.producer, kind=contract.kind)
    standing = contract.subscriptions.standing()
    deliveries = contract.deliveries.all()
    if standing.filter(starts_on__lt=terms.starts_on).exists() or deliveries.filter(distribution__on__lt=terms.starts_on).exists():
        raise ContractRefused("something_starts_before", field="starts_on")
    if standing.filter(ends_on__gt=terms.ends_on).exists() or deliveries.filter(distribution__on__gt=terms.ends_on).exists():
        raise ContractRefused("something_ends_after", field="ends_on")
    for name, value in asdict(terms).items():
        setattr(contract, name, value)
    contract.save()
    _price_from_the_first_day(contract)
    planning.apply_rule_to_coming(contract)
    note(activity, contract=contract.pk)
    return contract


def _price_from_the_first_day(contract: Contract) -> None:
    """A first day brought forward has the first price, which a later change must not reach."""
    for product in contract.products.all():
        first = product.prices.order_by("from_date").first()
        if first and first.from_date > contract.starts_on:
            first.from_date = contract.starts_on
            first.save(update_fields=["from_date"])


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
