"""A contract is opened in one page and one transaction: producer, terms, products, distributions, coordinator."""

import datetime as dt
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from escarcelle.catalogs.contracts import ContractRefused, add_product, open_contract
from escarcelle.catalogs.models import Contract, Producer
from escarcelle.catalogs.producers import ProducerRefused, create_producer
from escarcelle.distributions.planning import PlanningRefused, Slot, place_named
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.subscriptions.calendar import plan
from escarcelle.web.contracts.forms import OpeningForm
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen

# The boxes of this page that bear another name than what the verbs refuse.
_BOXES = {ContractRefused: {"price": "price_1"}, ProducerRefused: {"": "producer_name"}, PlanningRefused: {"": "first_on"}}


@group_screen(may=Permission.MANAGE_CONTRACTS)
def contract_new(request: GroupRequest) -> HttpResponse:
    """Everything about a new contract in one page. A market opens catalogues instead."""
    if not request.group.is_amap:
        return redirect("web:catalogue_new", request.group.slug)
    form = OpeningForm(request.group, request.today, request.POST or None)
    days = form.days() if form.is_valid() else []
    if form.is_valid() and "count" not in request.POST:
        try:
            contract = _open(request, form, days)
        except Refusal as refusal:
            refusal_to_form(form, refusal, _BOXES.get(type(refusal)))
        else:
            messages.success(request, _("Le contrat «\u00a0{name}\u00a0» est ouvert.").format(name=contract.name))
            return redirect("web:subscriptions", request.group.slug, contract.pk)
    context = {"form": form, "days": days, "is_counted": form.is_bound and not form.errors}
    return render(request, "contracts/contract_new.html", context, status=REFUSED if form.errors else 200)


@transaction.atomic
def _open(request: GroupRequest, form: OpeningForm, days: list[dt.date]) -> Contract:
    """All of it or nothing; sent twice with one key, the first contract comes back, each part under a key made from it."""
    key: UUID = form.cleaned_data["key"]
    producer = form.chosen_producer() or _new_producer(request, form, key)
    contract = open_contract(
        group=request.group,
        producer=producer,
        terms=form.terms(),
        coordinator=form.cleaned_data["coordinator"],
        kind=form.cleaned_data["kind"] or Contract.Kind.CONSTANT,
        by=request.member,
        key=key,
    )
    for rank, product in enumerate(form.products()):
        part = uuid5(key, f"product {rank}")
        add_product(contract=contract, name=product.name, unit=product.unit, price_cents=product.price_cents, by=request.member, key=part)
    if days:
        place = place_named(request.group, form.cleaned_data["place"])
        slot = Slot(place, form.cleaned_data["starts_at"], form.cleaned_data["ends_at"])
        plan(contract=contract, slot=slot, days=days, on=request.today, by=request.member, key=uuid5(key, "days"))
    return contract


def _new_producer(request: GroupRequest, form: OpeningForm, key: UUID) -> Producer:
    name = form.cleaned_data["producer_name"]
    return create_producer(group=request.group, name=name, by=request.member, key=uuid5(key, "producer"))
