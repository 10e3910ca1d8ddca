"""What is typed about a basket on the day."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from escarcelle.catalogs.models import Product
from escarcelle.lib.cheque_series import CHEQUE_NUMBER_LENGTH
from escarcelle.lib.refusals import Refusal
from escarcelle.lib.weights import format_grams, parse_weight
from escarcelle.payments.models import Method
from escarcelle.validation.baskets import CREDIT, DEBT
from escarcelle.validation.shortages import Rule
from escarcelle.web.fields import AmountField, CountField, KeyField, LineField

ON_SITE_METHODS = [(method.value, method.label) for method in (Method.CASH, Method.CHEQUE, Method.CARD_TERMINAL)]
METHODS = [*ON_SITE_METHODS, (Method.TRANSFER.value, Method.TRANSFER.label)]


class WeightField(forms.Field):
    """A weight as a scale shows it, cleaned to grams."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "money", "size": 8})

    def prepare_value(self, value: Any) -> Any:
        return format_grams(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        try:
            return parse_weight(str(value)) if value else None
        except Refusal as refusal:
            raise ValidationError(refusal.sentence(gettext), code=refusal.code) from refusal


class ChequeBoxes(forms.Form):
    """Number and bank, for what was paid by cheque."""

    number = LineField(label=gettext_lazy("Numéro du chèque"), max_length=CHEQUE_NUMBER_LENGTH, required=False)
    bank = LineField(label=gettext_lazy("Banque"), max_length=80, required=False)


class ValidateForm(ChequeBoxes):
    """How what was not named was paid, and what is left said."""

    key = KeyField()
    method = forms.ChoiceField(label=gettext_lazy("Moyen de paiement"), choices=ON_SITE_METHODS, required=False)
    leaving = forms.ChoiceField(choices=[("", ""), (DEBT, DEBT), (CREDIT, CREDIT)], required=False)


class ReceiveForm(ChequeBoxes):
    """A promised payment that arrives."""

    key = KeyField()
    promise = forms.IntegerField(widget=forms.HiddenInput)
    method = forms.ChoiceField(label=gettext_lazy("Moyen"), choices=METHODS)
    amount = AmountField(label=gettext_lazy("Montant"))


class DropPromiseForm(forms.Form):
    key = KeyField()
    promise = forms.IntegerField(widget=forms.HiddenInput)


class MissingForm(forms.Form):
    key = KeyField()
    line = forms.IntegerField(widget=forms.HiddenInput)
    count = CountField(label=gettext_lazy("Non livré"))


class WeighForm(forms.Form):
    key = KeyField()
    line = forms.IntegerField(widget=forms.HiddenInput)
    weight = WeightField(label=gettext_lazy("Poids"))
    is_sure = forms.BooleanField(label=gettext_lazy("C’est bien ce que dit la balance"), required=False)


class ExtraLineForm(forms.Form):
    """So many more of a product of this distribution; a screen sets `products`."""

    key = KeyField()
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        label=gettext_lazy("Produit"), queryset=None, empty_label=gettext_lazy("Choisir un produit")
    )
    quantity = CountField(label=gettext_lazy("Quantité"), min_value=1, initial=1)

    def __init__(self, *args: Any, products: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


class ExtraPaymentForm(ChequeBoxes):
    key = KeyField()
    method = forms.ChoiceField(label=gettext_lazy("Moyen"), choices=METHODS)
    amount = AmountField(label=gettext_lazy("Montant"))


class RefundForm(forms.Form):
    key = KeyField()
    method = forms.ChoiceField(label=gettext_lazy("Moyen"), choices=METHODS)
    amount = AmountField(label=gettext_lazy("Montant"))


class ReasonForm(forms.Form):
    """An act that is only done with a reason."""

    key = KeyField()
    reason = LineField(label=gettext_lazy("Motif"), max_length=200)


class ForceForm(forms.Form):
    """Which method the payments that nobody named take; none when there is none."""

    key = KeyField()
    method = forms.ChoiceField(label=gettext_lazy("Noter les paiements sur place comme"), required=False)

    def __init__(self, *args: Any, methods: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(method, Method(method).label) for method in methods]
        self.fields["method"] = forms.ChoiceField(label=self.fields["method"].label, choices=choices, required=bool(choices))


class ShortageForm(forms.Form):
    """How many came of a product, and who goes without."""

    key = KeyField()
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        label=gettext_lazy("Produit"), queryset=None, empty_label=gettext_lazy("Choisir un produit")
    )
    delivered = CountField(label=gettext_lazy("Quantité livrée"))
    rule = forms.ChoiceField(
        label=gettext_lazy("Qui s’en passe\u202f?"),
        widget=forms.RadioSelect,
        choices=[
            (Rule.PROPORTIONAL.value, gettext_lazy("Chacun un peu, en proportion de sa commande")),
            (Rule.FIRST_SERVED.value, gettext_lazy("Les derniers à avoir commandé")),
            (Rule.NAMED.value, gettext_lazy("Les paniers que je coche")),
        ],
        initial=Rule.PROPORTIONAL.value,
    )
    named = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, products: Any, baskets: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
        self.fields["named"].choices = baskets  # type: ignore[attr-defined]


class DayPriceForm(forms.Form):
    """Another price for one distribution."""

    key = KeyField()
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        label=gettext_lazy("Produit"), queryset=None, empty_label=gettext_lazy("Choisir un produit")
    )
    price = AmountField(label=gettext_lazy("Prix ce jour-là"))
    reason = LineField(label=gettext_lazy("Motif"), max_length=200, required=False)

    def __init__(self, *args: Any, products: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
