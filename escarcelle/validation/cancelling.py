"""A market day that does not take place: every order goes back to zero, once, and nobody owes anything for it."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.market_days import check_market
from escarcelle.distributions.models import Distribution
from escarcelle.distributions.planning import cancel
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import books
from escarcelle.lib.dates import format_day
from escarcelle.orders.booking import Change, book_changes
from escarcelle.orders.models import OrderLine
from escarcelle.orders.ordering import LINE_RELATIONS
from escarcelle.payments.promises import follow_orders
from escarcelle.validation.exceptions import Outcome, rewritten
from escarcelle.validation.opening import ValidationRefused, required_reason


@transaction.atomic
def cancel_market_day(*, distribution: Distribution, reason: str, at: dt.datetime, by: Member | None, key: UUID | None = None) -> Outcome:
    """Cancel a market day: nothing was delivered, what was ordered is no longer due, promised payments are dropped.

    What clients had already paid becomes a credit. The lines stay, as not delivered. A fixed number of statements. Sent twice with one
    key, once. Refused: `ValidationRefused` once a basket is validated, or without a reason; `MarketDayRefused` in an AMAP, where subscriptions
    would not follow. Not undone: plan another day, and order again."""
    check_market(distribution.group)
    reason = required_reason(reason)
    content = {"distribution": distribution.pk, "reason": reason}
    activity, is_first = begin(group=distribution.group, by=by, kind="market_day.cancelled", key=key, content=content)
    if not is_first:
        return Outcome(activity.details["basket_count"], activity.details["difference_cents"])
    books.lock(distribution.group.book_id)
    if distribution.baskets.filter(validated_at__isnull=False).exists():
        raise ValidationRefused("already_validated")
    for delivery in distribution.deliveries.standing():
        cancel(delivery, reason)
    changes = _emptied(distribution)
    label = f"Distribution du {format_day(distribution.on)} annulée, panier n° {{number}}"
    book_changes(changes, activity=activity, label=label, at=at, by=by, reason=reason)
    follow_orders([(change.basket, change.difference_cents) for change in changes], None, at=at)
    outcome = Outcome(len(changes), sum(change.difference_cents for change in changes))
    note(activity, distribution=distribution.pk, reason=reason, **outcome.__dict__)
    return outcome


def _emptied(distribution: Distribution) -> list[Change]:
    lines = OrderLine.objects.filter(basket__distribution=distribution, basket__account__book=distribution.group.book_id, quantity__gt=0)
    relations = (*LINE_RELATIONS, "basket__account", "basket__group", "basket__distribution")
    return rewritten(list(lines.select_related(*relations)), _leave_all_out, book_id=distribution.group.book_id)


def _leave_all_out(line: OrderLine) -> None:
    line.undelivered, line.weighed_grams = line.quantity, None
