"""The distributions of a group: those to come, those to validate, those behind."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from escarcelle.groups.permissions import Permission
from escarcelle.orders.queries import blocked_state, market_days, producer_sheets, supplier_dues
from escarcelle.validation.opening import opens_at
from escarcelle.validation.queries import baskets_page
from escarcelle.web.contracts import days
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.reach import distribution_of

PAST = dt.timedelta(days=120)


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def distributions(request: GroupRequest) -> HttpResponse:
    """To validate first, then to come, then those of the last four months; of an AMAP, its calendar."""
    if request.group.is_amap:
        return days.calendar(request)
    now = timezone.now()
    rows = market_days(request.group, now, since=request.today - PAST)
    begun = [row for row in rows if row.distribution.on <= request.today]
    context = {
        "to_validate": [row for row in begun if row.waiting_count and opens_at(row.distribution) <= now],
        "to_come": [
            row for row in rows if row.distribution.on >= request.today and not (row.waiting_count and opens_at(row.distribution) <= now)
        ],
        "behind": [row for row in reversed(begun) if row.distribution.on < request.today and not row.waiting_count],
        "blocked": blocked_state(request.group, now),
        "may_plan": request.rights.may(Permission.PLAN_MARKET_DAYS) and not request.group.is_amap,
        "may_handle": request.rights.may(Permission.HANDLE_BASKETS),
    }
    return render(request, "distributions/distributions.html", context)


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def distribution(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """One distribution: who comes, what each producer brings and is owed; of an AMAP, who collects what."""
    found = distribution_of(request, distribution_id)
    if request.group.is_amap:
        return days.day(request, found)
    context = {
        "distribution": found,
        "deliveries": found.deliveries.select_related("contract__producer").order_by("contract__producer__name", "contract__name"),
        "page": baskets_page(found),
        "sheets": producer_sheets(found),
        "dues": supplier_dues(found),
        "may_plan": request.rights.may(Permission.PLAN_MARKET_DAYS),
        "may_handle": request.rights.may(Permission.HANDLE_BASKETS),
        "may_order_for_clients": request.rights.may(Permission.ORDER_FOR_CLIENTS),
        "may_count": request.rights.may(Permission.COUNT_TILL),
        "is_validation_open": timezone.now() >= opens_at(found),
    }
    return render(request, "distributions/distribution.html", context)


@group_screen(may=Permission.BELONG)
def blocked(request: GroupRequest) -> HttpResponse:
    """Why nobody can order, and what lifts it."""
    now = timezone.now()
    state = blocked_state(request.group, now)
    waiting = {found.pk for found in state.distributions}
    oldest = min((found.on for found in state.distributions), default=request.today)
    context = {
        "state": state,
        "rows": [row for row in market_days(request.group, now, since=oldest) if row.distribution.pk in waiting],
        "may_handle": request.rights.may(Permission.HANDLE_BASKETS),
        "left_count": state.limit - 1,
    }
    return render(request, "distributions/blocked.html", context)
