"""One date of a variable contract: order, change, take back, say that one will not come."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from escarcelle.distributions.models import Delivery
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.dated_orders import order_for_date, take_back_order
from escarcelle.orders.dated_queries import DateOrder, DateState, OrderDates, order_dates
from escarcelle.orders.engagements import Moment, set_absences
from escarcelle.orders.ordering import LARGEST_QUANTITY
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.contracts.forms import KeyForm
from escarcelle.web.dated_orders.reach import delivery_of, subscription_of
from escarcelle.web.fields import CountField, KeyField, refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen

REFUSED = 422


class QuantitiesForm(forms.Form):
    """How many of each product at this date."""

    key = KeyField()

    def __init__(self, found: OrderDates, date: DateOrder, data: Any = None) -> None:
        super().__init__(data)
        self.product_ids = [
            offered.product.pk for offered in found.offered if offered.product.is_offered or date.quantities.get(offered.product.pk)
        ]
        for offered in found.offered:
            if offered.product.pk in self.product_ids:
                box = CountField(
                    max_value=LARGEST_QUANTITY, initial=date.quantities.get(offered.product.pk) or None, label=offered.product.name
                )
                box.required = False
                self.fields[_box(offered.product.pk)] = box

    def quantities(self) -> dict[int, int]:
        return {pk: self.cleaned_data[_box(pk)] for pk in self.product_ids}


def _box(product_id: int) -> str:
    return f"quantity_{product_id}"


def _may_manage(request: GroupRequest, subscription: Subscription) -> bool:
    return request.rights.may(Permission.MANAGE_SUBSCRIPTIONS, subscription.contract)


@group_screen(may=Permission.BELONG)
def dated_order(request: GroupRequest, subscription_id: int, delivery_id: int) -> HttpResponse:
    subscription = subscription_of(request, subscription_id)
    delivery = delivery_of(subscription, delivery_id)
    found = order_dates(subscription, timezone.now())
    date = next(date for date in found.dates if date.delivery.pk == delivery.pk)
    form = QuantitiesForm(found, date, request.POST or None)
    if form.is_valid():
        try:
            order_for_date(
                subscription=subscription,
                delivery=delivery,
                quantities=form.quantities(),
                at=timezone.now(),
                by=request.member,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Commande du {day} enregistrée.").format(day=format_day(delivery.distribution.on)))
            return _back(request, subscription)
    return _page(request, found, date, form)


def _page(request: GroupRequest, found: OrderDates, date: DateOrder, form: QuantitiesForm) -> HttpResponse:
    subscription, is_mine = found.subscription, found.subscription.member_id == request.member.holder_id
    may_order = date.state == DateState.OPEN or (not is_mine and date.state in (DateState.CLOSED, DateState.NOT_OPEN))
    boxes = [(offered, form[_box(offered.product.pk)]) for offered in found.offered if offered.product.pk in form.product_ids]
    context = {
        "found": found,
        "date": date,
        "contract": subscription.contract,
        "form": form,
        "boxes": boxes,
        "is_mine": is_mine,
        "may_order": may_order,
        "may_be_absent": _may_be_absent(request, found, date, may_order=may_order),
        "key": uuid4(),
    }
    return render(request, "dated_orders/date.html", context, status=REFUSED if form.errors else 200)


def _may_be_absent(request: GroupRequest, found: OrderDates, date: DateOrder, *, may_order: bool) -> bool:
    """Whether the page offers to note an absence, or to take it back: the verb decides."""
    is_coming = date.delivery.distribution.on > request.today
    if date.state == DateState.ABSENT:
        return is_coming
    return may_order and is_coming and bool(found.subscription.contract.absences_allowed)


def _back(request: GroupRequest, subscription: Subscription) -> HttpResponse:
    return redirect("web:dated_orders", request.group.slug, subscription.pk)


def _done(
    request: GroupRequest, subscription: Subscription, delivery: Delivery, act: Callable[[KeyForm], object], done: str
) -> HttpResponse:
    """Do what a button asks, and say it; a refusal is said too, on the page of the date."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            act(form)
        except Refusal as refusal:
            messages.error(request, refusal.sentence(_))
        else:
            messages.success(request, done.format(day=format_day(delivery.distribution.on)))
            return _back(request, subscription)
    return redirect("web:dated_order", request.group.slug, subscription.pk, delivery.pk)


@require_POST
@group_screen(may=Permission.BELONG)
def dated_order_take_back(request: GroupRequest, subscription_id: int, delivery_id: int) -> HttpResponse:
    """As if nothing had been said: the default order, if there is one, comes at the closing."""
    subscription = subscription_of(request, subscription_id)
    delivery = delivery_of(subscription, delivery_id)

    def act(form: KeyForm) -> object:
        key = form.cleaned_data["key"]
        return take_back_order(subscription=subscription, delivery=delivery, at=timezone.now(), by=request.member, key=key)

    return _done(request, subscription, delivery, act, _("La commande du {day} est annulée."))


@require_POST
@group_screen(may=Permission.BELONG)
def dated_absence(request: GroupRequest, subscription_id: int, delivery_id: int) -> HttpResponse:
    """Note an absence at one date, or take it back, leaving the others as they are."""
    subscription = subscription_of(request, subscription_id)
    delivery, is_absent = delivery_of(subscription, delivery_id), request.POST.get("absent") == "1"

    def act(form: KeyForm) -> object:
        others = [absence.delivery for absence in subscription.absences.exclude(delivery=delivery).select_related("delivery__distribution")]
        return set_absences(
            subscription=subscription,
            deliveries=[*others, *([delivery] if is_absent else [])],
            when=Moment(request.today, timezone.now()),
            by=request.member,
            key=form.cleaned_data["key"],
            may_change_past=_may_manage(request, subscription),
        )

    done = _("L’absence du {day} est notée.") if is_absent else _("L’absence du {day} est retirée.")
    return _done(request, subscription, delivery, act, done)
