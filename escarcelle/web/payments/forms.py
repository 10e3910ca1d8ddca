"""A payment entered one by one, corrected, taken back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from escarcelle.groups.models import Group
from escarcelle.lib.cheque_series import CHEQUE_NUMBER_LENGTH
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.recording import ChequeDetails, Received, methods_of
from escarcelle.web.fields import AmountField, DayField, KeyField, LineField

REASON_LENGTH = 200
CHEQUE_BOXES = ("number", "bank", "drawer", "written_on", "planned_on")


class PaymentForm(forms.Form):
    """A payment as typed. `received()` once it is valid."""

    key = KeyField()
    amount = AmountField(label=gettext_lazy("Montant"))
    method = forms.ChoiceField(label=gettext_lazy("Moyen"))
    received_on = DayField(label=gettext_lazy("Date de réception"))
    number = LineField(label=gettext_lazy("Numéro du chèque"), max_length=CHEQUE_NUMBER_LENGTH, required=False)
    bank = LineField(label=gettext_lazy("Banque"), max_length=80, required=False)
    label = LineField(label=gettext_lazy("Libellé"), max_length=120, required=False)
    drawer = LineField(label=gettext_lazy("Tireur"), max_length=120, required=False)
    written_on = DayField(label=gettext_lazy("Date du chèque"), required=False)
    planned_on = DayField(label=gettext_lazy("À encaisser le"), required=False)

    def __init__(self, *args: Any, group: Group, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        methods = [(method.value, method.label) for method in map(Method, methods_of(group))]
        self.fields["method"] = forms.ChoiceField(label=self.fields["method"].label, choices=methods)
        self.order_fields(["key", "amount", "method", "received_on"])
        for box in self.fields.values():
            if isinstance(box, DayField):
                box.reference = today

    def received(self) -> Received:
        typed = self.cleaned_data
        return Received(
            amount_cents=typed["amount"],
            method=typed["method"],
            received_on=typed["received_on"],
            label=typed["label"],
            cheque=ChequeDetails(
                typed["number"], typed["bank"], typed["drawer"], typed["written_on"] or typed["received_on"], typed["planned_on"]
            ),
        )

    @property
    def has_details(self) -> bool:
        """Whether the boxes that are folded hold something, or something wrong."""
        return any(self[box].value() or self[box].errors for box in ("drawer", "written_on", "planned_on"))


class CorrectionForm(PaymentForm):
    """The same payment as it should have been, with why."""

    reason = LineField(
        label=gettext_lazy("Motif"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Il se lit sur le compte du membre."),
        error_messages={"required": gettext_lazy("Indiquez le motif\u00a0: il sera lu par le membre.")},
    )


class CancelPaymentForm(forms.Form):
    key = KeyField()
    reason = LineField(
        label=gettext_lazy("Motif"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Il se lit sur le compte du membre."),
        error_messages={"required": gettext_lazy("Indiquez le motif\u00a0: il sera lu par le membre.")},
    )


def as_typed(payment: Payment) -> Mapping[str, Any]:
    """What the boxes show of a payment to be corrected."""
    shown = {"amount": payment.amount_cents, "method": payment.method, "received_on": payment.received_on, "label": payment.label}
    if payment.method == Method.CHEQUE:
        shown |= {box: getattr(payment.cheque, box) for box in CHEQUE_BOXES}
    return shown
