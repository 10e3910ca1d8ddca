"""A client's shop page: order, change, cancel while orders are open; and the same for a client by a coordinator."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from escarcelle.distributions.models import Distribution
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.models import Basket
from escarcelle.orders.queries import Stall, blocked_state, market_days, stalls, takes_orders
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.transfers import transfer_details
from escarcelle.payments.ways import ways_of
from escarcelle.validation.queries import basket_page
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.orders.choices import choices_shown
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.reach import basket_of, distribution_of

Way = PromisedPayment.Way
LONGEST_NUMBER = 18
PREFIX = "produit-"


@group_screen(may=Permission.ORDER)
def market(request: GroupRequest) -> HttpResponse:
    """The distributions to come, each with what the client has ordered there."""
    now = timezone.now()
    rows = market_days(request.group, now, since=request.today)
    ordered = request.group.baskets.filter(account__member=request.member.holder, lines__quantity__gt=0).distinct()
    mine = {basket.distribution_id: basket for basket in ordered.filter(distribution__in=[row.distribution for row in rows])}
    context = {"rows": [(row, mine.get(row.distribution.pk)) for row in rows], "blocked": blocked_state(request.group, now)}
    return render(request, "orders/market.html", context)


@group_screen(may=Permission.ORDER)
def shop(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """The client's own order."""
    return _shop(request, distribution_of(request, distribution_id), request.member.holder)


@group_screen(may=Permission.ORDER_FOR_CLIENTS)
def shop_for(request: GroupRequest, distribution_id: int, member_id: int) -> HttpResponse:
    """The same for a client, by a coordinator: also once orders are closed, until the basket is validated."""
    client = get_object_or_404(request.group.members.present().households(), pk=member_id)
    return _shop(request, distribution_of(request, distribution_id), client)


@group_screen(may=Permission.ORDER_FOR_CLIENTS)
def choose_client(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """For whom to order."""
    found = distribution_of(request, distribution_id)
    if client_id := _number(request.GET.get("client", "")):
        return redirect("web:shop_for", request.group.slug, found.pk, client_id)
    clients = request.group.members.present().households().by_name().filter(is_machine=False)
    return render(request, "orders/choose_client.html", {"distribution": found, "clients": clients})


@dataclass(frozen=True)
class Asked:
    """What the page sent: quantities as typed (none of anything to cancel), the way, the key."""

    typed: dict[str, str]
    way: str | None
    key: UUID


def _asked(request: GroupRequest) -> Asked:
    boxes = {name.removeprefix(PREFIX): value for name, value in request.POST.dict().items() if name.startswith(PREFIX)}
    typed = dict.fromkeys(boxes, "0") if "cancel" in request.POST else boxes
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    return Asked(typed, request.POST.get("way") or None, key)


def _quantities(asked: Asked) -> dict[int, int]:
    """Whole numbers by product; anything else is refused by the verb as out of range."""
    typed = {_number(pk): _number(value.strip() or "0") for pk, value in asked.typed.items()}
    return {pk: -1 if count is None else count for pk, count in typed.items() if pk}


def _number(text: str) -> int | None:
    """A whole number of a length that people write; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _shop(request: GroupRequest, distribution: Distribution, client: Member) -> HttpResponse:
    asked = _asked(request) if request.method == "POST" else None
    problem: Refusal | None = None
    if asked is not None:
        wish = Wish(_quantities(asked), asked.way)
        try:
            ordered = order(distribution=distribution, member=client, wish=wish, at=timezone.now(), by=request.member, key=asked.key)
        except Refusal as refusal:
            problem = refusal
        else:
            return _done(request, distribution, ordered.basket)
    context = _context(request, distribution, client, asked)
    return render(request, "orders/shop.html", {**context, "problem": problem}, status=REFUSED if problem else 200)


def _done(request: GroupRequest, distribution: Distribution, basket: Basket) -> HttpResponse:
    """Say what happened and show the order; once everything is cancelled, where one orders."""
    day = format_day(distribution.on)
    if basket.lines.filter(quantity__gt=0).exists():
        done = _("Commande du {day} enregistrée, panier n° {number}.")
        messages.success(request, done.format(day=day, number=basket.number))
        return redirect("web:order", request.group.slug, basket.pk)
    messages.success(request, _("La commande du {day} est annulée.").format(day=day))
    if basket.account.member_id == request.member.holder_id:
        return redirect("web:market", request.group.slug)
    return redirect("web:distribution", request.group.slug, distribution.pk)


def _context(request: GroupRequest, distribution: Distribution, client: Member, asked: Asked | None) -> dict[str, Any]:
    now, for_client = timezone.now(), client.pk != request.member.holder_id
    ways = ways_of(request.group)
    shown = stalls(distribution, client, now)
    return {
        "distribution": distribution,
        "client": client,
        "for_client": for_client,
        "stalls": [(stall, _rows(stall, asked), stall.is_open or for_client) for stall in shown],
        "is_open": for_client or any(stall.is_open for stall in shown),
        "may_cancel": any(product.ordered for stall in shown for product in stall.products if stall.is_open or for_client),
        "ways": ways,
        "choices": choices_shown(ways),
        "way": asked.way if asked else _promised_way(distribution, client),
        "key": asked.key if asked else uuid4(),
        "blocked": blocked_state(request.group, now),
        "prefix": PREFIX,
    }


def _promised_way(distribution: Distribution, client: Member) -> str | None:
    """How the client said that they would pay the order they change; None when they said nothing."""
    of_basket = {"basket__distribution": distribution, "basket__account__member": client, "state": PromisedPayment.State.PENDING}
    return distribution.group.promised_payments.filter(**of_basket).order_by("-pk").values_list("way", flat=True).first()


def _rows(stall: Stall, asked: Asked | None) -> list[tuple[Any, str]]:
    typed = asked.typed if asked else {}
    return [(product, typed.get(str(product.product.pk), str(product.ordered or ""))) for product in stall.products]


@group_screen(may=Permission.ORDER)
def my_order(request: GroupRequest, basket_id: int) -> HttpResponse:
    """What was ordered, what remains to be paid and how; the coordinator may read it too."""
    found = basket_of(request, basket_id)
    is_mine = found.account.member_id == request.member.holder_id
    if not is_mine and not request.rights.may(Permission.ORDER_FOR_CLIENTS):
        raise PermissionDenied
    shown = basket_page(found)
    promised = [promise for promise in shown.row.promises if promise.way == Way.TRANSFER]
    transfer = transfer_details(found, sum(promise.amount_cents for promise in promised), shown.ways) if promised and shown.ways else None
    context = {
        "shown": shown,
        "distribution": found.distribution,
        "transfer": transfer,
        "is_mine": is_mine,
        "may_print": is_mine or request.rights.may(Permission.HANDLE_BASKETS),
        "may_change": is_mine and not found.is_validated and takes_orders(found.distribution, timezone.now()),
    }
    return render(request, "orders/order.html", context)
