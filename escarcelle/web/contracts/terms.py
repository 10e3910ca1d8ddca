"""Réglages of a contract: its terms, products and prices, coordinators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from escarcelle.catalogs.contracts import add_product, appoint_coordinator, dismiss_coordinator
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.subscriptions.calendar import change_price, change_terms
from escarcelle.subscriptions.queries import products_with_prices
from escarcelle.web.contracts.forms import CoordinatorForm, PriceForm, ProductForm, set_reference, terms_form
from escarcelle.web.contracts.pages import REFUSED, contract_page, show_then_do
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import ContractRequest, contract_screen


@contract_screen(may=Permission.MANAGE_CONTRACT)
def contract_settings(request: ContractRequest) -> HttpResponse:
    return _settings(request)


def _settings(request: ContractRequest, **refused: Any) -> HttpResponse:
    """The page of the settings; `refused` is the form that could not be taken, with what was typed in it."""
    context = {
        "terms_form": terms_form(request.contract),
        "product_form": ProductForm(auto_id="id_product_%s"),
        "coordinator_form": _coordinator_form(request),
        "products": products_with_prices(request.contract),
        "coordinations": list(request.contract.coordinations.select_related("member").order_by("member__sort_key")),
        "today": request.today,
    }
    template = "contracts/settings.html"
    return contract_page(request, template, {**context, **refused}, tab="contract_settings", status=REFUSED if refused else 200)


def _coordinator_form(request: ContractRequest, typed: Any = None) -> CoordinatorForm:
    form = CoordinatorForm(typed)
    free = request.group.members.present().filter(is_machine=False).exclude(coordinations__contract=request.contract)
    form.fields["coordinator"].queryset = free.by_name()  # type: ignore[attr-defined]
    return form


def _back(request: ContractRequest) -> HttpResponse:
    return redirect("web:contract_settings", request.group.slug, request.contract.pk)


@require_POST
@contract_screen(may=Permission.MANAGE_CONTRACT)
def contract_terms(request: ContractRequest) -> HttpResponse:
    form = terms_form(request.contract, request.POST)
    set_reference(form, request.today)
    if form.is_valid():
        try:
            change_terms(contract=request.contract, terms=form.terms(), by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Les conditions du contrat sont enregistrées."))
            return _back(request)
    return _settings(request, terms_form=form)


@require_POST
@contract_screen(may=Permission.MANAGE_CONTRACT)
def product_new(request: ContractRequest) -> HttpResponse:
    form = ProductForm(request.POST, auto_id="id_product_%s")
    if form.is_valid():
        typed = form.cleaned_data
        try:
            add_product(
                contract=request.contract,
                name=typed["name"],
                unit=typed["unit"],
                price_cents=typed["price"],
                by=request.member,
                key=typed["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("«\u00a0{name}\u00a0» est ajouté au contrat.").format(name=typed["name"]))
            return _back(request)
    return _settings(request, product_form=form)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def product_price(request: ContractRequest, product_id: int) -> HttpResponse:
    product = get_object_or_404(request.contract.products.select_related("contract__producer", "contract__group"), pk=product_id)
    form = PriceForm(request.POST or None, initial={"from_date": max(request.today, request.contract.starts_on)})
    set_reference(form, request.today)
    effect = None
    if form.is_valid():
        typed = form.cleaned_data

        def act() -> object:
            return change_price(
                product=product,
                price_cents=typed["price"],
                from_date=typed["from_date"],
                on=request.today,
                by=request.member,
                key=typed["key"],
            )

        outcome = show_then_do(request, form, act)
        effect = outcome.effect
        if outcome.is_done:
            done = _("Le prix de «\u00a0{name}\u00a0» change à partir du {day}.")
            messages.success(request, done.format(name=product.name, day=format_day(typed["from_date"])))
            return _back(request)
    context = {"form": form, "product": product, "prices": product.prices.order_by("from_date"), "effect": effect}
    return contract_page(request, "contracts/price.html", context, tab="contract_settings", status=REFUSED if form.errors else 200)


@require_POST
@contract_screen(may=Permission.MANAGE_CONTRACT)
def coordinator_appoint(request: ContractRequest) -> HttpResponse:
    form = _coordinator_form(request, request.POST)
    if not form.is_valid():
        return _settings(request, coordinator_form=form)
    appoint_coordinator(contract=request.contract, member=form.cleaned_data["coordinator"], by=request.member)
    messages.success(request, _("{name} coordonne ce contrat.").format(name=form.cleaned_data["coordinator"].name))
    return _back(request)


@require_POST
@contract_screen(may=Permission.MANAGE_CONTRACT)
def coordinator_dismiss(request: ContractRequest, member_id: int) -> HttpResponse:
    member = get_object_or_404(request.group.members, pk=member_id)
    dismiss_coordinator(contract=request.contract, member=member, by=request.member)
    messages.success(request, _("{name} ne coordonne plus ce contrat.").format(name=member.name))
    if request.rights.may(Permission.MANAGE_CONTRACT) or member.pk != request.member.pk:
        return _back(request)
    return redirect("web:contracts", request.group.slug)
