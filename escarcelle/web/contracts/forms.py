"""What is typed about a contract: its terms, products, prices, and distributions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.contracts import ContractTerms
from escarcelle.catalogs.models import Contract, Producer
from escarcelle.groups.models import Group
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import (
    AmountField,
    CountField,
    DayField,
    HourField,
    KeyField,
    LineField,
    MemberField,
    refusal_to_form,
)

PRODUCT_ROWS = (1, 2, 3, 4)
ORDERS_CLOSE_AT = dt.time(20)
NO_CYCLE, ONCE = "", "once"
CYCLES = [
    (Cycle.WEEKLY.value, _("Toutes les semaines")),
    (Cycle.EVERY_TWO_WEEKS.value, _("Toutes les deux semaines")),
    (Cycle.EVERY_THREE_WEEKS.value, _("Toutes les trois semaines")),
    (Cycle.MONTHLY.value, _("Tous les mois, le même jour de la semaine")),
]


class TermsForm(forms.Form):
    """What is agreed with the producer for a season."""

    name = LineField(max_length=120, label=_("Nom du contrat"))
    starts_on = DayField(label=_("Premier jour"))
    ends_on = DayField(label=_("Dernier jour"))
    cheque_payable_to = LineField(
        max_length=120, required=False, label=_("Chèques à l’ordre de"), help_text=_("Vide\u00a0: le nom du producteur.")
    )
    absences_allowed = CountField(label=_("Absences possibles"), initial=0, max_value=400, help_text=_("Par souscription, sur la saison."))
    absences_from = DayField(required=False, label=_("Absences à partir du"))
    absences_until = DayField(required=False, label=_("Absences jusqu’au"))
    # Of a contract that is ordered date by date.
    minimum_per_delivery_cents = AmountField(
        required=False, label=_("Minimum à chaque distribution"), help_text=_("Vide\u00a0: pas de minimum.")
    )
    minimum_total_cents = AmountField(
        required=False, label=_("Minimum sur le contrat"), help_text=_("Réduit en proportion pour qui arrive en cours de saison.")
    )
    orders_open_days_before = CountField(
        required=False, label=_("Ouverture des commandes, jours avant"), help_text=_("Vide\u00a0: dès que la distribution est prévue.")
    )
    orders_close_days_before = CountField(required=False, initial=3, label=_("Fermeture des commandes, jours avant"))
    orders_close_time = HourField(required=False, initial=ORDERS_CLOSE_AT, label=_("Heure de fermeture"))
    key = KeyField()

    def terms(self) -> ContractTerms:
        """The terms of a valid form."""
        names = ("name", "starts_on", "ends_on", "cheque_payable_to", "absences_allowed", "absences_from", "absences_until")
        typed = self.cleaned_data
        orders: dict[str, Any] = {
            "minimum_per_delivery_cents": typed.get("minimum_per_delivery_cents") or 0,
            "minimum_total_cents": typed.get("minimum_total_cents") or 0,
            "orders_open_days_before": typed.get("orders_open_days_before") or None,
            "orders_close_days_before": typed.get("orders_close_days_before") or 0,
            "orders_close_time": typed.get("orders_close_time") or ORDERS_CLOSE_AT,
        }
        return ContractTerms(**{name: typed[name] for name in names}, **orders)


ORDERS_FIELDS = (
    "minimum_per_delivery_cents",
    "minimum_total_cents",
    "orders_open_days_before",
    "orders_close_days_before",
    "orders_close_time",
)


def terms_form(contract: Contract, data: Any = None) -> TermsForm:
    """The terms of a contract, to be changed."""
    names = (name for name in TermsForm.base_fields if name != "key")
    form = TermsForm(data, initial={name: getattr(contract, name) for name in names})
    for name in ("minimum_per_delivery_cents", "minimum_total_cents"):
        # No minimum is an empty box, not zero euros.
        form.initial[name] = form.initial[name] or None
    if not contract.is_variable:
        for name in ORDERS_FIELDS:
            del form.fields[name]
    return form


class ProductForm(forms.Form):
    """One more product of a contract."""

    name = LineField(max_length=120, label=_("Produit"))
    unit = LineField(max_length=30, required=False, label=_("Unité"), initial="panier")
    price = AmountField(label=_("Prix"))
    key = KeyField()


class PriceForm(forms.Form):
    """Another price, from a date on."""

    price = AmountField(label=_("Nouveau prix"))
    from_date = DayField(label=_("À partir du"))
    key = KeyField()


class CoordinatorForm(forms.Form):
    coordinator = MemberField(label=_("Membre"))


class PlanForm(forms.Form):
    """Distributions to be planned: where, at what hours, on which days."""

    place = LineField(max_length=120, label=_("Lieu"))
    starts_at = HourField(label=_("De"))
    ends_at = HourField(label=_("À"))
    cycle = forms.ChoiceField(label=_("Rythme"), choices=[*CYCLES, (ONCE, _("Une seule fois"))], initial=Cycle.WEEKLY.value)
    first_on = DayField(label=_("Première distribution"))
    last_on = DayField(required=False, label=_("Jusqu’au"), help_text=_("Vide\u00a0: jusqu’au dernier jour du contrat."))
    key = KeyField()

    def days(self, contract: Contract) -> list[dt.date]:
        """The days asked for. Refused: `NotACycle`."""
        first_on = self.cleaned_data["first_on"]
        if self.cleaned_data["cycle"] == ONCE:
            return [first_on]
        return dates(Cycle(self.cleaned_data["cycle"]), first_on, self.cleaned_data["last_on"] or contract.ends_on)


class MoveForm(forms.Form):
    to = DayField(label=_("Nouveau jour"))
    key = KeyField()


class CancelForm(forms.Form):
    reason = LineField(max_length=200, label=_("Raison"), help_text=_("Elle sera lisible sur le compte de chaque membre."))
    key = KeyField()


class KeyForm(forms.Form):
    """An act that asks nothing but to be sure."""

    key = KeyField()


@dataclass(frozen=True)
class TypedProduct:
    """A row of products that was filled."""

    name: str
    unit: str
    price_cents: int


class OpeningForm(TermsForm):
    """A whole contract in one page."""

    kind = forms.ChoiceField(
        label=_("Ce que chacun reçoit"),
        required=False,
        choices=[
            (Contract.Kind.CONSTANT.value, _("La même chose à chaque distribution")),
            (Contract.Kind.VARIABLE.value, _("Ce qu’il commande, date par date")),
        ],
        initial=Contract.Kind.CONSTANT.value,
        widget=forms.RadioSelect,
    )
    producer: "forms.ModelChoiceField[Producer]" = forms.ModelChoiceField(
        queryset=None, required=False, label=_("Producteur"), empty_label=_("Un nouveau producteur")
    )
    producer_name = LineField(max_length=120, required=False, label=_("Nom du nouveau producteur"))
    place = LineField(max_length=120, required=False, label=_("Lieu"))
    starts_at = HourField(required=False, label=_("De"))
    ends_at = HourField(required=False, label=_("À"))
    cycle = forms.ChoiceField(required=False, label=_("Rythme"), choices=[(NO_CYCLE, _("Pas encore de distribution")), *CYCLES])
    first_on = DayField(required=False, label=_("Première distribution"), help_text=_("Vide\u00a0: le premier jour du contrat."))
    coordinator = MemberField(required=False, label=_("Coordinateur"), empty_label=_("Personne pour l’instant"))

    def __init__(self, group: Group, today: dt.date, data: Any = None) -> None:
        super().__init__(data)
        for row in PRODUCT_ROWS:
            self.fields[f"product_{row}"] = LineField(max_length=120, required=False, label=format_lazy(_("Produit {row}"), row=row))
            self.fields[f"unit_{row}"] = LineField(max_length=30, required=False, label=format_lazy(_("Unité du produit {row}"), row=row))
            self.fields[f"price_{row}"] = AmountField(required=False, label=format_lazy(_("Prix du produit {row}"), row=row))
        self.fields["producer"].queryset = group.producers.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["coordinator"].queryset = group.members.present().filter(is_machine=False).by_name()  # type: ignore[attr-defined]
        set_reference(self, today)

    def clean(self) -> dict[str, Any]:
        """Say everything that is missing at once, each on its box."""
        typed = super().clean() or {}
        if not typed.get("producer") and not typed.get("producer_name") and "producer_name" not in self.errors:
            self.add_error("producer_name", _("Choisissez un producteur, ou écrivez le nom d’un nouveau."))
        if typed.get("producer") and typed.get("producer_name"):
            self.add_error("producer_name", _("Un producteur est déjà choisi\u00a0: videz l’un des deux."))
        for row in PRODUCT_ROWS:
            self._check_row(typed, row)
        if typed.get("cycle"):
            self._require({"place": _("Il manque le lieu."), "starts_at": _("Il manque une heure."), "ends_at": _("Il manque une heure.")})
        return typed

    def _check_row(self, typed: dict[str, Any], row: int) -> None:
        name, price_cents = typed.get(f"product_{row}"), typed.get(f"price_{row}")
        if name and price_cents is None and f"price_{row}" not in self.errors:
            self.add_error(f"price_{row}", _("Il manque un montant."))
        if price_cents is not None and not name and f"product_{row}" not in self.errors:
            self.add_error(f"product_{row}", _("Il manque le nom du produit."))

    def _require(self, missing: dict[str, Any]) -> None:
        for name, sentence in missing.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, sentence)

    def products(self) -> Iterable[TypedProduct]:
        """The rows that were filled, in their order."""
        for row in PRODUCT_ROWS:
            if name := self.cleaned_data[f"product_{row}"]:
                yield TypedProduct(name, self.cleaned_data[f"unit_{row}"], self.cleaned_data[f"price_{row}"])

    def days(self) -> list[dt.date]:
        """The days of the cycle within the contract, none when there is no cycle. Needs a valid form; a bad cycle becomes its error."""
        typed = self.cleaned_data
        if not typed["cycle"]:
            return []
        try:
            return dates(Cycle(typed["cycle"]), typed["first_on"] or typed["starts_on"], typed["ends_on"])
        except Refusal as refusal:
            refusal_to_form(self, refusal, {"": "ends_on"})
            return []

    @property
    def product_rows(self) -> list[tuple[Any, Any, Any]]:
        """The boxes of each row of products."""
        return [(self[f"product_{row}"], self[f"unit_{row}"], self[f"price_{row}"]) for row in PRODUCT_ROWS]

    def chosen_producer(self) -> Producer | None:
        producer: Producer | None = self.cleaned_data["producer"]
        return producer


def set_reference(form: forms.Form, today: dt.date) -> None:
    """Let « 5/9 » be read everywhere in a form, as the nearest one to today."""
    for field in form.fields.values():
        if isinstance(field, DayField):
            field.reference = today
