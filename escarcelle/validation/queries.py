"""What the validation screens show: the baskets of a distribution and their state, and one basket with everything about it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from escarcelle.distributions.models import Distribution
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import Payment, PromisedPayment, Refund, WaysToPay
from escarcelle.payments.ways import ways_of
from escarcelle.validation.models import BasketValidation
from escarcelle.validation.opening import opens_at
from escarcelle.validation.settling import Settlement, settlements

Way = PromisedPayment.Way

# What a basket waits for, in the order of the list: what awaits somebody first.
UNNAMED, UNPAID, PROMISED, READY, VALIDATED = "unnamed", "unpaid", "promised", "ready", "validated"


@dataclass(frozen=True)
class BasketRow:
    """One basket in the list. `state`: a payment to name, nothing promised for what is due, promised, settled, or validated."""

    basket: Basket
    member_name: str
    standing: Settlement
    promises: tuple[PromisedPayment, ...]
    is_for_client: bool
    has_missing: bool
    has_unweighed: bool

    @property
    def state(self) -> str:
        if self.basket.is_validated:
            return VALIDATED
        if any(promise.way == Way.ON_THE_SPOT for promise in self.promises):
            return UNNAMED
        if self.standing.debt_cents > self.standing.promised_cents:
            return UNPAID
        return PROMISED if self.promises else READY


@dataclass(frozen=True)
class BasketsPage:
    """The baskets of a distribution, by number."""

    distribution: Distribution
    opens_at: dt.datetime
    rows: tuple[BasketRow, ...]
    ways: WaysToPay | None

    @property
    def waiting_count(self) -> int:
        return sum(row.state != VALIDATED for row in self.rows)

    @property
    def due_cents(self) -> int:
        return sum(row.standing.due_cents for row in self.rows)

    @property
    def paid_cents(self) -> int:
        return sum(row.standing.paid_cents for row in self.rows)


def baskets_page(distribution: Distribution) -> BasketsPage:
    """Nine statements, however many baskets and whatever their history. A basket in which everything was cancelled is not shown."""
    lines_by_basket: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(basket__distribution=distribution, quantity__gt=0):
        lines_by_basket[line.basket_id].append(line)
    every = distribution.baskets.select_related("account__member", "account__group", "group").order_by("number")
    baskets = [basket for basket in every if basket.pk in lines_by_basket]
    standing = settlements(baskets)
    promises: dict[int, list[PromisedPayment]] = defaultdict(list)
    for promise in PromisedPayment.objects.filter(basket__in=baskets, state=PromisedPayment.State.PENDING).order_by("pk"):
        promises[promise.basket_id].append(promise)
    return BasketsPage(
        distribution,
        opens_at(distribution),
        tuple(_row(basket, standing[basket.pk], promises[basket.pk], lines_by_basket[basket.pk]) for basket in baskets),
        ways_of(distribution.group),
    )


def _row(basket: Basket, standing: Settlement, promises: list[PromisedPayment], lines: list[OrderLine]) -> BasketRow:
    return BasketRow(
        basket,
        basket.account.member.name,
        standing,
        tuple(promises),
        is_for_client=all(line.for_client for line in lines),
        has_missing=any(line.undelivered for line in lines),
        has_unweighed=any(line.expected_grams and line.weighed_grams is None for line in lines),
    )


@dataclass(frozen=True)
class BasketPage:
    """Everything about one basket, and the next one to validate."""

    row: BasketRow
    lines: tuple[OrderLine, ...]
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    ways: WaysToPay | None
    next_basket: Basket | None


def basket_page(basket: Basket) -> BasketPage:
    """Thirteen statements, however many lines. `basket` comes with its account's member and group, and its distribution."""
    lines = tuple(basket.lines.select_related("product__contract__producer", "ordered_by").order_by("pk"))
    promises = list(basket.promised_payments.filter(state=PromisedPayment.State.PENDING).order_by("pk"))
    standing = settlements([basket])[basket.pk]
    following = basket.distribution.baskets.to_validate().exclude(pk=basket.pk).order_by("number")
    return BasketPage(
        _row(basket, standing, promises, [line for line in lines if line.quantity]),
        lines,
        tuple(basket.payments.standing().select_related("cheque", "activity__by", "account__member").order_by("pk")),
        tuple(basket.refunds.filter(state=Refund.State.GIVEN).order_by("pk")),
        ways_of(basket.group),
        following.filter(number__gt=basket.number).first() or following.first(),
    )


def left_behind(distribution: Distribution) -> list[tuple[Basket, int]]:
    """What validating each basket left: cents in favour of the client (above zero) or still owed, the largest debt first.

    As it was then, whatever was paid since; small differences that were given up, or given back at once, are not left. Two statements."""
    validations = BasketValidation.objects.filter(basket__distribution=distribution, reopened_at=None, given_up_no=None).exclude(
        left_cents=0
    )
    given = Refund.objects.filter(basket__distribution=distribution, state=Refund.State.GIVEN)
    given_at_once = {(refund.basket_id, refund.activity_id): refund.amount_cents for refund in given}
    rows = [
        (validation.basket, validation.left_cents - given_at_once.get((validation.basket_id, validation.activity_id), 0))
        for validation in validations.select_related("basket__account__member").order_by("left_cents", "basket__number")
    ]
    return [(basket, cents) for basket, cents in rows if cents]


def lines_without(distribution: Distribution, line_ids: Collection[int]) -> list[OrderLine]:
    """These lines of a distribution with their clients, by basket number. One statement."""
    lines = OrderLine.objects.filter(basket__distribution=distribution, pk__in=line_ids)
    return list(lines.select_related("basket__account__member").order_by("basket__number", "pk"))
