"""A market day as it is typed."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from escarcelle.distributions.market_days import MarketDay, Window
from escarcelle.web.fields import DayField, HourField, KeyField, LineField, RowsField


class MarketDayForm(forms.Form):
    """Where, when, which catalogues, and until when people order; a screen sets `catalogues`."""

    key = KeyField()
    on = DayField(label=gettext_lazy("Jour"))
    starts_at = HourField(label=gettext_lazy("Début"))
    ends_at = HourField(label=gettext_lazy("Fin"))
    place = LineField(label=gettext_lazy("Lieu"), max_length=120)
    catalogues = RowsField(label=gettext_lazy("Catalogues"), queryset=None, widget=forms.CheckboxSelectMultiple)
    closes_on = DayField(label=gettext_lazy("Dernier jour pour commander"))
    closes_at = HourField(label=gettext_lazy("Heure limite"))

    def __init__(self, *args: Any, catalogues: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["catalogues"].queryset = catalogues  # type: ignore[attr-defined]
        for name in ("on", "closes_on"):
            self.fields[name].reference = today  # type: ignore[attr-defined]

    def market_day(self) -> MarketDay:
        typed = self.cleaned_data
        closes_at = timezone.make_aware(dt.datetime.combine(typed["closes_on"], typed["closes_at"]))
        return MarketDay(list(typed["catalogues"]), Window(closes_at=closes_at))


class CancelDayForm(forms.Form):
    key = KeyField()
    reason = LineField(label=gettext_lazy("Motif"), max_length=200)
