"""A market day that does not take place: every order goes back to zero, once, and nobody owes anything for it."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.market_days import check_market
from escarcelle.distributions.models import Distribution
from escarcelle.distributions.planning import cancel
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import books
from escarcelle.lib.dates import format_day
from escarcelle.lib.names import clean_text
from escarcelle.orders import amounts
from escarcelle.orders.booking import Change, Credited, book_changes
from escarcelle.orders.models import OrderLine
from escarcelle.orders.ordering import LINE_RELATIONS, save_lines
from escarcelle.payments.promises import follow_orders
from escarcelle.validation.exceptions import Outcome
from escarcelle.validation.opening import ValidationRefused


@transaction.atomic
def cancel_market_day(*, distribution: Distribution, reason: str, at: dt.datetime, by: Member | None, key: UUID | None = None) -> Outcome:
    """Cancel a market day: nothing was delivered, what was ordered is no longer due, promised payments are dropped.

    What clients had already paid becomes a credit. The lines stay, as not delivered. A fixed number of statements. Sent twice with one
    key, once. Refused: `ValidationRefused` once a basket is validated, or without a reason; `MarketDayRefused` in an AMAP, where subscriptions
    would not follow. Not undone: plan another day, and order again."""
    check_market(distribution.group)
    reason = clean_text(reason, max_length=200)
    if not reason:
        raise ValidationRefused("reason_missing", field="reason")
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
    credited = Credited(distribution.group.book_id)
    by_basket: dict[int, list[OrderLine]] = defaultdict(list)
    lines = OrderLine.objects.filter(basket__distribution=distribution, basket__account__book=distribution.group.book_id, quantity__gt=0)
    for line in lines.select_related(*LINE_RELATIONS, "basket__account", "basket__group", "basket__distribution"):
        by_basket[line.basket_id].append(line)
    before = {basket_id: credited.dues_of(of_basket) for basket_id, of_basket in by_basket.items()}
    for of_basket in by_basket.values():
        for line in of_basket:
            line.undelivered, line.weighed_grams = line.quantity, None
            amounts.apply(line)
    save_lines([line for of_basket in by_basket.values() for line in of_basket])
    return [Change(of_basket[0].basket, before[basket_id], {}) for basket_id, of_basket in by_basket.items()]
