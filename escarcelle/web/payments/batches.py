"""A batch just recorded, and « Annuler ce lot »."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.batches import cancel_batch
from escarcelle.payments.doubles import twins_of
from escarcelle.payments.journal import payments_of_batch
from escarcelle.payments.models import Batch, Payment
from escarcelle.subscriptions.queries import balances_by_subscription
from escarcelle.web.contracts.pages import REFUSED, contract_page
from escarcelle.web.fields import KeyField, refusal_to_form
from escarcelle.web.language import money
from escarcelle.web.payments.bulk_entry import TAB, draft_name
from escarcelle.web.payments.grid_rows import twin_words
from escarcelle.web.payments.grid_words import ANY, count_words
from escarcelle.web.payments.rows import PaymentRow, payment_rows
from escarcelle.web.screens import ContractRequest, contract_screen


class CancelBatchForm(forms.Form):
    key = KeyField()


@dataclass(frozen=True)
class Doubt:
    """A payment of the batch that an older one resembles: the same cheque, or as much on the same day."""

    sentence: str
    member_name: str
    cancel_url: str


def _batch(request: ContractRequest, batch_id: int) -> Batch:
    return get_object_or_404(request.contract.batches.select_related("activity__by", "group"), pk=batch_id)


@contract_screen(may=Permission.RECORD_PAYMENTS)
def batch(request: ContractRequest, batch_id: int) -> HttpResponse:
    """What a batch recorded, where the contract stands now, and the way back."""
    found = _batch(request, batch_id)
    payments = payments_of_batch(found)
    rows = payment_rows(request, payments)
    balances = balances_by_subscription(request.contract).values()
    context = {
        **_about(found),
        "rows": rows,
        "doubts": [] if found.cancelled_at else _doubts(request, rows),
        "left_alone": _left_alone(found, rows),
        "balance_cents": sum(balances),
        "negative_count": sum(cents < 0 for cents in balances),
        "draft_name": draft_name(request),
        "may_cancel": request.rights.may(Permission.CORRECT_PAYMENTS, request.contract) and found.cancelled_at is None,
    }
    return contract_page(request, "payments/batch.html", context, tab=TAB)


def _about(found: Batch) -> dict[str, object]:
    return {"batch": found, "in_words": f"{count_words(ANY, found.payment_count)}, {money(found.total_cents)}"}


def _doubts(request: ContractRequest, rows: list[PaymentRow]) -> list[Doubt]:
    urls = {row.payment.pk: row.cancel_url for row in rows}
    return [
        Doubt(twin_words(request.rights, payment, twin), payment.account.member.name, urls[payment.pk])
        for payment, twin in twins_of(request.group, [row.payment for row in rows])
    ]


def _left_alone(found: Batch, rows: list[PaymentRow]) -> list[PaymentRow]:
    """Payments that undoing the batch does not touch: an act of their own has changed them since."""
    states = {Payment.State.CORRECTED} if found.cancelled_at else {Payment.State.CORRECTED, Payment.State.CANCELLED}
    return [row for row in rows if row.payment.state in states]


@contract_screen(may=Permission.CORRECT_PAYMENTS)
def batch_cancel(request: ContractRequest, batch_id: int) -> HttpResponse:
    """Say what undoing takes back and what it leaves, then do it. Sent twice, done once."""
    found = _batch(request, batch_id)
    form = CancelBatchForm(request.POST or None)
    if form.is_valid():
        try:
            undone = cancel_batch(batch=found, on=request.today, by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            amount = money(sum(payment.amount_cents for payment in undone.cancelled))
            list(messages.get_messages(request))  # the offer to undo, if it is still waiting, has been taken
            done = _("Le lot est annulé\u00a0: {payments}, {total}.")
            messages.success(request, done.format(payments=count_words(ANY, len(undone.cancelled)), total=amount))
            return redirect("web:batch", request.group.slug, request.contract.pk, found.pk)
    rows = payment_rows(request, payments_of_batch(found))
    standing = [row for row in rows if row.payment.state == Payment.State.RECEIVED]
    context = {
        **_about(found),
        "form": form,
        "left_alone": _left_alone(found, rows),
        "count_words": count_words(ANY, len(standing)),
        "total_cents": sum(row.payment.amount_cents for row in standing),
    }
    return contract_page(request, "payments/batch_cancel.html", context, tab=TAB, status=REFUSED if form.errors else 200)
