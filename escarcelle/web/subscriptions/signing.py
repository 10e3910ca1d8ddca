"""Nouvelle souscription, Modifier: what becomes of the total is shown before anything is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid5

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.engagements import Moment, change, set_absences, sign
from escarcelle.subscriptions.absences import AbsenceRefused
from escarcelle.subscriptions.dues import contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import SubscriptionRow, one_row, row_of
from escarcelle.web.contracts.pages import REFUSED, contract_page
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.language import of_name
from escarcelle.web.rehearsal import is_answered, rehearse
from escarcelle.web.screens import ContractRequest, contract_screen
from escarcelle.web.subscriptions.forms import ChangeForm, EngagementForm, SigningForm, change_form, signing_form

TAB = "subscriptions"


@dataclass(frozen=True)
class Outcome:
    """`row` is the subscription as the act leaves it, or would; `is_done` when it is saved."""

    row: SubscriptionRow | None
    is_done: bool

    @property
    def seen(self) -> str:
        """What the page sends back, to tell that these very figures were shown."""
        return _seen(self.row) if self.row else ""


def _seen(row: SubscriptionRow) -> str:
    return f"{row.delivery_count}:{row.total_cents}:{row.balance_cents}"


def show_then_save(request: ContractRequest, form: forms.Form, save: Callable[[], Subscription], boxes: dict[str, str]) -> Outcome:
    """Save if the figures it leads to are those that were shown, else give them to show. Refusals go to the form."""

    def saved() -> SubscriptionRow:
        return one_row(request.contract, save(), request.today)

    try:
        if not is_answered(request.group, form.cleaned_data["key"]):
            row = rehearse(saved)
            if _seen(row) != request.POST.get("seen"):
                return Outcome(row, is_done=False)
        return Outcome(saved(), is_done=True)
    except Refusal as refusal:
        # An absence is refused by its day, in the sentence: the box is the list of days.
        refusal_to_form(form, refusal, {**boxes, "": "absences"} if isinstance(refusal, AbsenceRefused) else boxes)
        return Outcome(None, is_done=False)


def subscription_of(request: ContractRequest, subscription_id: int) -> Subscription:
    """A standing subscription of the contract, read afresh; 404 for any other."""
    around = ("member", "alternate", "account__ledger_account", "contract__producer", "contract__group", "group")
    return get_object_or_404(request.contract.subscriptions.standing().select_related(*around), pk=subscription_id)


def moment(request: ContractRequest) -> Moment:
    """Today, and now."""
    return Moment(request.today, timezone.now())


def back(request: ContractRequest) -> HttpResponse:
    return redirect("web:subscriptions", request.group.slug, request.contract.pk)


@contract_screen(may=Permission.MANAGE_SUBSCRIPTIONS)
def subscription_new(request: ContractRequest) -> HttpResponse:
    form = signing_form(request.contract, request.today, request.GET.get("membre", ""), request.POST or None)
    outcome = Outcome(None, is_done=False)
    if form.is_valid():
        outcome = show_then_save(request, form, lambda: _sign(request, form), form.boxes_of_refusals)
    if outcome.is_done and outcome.row:
        messages.success(request, _("La souscription {of_name} est enregistrée.").format(of_name=of_name(outcome.row.member_name)))
        return back(request)
    return _form_page(request, form, outcome, heading=_("Nouvelle souscription"), before=None)


@transaction.atomic
def _sign(request: ContractRequest, form: SigningForm) -> Subscription:
    key = form.cleaned_data["key"]
    subscription = sign(
        contract=request.contract,
        member=form.cleaned_data["member"],
        period=form.period(),
        quantities=form.quantities(),
        alternation=form.alternation(),
        when=moment(request),
        by=request.member,
        key=key,
    )
    if form.cleaned_data["absences"]:
        _set_absences(request, form, subscription)
    return subscription


def _set_absences(request: ContractRequest, form: EngagementForm, subscription: Subscription) -> None:
    """In the same transaction as the rest, under a key made from the form's. Who may manage subscriptions may note past absences."""
    set_absences(
        subscription=subscription,
        deliveries=form.absent_at(),
        when=moment(request),
        by=request.member,
        key=uuid5(form.cleaned_data["key"], "absences"),
        may_change_past=True,
    )


@contract_screen(may=Permission.MANAGE_SUBSCRIPTIONS)
def subscription_edit(request: ContractRequest, subscription_id: int) -> HttpResponse:
    subscription = subscription_of(request, subscription_id)
    facts = contract_facts(request.contract.pk, [subscription])
    form = change_form(subscription, facts, request.today, request.POST or None)
    before = row_of(subscription, facts, request.today)
    outcome = Outcome(None, is_done=False)
    if form.is_valid():
        outcome = show_then_save(request, form, lambda: _change(request, form, subscription_id), form.boxes_of_refusals)
    if outcome.is_done:
        messages.success(request, _("La souscription {of_name} est modifiée.").format(of_name=of_name(before.member_name)))
        return back(request)
    heading = _("Modifier la souscription {of_name}").format(of_name=of_name(before.member_name))
    return _form_page(request, form, outcome, heading=heading, before=before)


@transaction.atomic
def _change(request: ContractRequest, form: ChangeForm, subscription_id: int) -> Subscription:
    """Only what was touched is asked of the verbs, so that the log tells nothing that did not happen."""
    subscription = subscription_of(request, subscription_id)
    if form.changes_engagement:
        change(subscription=subscription, to=form.change(), when=moment(request), by=request.member, key=form.cleaned_data["key"])
    if form.changes_absences:
        _set_absences(request, form, subscription)
    return subscription


def _form_page(
    request: ContractRequest, form: EngagementForm, outcome: Outcome, *, heading: str, before: SubscriptionRow | None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "before": before, "after": outcome.row, "seen": outcome.seen}
    return contract_page(request, "subscriptions/engagement.html", context, tab=TAB, status=REFUSED if form.errors else 200)
