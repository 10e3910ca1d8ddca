"""The purple « Valider »: every basket of a distribution at once, after showing what will happen.

Only payments that nobody has named take the chosen method; those already received or named keep theirs (domain §6.4, reading 3).
A basket without a payment, ordered by a coordinator, stays a debt (reading 4)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import books
from escarcelle.orders.booking import value_date
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import PromisedPayment, WaysToPay
from escarcelle.payments.promises import Named, receive_many
from escarcelle.payments.ways import on_site_methods, ways_of
from escarcelle.validation.baskets import close
from escarcelle.validation.opening import ValidationRefused, check_open
from escarcelle.validation.settling import Settlement, settlements

Way = PromisedPayment.Way


@dataclass(frozen=True)
class Foreseen:
    """One basket as it stands, and as it will once its promised payments have arrived."""

    basket: Basket
    standing: Settlement
    arrived: Settlement
    promises: tuple[PromisedPayment, ...]
    is_for_client: bool

    @property
    def left_cents(self) -> int:
        """The credit (above zero) or debt (below) that remains."""
        return self.arrived.left_cents

    @property
    def undetermined_cents(self) -> int:
        return sum(promise.amount_cents for promise in self.promises if promise.way == Way.ON_THE_SPOT)


@dataclass(frozen=True)
class Preview:
    """What the button will do, before it is pressed."""

    distribution: Distribution
    ways: WaysToPay | None
    baskets: tuple[Foreseen, ...]

    @property
    def methods(self) -> list[str]:
        """What undetermined payments may take, the one proposed first."""
        return on_site_methods(self.ways) if self.ways else []

    @property
    def undetermined(self) -> list[PromisedPayment]:
        """The payments that take the chosen method."""
        return [promise for basket in self.baskets for promise in basket.promises if promise.way == Way.ON_THE_SPOT]

    @property
    def undetermined_cents(self) -> int:
        return sum(promise.amount_cents for promise in self.undetermined)

    @property
    def named(self) -> list[PromisedPayment]:
        """The promised payments that are confirmed as they are: a transfer, a cheque."""
        return [promise for basket in self.baskets for promise in basket.promises if promise.way != Way.ON_THE_SPOT]

    @property
    def debts(self) -> list[Foreseen]:
        """What stays owed, coordinators' orders first, then the largest."""
        owing = [basket for basket in self.baskets if basket.left_cents < 0]
        return sorted(owing, key=lambda basket: (not basket.is_for_client, basket.left_cents))

    @property
    def credits(self) -> list[Foreseen]:
        """What stays in favour of clients, the largest first."""
        return sorted((basket for basket in self.baskets if basket.left_cents > 0), key=lambda basket: -basket.left_cents)


def preview(distribution: Distribution) -> Preview:
    """What validating everything would do now. A fixed number of statements, however many baskets."""
    baskets = list(
        distribution.baskets.to_validate().select_related("account__member", "account__group", "group", "distribution").order_by("number")
    )
    ways = ways_of(distribution.group)
    standing = settlements(baskets)
    promises: dict[int, list[PromisedPayment]] = defaultdict(list)
    waiting = PromisedPayment.objects.filter(basket__in=baskets, state=PromisedPayment.State.PENDING).order_by("pk")
    baskets_by_id = {basket.pk: basket for basket in baskets}
    for promise in waiting:
        promise.basket, promise.group = baskets_by_id[promise.basket_id], distribution.group
        promises[promise.basket_id].append(promise)
    # A basket in which nothing was ordered by the client has no payment of its own.
    by_clients = set(OrderLine.objects.filter(basket__in=baskets, quantity__gt=0, for_client=False).values_list("basket", flat=True))
    return Preview(
        distribution,
        ways,
        tuple(_foreseen(basket, standing[basket.pk], promises[basket.pk], basket.pk not in by_clients) for basket in baskets),
    )


def _foreseen(basket: Basket, standing: Settlement, promises: Sequence[PromisedPayment], is_for_client: bool) -> Foreseen:
    arrived = Settlement(
        due_cents=standing.due_cents,
        paid_cents=standing.paid_cents + standing.promised_cents,
        promised_cents=0,
        balance_cents=standing.balance_cents + standing.promised_cents,
    )
    return Foreseen(basket, standing, arrived, tuple(promises), is_for_client)


@dataclass(frozen=True)
class Forced:
    """What the button did."""

    basket_count: int
    payment_count: int
    received_cents: int
    debt_cents: int


@transaction.atomic
def force(*, distribution: Distribution, method: str, at: dt.datetime, by: Member | None, key: UUID | None = None) -> Forced:
    """Validate every basket that waits: promised payments are received, those not named by `method`, and what is missing stays a debt.

    A fixed number of statements, however many baskets. Sent twice with one key, once. Refused: `ValidationRefused` (too early, nothing
    to validate, a method that the group does not take on site). Undone by `reopening.reopen_distribution`."""
    check_open(distribution, at)
    group = distribution.group
    content = {"distribution": distribution.pk, "method": method}
    activity, is_first = begin(group=group, by=by, kind="distribution.forced", key=key, content=content)
    if not is_first:
        return Forced(**activity.details["forced"])
    books.lock(group.book_id)
    foreseen = preview(distribution)
    if not foreseen.baskets:
        raise ValidationRefused("nothing_to_validate")
    if foreseen.undetermined and method not in foreseen.methods:
        raise ValidationRefused("method_not_on_site", field="method")
    today = value_date(at)
    arrivals = [
        (promise, Named(method if promise.way == Way.ON_THE_SPOT else promise.way, today))
        for basket in foreseen.baskets
        for promise in basket.promises
    ]
    payments = receive_many(arrivals, activity=activity, by=by, today=today) if arrivals else []
    baskets = [basket.basket for basket in foreseen.baskets]
    arrived = {basket.basket.pk: basket.arrived for basket in foreseen.baskets}
    validations = close(baskets, arrived, foreseen.ways, activity=activity, at=at, by=by)
    Distribution.objects.filter(pk=distribution.pk).update(validated_at=at)
    forced = Forced(
        basket_count=len(baskets),
        payment_count=len(payments),
        received_cents=sum(payment.amount_cents for payment in payments),
        debt_cents=-sum(min(0, validation.left_cents) for validation in validations if validation.given_up_no is None),
    )
    note(activity, distribution=distribution.pk, method=method, forced=forced.__dict__)
    return forced
