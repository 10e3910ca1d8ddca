"""One catalogue and its products: offered, sold otherwise, withdrawn."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from escarcelle.catalogs.catalogues import change_product, offer_product
from escarcelle.catalogs.models import Contract, Product
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.prices import prices_on
from escarcelle.web.catalogues.forms import BOXES, ProductForm, product_form, rate
from escarcelle.web.catalogues.terms import catalogue_of
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import ContractRequest, contract_screen

DAYS_SHOWN = 6


@dataclass(frozen=True)
class ProductRow:
    """A product with its price today, a piece or a kilogram; the VAT rate in words."""

    product: Product
    price_cents: int

    @property
    def vat(self) -> str:
        return rate(self.product.vat_basis_points)


@contract_screen(may=Permission.SEE_CONTRACT)
def catalogue(request: ContractRequest) -> HttpResponse:
    """What it offers today, and the distributions for which its producer prepares."""
    found = catalogue_of(request)
    products = list(found.products.order_by("-is_offered", "position", "pk"))
    prices = prices_on(request.today, products)
    coming = found.deliveries.standing().filter(distribution__on__gte=request.today).select_related("distribution__place").by_day()
    context = {
        "catalogue": found,
        "rows": [ProductRow(product, prices[product.pk]) for product in products],
        "fee": rate(found.fee_basis_points),
        "coming": coming[:DAYS_SHOWN],
        "may_manage": request.rights.may(Permission.MANAGE_CONTRACT, found),
        "may_see_day": request.rights.may(Permission.SEE_DISTRIBUTIONS),
    }
    return render(request, "catalogues/catalogue.html", context)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def catalogue_product_new(request: ContractRequest) -> HttpResponse:
    """One more product."""
    found, form = catalogue_of(request), ProductForm(request.POST or None)
    if form.is_valid():
        try:
            product = offer_product(catalogue=found, terms=form.terms(), by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal, BOXES)
        else:
            messages.success(request, _("«\u00a0{name}\u00a0» est au catalogue.").format(name=product.name))
            return redirect("web:catalogue", request.group.slug, found.pk)
    return _show(request, found, form)


@contract_screen(may=Permission.MANAGE_CONTRACT)
def catalogue_product_edit(request: ContractRequest, product_id: int) -> HttpResponse:
    """Sold otherwise, or at another price from today: what is already ordered keeps its own."""
    found = catalogue_of(request)
    product = get_object_or_404(found.products.select_related("contract__group", "group"), pk=product_id)
    form = product_form(product, prices_on(request.today, [product])[product.pk], request.POST or None)
    if form.is_valid():
        try:
            change_product(product=product, terms=form.terms(), on=request.today, by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal, BOXES)
        else:
            messages.success(request, _("«\u00a0{name}\u00a0» est enregistré.").format(name=product.name))
            return redirect("web:catalogue", request.group.slug, found.pk)
    return _show(request, found, form, product)


def _show(request: ContractRequest, found: Contract, form: ProductForm, product: Product | None = None) -> HttpResponse:
    # Read again: what a refused form would have made of the product is not what it is.
    name = found.products.values_list("name", flat=True).get(pk=product.pk) if product else ""
    context = {"form": form, "catalogue": found, "product_name": name}
    return render(request, "catalogues/product.html", context, status=REFUSED if form.errors else 200)
