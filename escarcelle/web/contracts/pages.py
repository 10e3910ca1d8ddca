"""What every page of one contract shows around its content: the subtabs, and the way of showing an act before it is done."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.catalogs.models import Contract
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.subscriptions.queries import balances_by_subscription
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.rehearsal import is_answered, rehearse
from escarcelle.web.screens import ContractRequest

REFUSED = 422


@dataclass(frozen=True)
class Subtab:
    label: str
    url: str
    current: bool


def contract_page(request: ContractRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200) -> HttpResponse:
    """A page of one contract, under its subtabs; `tab` is the name of the screen whose subtab is the current one."""
    around = {"contract": request.contract, "subtabs": _subtabs(request, tab), "may": _answers(request)}
    return render(request, template, {**around, **context}, status=status)


def _subtabs(request: ContractRequest, current: str) -> list[Subtab]:
    tabs = [
        ("subscriptions", _("Souscriptions"), Permission.SEE_CONTRACT),
        *([("contract_orders", _("Commandes"), Permission.SEE_CONTRACT)] if request.contract.is_variable else []),
        ("contract_distributions", _("Distributions"), Permission.SEE_CONTRACT),
        ("contract_absences", _("Absences"), Permission.SEE_CONTRACT),
        ("contract_settings", _("Réglages"), Permission.MANAGE_CONTRACT),
    ]
    return [
        Subtab(label, reverse(f"web:{name}", args=[request.group.slug, request.contract.pk]), name == current)
        for name, label, permission in tabs
        if request.rights.may(permission, request.contract)
    ]


def _answers(request: ContractRequest) -> dict[str, bool]:
    """What the templates may offer; who may is decided by the screens, again, when it is asked."""
    asked = {
        "manage_contract": Permission.MANAGE_CONTRACT,
        "manage_subscriptions": Permission.MANAGE_SUBSCRIPTIONS,
        "record_payments": Permission.RECORD_PAYMENTS,
        "see_contract": Permission.SEE_CONTRACT,
    }
    return {word: request.rights.may(permission, request.contract) for word, permission in asked.items()}


@dataclass(frozen=True)
class Shift:
    """So many subscriptions whose balance moves by the same amount; below zero they owe more."""

    subscription_count: int
    difference_cents: int

    @property
    def total_cents(self) -> int:
        return self.subscription_count * self.difference_cents


@dataclass(frozen=True)
class Effect:
    """What an act on the contract does to the balances of its subscriptions, the largest difference first."""

    shifts: tuple[Shift, ...]

    @property
    def subscription_count(self) -> int:
        return sum(shift.subscription_count for shift in self.shifts)

    @property
    def total_cents(self) -> int:
        return sum(shift.total_cents for shift in self.shifts)

    @property
    def seen(self) -> str:
        """What the page sends back, to tell that this very effect was shown."""
        return f"{self.subscription_count}:{self.total_cents}"


def effect_of(contract: Contract, act: Callable[[], object]) -> Effect:
    """Rehearse an act and measure what it does to the balances. Refusals of the act are raised."""

    def measured() -> Counter[int]:
        before = balances_by_subscription(contract)
        act()
        after = balances_by_subscription(contract)
        return Counter(after[pk] - before[pk] for pk in before if after[pk] != before[pk])

    counts = rehearse(measured)
    return Effect(tuple(Shift(count, cents) for cents, count in sorted(counts.items(), key=lambda pair: -abs(pair[0]))))


@dataclass(frozen=True)
class Outcome:
    """`effect` to be shown when there is one; `is_done` when the act is done and the page can go on."""

    effect: Effect | None
    is_done: bool


def show_then_do(request: ContractRequest, form: forms.Form, act: Callable[[], object], fields: Mapping[str, str] | None = None) -> Outcome:
    """Do what a valid form asks if its effect is the one that was shown, else give the effect to show.

    Refusals go to the form. A key that was answered already is replayed at once."""
    try:
        effect = None if is_answered(request.group, form.cleaned_data["key"]) else effect_of(request.contract, act)
        if effect is not None and effect.seen != request.POST.get("seen"):
            return Outcome(effect, is_done=False)
        act()
    except Refusal as refusal:
        refusal_to_form(form, refusal, fields)
        return Outcome(None, is_done=False)
    return Outcome(effect, is_done=True)
