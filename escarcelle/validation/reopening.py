"""A validated basket or distribution is opened again by an administrator, with a reason: exactly the opposite of what validating wrote."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import books, posting
from escarcelle.lib.dates import format_day
from escarcelle.orders.booking import value_date
from escarcelle.orders.models import Basket
from escarcelle.payments.corrections import reverse_payments
from escarcelle.payments.models import Payment, Refund
from escarcelle.payments.promises import back_to_pending
from escarcelle.payments.refunds import take_back
from escarcelle.subscriptions.booking import actor
from escarcelle.validation.baskets import locked
from escarcelle.validation.models import BasketValidation
from escarcelle.validation.opening import ValidationRefused, required_reason

REOPENED_LABEL = "Panier rouvert"


@dataclass(frozen=True)
class Reopened:
    """What reopening took back, and the payments that it left: they were corrected one by one since, and stay received."""

    basket_count: int
    taken_back: list[Payment]
    left_alone: list[Payment]


@transaction.atomic
def reopen_basket(*, basket: Basket, reason: str, at: dt.datetime, by: Member | None, key: UUID | None = None) -> Reopened:
    """Open a validated basket again: the payments, refunds and small differences that validating it wrote get their opposite.

    Payments named or entered before stay. Sent twice with one key, once. Refused: `ValidationRefused` (not validated, no reason, the
    day's till is closed). Undone by validating again."""
    reason = required_reason(reason)
    content = {"basket": basket.pk, "reason": reason}
    activity, is_first = begin(group=basket.group, by=by, kind="basket.reopened", key=key, content=content)
    if not is_first:
        return _first(activity)
    basket = locked(basket)
    reopened = _reopen([basket], reason=reason, at=at, by=by)
    note(activity, basket=basket.pk, number=basket.number, reason=reason, **_details(reopened))
    return reopened


@transaction.atomic
def reopen_distribution(
    *, distribution: Distribution, reason: str, at: dt.datetime, by: Member | None, key: UUID | None = None
) -> Reopened:
    """The same for every validated basket of a distribution, in a fixed number of statements."""
    reason = required_reason(reason)
    content = {"distribution": distribution.pk, "reason": reason}
    activity, is_first = begin(group=distribution.group, by=by, kind="distribution.reopened", key=key, content=content)
    if not is_first:
        return _first(activity)
    books.lock(distribution.group.book_id)
    validated = distribution.baskets.filter(validated_at__isnull=False)
    reopened = _reopen(list(validated.select_related("account", "distribution", "group")), reason=reason, at=at, by=by)
    note(activity, distribution=distribution.pk, reason=reason, **_details(reopened))
    return reopened


def _details(reopened: Reopened) -> dict[str, Any]:
    """What is noted, so that the same act sent again gets the same answer."""
    return {
        "basket_count": reopened.basket_count,
        "taken_back": [payment.pk for payment in reopened.taken_back],
        "left_alone": [payment.pk for payment in reopened.left_alone],
    }


def _first(activity: Activity) -> Reopened:
    payments = activity.group.payments.in_bulk([*activity.details["taken_back"], *activity.details["left_alone"]])
    taken_back, left_alone = ([payments[pk] for pk in activity.details[name]] for name in ("taken_back", "left_alone"))
    return Reopened(activity.details["basket_count"], taken_back, left_alone)


def _reopen(baskets: Sequence[Basket], *, reason: str, at: dt.datetime, by: Member | None) -> Reopened:
    validations = {
        validation.basket_id: validation
        for validation in BasketValidation.objects.filter(basket__in=baskets, reopened_at=None).select_related("activity")
    }
    if not validations or len(validations) < len(baskets):
        raise ValidationRefused("not_validated")
    distribution = baskets[0].distribution
    if distribution.closed_at is not None:
        raise ValidationRefused("day_closed", day=format_day(distribution.on))
    on, book_id = value_date(at), baskets[0].account.book_id
    activity_ids = {validation.activity_id for validation in validations.values()}
    written = list(Payment.objects.filter(basket__in=baskets, activity__in=activity_ids).select_related("account").order_by("pk"))
    standing = [payment for payment in written if payment.state == Payment.State.RECEIVED]
    back_to_pending(standing)
    reverse_payments(standing, state=Payment.State.CANCELLED, label=REOPENED_LABEL, reason=reason, on=on, by=by)
    given = Refund.objects.filter(basket__in=baskets, activity__in=activity_ids, state=Refund.State.GIVEN).select_related("account")
    take_back(list(given), reason=reason, on=on, by=by)
    _take_back_differences(list(validations.values()), book_id, reason=reason, on=on, by=by)
    BasketValidation.objects.filter(pk__in=[validation.pk for validation in validations.values()]).update(reopened_at=at)
    Basket.objects.filter(pk__in=[basket.pk for basket in baskets]).update(validated_at=None)
    Distribution.objects.filter(pk=distribution.pk).update(validated_at=None)
    return Reopened(len(baskets), standing, [payment for payment in written if payment.state != Payment.State.RECEIVED])


def _take_back_differences(validations: Sequence[BasketValidation], book_id: int, *, reason: str, on: dt.date, by: Member | None) -> None:
    reversals = [
        posting.Reversal(validation.given_up_no, ref=f"small_difference:validation:{validation.pk}:reversed")
        for validation in validations
        if validation.given_up_no is not None
    ]
    if reversals:
        posting.reverse_many(book_id, reversals, value_date=on, by=actor(by), label=REOPENED_LABEL, reason=reason)
