"""What was counted at the end of the day."""

from django import forms
from django.utils.translation import gettext_lazy

from escarcelle.tills.day import Counted
from escarcelle.web.fields import AmountField, KeyField, LineField


class CountForm(forms.Form):
    key = KeyField()
    opening_float = AmountField(label=gettext_lazy("Fond de caisse au départ"))
    cash = AmountField(label=gettext_lazy("Espèces comptées"))
    terminal = AmountField(label=gettext_lazy("Total du ticket du terminal"), required=False)
    kept_float = AmountField(label=gettext_lazy("Fond gardé pour la prochaine fois"))
    comment = LineField(
        label=gettext_lazy("Remarque"), max_length=300, required=False, help_text=gettext_lazy("Obligatoire en cas d’écart.")
    )

    def counted(self) -> Counted:
        typed = self.cleaned_data
        return Counted(typed["opening_float"], typed["cash"], typed["kept_float"], typed["terminal"], typed["comment"])


class ReopenTillForm(forms.Form):
    key = KeyField()
    reason = LineField(label=gettext_lazy("Motif"), max_length=200)
