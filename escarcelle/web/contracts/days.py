"""The calendar of the group, and the list of one day: who collects what."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from escarcelle.groups.permissions import Permission
from escarcelle.subscriptions.collecting import day_rows, day_sheet
from escarcelle.web.screens import GroupRequest, group_screen

DAYS_PER_PAGE = 30


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def distributions(request: GroupRequest) -> HttpResponse:
    is_past = request.GET.get("quand") == "passees"
    found = request.group.distributions.select_related("place")
    if is_past:
        found = found.filter(on__lt=request.today).order_by("-on", "place__name", "pk")
    else:
        found = found.filter(on__gte=request.today).order_by("on", "place__name", "pk")
    page = Paginator(found, DAYS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": day_rows(list(page.object_list)), "is_past": is_past, "today": request.today}
    return render(request, "contracts/calendar.html", context)


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def distribution(request: GroupRequest, distribution_id: int) -> HttpResponse:
    found = get_object_or_404(request.group.distributions.select_related("place"), pk=distribution_id)
    return render(request, "contracts/day.html", {"sheet": day_sheet(found), "today": request.today})
