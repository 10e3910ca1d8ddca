"""A member's engagement: signed, changed, ended, withdrawn; absences; who collects when."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.problems import NotThere
from escarcelle.api.frame.reach import is_their_subscription, is_themself, named, shares_subscription
from escarcelle.api.subscription_shapes import (
    AbsencesIn,
    AlternateIn,
    AlternateOut,
    Calendar,
    CalendarDay,
    ComputedOut,
    EndIn,
    Figures,
    LineIn,
    MemberSubscriptions,
    ProductTwice,
    SubscriptionChange,
    SubscriptionFilter,
    SubscriptionIn,
    SubscriptionLineOut,
    SubscriptionOut,
    Subscriptions,
    SubscriptionSummary,
)
from escarcelle.api.subscription_sheet import camap_sheet
from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.orders.engagements import Moment, change, end, set_absences, sign
from escarcelle.subscriptions.alternation import collector
from escarcelle.subscriptions.dues import ContractFacts, contract_facts, facts_by_contract
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import row_of, subscriptions_page
from escarcelle.subscriptions.signing import UNCHANGED, Alternation, Change, Period, withdraw

operations = Operations("subscriptions")


@operations.get("/contracts/{contract_id}/subscriptions", may=Permission.SEE_CONTRACT, returns=Subscriptions)
def list_subscriptions(request: ApiRequest, asked: Query[SubscriptionFilter]) -> Subscriptions:
    """The subscriptions of a contract, by name unless asked otherwise, and the figures of the whole contract."""
    found = subscriptions_page(
        _contract(request), on=request.today, order=asked.order, descending=asked.descending, balance=asked.balance, text=asked.text
    )
    page, following = cursors.page_of_list(request, found.rows, asked, lambda row: row.id)
    figures = Figures(
        count=found.count,
        negative_count=found.negative_count,
        even_count=found.even_count,
        positive_count=found.positive_count,
        total=found.total_cents,
        balance=found.balance_cents,
        owed=found.owed_cents,
    )
    return Subscriptions(figures=figures, items=[SubscriptionSummary.of(row) for row in page], next=following)


@operations.get("/contracts/{contract_id}/subscriptions.csv", may=Permission.SEE_CONTRACT, returns=None, produces="text/csv")
def export_subscriptions(request: ApiRequest) -> HttpResponse:
    """The same as a sheet, in the columns of CAMAP's own export.

    Semicolons, decimal comma, `oui` in the last column when nothing is owed. UTF-8. Contacts are for who may see members."""
    sheet = camap_sheet(_contract(request), with_contacts=request.rights.may(Permission.SEE_MEMBERS))
    return HttpResponse(sheet, content_type="text/csv; charset=utf-8")


@operations.post(
    "/contracts/{contract_id}/subscriptions",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    returns=SubscriptionOut,
    status=201,
    moves_money=True,
    example={"member_id": 7, "lines": [{"product_id": 1, "quantity": 1}], "alternate": {"member_id": 8}},
)
def sign_subscription(request: ApiRequest, body: SubscriptionIn) -> SubscriptionOut:
    """Engage a member: everything due over the period is debited from a new account of theirs with the producer.

    Of a variable contract the lines are the default order, they may be empty, and nothing is debited before something is ordered.
    Refusals: `starts_before_contract`, `ends_after_contract`, `overlap`, `unknown_product`, `no_quantity`, `quantity_out_of_range`,
    `total_too_large`, `default_order_too_small`, `unknown_member`, `second_person`, `unknown_alternate`, `alternate_is_holder`."""
    contract = _contract(request)
    subscription = sign(
        contract=contract,
        member=named(request.group.members.all(), body.member_id, "member_id"),
        period=Period(body.starts_on or contract.starts_on, body.ends_on or contract.ends_on),
        quantities=_quantities(body.lines),
        alternation=_alternation(request, body.alternate),
        when=_moment(request),
        by=request.member,
        key=request.key,
    )
    return _read(request, subscription.pk)


@operations.get("/subscriptions/{subscription_id}", may=Permission.SEE_CONTRACT, theirs=is_their_subscription, returns=SubscriptionOut)
def read_subscription(request: ApiRequest) -> SubscriptionOut:
    """One subscription, with the computation of its total."""
    return _read(request, request.subscription.pk)


@operations.get("/members/{member_id}/subscriptions", may=Permission.SEE_ACCOUNTS, theirs=is_themself, returns=MemberSubscriptions)
def list_subscriptions_of_member(request: ApiRequest) -> MemberSubscriptions:
    """A household's subscriptions over all contracts, the newest first."""
    found = request.group.subscriptions.standing().filter(member=request.subject.holder_id).select_related(*_AROUND)
    subscriptions = list(found.prefetch_related("lines__product").order_by("-starts_on", "-pk"))
    facts = facts_by_contract({subscription.contract_id for subscription in subscriptions}, subscriptions)
    return MemberSubscriptions(items=[_detail(request, one, facts[one.contract_id]) for one in subscriptions])


@operations.post(
    "/subscriptions/{subscription_id}/change",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    returns=SubscriptionOut,
    moves_money=True,
    example={"lines": [{"product_id": 1, "quantity": 2}], "quantities_from": "2027-01-03"},
)
def change_subscription(request: ApiRequest, body: SubscriptionChange) -> SubscriptionOut:
    """Change the period, the alternate and, from a day on, the quantities.

    The past is never rewritten; one operation for the difference. Refusals: those of signing, `would_rewrite_the_past`, `withdrawn`,
    `ordered_outside`."""
    to = Change(
        body.starts_on,
        body.ends_on,
        _alternation(request, body.alternate) if "alternate" in body.model_fields_set else UNCHANGED,
        None if body.lines is None else _quantities(body.lines),
        body.quantities_from,
    )
    change(subscription=request.subscription, to=to, when=_moment(request), by=request.member, key=request.key)
    return _read(request, request.subscription.pk)


@operations.post(
    "/subscriptions/{subscription_id}/end",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    returns=SubscriptionOut,
    moves_money=True,
    example={"last_day": "2027-01-31"},
)
def end_subscription(request: ApiRequest, body: EndIn) -> SubscriptionOut:
    """End a subscription after a day: what is no longer due comes back to its account."""
    end(subscription=request.subscription, last_day=body.last_day, when=_moment(request), by=request.member, key=request.key)
    return _read(request, request.subscription.pk)


@operations.post(
    "/subscriptions/{subscription_id}/withdraw", may=Permission.MANAGE_SUBSCRIPTIONS, returns=SubscriptionOut, moves_money=True
)
def withdraw_subscription(request: ApiRequest) -> SubscriptionOut:
    """« Supprimer »: take back a subscription from which nothing followed; its account returns to zero.

    Twice changes nothing. Refusals: `past_delivery`, `payment`, `ordered`: end it at a date instead, and give back."""
    withdraw(subscription=request.subscription, on=request.today, by=request.member, key=request.key)
    return _read(request, request.subscription.pk)


@operations.post(
    "/subscriptions/{subscription_id}/absences",
    may=Permission.MANAGE_SUBSCRIPTIONS,
    theirs=is_their_subscription,
    returns=SubscriptionOut,
    moves_money=True,
    example={"delivery_ids": [12, 13]},
)
def set_absences_of_subscription(request: ApiRequest, body: AbsencesIn) -> SubscriptionOut:
    """Say at which distributions nothing is collected, within the contract's limits; the total follows.

    Of a variable contract, an order made for one of these days is taken back. Members touch coming days only; who manages subscriptions may also note past ones. Refusals: `too_many`, `outside_window`,
    `outside_subscription`, `another_contract`, `cancelled`, `past`, `withdrawn`."""
    deliveries = list(request.group.deliveries.filter(pk__in=body.delivery_ids).select_related("distribution"))
    if len(deliveries) != len(set(body.delivery_ids)):
        raise NotThere("delivery_ids")
    set_absences(
        subscription=request.subscription,
        deliveries=deliveries,
        when=_moment(request),
        by=request.member,
        key=request.key,
        may_change_past=request.rights.may(Permission.MANAGE_SUBSCRIPTIONS, request.contract),
    )
    return _read(request, request.subscription.pk)


@operations.get("/subscriptions/{subscription_id}/calendar", may=Permission.SEE_CONTRACT, theirs=shares_subscription, returns=Calendar)
def read_calendar(request: ApiRequest) -> Calendar:
    """Who collects when, and what is due each time.

    An alternated share goes to the holder and the alternate in turn, over the days planned: a cancelled day keeps its turn."""
    subscription = request.subscription
    planned = list(_contract(request).deliveries.select_related("distribution").by_day())
    facts, days = contract_facts(subscription.contract_id, [subscription]), [delivery.distribution.on for delivery in planned]
    absent = facts.absences.get(subscription.pk, set())
    items = []
    for delivery in planned:
        on = delivery.distribution.on
        if subscription.starts_on <= on <= subscription.ends_on:
            who, is_due = collector(subscription, days, on), delivery.cancelled_at is None and delivery.pk not in absent
            items.append(
                CalendarDay(
                    delivery_id=delivery.pk,
                    on=on,
                    is_cancelled=delivery.cancelled_at is not None,
                    is_absent=delivery.pk in absent,
                    collector_id=who.pk,
                    collector_name=who.name,
                    due=facts.due_on(subscription, on) if is_due else 0,
                )
            )
    return Calendar(items=items)


_AROUND = ("member", "alternate", "account__ledger_account", "contract__producer", "contract__group", "group")


def _contract(request: ApiRequest) -> Contract:
    assert request.contract is not None  # noqa: S101  the address names it
    return request.contract


def _moment(request: ApiRequest) -> Moment:
    return Moment(request.today, timezone.now())


def _quantities(lines: Sequence[LineIn]) -> dict[int, int]:
    quantities = {line.product_id: line.quantity for line in lines}
    if len(quantities) != len(lines):
        raise ProductTwice("product_twice", field="lines")
    return quantities


def _alternation(request: ApiRequest, alternate: AlternateIn | None) -> Alternation | None:
    if alternate is None:
        return None
    member: Member = named(request.group.members.all(), alternate.member_id, "alternate.member_id")
    return Alternation(member, alternate.begins)


def _read(request: ApiRequest, pk: int) -> SubscriptionOut:
    """As the books say now."""
    subscription = request.group.subscriptions.select_related(*_AROUND).prefetch_related("lines__product").get(pk=pk)
    return _detail(request, subscription, contract_facts(subscription.contract_id, [subscription]))


def _detail(request: ApiRequest, subscription: Subscription, facts: ContractFacts) -> SubscriptionOut:
    is_withdrawn = subscription.withdrawn_at is not None
    summary = SubscriptionSummary.of(row_of(subscription, facts, request.today)).__dict__
    if is_withdrawn:
        summary = {**summary, "delivery_count": 0, "total": 0}
    alternate = subscription.alternate
    return SubscriptionOut(
        **summary,
        contract_id=subscription.contract_id,
        contract_name=subscription.contract.name,
        payee_id=subscription.contract.producer.book_id,
        alternate=AlternateOut(member_id=alternate.pk, name=alternate.name, begins=subscription.alternate_begins) if alternate else None,
        lines=[
            SubscriptionLineOut(
                product_id=line.product_id,
                product_name=line.product.name,
                quantity=line.quantity,
                from_date=None if line.from_date == dt.date.min else line.from_date,
            )
            for line in sorted(subscription.lines.all(), key=_LINE_ORDER)
        ],
        computation=[] if is_withdrawn else [ComputedOut.of(share) for share in facts.shares(subscription)],
        absent_delivery_ids=sorted(facts.absences.get(subscription.pk, ())),
        is_withdrawn=is_withdrawn,
    )


_LINE_ORDER: Callable[..., tuple[dt.date, int]] = lambda line: (line.from_date, line.product_id)  # noqa: E731
