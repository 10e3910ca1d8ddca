"""A payment as a line of a table: what it was, whose, and what may still be done about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.catalogs.models import Contract
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.payments.models import Method, Payment
from escarcelle.web.language import month
from escarcelle.web.screens import GroupRequest

ICONS = {
    Method.CHEQUE: "cheque",
    Method.CASH: "cash",
    Method.TRANSFER: "transfer",
    Method.CARD_TERMINAL: "terminal",
    Method.UNKNOWN: "unknown",
}


@dataclass(frozen=True)
class PaymentRow:
    """A line of a table of payments. `correct_url` and `cancel_url` are empty when that is over, or not theirs to do."""

    payment: Payment
    style: str
    icon: str
    title: str
    details: str
    state: str
    account_name: str
    account_url: str
    correct_url: str
    cancel_url: str


def payment_rows(request: GroupRequest, payments: Sequence[Payment]) -> list[PaymentRow]:
    """Rows of these payments, read with their account's contract. No statement."""
    return [_row(request, payment) for payment in payments]


def contract_of(payment: Payment) -> Contract | None:
    """The contract that a payment is about; None on a general account."""
    return None if payment.account.is_general else payment.account.subscription.contract


def title_of(payment: Payment) -> str:
    """« Chèque n° 4471201, Crédit Mutuel »"""
    if payment.method != Method.CHEQUE:
        return payment.get_method_display()
    number = _("n°\u00a0{number}").format(number=payment.cheque.number) if payment.cheque.number else ""
    return ", ".join(filter(None, (f"{payment.get_method_display()} {number}".strip(), payment.cheque.bank)))


def payments_url_of(request: GroupRequest, payment: Payment) -> str:
    """The payments of the account that a payment is on."""
    contract = contract_of(payment)
    if contract is None:
        return reverse("web:account_payments", args=[request.group.slug, payment.account_id])
    return reverse("web:subscription_payments", args=[request.group.slug, contract.pk, payment.account.subscription.pk])


def _row(request: GroupRequest, payment: Payment) -> PaymentRow:
    contract = contract_of(payment)
    may_change = payment.state == Payment.State.RECEIVED and request.rights.may(Permission.CORRECT_PAYMENTS, contract)
    slug = request.group.slug
    return PaymentRow(
        payment=payment,
        style="awaits" if payment.method == Method.UNKNOWN else "even",
        icon=ICONS[Method(payment.method)],
        title=title_of(payment),
        details=" · ".join(_details(payment)),
        state=_state(payment),
        account_name=contract.name if contract else _("compte général"),
        account_url=payments_url_of(request, payment),
        correct_url=reverse("web:payment_correct", args=[slug, payment.pk]) if may_change else "",
        cancel_url=reverse("web:payment_cancel", args=[slug, payment.pk]) if may_change else "",
    )


def _details(payment: Payment) -> Iterable[str]:
    planned_month = month(payment.cheque.planned_on) if payment.method == Method.CHEQUE and payment.cheque.planned_on else ""
    # A series is labelled with the month of each cheque: once is enough.
    if payment.label.casefold() not in ("", planned_month.casefold()):
        yield payment.label
    if payment.method != Method.CHEQUE:
        return
    if payment.cheque.drawer and payment.cheque.drawer != payment.account.member.name:
        yield _("tiré par {drawer}").format(drawer=payment.cheque.drawer)
    if planned_month:
        yield _("à encaisser en {month}").format(month=planned_month)


def _state(payment: Payment) -> str:
    """Empty for a payment that stands, and is nobody's correction."""
    if payment.state == Payment.State.CANCELLED:
        return _("annulé")
    if payment.state == Payment.State.CORRECTED:
        return _("corrigé")
    if payment.corrects is not None:
        return _("remplace le paiement du {day}").format(day=format_day(payment.corrects.received_on))
    return ""
