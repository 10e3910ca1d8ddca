"""The calendar of an AMAP, and the list of one of its days: who collects what."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from escarcelle.distributions.models import Distribution
from escarcelle.orders.dated_queries import day_sheet
from escarcelle.subscriptions.collecting import day_rows
from escarcelle.web.screens import GroupRequest

DAYS_PER_PAGE = 30


def calendar(request: GroupRequest) -> HttpResponse:
    """The days to come, or those behind."""
    is_past = request.GET.get("quand") == "passees"
    found = request.group.distributions.select_related("place")
    if is_past:
        found = found.filter(on__lt=request.today).order_by("-on", "place__name", "pk")
    else:
        found = found.filter(on__gte=request.today).order_by("on", "place__name", "pk")
    page = Paginator(found, DAYS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": day_rows(list(page.object_list)), "is_past": is_past, "today": request.today}
    return render(request, "contracts/calendar.html", context)


def day(request: GroupRequest, distribution: Distribution) -> HttpResponse:
    """Who collects what, and what each producer brings."""
    return render(request, "contracts/day.html", {"sheet": day_sheet(distribution), "today": request.today})
