"""What was counted at the end of the day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from escarcelle.lib.denominations import COINS_CENTS, DENOMINATIONS_CENTS, MOST_OF_A_KIND, NOTES_CENTS
from escarcelle.tills.day import Counted, cash_counted
from escarcelle.web import language
from escarcelle.web.fields import AmountField, KeyField, LineField


class CountForm(forms.Form):
    key = KeyField()
    opening_float = AmountField(label=gettext_lazy("Fond de caisse au départ"))
    cash = AmountField(label=gettext_lazy("Espèces comptées"), required=False)
    terminal = AmountField(label=gettext_lazy("Total du ticket du terminal"), required=False)
    kept_float = AmountField(label=gettext_lazy("Fond gardé pour la prochaine fois"))
    comment = LineField(
        label=gettext_lazy("Remarque"), max_length=300, required=False, help_text=gettext_lazy("Obligatoire en cas d’écart.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for cents in DENOMINATIONS_CENTS:
            self.fields[f"pieces_{cents}"] = forms.IntegerField(
                label=language.money(cents), min_value=0, max_value=MOST_OF_A_KIND, required=False
            )

    def notes(self) -> list[forms.BoundField]:
        return [self[f"pieces_{cents}"] for cents in NOTES_CENTS]

    def coins(self) -> list[forms.BoundField]:
        return [self[f"pieces_{cents}"] for cents in COINS_CENTS]

    def is_counted_by_piece(self) -> bool:
        """Whether the notes and coins are to be shown at once: something is typed there."""
        return any(field.value() for field in (*self.notes(), *self.coins()))

    def counted(self) -> Counted:
        """What was counted. Refused: `TillRefused`."""
        typed = self.cleaned_data
        pieces = {cents: typed[f"pieces_{cents}"] for cents in DENOMINATIONS_CENTS if typed[f"pieces_{cents}"]}
        cash_cents = cash_counted(typed["cash"], pieces)
        return Counted(typed["opening_float"], cash_cents, typed["kept_float"], typed["terminal"], typed["comment"], pieces)


class ReopenTillForm(forms.Form):
    key = KeyField()
    reason = LineField(label=gettext_lazy("Motif"), max_length=200)
