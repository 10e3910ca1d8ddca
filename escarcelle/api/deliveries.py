"""Days are planned, moved, cancelled, restored; who collects what on the day."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Literal

from django.db.models import Q
from django.utils import timezone
from ninja import Query
from pydantic import Field

from escarcelle.api.contracts import DifferenceOut
from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer, Body, DayIn, HourIn, HourOut, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import named
from escarcelle.distributions.models import Delivery, Distribution, Place
from escarcelle.distributions.places import add_place, change_place
from escarcelle.distributions.planning import Slot
from escarcelle.groups.permissions import Permission
from escarcelle.lib.cycles import MAX_DATES, Cycle, dates
from escarcelle.orders.dated_queries import collecting_counts, day_sheet
from escarcelle.orders.engagements import Moment, cancel_delivery, move_delivery, restore_delivery
from escarcelle.subscriptions.booking import Difference
from escarcelle.subscriptions.calendar import delete_delivery, plan
from escarcelle.subscriptions.collecting import Visit, day_rows

operations = Operations("distributions")


class PlaceOut(Answer):
    id: int
    name: str
    address: str

    @classmethod
    def of(cls, place: Place) -> "PlaceOut":
        return cls(id=place.pk, name=place.name, address=place.address)


class Places(Answer):
    items: list[PlaceOut]


class PlaceIn(Body):
    name: Text
    address: Text = ""


class PlaceChange(Body):
    """The fields to change."""

    name: Text | None = None
    address: Text | None = None


class DeliveryOut(Answer):
    """A contract's part in a distribution: members speak of “the distributions of a contract”."""

    id: int
    contract_id: int
    distribution_id: int
    on: dt.date
    place: PlaceOut
    starts_at: HourOut
    ends_at: HourOut
    is_cancelled: bool
    cancel_reason: str

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        distribution = delivery.distribution
        return cls(
            id=delivery.pk,
            contract_id=delivery.contract_id,
            distribution_id=distribution.pk,
            on=distribution.on,
            place=PlaceOut.of(distribution.place),
            starts_at=distribution.starts_at,
            ends_at=distribution.ends_at,
            is_cancelled=delivery.cancelled_at is not None,
            cancel_reason=delivery.cancel_reason,
        )


class CountedDelivery(DeliveryOut):
    """The same, with how many subscriptions collect."""

    collecting_count: int


class Deliveries(Answer):
    items: list[CountedDelivery]
    next: str | None


class Planned(Answer):
    """The deliveries added. Days planned there already are passed over."""

    added: list[DeliveryOut]


class DeliveryChanged(Answer):
    """The delivery now, and the subscriptions whose total moved."""

    delivery: DeliveryOut
    differences: list[DifferenceOut]


class CycleIn(Body):
    """From the first to the last day, both included. Monthly keeps the weekday and its rank; the fourth when there is no fifth."""

    every: Literal["weekly", "every_two_weeks", "every_three_weeks", "monthly"]
    first: DayIn
    last: DayIn


class PlanIn(Body):
    """Either a cycle, or dates, or both."""

    place_id: Id
    starts_at: HourIn
    ends_at: HourIn
    cycle: CycleIn | None = None
    dates: Annotated[list[DayIn], Field(max_length=MAX_DATES)] = []


class MoveIn(Body):
    to: DayIn
    place_id: Id | None = None


class CancelIn(Body):
    reason: Text = ""


class DistributionDelivery(Answer):
    """What one contract delivers on the day."""

    delivery_id: int
    contract_id: int
    contract_name: str
    is_cancelled: bool
    collecting_count: int


class DistributionOut(Answer):
    """One place, one day."""

    id: int
    on: dt.date
    place: PlaceOut
    starts_at: HourOut
    ends_at: HourOut
    deliveries: list[DistributionDelivery]


class Distributions(Answer):
    items: list[DistributionOut]
    next: str | None


class DistributionFilter(Paging):
    from_date: DayIn | None = None
    until: DayIn | None = None


class ShareOut(Answer):
    """What one subscription gives right to; `holder_name` when somebody else collects it."""

    contract_id: int
    engagement: list[str]
    holder_name: str | None


class VisitOut(Answer):
    """One person, and everything they leave with."""

    member_id: int
    member_name: str
    shares: list[ShareOut]

    @classmethod
    def of(cls, visit: Visit) -> "VisitOut":
        shares = [
            ShareOut(contract_id=share.contract.pk, engagement=[str(part) for part in share.engagement], holder_name=share.holder_name)
            for share in visit.shares
        ]
        return cls(member_id=visit.member.pk, member_name=visit.member.name, shares=shares)


class AbsentOut(Answer):
    member_name: str
    contract_id: int


class NeededOut(Answer):
    contract_id: int
    product_name: str
    quantity: int


class DayOut(Answer):
    """Who comes on the day, by name, and what each producer brings."""

    id: int
    on: dt.date
    place: PlaceOut
    visits: list[VisitOut]
    absents: list[AbsentOut]
    needed: list[NeededOut]


@operations.get("/places", may=Permission.BELONG, returns=Places)
def list_places(request: ApiRequest) -> Places:
    """Where the group meets, by name."""
    return Places(items=[PlaceOut.of(place) for place in request.group.places.order_by("name", "pk")])


@operations.post(
    "/places",
    may=Permission.MANAGE_CONTRACT,
    over_some=True,
    returns=PlaceOut,
    status=201,
    example={"name": "Salle du Bourg", "address": "Place de l’Église"},
)
def note_place(request: ApiRequest, body: PlaceIn) -> PlaceOut:
    """Note a place; the one of this name when there is one already.

    Refusal: `name_missing`."""
    there = request.group.places.filter(name=body.name.strip()).first()
    return PlaceOut.of(there or add_place(group=request.group, name=body.name, address=body.address, by=request.member, key=request.key))


@operations.patch("/places/{place_id}", may=Permission.MANAGE_GROUP, returns=PlaceOut, example={"address": "Place de l’Église"})
def change_a_place(request: ApiRequest, body: PlaceChange) -> PlaceOut:
    """Correct the name or the address of a place; its distributions follow.

    Refusals: `name_missing`, `name_taken`."""
    place = request.place
    name = place.name if body.name is None else body.name
    address = place.address if body.address is None else body.address
    change_place(place=place, name=name, address=address, by=request.member, key=request.key)
    return PlaceOut.of(place)


@operations.get("/distributions", may=Permission.SEE_DISTRIBUTIONS, returns=Distributions)
def list_distributions(request: ApiRequest, asked: Query[DistributionFilter]) -> Distributions:
    """Distributions by day, with what each contract delivers."""
    found = request.group.distributions.select_related("place").order_by("on", "pk")
    if asked.from_date:
        found = found.filter(on__gte=asked.from_date)
    if asked.until:
        found = found.filter(on__lte=asked.until)
    if position := cursors.read(request, asked):
        day, pk = position
        found = found.filter(Q(on__gt=day) | Q(on=day, pk__gt=pk))
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda row: (row.on.isoformat(), row.pk))
    items = [_distribution(row.distribution, row.deliveries) for row in day_rows(page)]
    return Distributions(items=items, next=following)


@operations.get("/distributions/{distribution_id}", may=Permission.SEE_DISTRIBUTIONS, returns=DayOut)
def read_day(request: ApiRequest) -> DayOut:
    """The list of the day: who collects what, who is absent, what each producer brings."""
    sheet = day_sheet(request.distribution)
    return DayOut(
        id=request.distribution.pk,
        on=request.distribution.on,
        place=PlaceOut.of(request.distribution.place),
        visits=[VisitOut.of(visit) for visit in sheet.visits],
        absents=[AbsentOut(member_name=absent.member_name, contract_id=absent.contract.pk) for absent in sheet.absents],
        needed=[
            NeededOut(contract_id=needed.contract.pk, product_name=needed.product_name, quantity=needed.quantity) for needed in sheet.needed
        ],
    )


@operations.get("/contracts/{contract_id}/deliveries", may=Permission.SEE_CONTRACT, returns=Deliveries)
def list_deliveries(request: ApiRequest, asked: Query[Paging]) -> Deliveries:
    """The distributions of a contract, by day, cancelled ones too."""
    assert request.contract is not None  # noqa: S101  the address names it
    found = request.contract.deliveries.select_related("distribution__place").by_day()
    if position := cursors.read(request, asked):
        day, pk = position
        found = found.filter(Q(distribution__on__gt=day) | Q(distribution__on=day, pk__gt=pk))
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda row: (row.distribution.on.isoformat(), row.pk))
    counts = collecting_counts(page)
    items = [CountedDelivery(**DeliveryOut.of(delivery).__dict__, collecting_count=counts[delivery.pk]) for delivery in page]
    return Deliveries(items=items, next=following)


@operations.post(
    "/contracts/{contract_id}/deliveries",
    may=Permission.MANAGE_CONTRACT,
    returns=Planned,
    status=201,
    moves_money=True,
    example={
        "place_id": 1,
        "starts_at": "17:30",
        "ends_at": "19:00",
        "cycle": {"every": "weekly", "first": "2026-09-06", "last": "2027-08-29"},
    },
)
def plan_deliveries(request: ApiRequest, body: PlanIn) -> Planned:
    """Plan the distributions of a contract, by cycle or by dates.

    Subscriptions whose period covers a new day owe it. Refusals: `day_taken` (at another place), `outside_contract`,
    `ends_before_it_starts`, `too_many_dates`."""
    assert request.contract is not None  # noqa: S101  the address names it
    place = named(request.group.places.all(), body.place_id, "place_id")
    days = list(body.dates)
    if body.cycle:
        days += dates(Cycle(body.cycle.every), body.cycle.first, body.cycle.last)
    added = plan(
        contract=request.contract,
        slot=Slot(place, body.starts_at, body.ends_at),
        days=days,
        on=request.today,
        by=request.member,
        key=request.key,
    )
    found = request.contract.deliveries.filter(pk__in=[delivery.pk for delivery in added]).select_related("distribution__place")
    return Planned(added=[DeliveryOut.of(delivery) for delivery in found.by_day()])


@operations.get("/deliveries/{delivery_id}", may=Permission.SEE_CONTRACT, returns=DeliveryOut)
def read_delivery(request: ApiRequest) -> DeliveryOut:
    """One distribution of a contract."""
    return DeliveryOut.of(request.delivery)


@operations.post(
    "/deliveries/{delivery_id}/move",
    may=Permission.MANAGE_CONTRACT,
    returns=DeliveryChanged,
    moves_money=True,
    example={"to": "2026-09-13"},
)
def move_a_delivery(request: ApiRequest, body: MoveIn) -> DeliveryChanged:
    """Put a distribution on another day, or at another place.

    Who has a subscription on the new day owes it. One that ends too early, or begins too late, is prolonged to the new day unless another
    distribution lies between: it then owes this one no more. Orders made for it go with it. Refusals: `day_taken`, `outside_contract`,
    `cancelled`, `ordered_outside`."""
    place = named(request.group.places.all(), body.place_id, "place_id") if body.place_id else None
    differences = move_delivery(
        delivery=request.delivery, to=body.to, place=place, when=_moment(request), by=request.member, key=request.key
    )
    return _changed(request, differences)


@operations.post(
    "/deliveries/{delivery_id}/cancel",
    may=Permission.MANAGE_CONTRACT,
    returns=DeliveryChanged,
    moves_money=True,
    example={"reason": "tempête"},
)
def cancel_a_delivery(request: ApiRequest, body: CancelIn) -> DeliveryChanged:
    """A distribution that does not take place is owed by nobody.

    Twice changes nothing; undone by `restore`."""
    differences = cancel_delivery(delivery=request.delivery, reason=body.reason, when=_moment(request), by=request.member, key=request.key)
    return _changed(request, differences)


@operations.post("/deliveries/{delivery_id}/restore", may=Permission.MANAGE_CONTRACT, returns=DeliveryChanged, moves_money=True)
def restore_a_delivery(request: ApiRequest) -> DeliveryChanged:
    """The exact opposite of `cancel`."""
    differences = restore_delivery(delivery=request.delivery, when=_moment(request), by=request.member, key=request.key)
    return _changed(request, differences)


@operations.delete("/deliveries/{delivery_id}", may=Permission.MANAGE_CONTRACT)
def delete_a_delivery(request: ApiRequest) -> None:
    """Take a distribution out of the calendar, while nobody has subscribed.

    Refusal: `has_subscriptions`: cancel it instead, so that everybody sees why their balance moved."""
    delete_delivery(delivery=request.delivery, by=request.member)


def _moment(request: ApiRequest) -> Moment:
    return Moment(request.today, timezone.now())


def _changed(request: ApiRequest, differences: Sequence[Difference]) -> DeliveryChanged:
    delivery = request.group.deliveries.select_related("distribution__place").get(pk=request.delivery.pk)
    return DeliveryChanged(delivery=DeliveryOut.of(delivery), differences=[DifferenceOut.of(one) for one in differences])


def _distribution(distribution: Distribution, deliveries: Sequence[tuple[Delivery, int]]) -> DistributionOut:
    return DistributionOut(
        id=distribution.pk,
        on=distribution.on,
        place=PlaceOut.of(distribution.place),
        starts_at=distribution.starts_at,
        ends_at=distribution.ends_at,
        deliveries=[
            DistributionDelivery(
                delivery_id=delivery.pk,
                contract_id=delivery.contract_id,
                contract_name=delivery.contract.name,
                is_cancelled=delivery.cancelled_at is not None,
                collecting_count=count,
            )
            for delivery, count in deliveries
        ],
    )
