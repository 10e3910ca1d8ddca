"""A client of a market orders and says how they will pay: one act, one transaction."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import balances
from escarcelle.lib.money import Euros
from escarcelle.orders.models import Basket
from escarcelle.orders.ordering import Ordered, Quantities, change_order, is_for_client
from escarcelle.payments.models import WaysToPay
from escarcelle.payments.promises import follow_order
from escarcelle.payments.ways import WaysRefused, choices, ways_of


@dataclass(frozen=True)
class Wish:
    """How many of each product a client wants, and how they will pay; no way when there is nothing to choose or to pay."""

    quantities: Quantities
    way: str | None = None


@transaction.atomic
def order(
    *, distribution: Distribution, member: Member, wish: Wish, at: dt.datetime, by: Member | None, key: UUID | None = None
) -> Ordered:
    """Make a client's order be what they wish, debit the difference at once, and note the payment they promise.

    More due needs one of the ways that the group offers; a coordinator who orders for somebody may leave it open: the basket then stays
    a debt until it is paid. With a money pot nothing is promised, and the balance may not go below zero unless the group allows it.
    Less due is always accepted while orders are open. Sent twice with one key, the first result comes back.
    Refused: `OrderRefused`, `GroupBlocked`, `WaysRefused`. Undone by ordering the former quantities."""
    group = distribution.group
    content = {
        "distribution": distribution.pk,
        "member": member.pk,
        "quantities": {str(product_id): quantity for product_id, quantity in sorted(wish.quantities.items())},
        "way": wish.way,
    }
    activity, is_first = begin(group=group, by=by, kind="order.changed", key=key, content=content)
    if not is_first:
        return Ordered(group.baskets.get(pk=activity.details["basket"]), activity.details["difference_cents"])
    ordered = change_order(distribution=distribution, member=member, quantities=wish.quantities, activity=activity, at=at, by=by)
    ways = ways_of(group)
    if ordered.difference_cents <= 0:
        # Whatever the group offers now: what was promised before follows what is left of the order.
        follow_order(ordered.basket, ordered.difference_cents, None, at=at)
    elif ways is not None:
        _pay(ordered, ways, wish.way, at=at, may_leave_open=is_for_client(member, by))
        note(activity, way=wish.way)
    return ordered


def _pay(ordered: Ordered, ways: WaysToPay, way: str | None, *, at: dt.datetime, may_leave_open: bool) -> None:
    basket, more_cents = ordered.basket, ordered.difference_cents
    if not ways.money_pot:
        follow_order(basket, more_cents, _chosen(ways, way, may_leave_open=may_leave_open), at=at)
        return
    if way is not None:
        raise WaysRefused("not_offered", field="way")
    if not ways.negative_money_pot:
        _check_money_pot(basket, more_cents)


def _chosen(ways: WaysToPay, way: str | None, *, may_leave_open: bool) -> str | None:
    offered = choices(ways)
    if way is None:
        if may_leave_open:
            return None
        if len(offered) == 1:
            return offered[0]
        raise WaysRefused("way_missing", field="way")
    if way not in offered:
        raise WaysRefused("not_offered", field="way")
    return way


def _check_money_pot(basket: Basket, more_cents: int) -> None:
    """Exactly zero is fine (domain §6.4, reading 6)."""
    balance_cents = balances.balance(basket.account.book_id, basket.account.account_no)
    if balance_cents < 0:
        before = Euros(balance_cents + more_cents)
        raise WaysRefused("money_pot_short", balance=before, missing=Euros(-balance_cents))
