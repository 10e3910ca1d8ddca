"""The catalogues of a market: listed, opened, changed."""

from uuid import uuid5

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from escarcelle.catalogs.catalogues import change_catalogue, open_catalogue
from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.producers import ProducerRefused, create_producer
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.web.catalogues.forms import BOXES, OpeningCatalogueForm, catalogue_form
from escarcelle.web.contracts.forms import set_reference
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import ContractRequest, GroupRequest, contract_screen, group_screen


@group_screen(may=Permission.SEE_CONTRACT, over_some_contract=True)
def catalogues(request: GroupRequest) -> HttpResponse:
    """Those that run or will, by name, then those behind. An AMAP has contracts instead."""
    if request.group.is_amap:
        return redirect("web:contracts", request.group.slug)
    counted = Count("products", filter=Q(products__is_offered=True))
    found = request.group.contracts.filter(kind=Contract.Kind.MARKET).select_related("producer").annotate(offered_count=counted)
    seen = [one for one in found.order_by("name", "pk") if request.rights.may(Permission.SEE_CONTRACT, one)]
    context = {
        "running": [one for one in seen if one.ends_on >= request.today],
        "finished": [one for one in seen if one.ends_on < request.today],
        "may_open": request.rights.may(Permission.MANAGE_CONTRACTS),
    }
    return render(request, "catalogues/catalogues.html", context)


@group_screen(may=Permission.MANAGE_CONTRACTS)
def catalogue_new(request: GroupRequest) -> HttpResponse:
    """A producer, chosen or new, and what they bring over a season. An AMAP opens contracts instead."""
    if request.group.is_amap:
        return redirect("web:contract_new", request.group.slug)
    form = OpeningCatalogueForm(request.group, request.POST or None, initial={"starts_on": request.today})
    set_reference(form, request.today)
    if form.is_valid():
        try:
            catalogue = _open(request, form)
        except Refusal as refusal:
            refusal_to_form(form, refusal, {"": "producer_name"} if isinstance(refusal, ProducerRefused) else BOXES)
        else:
            messages.success(request, _("Le catalogue «\u00a0{name}\u00a0» est ouvert.").format(name=catalogue.name))
            return redirect("web:catalogue", request.group.slug, catalogue.pk)
    return render(request, "catalogues/catalogue_new.html", {"form": form}, status=REFUSED if form.errors else 200)


@transaction.atomic
def _open(request: GroupRequest, form: OpeningCatalogueForm) -> Contract:
    """Both or neither; sent twice with one key, the first catalogue comes back."""
    key, name = form.cleaned_data["key"], form.cleaned_data["producer_name"]
    producer = form.cleaned_data["producer"] or create_producer(
        group=request.group, name=name, by=request.member, key=uuid5(key, "producer")
    )
    return open_catalogue(group=request.group, producer=producer, terms=form.terms(), by=request.member, key=key)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def catalogue_edit(request: ContractRequest) -> HttpResponse:
    """Its name, its season, the market's fee: what is already ordered keeps its own."""
    catalogue = catalogue_of(request)
    form = catalogue_form(catalogue, request.POST or None)
    set_reference(form, request.today)
    if form.is_valid():
        try:
            change_catalogue(catalogue=catalogue, terms=form.terms(), by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal, BOXES)
        else:
            messages.success(request, _("Le catalogue «\u00a0{name}\u00a0» est enregistré.").format(name=catalogue.name))
            return redirect("web:catalogue", request.group.slug, catalogue.pk)
    context = {"form": form, "catalogue": catalogue}
    return render(request, "catalogues/catalogue_edit.html", context, status=REFUSED if form.errors else 200)


def catalogue_of(request: ContractRequest) -> Contract:
    """The catalogue in the address; the contract of an AMAP is none: 404."""
    if not request.contract.is_market:
        raise Http404
    return request.contract
