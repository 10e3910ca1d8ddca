"""The distributions of one contract: listed, planned, moved, cancelled, restored, deleted. Each act shows what it changes first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from escarcelle.distributions.models import Delivery
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.dated_queries import collecting_counts
from escarcelle.orders.engagements import Moment, cancel_delivery, move_delivery, restore_delivery
from escarcelle.subscriptions.calendar import delete_delivery, plan
from escarcelle.subscriptions.queries import absence_rows
from escarcelle.web.contracts.forms import CancelForm, KeyForm, MoveForm, PlanForm, set_reference
from escarcelle.web.contracts.pages import REFUSED, Effect, contract_page, effect_of, show_then_do
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.rehearsal import is_answered, rehearse
from escarcelle.web.screens import ContractRequest, contract_screen

TAB = "contract_distributions"


@dataclass(frozen=True)
class DeliveryRow:
    """One line of the list: a distribution of the contract, how many subscriptions collect, whether its day is past."""

    delivery: Delivery
    collecting_count: int
    is_past: bool

    @property
    def on(self) -> dt.date:
        return self.delivery.distribution.on


@contract_screen(may=Permission.SEE_CONTRACT)
def contract_distributions(request: ContractRequest) -> HttpResponse:
    deliveries = list(request.contract.deliveries.select_related("distribution__place").by_day())
    counts = collecting_counts(deliveries)
    rows = [DeliveryRow(delivery, counts[delivery.pk], delivery.distribution.on < request.today) for delivery in deliveries]
    context = {
        "coming": [row for row in rows if not row.is_past],
        "past": [row for row in reversed(rows) if row.is_past],
        "standing_count": sum(row.delivery.cancelled_at is None for row in rows),
        "has_subscriptions": request.contract.subscriptions.exists(),
    }
    return contract_page(request, "contracts/distributions.html", context, tab=TAB)


@contract_screen(may=Permission.SEE_CONTRACT)
def contract_absences(request: ContractRequest) -> HttpResponse:
    rows = absence_rows(request.contract)
    context = {"rows": rows, "absence_count": sum(len(row.days) for row in rows), "today": request.today}
    return contract_page(request, "contracts/absences.html", context, tab="contract_absences")


@contract_screen(may=Permission.MANAGE_CONTRACT)
def deliveries_plan(request: ContractRequest) -> HttpResponse:
    form = PlanForm(request.POST or None, initial=_usual_slot(request))
    set_reference(form, request.today)
    effect: Effect | None = None
    days: list[dt.date] = []
    if form.is_valid():
        try:
            days = form.days(request.contract)
        except Refusal as refusal:
            refusal_to_form(form, refusal, {"": "first_on"})
    if form.is_valid():
        outcome = show_then_do(request, form, lambda: _plan(request, form, days), {"": "first_on"})
        effect = outcome.effect
        if outcome.is_done:
            messages.success(request, _("Les distributions sont ajoutées au calendrier du contrat."))
            return _back(request)
    context = {"form": form, "days": days, "effect": effect}
    return contract_page(request, "contracts/plan.html", context, tab=TAB, status=REFUSED if form.errors else 200)


def _plan(request: ContractRequest, form: PlanForm, days: list[dt.date]) -> list[Delivery]:
    typed = form.cleaned_data
    slot = Slot(place_named(request.group, typed["place"]), typed["starts_at"], typed["ends_at"])
    return plan(contract=request.contract, slot=slot, days=days, on=request.today, by=request.member, key=typed["key"])


def _usual_slot(request: ContractRequest) -> dict[str, object]:
    """Where and when the contract was last delivered, and the day after what is planned already."""
    last = request.contract.deliveries.select_related("distribution__place").order_by("-distribution__on").first()
    if last is None:
        return {"first_on": max(request.today, request.contract.starts_on)}
    day = last.distribution
    return {"place": day.place.name, "starts_at": day.starts_at, "ends_at": day.ends_at, "first_on": day.on + dt.timedelta(weeks=1)}


def _delivery(request: ContractRequest, delivery_id: int) -> Delivery:
    deliveries = request.contract.deliveries.select_related("distribution__place", "contract__producer", "contract__group", "group")
    return get_object_or_404(deliveries, pk=delivery_id)


def _back(request: ContractRequest) -> HttpResponse:
    return redirect("web:contract_distributions", request.group.slug, request.contract.pk)


@dataclass(frozen=True)
class Asked:
    """One act on one delivery, in words: `button` says what it does, `done` what was done; `box` is where its refusals go."""

    heading: str
    lead: str
    button: str
    done: str
    box: str = ""


# What an act on a delivery needs: the delivery, read afresh, what was typed, and the key.
Act = Callable[[Delivery, dict[str, Any]], object]


def _ask(request: ContractRequest, form: forms.Form, asked: Asked, delivery_id: int, act: Act) -> HttpResponse:
    """Show an act with its effect, then do it once that effect was seen."""
    effect: Effect | None = None
    if form.is_valid():
        outcome = show_then_do(request, form, lambda: act(_delivery(request, delivery_id), form.cleaned_data), {"": asked.box})
        effect = outcome.effect
        if outcome.is_done:
            messages.success(request, asked.done)
            return _back(request)
    elif not asked.box:
        # The effect depends on nothing typed: it is shown at once.
        effect = _effect_untyped(request, form, lambda: act(_delivery(request, delivery_id), {"key": None, "reason": ""}))
    context = {"form": form, "asked": asked, "effect": effect}
    return contract_page(request, "contracts/delivery_act.html", context, tab=TAB, status=REFUSED if form.errors else 200)


def _effect_untyped(request: ContractRequest, form: forms.Form, act: Callable[[], object]) -> Effect | None:
    try:
        return effect_of(request.contract, act)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(_))
        return None


def _moment(request: ContractRequest) -> Moment:
    return Moment(request.today, timezone.now())


@contract_screen(may=Permission.MANAGE_CONTRACT)
def delivery_move(request: ContractRequest, delivery_id: int) -> HttpResponse:
    day = format_day(_delivery(request, delivery_id).distribution.on)
    form = MoveForm(request.POST or None)
    set_reference(form, request.today)
    asked = Asked(
        heading=_("Déplacer la distribution du {day}").format(day=day),
        lead=_(
            "Une souscription qui finit trop tôt est prolongée jusqu’au nouveau jour, "
            "à moins qu’une autre distribution ne les sépare\u00a0: celle que vous déplacez n’est alors plus due."
        ),
        button=_("Déplacer la distribution"),
        done=_("La distribution du {day} est déplacée.").format(day=day),
        box="to",
    )

    def act(delivery: Delivery, typed: dict[str, Any]) -> object:
        return move_delivery(delivery=delivery, to=typed["to"], when=_moment(request), by=request.member, key=typed["key"])

    return _ask(request, form, asked, delivery_id, act)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def delivery_cancel(request: ContractRequest, delivery_id: int) -> HttpResponse:
    day = format_day(_delivery(request, delivery_id).distribution.on)
    asked = Asked(
        heading=_("Annuler la distribution du {day}").format(day=day),
        lead=_("Une distribution annulée n’est due par personne. En la rétablissant, chaque solde revient où il était."),
        button=_("Annuler la distribution"),
        done=_("La distribution du {day} est annulée.").format(day=day),
    )

    def act(delivery: Delivery, typed: dict[str, Any]) -> object:
        return cancel_delivery(delivery=delivery, reason=typed["reason"], when=_moment(request), by=request.member, key=typed["key"])

    return _ask(request, CancelForm(request.POST or None), asked, delivery_id, act)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def delivery_restore(request: ContractRequest, delivery_id: int) -> HttpResponse:
    day = format_day(_delivery(request, delivery_id).distribution.on)
    asked = Asked(
        heading=_("Rétablir la distribution du {day}").format(day=day),
        lead=_("C’est l’exact contraire de son annulation."),
        button=_("Rétablir la distribution"),
        done=_("La distribution du {day} est rétablie.").format(day=day),
    )

    def act(delivery: Delivery, typed: dict[str, Any]) -> object:
        return restore_delivery(delivery=delivery, when=_moment(request), by=request.member, key=typed["key"])

    return _ask(request, KeyForm(request.POST or None), asked, delivery_id, act)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def delivery_delete(request: ContractRequest, delivery_id: int) -> HttpResponse:
    """Only while nobody has subscribed; a second sending finds the day gone, and the list says so."""
    form = KeyForm(request.POST or None)
    if form.is_valid() and is_answered(request.group, form.cleaned_data["key"]):
        return _back(request)
    delivery = _delivery(request, delivery_id)
    day = format_day(delivery.distribution.on)
    refusal = ""
    try:
        if form.is_valid():
            delete_delivery(delivery=delivery, by=request.member, key=form.cleaned_data["key"])
            messages.success(request, _("La distribution du {day} est supprimée.").format(day=day))
            return _back(request)
        rehearse(lambda: delete_delivery(delivery=_delivery(request, delivery_id), by=request.member))
    except Refusal as refused:
        refusal = refused.sentence(_)
    context = {"form": form, "delivery": delivery, "refusal": refusal}
    return contract_page(request, "contracts/delivery_delete.html", context, tab=TAB, status=REFUSED if form.is_bound else 200)
