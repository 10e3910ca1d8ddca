"""Subscriptions, absences and distributions of any AMAP contract. Of a variable one, the orders follow what becomes of them.

For a contract of constant baskets these are the acts of `subscriptions`, as they are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from escarcelle.catalogs.models import Contract
from escarcelle.distributions import planning
from escarcelle.distributions.models import Delivery, Distribution, Place
from escarcelle.groups.activity import note
from escarcelle.groups.models import Activity, Group, Member
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders import amounts
from escarcelle.orders.booking import Change as BasketChange
from escarcelle.orders.booking import Credited, book_changes
from escarcelle.orders.dated_orders import check_open, empty_basket
from escarcelle.orders.default_orders import Quantities, give_default_orders
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.ordering import LINE_RELATIONS, is_for_client, save_lines
from escarcelle.subscriptions import absences, booking, calendar, signing
from escarcelle.subscriptions.booking import Difference
from escarcelle.subscriptions.dues import contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Change, Period


class EngagementRefused(Refusal):
    """A subscription cannot be shortened so: something is ordered outside what would remain of it."""

    sentences: ClassVar[Mapping[str, str]] = {
        "ordered_outside": gettext_noop(
            "Une commande est passée pour le {day}\u00a0: annulez-la d’abord, ou gardez ce jour dans la période."
        ),
    }


@dataclass(frozen=True)
class Moment:
    """When an act takes place: the day for what is dated by the day, the instant for what opens and closes."""

    on: dt.date
    at: dt.datetime


@transaction.atomic
def sign(
    *,
    contract: Contract,
    member: Member,
    period: Period,
    quantities: Quantities,
    when: Moment,
    by: Member | None,
    key: UUID | None = None,
    alternation: Alternation | None = None,
) -> Subscription:
    """Engage a member. Of a variable contract, `quantities` is the default order, and nothing is debited before something is ordered.

    Dates whose orders have closed give them no default order. Refused: as `subscriptions.signing.sign`."""
    _sweep(contract, when)
    return signing.sign(
        contract=contract, member=member, period=period, quantities=quantities, on=when.on, by=by, key=key, alternation=alternation
    )


def _sweep(contract: Contract, when: Moment) -> None:
    """Give the default orders that are due, before anything else changes them. Needs a transaction."""
    if contract.is_variable:
        booking.lock_payee(contract)
        give_default_orders(contract, when.at)


@transaction.atomic
def change(*, subscription: Subscription, to: Change, when: Moment, by: Member | None, key: UUID | None = None) -> Difference | None:
    """Change a subscription's period, alternate and quantities; of a variable contract, the quantities of its default order.

    Refused: as `subscriptions.signing.change`, and `EngagementRefused` when something is ordered outside the new period."""
    _sweep(subscription.contract, when)
    difference = signing.change(subscription=subscription, to=to, on=when.on, by=by, key=key)
    if difference is not None and subscription.contract.is_variable:
        _check_nothing_ordered_outside(subscription)
    return difference


def _check_nothing_ordered_outside(subscription: Subscription) -> None:
    lines = OrderLine.objects.filter(basket__account=subscription.account_id, quantity__gt=0).order_by("basket__distribution__on")
    days = list(lines.values_list("basket__distribution__on", flat=True))
    outside = [day for day in days if not subscription.starts_on <= day <= subscription.ends_on]
    if outside:
        field = "ends_on" if outside[0] > subscription.ends_on else "starts_on"
        raise EngagementRefused("ordered_outside", field=field, day=format_day(outside[0]))


def end(*, subscription: Subscription, last_day: dt.date, when: Moment, by: Member | None, key: UUID | None = None) -> Difference | None:
    """End a subscription after a day. Refused: as `change`."""
    return change(subscription=subscription, to=Change(ends_on=last_day), when=when, by=by, key=key)


@transaction.atomic
def set_absences(
    *,
    subscription: Subscription,
    deliveries: Collection[Delivery],
    when: Moment,
    by: Member | None,
    key: UUID | None = None,
    may_change_past: bool,
) -> Difference | None:
    """Make these the absences of a subscription; an order made for one of these days is taken back in the same act.

    An absence that is removed gives no order back: order again, or the default order comes at the closing. Refused: as
    `subscriptions.absences.set_absences`, and `OrderRefused` when an order would be taken back after the closing by the member."""
    contract, key = subscription.contract, key or uuid4()
    if not contract.is_variable:
        return absences.set_absences(
            subscription=subscription, deliveries=deliveries, on=when.on, by=by, key=key, may_change_past=may_change_past
        )
    _sweep(contract, when)
    ordered = _ordered_at(subscription, deliveries)
    facts = contract_facts(contract.pk, [subscription])
    difference = absences.set_absences(
        subscription=subscription, deliveries=deliveries, on=when.on, by=by, key=key, may_change_past=may_change_past
    )
    if difference is None:
        return None
    activity = _activity(contract.group, key)
    cents = 0
    for delivery in ordered:
        for_client = may_change_past or is_for_client(subscription.member, by)
        check_open(subscription, delivery, facts, at=when.at, for_client=for_client)
        taken_back = empty_basket(subscription, delivery, activity=activity, at=when.at, by=by)
        cents += taken_back.difference_cents if taken_back else 0
    note(activity, difference_cents=cents)
    return Difference(subscription, contract_facts(contract.pk, [subscription]).due(subscription), cents, None)


def _ordered_at(subscription: Subscription, deliveries: Collection[Delivery]) -> list[Delivery]:
    """Those of these deliveries for which the subscription has a basket, and was not absent."""
    found = Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries], contract=subscription.contract_id, cancelled_at=None
    ).exclude(absences__subscription=subscription)
    return list(found.filter(distribution__baskets__account=subscription.account_id).select_related("distribution", "contract").by_day())


def _activity(group: Group, key: UUID) -> Activity:
    return Activity.objects.get(group=group, key=key)


# --- What becomes of a date ---


def cancel_delivery(*, delivery: Delivery, reason: str, when: Moment, by: Member | None, key: UUID | None = None) -> list[Difference]:
    """A distribution that does not take place is owed by nobody: orders for it are given back. Undone by `restore_delivery`."""
    return _set_cancelled(delivery, reason, when=when, by=by, key=key, cancelled=True)


def restore_delivery(*, delivery: Delivery, when: Moment, by: Member | None, key: UUID | None = None) -> list[Difference]:
    """The exact opposite of `cancel_delivery`: what was ordered is owed again, each line at its own price."""
    return _set_cancelled(delivery, "", when=when, by=by, key=key, cancelled=False)


@transaction.atomic
def _set_cancelled(
    delivery: Delivery, reason: str, *, when: Moment, by: Member | None, key: UUID | None, cancelled: bool
) -> list[Difference]:
    contract, key = delivery.contract, key or uuid4()
    _sweep(contract, when)
    was_cancelled = Delivery.objects.filter(pk=delivery.pk, cancelled_at__isnull=False).exists()
    if cancelled:
        differences = calendar.cancel_delivery(delivery=delivery, reason=reason, on=when.on, by=by, key=key)
    else:
        differences = calendar.restore_delivery(delivery=delivery, on=when.on, by=by, key=key)
    if not contract.is_variable or was_cancelled == cancelled:
        return differences
    delivery.refresh_from_db(fields=["cancelled_at"])
    if (delivery.cancelled_at is not None) != cancelled:
        # This key was answered already.
        return differences
    day = format_day(delivery.distribution.on)
    label = f"Distribution du {day} annulée" if cancelled else f"Distribution du {day} rétablie"
    activity = _activity(contract.group, key)
    return _follow(contract, _turned(delivery, is_owed=not cancelled), activity=activity, label=label, when=when, by=by, reason=reason)


def _turned(delivery: Delivery, *, is_owed: bool) -> list[BasketChange]:
    """Write every line of a delivery as delivered, or as not delivered: what each came to before, and comes to now."""
    by_basket: dict[Basket, list[OrderLine]] = defaultdict(list)
    lines = OrderLine.objects.filter(delivery=delivery, quantity__gt=0).select_related(*LINE_RELATIONS, "basket__account").order_by("pk")
    for line in lines:
        by_basket[line.basket].append(line)
    if not by_basket:
        return []
    credited = Credited(next(iter(by_basket)).account.book_id)
    before = {basket.pk: credited.dues_of(of_basket) for basket, of_basket in by_basket.items()}
    for of_basket in by_basket.values():
        for line in of_basket:
            line.undelivered = 0 if is_owed else line.quantity
            amounts.apply(line)
    save_lines([line for of_basket in by_basket.values() for line in of_basket])
    return [BasketChange(basket, before[basket.pk], credited.dues_of(of_basket)) for basket, of_basket in by_basket.items()]


def _follow(
    contract: Contract, changes: list[BasketChange], *, activity: Activity, label: str, when: Moment, by: Member | None, reason: str
) -> list[Difference]:
    posted = book_changes(changes, activity=activity, label=label, at=when.at, by=by, reason=reason)
    cents = {change.basket.account_id: (change.difference_cents, posted.get(change.basket.pk)) for change in changes}
    subscriptions = list(contract.subscriptions.filter(account__in=cents).order_by("pk"))
    facts = contract_facts(contract.pk, subscriptions)
    return [
        Difference(subscription, facts.due(subscription), *cents[subscription.account_id])
        for subscription in subscriptions
        if cents[subscription.account_id][0]
    ]


@transaction.atomic
def move_delivery(
    *, delivery: Delivery, to: dt.date, when: Moment, by: Member | None, key: UUID | None = None, place: Place | None = None
) -> list[Difference]:
    """Put a distribution on another day: orders made for it go with it, at their prices, and its orders close by the contract's rule.

    Refused: as `subscriptions.calendar.move_delivery`, and `EngagementRefused` when a subscription with an order would not reach the
    new day."""
    contract = delivery.contract
    _sweep(contract, when)
    old = Distribution.objects.get(deliveries=delivery)
    differences = calendar.move_delivery(delivery=delivery, to=to, on=when.on, by=by, key=key, place=place)
    new = Distribution.objects.get(deliveries=delivery)
    if contract.is_variable and old.pk != new.pk:
        _move_baskets(contract, old, new)
        planning.drop_if_empty(old)
    return differences


def _move_baskets(contract: Contract, old: Distribution, new: Distribution) -> None:
    """Baskets follow their delivery, under the next numbers there. Needs a transaction."""
    Distribution.objects.select_for_update().get(pk=new.pk)
    accounts = Subscription.objects.filter(contract=contract).values("account")
    baskets = list(old.baskets.filter(account__in=accounts).order_by("number"))
    last = new.baskets.aggregate(last=Max("number"))["last"] or 0
    for rank, basket in enumerate(baskets, start=1):
        basket.distribution, basket.number = new, last + rank
    Basket.objects.bulk_update(baskets, ["distribution", "number"])
    for subscription in Subscription.objects.filter(account__in=[basket.account_id for basket in baskets]).select_related("contract"):
        _check_nothing_ordered_outside(subscription)
