"""Supprimer, and the way out when that is refused: end a subscription at a date."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.engagements import end
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import one_row
from escarcelle.subscriptions.signing import withdraw
from escarcelle.web.contracts.forms import set_reference
from escarcelle.web.contracts.pages import REFUSED, contract_page
from escarcelle.web.language import of_name
from escarcelle.web.rehearsal import is_answered, rehearse
from escarcelle.web.screens import ContractRequest, contract_screen
from escarcelle.web.subscriptions.forms import EndForm, WithdrawForm
from escarcelle.web.subscriptions.signing import TAB, Outcome, back, moment, show_then_save, subscription_of


@contract_screen(may=Permission.MANAGE_SUBSCRIPTIONS)
def subscription_delete(request: ContractRequest, subscription_id: int) -> HttpResponse:
    """Asks to be sure, or says why not with the two ways out. Sent twice, the second finds it done."""
    form = WithdrawForm(request.POST or None)
    if form.is_valid() and is_answered(request.group, form.cleaned_data["key"]):
        return back(request)
    subscription = subscription_of(request, subscription_id)
    refusal: Refusal | None = None
    try:
        if form.is_valid():
            withdraw(subscription=subscription, on=request.today, by=request.member, key=form.cleaned_data["key"])
            messages.success(request, _("La souscription {of_name} est supprimée.").format(of_name=of_name(subscription.member.name)))
            return back(request)
        rehearse(lambda: withdraw(subscription=subscription_of(request, subscription_id), on=request.today, by=request.member))
    except Refusal as refused:
        refusal = refused
    row = one_row(request.contract, subscription, request.today)
    heading = _("Supprimer la souscription {of_name}").format(of_name=of_name(row.member_name))
    context = {"form": form, "row": row, "heading": heading, "refusal": refusal.sentence(_) if refusal else ""}
    status = REFUSED if form.is_bound else 200
    return contract_page(request, "subscriptions/delete.html", context, tab=TAB, status=status)


@contract_screen(may=Permission.MANAGE_SUBSCRIPTIONS)
def subscription_end(request: ContractRequest, subscription_id: int) -> HttpResponse:
    before = one_row(request.contract, subscription_of(request, subscription_id), request.today)
    form = EndForm(request.POST or None, initial={"last_day": min(max(request.today, before.starts_on), before.ends_on)})
    set_reference(form, request.today)
    outcome = Outcome(None, is_done=False)

    def save() -> Subscription:
        subscription = subscription_of(request, subscription_id)
        end(
            subscription=subscription,
            last_day=form.cleaned_data["last_day"],
            when=moment(request),
            by=request.member,
            key=form.cleaned_data["key"],
        )
        return subscription

    if form.is_valid():
        outcome = show_then_save(request, form, save, {"starts_on": "last_day", "ends_on": "last_day"})
    if outcome.is_done:
        done = _("La souscription {of_name} finit le {day}.")
        messages.success(request, done.format(of_name=of_name(before.member_name), day=format_day(form.cleaned_data["last_day"])))
        return back(request)
    heading = _("Terminer la souscription {of_name}").format(of_name=of_name(before.member_name))
    context = {"form": form, "heading": heading, "before": before, "after": outcome.row, "seen": outcome.seen}
    return contract_page(request, "subscriptions/end.html", context, tab=TAB, status=REFUSED if form.errors else 200)
