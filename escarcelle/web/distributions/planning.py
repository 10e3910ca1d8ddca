"""A market day is planned, or cancelled."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.distributions.market_days import plan_market_day
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.distributions.forms import CancelDayForm, MarketDayForm
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.reach import distribution_of


@group_screen(may=Permission.PLAN_MARKET_DAYS)
def plan_day(request: GroupRequest) -> HttpResponse:
    """A new day, with what the last one had."""
    catalogues = request.group.contracts.filter(kind="market").order_by("name")
    last = request.group.distributions.select_related("place").order_by("-on", "-pk").first()
    proposed = {
        "starts_at": last.starts_at if last else dt.time(17, 30),
        "ends_at": last.ends_at if last else dt.time(19),
        "place": last.place.name if last else "",
        "catalogues": list(catalogues),
        "closes_at": dt.time(20),
    }
    form = MarketDayForm(request.POST or None, catalogues=catalogues, today=request.today, initial=proposed)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            slot = Slot(place_named(request.group, typed["place"]), typed["starts_at"], typed["ends_at"])
            planned = plan_market_day(
                group=request.group, slot=slot, on=typed["on"], day=form.market_day(), by=request.member, key=typed["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("La distribution du {day} est prévue.").format(day=format_day(planned.on)))
            return redirect("web:distribution", request.group.slug, planned.pk)
    context = {"form": form, "has_catalogues": catalogues.exists()}
    return render(request, "distributions/plan.html", context, status=REFUSED if form.errors else 200)


@group_screen(may=Permission.PLAN_MARKET_DAYS)
def cancel_day(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """The day does not take place: orders go back to zero."""
    found = distribution_of(request, distribution_id)
    form = CancelDayForm(request.POST or None)
    if form.is_valid():
        try:
            outcome = cancel_market_day(
                distribution=found, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.member, key=form.cleaned_data["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            done = ngettext(
                "Distribution annulée, {count} commande à zéro.", "Distribution annulée, {count} commandes à zéro.", outcome.basket_count
            )
            messages.success(request, done.format(count=outcome.basket_count))
            return redirect("web:distribution", request.group.slug, found.pk)
    return render(request, "distributions/cancel.html", {"distribution": found, "form": form}, status=REFUSED if form.errors else 200)
