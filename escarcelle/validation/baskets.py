"""« Valider »: a basket was collected and settled, or what is left of it is said to be a debt or a credit."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.money import Euros
from escarcelle.orders.booking import value_date
from escarcelle.orders.models import Basket
from escarcelle.payments.models import Method, PromisedPayment, WaysToPay
from escarcelle.payments.refunds import give_back
from escarcelle.payments.ways import ways_of
from escarcelle.subscriptions.booking import actor
from escarcelle.validation.models import BasketValidation
from escarcelle.validation.opening import ValidationRefused, check_open
from escarcelle.validation.settling import Settlement, settlements

DIFFERENCE_GIVEN_UP = "small_difference"
DEBT, CREDIT = "debt", "credit"
SmallDifference = WaysToPay.SmallDifference


@transaction.atomic
def validate_basket(*, basket: Basket, at: dt.datetime, by: Member | None, leaving: str = "", key: UUID | None = None) -> BasketValidation:
    """Close a basket: it changes no more, and what is paid equals what is due, or `leaving` says "debt" or "credit".

    A small difference follows the group's rule without a question. The distribution is validated with its last basket. Validating
    twice changes nothing. Refused: `ValidationRefused` (too early, a payment not named, paid and due differ). Undone by
    `reopening.reopen_basket`."""
    check_open(basket.distribution, at)
    content = {"basket": basket.pk, "leaving": leaving}
    activity, is_first = begin(group=basket.group, by=by, kind="basket.validated", key=key, content=content)
    if not is_first:
        return BasketValidation.objects.get(pk=activity.details["validation"])
    basket = locked(basket)
    if basket.is_validated:
        validation = basket.validations.get(reopened_at=None)
    else:
        _check_named(basket)
        ways, standing = ways_of(basket.group), settlements([basket])
        _check_settled(basket, standing[basket.pk], leaving, ways)
        [validation] = close([basket], standing, ways, activity=activity, at=at, by=by)
        close_distribution(basket.distribution, at)
    note(activity, validation=validation.pk, basket=basket.pk, number=basket.number, left_cents=validation.left_cents)
    return validation


def locked(basket: Basket) -> Basket:
    """The basket as it is once the payee's book is held."""
    books.lock(basket.account.book_id)
    return Basket.objects.select_related("account__member", "account__group", "distribution", "group").get(pk=basket.pk)


def _check_named(basket: Basket) -> None:
    unnamed = basket.promised_payments.filter(state=PromisedPayment.State.PENDING, way=PromisedPayment.Way.ON_THE_SPOT)
    if unnamed.exists():
        raise ValidationRefused("undetermined", field="method", name=basket.account.member.name)


def _check_settled(basket: Basket, standing: Settlement, leaving: str, ways: WaysToPay | None) -> None:
    if ways is None or ways.money_pot or is_small(standing, ways):
        return
    name = basket.account.member.name
    if standing.debt_cents and leaving != DEBT:
        raise ValidationRefused("unpaid", field="leaving", amount=Euros(standing.debt_cents), name=name)
    if standing.credit_cents and leaving != CREDIT:
        raise ValidationRefused("overpaid", field="leaving", amount=Euros(standing.credit_cents), name=name)


def is_small(standing: Settlement, ways: WaysToPay | None) -> bool:
    """Whether the group's rule for small differences decides. A money pot is not paid order by order: what it lacks stays in it."""
    return ways is not None and not ways.money_pot and 0 < abs(standing.left_cents) <= ways.small_difference_cents


def close(
    baskets: Sequence[Basket],
    standing: dict[int, Settlement],
    ways: WaysToPay | None,
    *,
    activity: Activity,
    at: dt.datetime,
    by: Member | None,
) -> list[BasketValidation]:
    """Write these baskets, all of one payee, as validated; apply the rule for small differences. A fixed number of statements.

    Needs a transaction that holds the payee's book."""
    small = [basket for basket in baskets if is_small(standing[basket.pk], ways)]
    given_up: dict[int, int] = {}
    if ways is not None and ways.small_difference == SmallDifference.GIVE:
        given_up = _give_up(small, standing, activity=activity, on=value_date(at), by=by)
    elif ways is not None and ways.small_difference == SmallDifference.REFUND:
        credits = [(basket.account, basket, Method.CASH.value, standing[basket.pk].credit_cents) for basket in small]
        give_back([row for row in credits if row[3]], activity=activity, on=value_date(at), by=by, reason="petit écart")
    for basket in baskets:
        basket.validated_at = at
    Basket.objects.filter(pk__in=[basket.pk for basket in baskets]).update(validated_at=at)
    return BasketValidation.objects.bulk_create(
        BasketValidation(
            group=basket.group,
            basket=basket,
            activity=activity,
            left_cents=standing[basket.pk].left_cents,
            given_up_no=given_up.get(basket.pk),
        )
        for basket in baskets
    )


def _give_up(
    baskets: Sequence[Basket], standing: dict[int, Settlement], *, activity: Activity, on: dt.date, by: Member | None
) -> dict[int, int]:
    """Bring small differences to zero: a debt is let go, a credit kept; operation numbers by basket."""
    if not baskets:
        return {}
    book_id = baskets[0].account.book_id
    given_no = books.singleton(book_id, AccountKind.GIVEN)
    drafts = []
    for basket in baskets:
        left_cents, member_no = standing[basket.pk].left_cents, basket.account.account_no
        debit_no, credit_no = (given_no, member_no) if left_cents < 0 else (member_no, given_no)
        drafts.append(
            posting.Draft(
                ref=f"small_difference:basket:{basket.pk}:activity:{activity.pk}",
                kind=DIFFERENCE_GIVEN_UP,
                label=f"Petit écart abandonné, panier n° {basket.number}",
                value_date=on,
                about=f"basket:{basket.pk}",
                moves=[posting.Move(debit_no=debit_no, credit_no=credit_no, amount_cents=abs(left_cents))],
            )
        )
    posted = posting.post(book_id, drafts, by=actor(by))
    return {int(entry.ref.split(":")[2]): entry.operation_no for entry in posted}


def close_distribution(distribution: Distribution, at: dt.datetime) -> None:
    """Mark the distribution as validated when no basket waits any more."""
    if not distribution.baskets.to_validate().exists():
        Distribution.objects.filter(pk=distribution.pk).update(validated_at=at)
