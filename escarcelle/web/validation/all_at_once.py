"""The purple button, sharing out what is missing, another price that day, and opening again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.queries import products_at
from escarcelle.validation.exceptions import change_price, planned_shortage, share_out_shortage
from escarcelle.validation.forcing import force, preview
from escarcelle.validation.queries import baskets_page, lines_without
from escarcelle.validation.reopening import reopen_basket, reopen_distribution
from escarcelle.validation.shortages import Rule
from escarcelle.web import language
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.baskets import list_context
from escarcelle.web.validation.forms import DayPriceForm, ForceForm, ReasonForm, ShortageForm
from escarcelle.web.validation.reach import basket_of, distribution_of


@require_POST
@group_screen(may=Permission.FORCE_VALIDATION)
def force_validation(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """Validate every basket that waits, as the preview said."""
    distribution = distribution_of(request, distribution_id)
    form = ForceForm(request.POST, methods=preview(distribution).methods)
    if form.is_valid():
        try:
            forced = force(
                distribution=distribution,
                method=form.cleaned_data["method"],
                at=timezone.now(),
                by=request.member,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            done = ngettext("{count} panier validé, {amount} reçus.", "{count} paniers validés, {amount} reçus.", forced.basket_count)
            messages.success(request, done.format(count=forced.basket_count, amount=language.money(forced.received_cents)))
            return redirect("web:validation", request.group.slug, distribution_id)
    return render(request, "validation/baskets.html", list_context(request, distribution, form), status=REFUSED)


@group_screen(may=Permission.REOPEN_VALIDATION)
def reopen_all(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """Open every validated basket again, with a reason."""
    distribution = distribution_of(request, distribution_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            reopened = reopen_distribution(
                distribution=distribution,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.member,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            done = ngettext("{count} panier rouvert.", "{count} paniers rouverts.", reopened.basket_count)
            messages.success(request, done.format(count=reopened.basket_count))
            return redirect("web:validation", request.group.slug, distribution_id)
    context = {"distribution": distribution, "form": form, "page": baskets_page(distribution)}
    return render(request, "validation/reopen.html", context, status=REFUSED if form.errors else 200)


@group_screen(may=Permission.REOPEN_VALIDATION)
def reopen_one(request: GroupRequest, basket_id: int) -> HttpResponse:
    """Open one validated basket again, with a reason."""
    found = basket_of(request, basket_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            reopen_basket(
                basket=found, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.member, key=form.cleaned_data["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Le panier n° {number} est rouvert.").format(number=found.number))
            return redirect("web:basket", request.group.slug, basket_id)
    context = {"distribution": found.distribution, "basket": found, "form": form}
    return render(request, "validation/reopen.html", context, status=REFUSED if form.errors else 200)


@group_screen(may=Permission.FORCE_VALIDATION)
def shortage(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """Something did not come for everybody: choose who goes without, see it, then do it."""
    distribution = distribution_of(request, distribution_id)
    page = baskets_page(distribution)
    named = [(row.basket.pk, f"{row.member_name} ({row.basket.number})") for row in page.rows if not row.basket.is_validated]
    form = ShortageForm(request.POST or None, products=products_at(distribution), baskets=named)
    planned: list[tuple[str, int]] = []
    if form.is_valid():
        typed = form.cleaned_data
        what = {"product": typed["product"], "delivered": typed["delivered"], "rule": Rule(typed["rule"]), "named": typed["named"]}
        try:
            if "do" in request.POST:
                outcome = share_out_shortage(distribution=distribution, at=timezone.now(), by=request.member, key=typed["key"], **what)
                done = ngettext("Retiré d’une commande.", "Retiré de {count} commandes.", outcome.basket_count)
                messages.success(request, done.format(count=outcome.basket_count))
                return redirect("web:validation", request.group.slug, distribution_id)
            planned = _who_goes_without(distribution, what)
        except Refusal as refusal:
            refusal_to_form(form, refusal)
    context = {"distribution": distribution, "form": form, "planned": planned}
    return render(request, "validation/shortage.html", context, status=REFUSED if form.errors else 200)


def _who_goes_without(distribution: Any, what: dict[str, Any]) -> list[tuple[str, int]]:
    """The names, and how many each goes without."""
    missing = planned_shortage(distribution, **what)
    lines = lines_without(distribution, missing)
    return [(line.basket.account.member.name, missing[line.pk]) for line in lines]


@group_screen(may=Permission.FORCE_VALIDATION)
def day_price(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """Another price for this distribution alone."""
    distribution = distribution_of(request, distribution_id)
    form = DayPriceForm(request.POST or None, products=products_at(distribution))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            outcome = change_price(
                distribution=distribution,
                product=typed["product"],
                price_cents=typed["price"],
                at=timezone.now(),
                by=request.member,
                reason=typed["reason"],
                key=typed["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            done = ngettext("Le prix change dans un panier.", "Le prix change dans {count} paniers.", outcome.basket_count)
            messages.success(request, done.format(count=outcome.basket_count))
            return redirect("web:validation", request.group.slug, distribution_id)
    context = {"distribution": distribution, "form": form}
    return render(request, "validation/day_price.html", context, status=REFUSED if form.errors else 200)
