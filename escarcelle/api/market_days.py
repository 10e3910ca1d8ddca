"""Market days: planned, cancelled; what is offered there, what each producer brings, and what keeps a group from ordering."""

import datetime as dt
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from pydantic import AwareDatetime, Field

from escarcelle.api.catalogues import MarketProductOut
from escarcelle.api.deliveries import PlaceOut
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, DayIn, HourIn, HourOut, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.distributions.market_days import MarketDay, Window, change_windows, plan_market_day
from escarcelle.distributions.models import Distribution
from escarcelle.distributions.planning import Slot
from escarcelle.groups.permissions import Permission
from escarcelle.orders.queries import blocked_state, producer_sheets, stalls, supplier_dues
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.opening import opens_at

operations = Operations("market")

MOST_CATALOGUES = 500


class MarketDayOut(Answer):
    """A distribution of a market. `validation_opens_at`: thirty minutes before the start."""

    id: int
    on: dt.date
    starts_at: HourOut
    ends_at: HourOut
    place: PlaceOut
    orders_open_at: dt.datetime | None
    orders_close_at: dt.datetime | None
    validation_opens_at: dt.datetime
    validated_at: dt.datetime | None
    is_cancelled: bool

    @classmethod
    def of(cls, day: Distribution) -> "MarketDayOut":
        return cls(
            id=day.pk,
            on=day.on,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            place=PlaceOut.of(day.place),
            orders_open_at=day.orders_open_at,
            orders_close_at=day.orders_close_at,
            validation_opens_at=opens_at(day),
            validated_at=day.validated_at,
            is_cancelled=all(delivery.cancelled_at is not None for delivery in day.deliveries.all()),
        )


class MarketDays(Answer):
    items: list[MarketDayOut]


class WindowIn(Body):
    """Orders are taken from `opens_at`, included, to `closes_at`, excluded; ISO 8601 with an offset."""

    closes_at: AwareDatetime
    opens_at: AwareDatetime | None = None

    def window(self) -> Window:
        """The same, as the verbs take it."""
        return Window(closes_at=self.closes_at, opens_at=self.opens_at)


class ExceptionIn(WindowIn):
    """Another window for one catalogue."""

    catalogue_id: Id


class WindowsIn(WindowIn):
    exceptions: Annotated[list[ExceptionIn], Field(max_length=MOST_CATALOGUES)] = []


class MarketDayIn(Body):
    place_id: Id
    on: DayIn
    starts_at: HourIn
    ends_at: HourIn
    catalogue_ids: Annotated[list[Id], Field(max_length=MOST_CATALOGUES)]
    orders: WindowsIn


class DayReasonIn(Body):
    reason: Text


class OutcomeOut(Answer):
    """How many baskets an act changed, and by how much what is due changed (below zero: less)."""

    basket_count: int
    difference: AmountOut


class StallProductOut(Answer):
    product: MarketProductOut
    ordered: int
    left: int | None
    expected_price_of_one: AmountOut


class StallOut(Answer):
    """One catalogue at a distribution, with what the caller's household has ordered."""

    catalogue_id: int
    catalogue_name: str
    producer_name: str
    is_open: bool
    closes_at: dt.datetime | None
    products: list[StallProductOut]


class Stalls(Answer):
    items: list[StallOut]


class SheetRowOut(Answer):
    product_id: int
    product_name: str
    quantity: int
    expected_grams: int | None
    amount: AmountOut


class ProducerSheetOut(Answer):
    producer_name: str
    rows: list[SheetRowOut]
    amount: AmountOut


class DueOut(Answer):
    producer_id: int
    producer_name: str
    basket_count: int
    amount: AmountOut


class ProducersOut(Answer):
    """What each producer brings, and what the market owes them."""

    sheets: list[ProducerSheetOut]
    dues: list[DueOut]


class BlockedOut(Answer):
    """Whether members can order, and the distributions that wait to be validated."""

    is_blocked: bool
    is_near: bool
    limit: int
    distributions: list[MarketDayOut]


@operations.get("/market-days", may=Permission.BELONG, returns=MarketDays)
def list_market_days(request: ApiRequest) -> MarketDays:
    """The distributions of the last four months and those to come, by day."""
    since = request.today - dt.timedelta(days=120)
    days = request.group.distributions.filter(on__gte=since).select_related("place").prefetch_related("deliveries")
    return MarketDays(items=[MarketDayOut.of(day) for day in days.order_by("on", "starts_at", "pk")])


@operations.post(
    "/market-days",
    may=Permission.PLAN_MARKET_DAYS,
    returns=MarketDayOut,
    status=201,
    example={
        "place_id": 1,
        "on": "2026-09-05",
        "starts_at": "18:00",
        "ends_at": "20:00",
        "catalogue_ids": [3, 4],
        "orders": {"closes_at": "2026-09-04T20:00:00+02:00"},
    },
)
def plan_a_market_day(request: ApiRequest, body: MarketDayIn) -> MarketDayOut:
    """Plan a distribution of several catalogues, or add catalogues to the one planned there that day.

    Refusals: `a_market_only`, `no_catalogue`, `another_group`, `closes_before_it_opens`, `closes_after_the_start`, `outside_contract`."""
    place = get_object_or_404(request.group.places, pk=body.place_id)
    catalogues = list(request.group.contracts.filter(pk__in=body.catalogue_ids).select_related("group"))
    if len(catalogues) != len(set(body.catalogue_ids)):
        catalogues = [get_object_or_404(request.group.contracts, pk=pk) for pk in body.catalogue_ids]
    day = plan_market_day(
        group=request.group,
        slot=Slot(place, body.starts_at, body.ends_at),
        on=body.on,
        day=MarketDay(catalogues, body.orders.window(), {own.catalogue_id: own.window() for own in body.orders.exceptions}),
        by=request.member,
        key=request.key,
    )
    return _day(request, day.pk)


@operations.get("/market-days/{distribution_id}", may=Permission.BELONG, returns=MarketDayOut)
def read_market_day(request: ApiRequest) -> MarketDayOut:
    """One distribution."""
    return MarketDayOut.of(request.distribution)


@operations.put(
    "/market-days/{distribution_id}/orders-window",
    may=Permission.PLAN_MARKET_DAYS,
    returns=MarketDayOut,
    example={"closes_at": "2026-09-04T20:00:00+02:00"},
)
def change_the_window(request: ApiRequest, body: WindowsIn) -> MarketDayOut:
    """Let people order until another time; orders already made stay.

    Refusals: `a_market_only`, `closes_before_it_opens`, `closes_after_the_start`, `validated` (409)."""
    exceptions = {own.catalogue_id: own.window() for own in body.exceptions}
    change_windows(distribution=request.distribution, window=body.window(), exceptions=exceptions, by=request.member, key=request.key)
    return _day(request, request.distribution.pk)


@operations.post(
    "/market-days/{distribution_id}/cancel",
    may=Permission.PLAN_MARKET_DAYS,
    returns=OutcomeOut,
    moves_money=True,
    example={"reason": "tempête"},
)
def cancel_a_market_day(request: ApiRequest, body: DayReasonIn) -> OutcomeOut:
    """The day does not take place: orders go back to zero, promised payments are dropped, what was paid is a credit.

    Refusals: `a_market_only`, `reason_missing`, `already_validated` (409)."""
    outcome = cancel_market_day(
        distribution=request.distribution, reason=body.reason, at=timezone.now(), by=request.member, key=request.key
    )
    return OutcomeOut(basket_count=outcome.basket_count, difference=outcome.difference_cents)


@operations.get("/market-days/{distribution_id}/stalls", may=Permission.ORDER, returns=Stalls)
def list_stalls(request: ApiRequest) -> Stalls:
    """Everything offered at a distribution, with what one's household has ordered there."""
    shown = stalls(request.distribution, request.member.holder, timezone.now())
    return Stalls(
        items=[
            StallOut(
                catalogue_id=stall.catalogue.pk,
                catalogue_name=stall.catalogue.name,
                producer_name=stall.catalogue.producer.name,
                is_open=stall.is_open,
                closes_at=stall.closes_at,
                products=[
                    StallProductOut(
                        product=MarketProductOut.of(row.product, row.price_cents),
                        ordered=row.ordered,
                        left=row.left,
                        expected_price_of_one=row.expected_cents,
                    )
                    for row in stall.products
                ],
            )
            for stall in shown
        ]
    )


@operations.get("/market-days/{distribution_id}/producers", may=Permission.SEE_DISTRIBUTIONS, returns=ProducersOut)
def list_what_producers_bring(request: ApiRequest) -> ProducersOut:
    """What each producer brings to a distribution, and what the market owes them for it."""
    sheets = [
        ProducerSheetOut(
            producer_name=sheet.producer_name,
            amount=sheet.amount_cents,
            rows=[
                SheetRowOut(
                    product_id=row.product.pk,
                    product_name=row.product.name,
                    quantity=row.quantity,
                    expected_grams=row.expected_grams,
                    amount=row.amount_cents,
                )
                for row in sheet.rows
            ],
        )
        for sheet in producer_sheets(request.distribution)
    ]
    dues = [
        DueOut(producer_id=due.producer_id, producer_name=due.producer_name, basket_count=due.basket_count, amount=due.amount_cents)
        for due in supplier_dues(request.distribution)
    ]
    return ProducersOut(sheets=sheets, dues=dues)


@operations.get("/blocking", may=Permission.BELONG, returns=BlockedOut)
def read_blocking(request: ApiRequest) -> BlockedOut:
    """Whether too many distributions wait to be validated, and which."""
    state = blocked_state(request.group, timezone.now())
    return BlockedOut(
        is_blocked=state.is_blocked,
        is_near=state.is_near,
        limit=state.limit,
        distributions=[MarketDayOut.of(day) for day in state.distributions],
    )


def _day(request: ApiRequest, pk: int) -> MarketDayOut:
    return MarketDayOut.of(request.group.distributions.select_related("place").get(pk=pk))
