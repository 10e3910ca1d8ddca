"""What is typed about a catalogue and about a product of it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from escarcelle.catalogs.catalogues import VAT_RATES, CatalogueTerms, ProductTerms
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.groups.models import Group
from escarcelle.web.fields import AmountField, DayField, KeyField, LineField
from escarcelle.web.language import typed_money
from escarcelle.web.validation.forms import WeightField

_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


def percent(basis_points: int) -> str:
    """550 → « 5,5 », in English « 5.5 »; 1000 → « 10 »."""
    whole, hundredths = divmod(basis_points, 100)
    return typed_money(basis_points).removesuffix("0") if hundredths else str(whole)


def rate(basis_points: int) -> str:
    """550 → « 5,5 % », in English « 5.5% »."""
    return gettext("{percent}\u00a0%").format(percent=percent(basis_points))


class PercentField(forms.Field):
    """A percentage with two decimals at most, cleaned to hundredths of a percent; an emptied box is none."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5, "class": "figure"})

    def prepare_value(self, value: Any) -> Any:
        return percent(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int:
        typed = " ".join(str(value or "0").split())
        found = _PERCENT.fullmatch(typed)
        if found is None:
            raise ValidationError(gettext("«\u00a0{typed}\u00a0» n’est pas un pourcentage. Écrivez par exemple 2,5.").format(typed=typed))
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


class CatalogueForm(forms.Form):
    """A catalogue: its name, its season, what the market adds to the prices."""

    key = KeyField()
    name = LineField(label=gettext_lazy("Nom du catalogue"), max_length=120)
    starts_on = DayField(label=gettext_lazy("Premier jour"))
    ends_on = DayField(label=gettext_lazy("Dernier jour"))
    fee = PercentField(
        label=gettext_lazy("Frais du marché, en %"), required=False, help_text=gettext_lazy("S’ajoutent aux prix et restent au marché.")
    )

    def terms(self) -> CatalogueTerms:
        """The terms of a valid form."""
        typed = self.cleaned_data
        return CatalogueTerms(typed["name"], typed["starts_on"], typed["ends_on"], fee_basis_points=typed["fee"])


class OpeningCatalogueForm(CatalogueForm):
    """The same with whose it is: a producer of the market, or a new one."""

    producer: "forms.ModelChoiceField[Producer]" = forms.ModelChoiceField(
        queryset=None, required=False, label=gettext_lazy("Producteur"), empty_label=gettext_lazy("Un nouveau producteur")
    )
    producer_name = LineField(max_length=120, required=False, label=gettext_lazy("Nom du nouveau producteur"))

    def __init__(self, group: Group, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["producer"].queryset = group.producers.order_by("name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One producer, and one only."""
        typed = super().clean() or {}
        if "producer" in self.errors or "producer_name" in self.errors:
            return typed
        if not typed.get("producer") and not typed.get("producer_name"):
            self.add_error("producer_name", gettext("Choisissez un producteur, ou écrivez le nom d’un nouveau."))
        if typed.get("producer") and typed.get("producer_name"):
            self.add_error("producer_name", gettext("Un producteur est déjà choisi\u00a0: videz l’un des deux."))
        return typed


def catalogue_form(catalogue: Contract, data: Any = None) -> CatalogueForm:
    """The terms of a catalogue, to be changed."""
    now = {name: getattr(catalogue, name) for name in ("name", "starts_on", "ends_on")}
    return CatalogueForm(data, initial={**now, "fee": catalogue.fee_basis_points})


class ProductForm(forms.Form):
    """How a product is sold."""

    key = KeyField()
    name = LineField(label=gettext_lazy("Produit"), max_length=120)
    sold_by = forms.ChoiceField(
        label=gettext_lazy("Vendu"), choices=Product.SoldBy.choices, initial=Product.SoldBy.PIECE.value, widget=forms.RadioSelect
    )
    price = AmountField(label=gettext_lazy("Prix"), help_text=gettext_lazy("D’une pièce, ou d’un kilo pour ce qui se pèse."))
    unit = LineField(
        label=gettext_lazy("Unité"),
        max_length=30,
        required=False,
        initial=gettext_lazy("pièce"),
        help_text=gettext_lazy("Pièce, botte, filet…"),
    )
    step_grams = WeightField(
        label=gettext_lazy("Poids prévu"),
        required=False,
        help_text=gettext_lazy("Au poids\u00a0: par quelle quantité on commande. Pièce pesée\u00a0: son poids probable."),
    )
    stock = forms.IntegerField(
        label=gettext_lazy("Stock par distribution"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Vide\u00a0: autant qu’on en commande."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "class": "figure", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Écrivez un nombre entier, par exemple 2.")},
    )
    vat = forms.TypedChoiceField(label=gettext_lazy("TVA"), coerce=int, initial=550)
    is_offered = forms.BooleanField(label=gettext_lazy("Proposé à la commande"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vat"].choices = [(points, rate(points)) for points in VAT_RATES]  # type: ignore[attr-defined]

    def terms(self) -> ProductTerms:
        """The terms of a valid form."""
        typed = self.cleaned_data
        return ProductTerms(
            name=typed["name"],
            price_cents=typed["price"],
            unit=typed["unit"],
            sold_by=typed["sold_by"],
            step_grams=typed["step_grams"],
            stock_per_delivery=typed["stock"],
            vat_basis_points=typed["vat"],
            is_offered=typed["is_offered"],
        )


def product_form(product: Product, price_cents: int, data: Any = None) -> ProductForm:
    """A product as it is sold now, to be changed."""
    now = {name: getattr(product, name) for name in ("name", "sold_by", "unit", "step_grams", "is_offered")}
    sold = {"price": price_cents, "stock": product.stock_per_delivery, "vat": product.vat_basis_points}
    return ProductForm(data, initial={**now, **sold})


# The boxes that bear another name than what the verbs refuse.
BOXES = {"fee_basis_points": "fee", "stock_per_delivery": "stock", "vat_basis_points": "vat"}
