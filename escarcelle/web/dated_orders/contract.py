"""« Commandes » of a variable contract: what is to bring at each date, and who ordered what."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from escarcelle.groups.permissions import Permission
from escarcelle.orders import dated_queries
from escarcelle.orders.dated_queries import DateState, DateTotals
from escarcelle.orders.default_orders import close_contract_orders
from escarcelle.web.contracts.pages import contract_page
from escarcelle.web.screens import ContractRequest, contract_screen

TAB = "contract_orders"


@contract_screen(may=Permission.SEE_CONTRACT)
def contract_orders(request: ContractRequest) -> HttpResponse:
    """Every date, those to come first; who is below what the contract asks for."""
    if not request.contract.is_variable:
        return redirect("web:subscriptions", request.group.slug, request.contract.pk)
    found = dated_queries.contract_orders(request.contract, timezone.now())
    context = {
        "found": found,
        "coming": [date for date in found.dates if date.delivery.distribution.on >= request.today],
        "past": [date for date in reversed(found.dates) if date.delivery.distribution.on < request.today],
        "waiting": [date for date in found.dates if _waits(date)],
        "key": uuid4(),
    }
    return contract_page(request, "dated_orders/contract.html", context, tab=TAB)


def _waits(date: DateTotals) -> bool:
    """Closed, and its default orders are still to be given."""
    return date.state == DateState.CLOSED and date.delivery.default_orders_at is None and date.default_count > 0


@require_POST
@contract_screen(may=Permission.MANAGE_CONTRACT)
def contract_orders_close(request: ContractRequest) -> HttpResponse:
    """What the server does by itself at the closing, at once. Twice changes nothing."""
    count = close_contract_orders(contract=request.contract, at=timezone.now(), by=request.member)
    done = ngettext("{n} commande par défaut est passée.", "{n} commandes par défaut sont passées.", count)
    messages.success(request, done.format(n=count) if count else _("Aucune commande par défaut n’était à passer."))
    return redirect("web:contract_orders", request.group.slug, request.contract.pk)


@contract_screen(may=Permission.SEE_CONTRACT)
def delivery_orders(request: ContractRequest, delivery_id: int) -> HttpResponse:
    """One date: what is to bring, and who takes what."""
    deliveries = request.contract.deliveries.select_related("distribution__place", "contract")
    delivery = get_object_or_404(deliveries, pk=delivery_id)
    if not request.contract.is_variable:
        return redirect("web:subscriptions", request.group.slug, request.contract.pk)
    found = dated_queries.delivery_orders(delivery, timezone.now())
    context = {"found": found, "delivery": delivery, "needed": [one for one in found.totals.products if one.quantity]}
    return contract_page(request, "dated_orders/delivery.html", context, tab=TAB)
