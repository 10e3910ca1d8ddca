"""A payment entered wrongly: corrected, or taken back, with a reason that the member reads."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.cheque_habits import COMMON_BANKS
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import Payment
from escarcelle.payments.queries import payee_of
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.language import money
from escarcelle.web.payments.forms import CancelPaymentForm, CorrectionForm, as_typed
from escarcelle.web.payments.rows import contract_of, payment_rows, payments_url_of, title_of
from escarcelle.web.screens import GroupRequest, group_screen

_AROUND = ("cheque", "group", "corrects", "account__group", "account__member", "account__book__producer", "account__subscription__contract")


def _payment(request: GroupRequest, payment_id: int) -> Payment:
    """A payment of the group: 404 for another group's, 403 for one of a contract that is not theirs."""
    payment = get_object_or_404(request.group.payments.select_related(*_AROUND), pk=payment_id)
    if not request.rights.may(Permission.CORRECT_PAYMENTS, contract_of(payment)):
        raise PermissionDenied
    return payment


@group_screen(may=Permission.CORRECT_PAYMENTS, over_some_contract=True)
def payment_correct(request: GroupRequest, payment_id: int) -> HttpResponse:
    payment = _payment(request, payment_id)
    form = CorrectionForm(request.POST or None, group=request.group, today=request.today, initial=as_typed(payment))
    if form.is_valid():
        try:
            corrected = correct_payment(
                payment=payment,
                received=form.received(),
                reason=form.cleaned_data["reason"],
                on=request.today,
                by=request.member,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            done = _("Le paiement est corrigé\u00a0: {before} devient {after}.")
            messages.success(request, done.format(before=money(payment.amount_cents), after=money(corrected.amount_cents)))
            return redirect(payments_url_of(request, payment))
    return _page(request, "payments/payment_correct.html", payment, form)


@group_screen(may=Permission.CORRECT_PAYMENTS, over_some_contract=True)
def payment_cancel(request: GroupRequest, payment_id: int) -> HttpResponse:
    payment = _payment(request, payment_id)
    form = CancelPaymentForm(request.POST or None)
    if form.is_valid():
        try:
            cancel_payment(
                payment=payment, reason=form.cleaned_data["reason"], on=request.today, by=request.member, key=form.cleaned_data["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Le paiement de {amount} est annulé.").format(amount=money(payment.amount_cents)))
            return redirect(payments_url_of(request, payment))
    return _page(request, "payments/payment_cancel.html", payment, form)


def _page(request: GroupRequest, template: str, payment: Payment, form: Any) -> HttpResponse:
    [row] = payment_rows(request, [payment])
    context = {
        "banks": COMMON_BANKS,
        "payment": payment,
        "row": row,
        "form": form,
        "title": title_of(payment),
        "payee": payee_of(request.group, payment.account),
        "back_url": row.account_url,
        "is_standing": payment.state == Payment.State.RECEIVED,
    }
    return render(request, template, context, status=REFUSED if form.errors else 200)
