"""An opening balance taken over wrongly: corrected, with a reason that the member reads."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.models import OpeningBalance
from escarcelle.payments.opening_balances import correct_opening_balance
from escarcelle.payments.queries import payee_of
from escarcelle.web.accounts.account import account_heading, account_name
from escarcelle.web.accounts.reach import payee_icon
from escarcelle.web.fields import AmountField, DayField, KeyField, LineField, refusal_to_form
from escarcelle.web.language import signed_money, signed_typed_money
from escarcelle.web.screens import GroupRequest, group_screen

REFUSED = 422
REASON_LENGTH = 200
_AROUND = ("group", "account__group", "account__member", "account__book__producer", "account__subscription__contract")


class SignedAmountField(AmountField):
    """A balance to be put right, shown with its sign: « −12,80 »."""

    def prepare_value(self, value: object) -> object:
        return signed_typed_money(value) if isinstance(value, int) else value


class CorrectOpeningForm(forms.Form):
    key = KeyField()
    amount = SignedAmountField(
        label=gettext_lazy("Solde à reprendre"),
        allow_negative=True,
        help_text=gettext_lazy("+20 pour un avoir, −20 pour un reste dû, 0 pour ne rien reprendre."),
    )
    on = DayField(label=gettext_lazy("Solde au"))
    reason = LineField(
        label=gettext_lazy("Motif"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Il se lit sur le compte du membre."),
        error_messages={"required": gettext_lazy("Indiquez le motif\u00a0: il sera lu par le membre.")},
    )


@group_screen(may=Permission.TAKE_OVER_BALANCES)
def opening_balance_correct(request: GroupRequest, opening_id: int) -> HttpResponse:
    opening = get_object_or_404(request.group.opening_balances.select_related(*_AROUND), pk=opening_id)
    form = CorrectOpeningForm(request.POST or None, initial={"amount": opening.amount_cents, "on": opening.on})
    form.fields["on"].reference = request.today  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            corrected = correct_opening_balance(
                opening=opening,
                amount_cents=typed["amount"],
                on=typed["on"],
                reason=typed["reason"],
                today=request.today,
                by=request.member,
                key=typed["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            words = _("La reprise de solde est corrigée\u00a0: {before} devient {after}.")
            messages.success(request, words.format(before=signed_money(opening.amount_cents), after=signed_money(corrected.amount_cents)))
            return redirect(_account_url(request, opening))
    return _page(request, opening, form)


def _page(request: GroupRequest, opening: OpeningBalance, form: CorrectOpeningForm) -> HttpResponse:
    payee = payee_of(request.group, opening.account)
    standing = request.group.opening_balances.standing().filter(account=opening.account_id).first()
    context = {
        "form": form,
        "opening": opening,
        "is_standing": standing == opening,
        "last_url": reverse("web:opening_balance_correct", args=[request.group.slug, standing.pk]) if standing else "",
        "payee": payee,
        "payee_icon": payee_icon(payee),
        "account_name": account_name(opening.account),
        "account_heading": account_heading(opening.account.member.name),
        "account_url": _account_url(request, opening),
    }
    return render(request, "accounts/opening_balance_correct.html", context, status=REFUSED if form.errors else 200)


def _account_url(request: GroupRequest, opening: OpeningBalance) -> str:
    query = urlencode({"beneficiaire": opening.account.book_id, "compte": opening.account_id})
    return f"{reverse('web:account', args=[request.group.slug, opening.account.member_id])}?{query}"
