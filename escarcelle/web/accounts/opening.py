"""« Reprise de solde »: the balances that members arrive with, one at a time or the whole group in a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.money import NotAnAmount, parse_amount
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.models import OpeningBalance
from escarcelle.payments.opening_balances import take_over_with
from escarcelle.web.accounts.account import account_heading
from escarcelle.web.accounts.pasted_balances import read_pasted_balances
from escarcelle.web.accounts.reach import payee_icon
from escarcelle.web.fields import AmountField, DayField, KeyField, refusal_to_form
from escarcelle.web.language import of_name, signed_money
from escarcelle.web.screens import GroupRequest, group_screen

REFUSED = 422
SIGN = gettext_lazy("+20 pour un avoir, −20 pour un reste dû.")


class OpeningForm(forms.Form):
    key = KeyField()
    payee = forms.TypedChoiceField(label=gettext_lazy("Bénéficiaire"), coerce=int)
    amount = AmountField(label=gettext_lazy("Solde à reprendre"), allow_negative=True, help_text=SIGN)
    on = DayField(label=gettext_lazy("Solde au"), help_text=gettext_lazy("Le jour où ce solde a été arrêté."))


class GridForm(forms.Form):
    """What the grid asks beside its rows."""

    key = KeyField()
    on = DayField(label=gettext_lazy("Soldes au"))
    control_total = AmountField(
        label=gettext_lazy("Total de contrôle"),
        allow_negative=True,
        required=False,
        help_text=gettext_lazy("La somme de votre ancien fichier. Si elle diffère, rien n’est enregistré."),
    )


@group_screen(may=Permission.TAKE_OVER_BALANCES)
def opening_balance(request: GroupRequest, member_id: int) -> HttpResponse:
    member = get_object_or_404(request.group.members.select_related("household_of"), pk=member_id).holder
    payees = payees_of(request.group)
    form = OpeningForm(request.POST or None, initial={"on": request.today, "payee": request.GET.get("beneficiaire", "")})
    form.fields["payee"].choices = [(payee.book_id, payee.name) for payee in payees]  # type: ignore[attr-defined]
    form.fields["on"].reference = request.today  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        payee = next(payee for payee in payees if payee.book_id == typed["payee"])
        amounts = [(member, typed["amount"])]
        try:
            take_over_with(
                group=request.group, payee=payee, amounts=amounts, on=typed["on"], today=request.today, by=request.member, key=typed["key"]
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            words = _("Reprise du solde {of_name} envers {payee}\u00a0: {amount}.")
            messages.success(request, words.format(of_name=of_name(member.name), payee=payee.name, amount=signed_money(typed["amount"])))
            query = urlencode({"beneficiaire": payee.book_id})
            return redirect(f"{reverse('web:account', args=[request.group.slug, member.pk])}?{query}")
    heading = _("Reprise du solde {of_name}").format(of_name=of_name(member.name))
    context = {"form": form, "member": member, "heading": heading, "account_heading": account_heading(member.name)}
    context["taken"] = _taken(request, member, payees)
    return render(request, "accounts/opening_balance.html", context, status=REFUSED if form.errors else 200)


@dataclass(frozen=True)
class Taken:
    """A balance taken over already, to be corrected rather than taken over twice."""

    payee_name: str
    opening: OpeningBalance


def _taken(request: GroupRequest, member: Member, payees: Sequence[Payee]) -> list[Taken]:
    names = {payee.book_id: payee.name for payee in payees}
    openings = request.group.opening_balances.standing().filter(account__member=member, account__is_general=True).select_related("account")
    return [Taken(names[opening.account.book_id], opening) for opening in openings.order_by("pk")]


@dataclass(frozen=True)
class Row:
    """A member of the grid: what was typed and why it is refused, or what was taken over already."""

    member: Member
    typed: str
    amount_cents: int | None
    error: str
    taken: OpeningBalance | None

    @property
    def name(self) -> str:
        return box_name(self.member.pk)


def box_name(member_id: int) -> str:
    """How the box of a member is called in the form."""
    return f"amount-{member_id}"


@group_screen(may=Permission.TAKE_OVER_BALANCES)
def opening_balances(request: GroupRequest) -> HttpResponse:
    payees = payees_of(request.group)
    payee = _asked_payee(request, payees)
    form = GridForm(request.POST if request.method == "POST" else None, initial={"on": request.today})
    form.fields["on"].reference = request.today  # type: ignore[attr-defined]
    rows = _rows(request, payee)
    if request.method == "POST" and "lire" in request.POST:
        return _show(request, payees, payee, _unbound(request), *_with_paste(request, rows))
    if request.method == "POST" and form.is_valid() and not any(row.error for row in rows):
        try:
            taken = _take_over(request, payee, form, rows)
        except Refusal as refusal:
            refusal_to_form(form, refusal, {"amount": ""})
        else:
            words = ngettext(
                "{count} solde repris envers {payee}\u00a0: {total}.", "{count} soldes repris envers {payee}\u00a0: {total}.", len(taken)
            )
            total = signed_money(sum(opening.amount_cents for opening in taken))
            messages.success(request, words.format(count=len(taken), payee=payee.name, total=total))
            return redirect(f"{reverse('web:balances', args=[request.group.slug])}?{urlencode({'beneficiaire': payee.book_id})}")
    return _show(request, payees, payee, form, rows, ())


def _take_over(request: GroupRequest, payee: Payee, form: GridForm, rows: Sequence[Row]) -> list[OpeningBalance]:
    typed = form.cleaned_data
    return take_over_with(
        group=request.group,
        payee=payee,
        amounts=[(row.member, row.amount_cents) for row in rows if row.amount_cents is not None],
        on=typed["on"],
        today=request.today,
        by=request.member,
        key=typed["key"],
        control_total_cents=typed["control_total"],
    )


def _asked_payee(request: GroupRequest, payees: Sequence[Payee]) -> Payee:
    wanted = request.POST.get("beneficiaire") or request.GET.get("beneficiaire", "")
    default = payees[0] if request.group.is_amap else payees[-1]
    return next((payee for payee in payees if str(payee.book_id) == wanted), default)


def _rows(request: GroupRequest, payee: Payee) -> list[Row]:
    """Households by name, each with what was typed. Two statements.

    Boxes of members taken over meanwhile are left out: sending the same form again must find it as it was, so a replayed key keeps them."""
    openings = request.group.opening_balances.standing().filter(account__book_id=payee.book_id).select_related("account", "activity")
    taken = {opening.account.member_id: opening for opening in openings}
    members = request.group.members.present().households().filter(is_machine=False).by_name()
    return [_row(member, request.POST.get(box_name(member.pk), ""), taken.get(member.pk)) for member in members]


def _row(member: Member, typed: str, taken: OpeningBalance | None) -> Row:
    if not typed.strip():
        return Row(member, "", None, "", taken)
    try:
        return Row(member, typed, parse_amount(typed, allow_negative=True), "", taken)
    except Refusal as refusal:
        return Row(member, typed, None, refusal.sentence(_), taken)


def _with_paste(request: GroupRequest, rows: Sequence[Row]) -> tuple[list[Row], Sequence[str]]:
    """The rows with what was pasted; what was typed by hand stays where the paste says nothing."""
    open_rows = [(row.member.pk, row.member.name) for row in rows if row.taken is None]
    pasted = read_pasted_balances(request.POST.get("collage", ""), open_rows)
    filled = [_row(row.member, pasted.amounts.get(row.member.pk, row.typed), row.taken) for row in rows]
    return filled, pasted.problems


@dataclass(frozen=True)
class Gap:
    """How far the rows are from the control total; no words while there is none that can be read."""

    words: str = ""
    style: str = ""


def _gap(control_total: Any, total_cents: int) -> Gap:
    try:
        control_cents = parse_amount(str(control_total or ""), allow_negative=True)
    except Refusal:
        return Gap()
    if control_cents == total_cents:
        return Gap(_no_gap(), "good")
    return Gap(signed_money(control_cents - total_cents), "awaits")


def _no_gap() -> str:
    return _("aucun, le total est juste")


def _unbound(request: GroupRequest) -> GridForm:
    """The form as it was typed, without judging it yet: reading a paste saves nothing."""
    names = ("key", "on", "control_total")
    return GridForm(initial={name: request.POST.get(name, "") for name in names})


def _show(
    request: GroupRequest, payees: Sequence[Payee], payee: Payee, form: GridForm, rows: Sequence[Row], problems: Sequence[str]
) -> HttpResponse:
    wrong = [row for row in rows if row.error]
    read = [row.amount_cents for row in rows if row.amount_cents is not None and row.taken is None]
    is_refused = request.method == "POST" and "lire" not in request.POST
    context: dict[str, Any] = {
        "form": form,
        "payee": payee,
        "payee_icon": payee_icon(payee),
        "subtabs": [{"label": found.name, "url": f"?beneficiaire={found.book_id}", "current": found == payee} for found in payees],
        "rows": rows,
        "problems": problems,
        "pasted": request.POST.get("collage", "") if problems or is_refused else "",
        "wrong_count": len(wrong),
        "first_wrong": wrong[0].name if wrong else "",
        "read_count": len(read),
        "total_cents": sum(read),
        "gap": _gap(form["control_total"].value(), sum(read)),
        "words": {"amount": {code: _(sentence) for code, sentence in NotAnAmount.sentences.items()}, "exact": _no_gap()},
        "correct_stem": reverse("web:opening_balance_correct", args=[request.group.slug, 0]).removesuffix("0/corriger/"),
        "open_count": sum(row.taken is None for row in rows),
    }
    return render(request, "accounts/opening_balances.html", context, status=REFUSED if is_refused else 200)
