"""« Mes commandes »: the dates of one subscription to a variable contract."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from escarcelle.groups.permissions import Permission
from escarcelle.orders.dated_queries import order_dates
from escarcelle.web.dated_orders.reach import subscription_of
from escarcelle.web.screens import GroupRequest, group_screen


@group_screen(may=Permission.BELONG)
def dated_orders(request: GroupRequest, subscription_id: int) -> HttpResponse:
    """The dates to come, what is taken at each and until when it can change; those behind, folded."""
    found = order_dates(subscription_of(request, subscription_id), timezone.now())
    context = {
        "found": found,
        "contract": found.subscription.contract,
        "coming": [date for date in found.dates if date.delivery.distribution.on >= request.today],
        "past": [date for date in reversed(found.dates) if date.delivery.distribution.on < request.today],
        "is_mine": found.subscription.member_id == request.member.holder_id,
    }
    return render(request, "dated_orders/dates.html", context)
