"""« Reporter le solde »: from one account of a member to another one with the same payee. Looked at before, undone after."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.balance_transfers import cancel_transfer, move_balance
from escarcelle.payments.queries import accounts_of, accounts_with_balance, payee_of, transfers_of_line
from escarcelle.web.accounts.account import account_name, period_of
from escarcelle.web.accounts.reach import may_over, payee_icon
from escarcelle.web.fields import KeyField, LineField, refusal_to_form
from escarcelle.web.language import signed_money
from escarcelle.web.screens import GroupRequest, group_screen

REFUSED = 422
REASON_LENGTH = 200


class TransferForm(forms.Form):
    key = KeyField()
    vers = forms.TypedChoiceField(
        label=gettext_lazy("Reporter vers"),
        coerce=int,
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Choisissez le compte qui reçoit le solde."),
            "invalid_choice": gettext_lazy("Ce compte n’est pas un autre compte du même membre envers le même bénéficiaire."),
        },
    )


class CancelForm(forms.Form):
    key = KeyField()
    reason = LineField(
        label=gettext_lazy("Motif"), max_length=REASON_LENGTH, error_messages={"required": gettext_lazy("Indiquez le motif.")}
    )


@dataclass(frozen=True)
class Target:
    """An account that may receive the balance."""

    name: str
    period: str
    url: str
    current: bool
    balance_cents: int


@group_screen(may=Permission.MOVE_BALANCES, over_some_contract=True)
def balance_transfer(request: GroupRequest, account_id: int) -> HttpResponse:
    source = _movable(request, account_id)
    targets = {found.pk: found for found in _targets(request, source)}
    form = TransferForm(request.POST or None, initial={"vers": _asked_target(request, targets)})
    form.fields["vers"].choices = [(found.pk, account_name(found)) for found in targets.values()]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            move_balance(
                source=source, target=targets[form.cleaned_data["vers"]], on=request.today, by=request.member, key=form.cleaned_data["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Solde reporté. Les deux comptes portent chacun une ligne, qui peut être annulée."))
            return redirect(_account_url(request, targets[form.cleaned_data["vers"]]))
    return render(
        request, "accounts/balance_transfer.html", _context(request, source, targets, form), status=REFUSED if form.errors else 200
    )


@group_screen(may=Permission.MOVE_BALANCES, over_some_contract=True)
def balance_transfer_cancel(request: GroupRequest, account_id: int, operation_no: int) -> HttpResponse:
    """`operation_no` is the line of the statement: either end of the transfer undoes both."""
    found = _movable(request, account_id)
    transfer = get_object_or_404(transfers_of_line(found, operation_no))
    _movable(request, transfer.target_id if transfer.source_id == found.pk else transfer.source_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_transfer(
                transfer=transfer, reason=form.cleaned_data["reason"], on=request.today, by=request.member, key=form.cleaned_data["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Report annulé\u00a0: chaque compte a retrouvé son solde."))
            return redirect(_account_url(request, found))
    context = {"form": form, "transfer": transfer, "account_url": _account_url(request, found), "member_name": found.member.name}
    context |= {"source_name": account_name(transfer.source), "target_name": account_name(transfer.target)}
    return render(request, "accounts/balance_transfer_cancel.html", context, status=REFUSED if form.errors else 200)


def _movable(request: GroupRequest, account_id: int) -> Any:
    """An account of the group whose balance they may move: over the group, or over its contract."""
    found = get_object_or_404(accounts_with_balance(request.group), pk=account_id)
    if not may_over(request, Permission.MOVE_BALANCES, found):
        raise PermissionDenied
    return found


def _targets(request: GroupRequest, source: MemberAccount) -> list[Any]:
    """The member's other accounts with the same payee; a coordinator is offered those of their own contracts."""
    return [
        found
        for found in accounts_of(request.group, source.member_id)
        if found.book_id == source.book_id and found.pk != source.pk and may_over(request, Permission.MOVE_BALANCES, found)
    ]


def _asked_target(request: GroupRequest, targets: dict[int, Any]) -> int | None:
    """The one that the address asks to look at, else the only one, else the newest contract."""
    asked = request.GET.get("vers", "")
    return next((pk for pk in targets if str(pk) == asked), next(iter(targets), None))


def _context(request: GroupRequest, source: Any, targets: dict[int, Any], form: TransferForm) -> dict[str, Any]:
    chosen = next((found for pk, found in targets.items() if str(pk) == str(form["vers"].value())), None)
    payee = payee_of(request.group, source)
    return {
        "form": form,
        "source": source,
        "source_name": account_name(source),
        "source_period": period_of(source),
        "payee": payee,
        "payee_icon": payee_icon(payee),
        "target": chosen,
        "target_name": account_name(chosen) if chosen else "",
        "target_after_cents": chosen.balance_cents + source.balance_cents if chosen else 0,
        "targets": [
            Target(account_name(found), period_of(found), f"?vers={pk}", found is chosen, found.balance_cents)
            for pk, found in targets.items()
        ],
        "account_url": _account_url(request, source),
        "button": _("Reporter {amount}").format(amount=signed_money(source.balance_cents)),
    }


def _account_url(request: GroupRequest, found: MemberAccount) -> str:
    """Back to the account: over the group by member, over a contract by subscription."""
    slug = request.group.slug
    if request.rights.may(Permission.SEE_ACCOUNTS):
        query = urlencode({"beneficiaire": found.book_id, "compte": found.pk})
        return f"{reverse('web:account', args=[slug, found.member_id])}?{query}"
    return reverse("web:subscription_account", args=[slug, found.subscription.contract_id, found.subscription.pk])
