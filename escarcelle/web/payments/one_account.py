"""The payments of one account: those noted, and a box for the next one with what is owed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.lib.elision import filled
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.cheque_habits import COMMON_BANKS, ChequeHabit, cheque_habits
from escarcelle.payments.doubles import twins_of
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.queries import accounts_with_balance, payee_of, payments_of_account
from escarcelle.payments.recording import record_payment
from escarcelle.web.contracts.pages import REFUSED, contract_page
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.language import money
from escarcelle.web.payments.bulk_entry import TAB
from escarcelle.web.payments.forms import PaymentForm
from escarcelle.web.payments.grid_rows import twin_words
from escarcelle.web.payments.rows import payment_rows
from escarcelle.web.screens import ContractRequest, GroupRequest, contract_screen, group_screen


@contract_screen(may=Permission.RECORD_PAYMENTS)
def subscription_payments(request: ContractRequest, subscription_id: int) -> HttpResponse:
    """Payments of a subscription, withdrawn ones too: what they received stays to be seen."""
    accounts = accounts_with_balance(request.group).filter(subscription=subscription_id, subscription__contract=request.contract)
    account = get_object_or_404(accounts)
    form = _form(request, account)
    if _record(request, form, account):
        return redirect("web:subscription_payments", request.group.slug, request.contract.pk, subscription_id)
    context = {**_context(request, account, form), "about": account.subscription}
    return contract_page(request, "payments/subscription_payments.html", context, tab=TAB, status=REFUSED if form.errors else 200)


@group_screen(may=Permission.RECORD_PAYMENTS)
def account_payments(request: GroupRequest, account_id: int) -> HttpResponse:
    """The same for a general account: an opening balance, a client of a market."""
    account = get_object_or_404(accounts_with_balance(request.group), pk=account_id)
    if not account.is_general:
        raise Http404
    form = _form(request, account)
    if _record(request, form, account):
        return redirect("web:account_payments", request.group.slug, account_id)
    return render(request, "payments/account_payments.html", _context(request, account, form), status=REFUSED if form.errors else 200)


def _form(request: GroupRequest, account: Any) -> PaymentForm:
    habit = _habit(request, account)
    proposed = {
        "received_on": request.today,
        "method": Method.CHEQUE,
        "bank": habit.bank,
        "drawer": habit.drawer,
        "amount": -account.balance_cents if account.balance_cents < 0 else None,
    }
    return PaymentForm(request.POST or None, group=request.group, today=request.today, initial=proposed)


def _habit(request: GroupRequest, account: Any) -> ChequeHabit:
    habits = cheque_habits(request.group, {account.member_id: account.member.name})
    return habits.get(account.member_id, ChequeHabit("", ""))


def _record(request: GroupRequest, form: PaymentForm, account: MemberAccount) -> Payment | None:
    if not form.is_valid():
        return None
    try:
        payment = record_payment(
            account=account, received=form.received(), on=request.today, by=request.member, key=form.cleaned_data["key"]
        )
    except Refusal as refusal:
        refusal_to_form(form, refusal)
        return None
    for _payment, twin in twins_of(request.group, [payment]):
        messages.warning(request, twin_words(request.rights, payment, twin))
    done = _("{amount} de {name}, reçu le {day}, est noté.")
    parts = {"amount": money(payment.amount_cents), "name": account.member.name, "day": format_day(payment.received_on)}
    messages.success(request, filled(done, parts))
    return payment


def _context(request: GroupRequest, account: Any, form: PaymentForm) -> dict[str, Any]:
    payments = payments_of_account(account)
    for payment in payments:
        payment.account = account  # read already, with its member and contract
    may_move = request.rights.may(Permission.MOVE_BALANCES, None if account.is_general else account.subscription.contract)
    return {
        "account": account,
        "payee": payee_of(request.group, account),
        "form": form,
        "banks": COMMON_BANKS,
        "rows": payment_rows(request, payments),
        "standing_cents": sum(payment.amount_cents for payment in payments if payment.state == Payment.State.RECEIVED),
        "transfer_url": reverse("web:balance_transfer", args=[request.group.slug, account.pk]) if may_move else "",
    }
