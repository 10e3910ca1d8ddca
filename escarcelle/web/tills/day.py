"""The day's money: what is expected, what was counted."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.models import Method, PromisedPayment
from escarcelle.tills.day import NOTHING, count_till, day_money, undo_count
from escarcelle.validation.queries import left_behind
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.tills.forms import CountForm, ReopenTillForm
from escarcelle.web.validation.reach import distribution_of

Way = PromisedPayment.Way
FIELDS = {
    "cash_cents": "cash",
    "opening_float_cents": "opening_float",
    "kept_float_cents": "kept_float",
    "terminal_cents": "terminal",
    "pieces": "cash",
}


@group_screen(may=Permission.COUNT_TILL)
def till(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """Received by method, cheques one by one, what is expected in the box; then the count. In an AMAP no money changes hands that day."""
    if request.group.is_amap:
        raise Http404
    found = distribution_of(request, distribution_id)
    standing = found.till_counts.filter(undone_at=None).select_related("activity__by").first()
    form = CountForm(None if standing else request.POST or None, initial={} if standing else _proposed(request))
    if form.is_valid():
        try:
            count_till(distribution=found, counted=form.counted(), on=request.today, by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal, FIELDS)
        else:
            messages.success(request, _("La caisse est comptée."))
            return redirect("web:till", request.group.slug, found.pk)
    money = day_money(found)
    context = {
        "distribution": found,
        "money": money,
        "methods": [
            (method.value, method.label, money.received.get(method, NOTHING), money.refunded.get(method, NOTHING)) for method in Method
        ],
        "promised": [(Way(way).label, waiting) for way, waiting in sorted(money.promised.items())],
        "left": left_behind(found),
        "form": form,
        "count": standing,
        "waiting_count": 0 if standing else found.baskets.to_validate().count(),
    }
    return render(request, "tills/till.html", context, status=REFUSED if form.errors else 200)


def _proposed(request: GroupRequest) -> dict[str, int]:
    """The float that was kept the last time."""
    last = request.group.till_counts.filter(undone_at=None).order_by("-pk").first()
    return {"opening_float": last.kept_float_cents, "kept_float": last.kept_float_cents} if last else {}


@group_screen(may=Permission.COUNT_TILL)
def reopen_till(request: GroupRequest, count_id: int) -> HttpResponse:
    """Take the count back, with a reason."""
    count = get_object_or_404(request.group.till_counts.select_related("distribution__place", "group"), pk=count_id)
    form = ReopenTillForm(request.POST or None)
    if form.is_valid():
        try:
            undo_count(count=count, reason=form.cleaned_data["reason"], on=request.today, by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("La caisse est rouverte."))
            return redirect("web:till", request.group.slug, count.distribution_id)
    context = {"distribution": count.distribution, "form": form}
    return render(request, "tills/reopen.html", context, status=REFUSED if form.errors else 200)
