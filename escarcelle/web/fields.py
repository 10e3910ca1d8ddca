"""Boxes of our forms: lines, amounts, days, hours, and the key that makes a form safe to send twice.

Each reads with the library that every other door uses, so that a refusal is worded the same on a screen, in a file and in the API."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from escarcelle.lib.dates import format_day, parse_date
from escarcelle.lib.money import parse_amount
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal
from escarcelle.web.language import typed_money

T = TypeVar("T")


class LineField(forms.CharField):
    """One typed line, tidied by `lib.names`. Cleans to a string, empty when nothing is asked and nothing typed."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        # Not given to the box: a browser cuts a pasted text without a word, we say that it is too long.
        super().__init__(**options)
        self.longest = max_length

    def to_python(self, value: Any) -> str:
        return _read(lambda text: clean_text(text, max_length=self.longest), super().to_python(value)) or ""


class AmountField(forms.Field):
    """Euros as typed, cleaned to cents; None when it may be empty and is. Shows cents as « 57,75 »."""

    widget = forms.TextInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Il manque un montant.")}

    def __init__(self, *, allow_negative: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.allow_negative = allow_negative

    def prepare_value(self, value: Any) -> Any:
        return typed_money(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        return _read(lambda text: parse_amount(text, allow_negative=self.allow_negative), value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "money"}


class DayField(forms.Field):
    """A day as people write it: « 5/9/26 », « 05/09/2026 », « 2026-09-05 ». Shows « 05/09/2026 ».

    With a `reference` day, which a screen sets (`form.fields["day"].reference = request.today`), « 5/9 » is read too."""

    widget = forms.TextInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Il manque une date.")}

    def __init__(self, *, reference: dt.date | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.reference = reference

    def prepare_value(self, value: Any) -> Any:
        return format_day(value) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        return value if isinstance(value, dt.date) else _read(lambda text: parse_date(text, reference=self.reference), value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off", "placeholder": gettext("jj/mm/aaaa"), "size": 10, "class": "date"}


class HourField(forms.TimeField):
    """An hour of the day: « 17:30 », « 17h30 », « 17 h »."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Il manque une heure."),
        "invalid": gettext_lazy("Ce n’est pas une heure. Écrivez par exemple 17:30."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M", "%Hh", "%H h"],
            # Plain text: the browser's own box speaks the browser's language, AM and PM, and loses what it cannot read.
            widget=forms.TimeInput(format="%H:%M", attrs={"size": 6, "placeholder": "17:30", "autocomplete": "off"}),
            **options,
        )


class CountField(forms.IntegerField):
    """How many, between two bounds; typed with digits, no arrows to slip on. An emptied box is none."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": gettext_lazy("Écrivez un nombre entier, par exemple 2.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"min_value": 0, "widget": forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "class": "figure"}), **options}
        )

    def to_python(self, value: Any) -> int:
        return super().to_python(value) or 0


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # django-stubs makes it generic, Django does not
    """A member chosen by name in a list that every browser and reader knows. A screen sets who is offered: `field.queryset = …`.

    Cleans to the member, None when it may be empty and is. Somebody of another group is not among the choices."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Choisissez un membre."),
        "invalid_choice": gettext_lazy("Ce membre n’appartient pas au groupe, ou l’a quitté."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"queryset": None, "empty_label": gettext_lazy("Choisir un membre"), **options})


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # as above
    """Several of the rows that a screen offers. A number beyond what the database holds is refused like one that is not offered."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": "…"}) from None


class KeyField(forms.UUIDField):
    """What makes a form safe to send twice: made when the form is first shown, kept when it is shown again after a refusal."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Cet envoi n’a pas de clé\u00a0: rechargez la page, puis recommencez."),
        "invalid": gettext_lazy("La clé de cet envoi est illisible\u00a0: rechargez la page, puis recommencez."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"initial": uuid4, **options})


def _read(read: Callable[[str], T], value: Any) -> T | None:
    """What the library makes of a typed text, None of nothing; its refusal becomes the error of the box."""
    text = str(value or "")
    if not text.strip():
        return None
    try:
        return read(text)
    except Refusal as refusal:
        raise ValidationError(refusal.sentence(gettext), code=refusal.code) from refusal


def refusal_to_form(form: forms.BaseForm, refusal: Refusal, fields: Mapping[str, str] | None = None) -> None:
    """Write why on the box concerned, or at the top of the form when it concerns none.

    `fields` names the box where it is not called as the verb calls it: `{"price": "price_cents"}`."""
    name = (fields or {}).get(refusal.field, refusal.field)
    form.add_error(name if name in form.fields else None, ValidationError(refusal.sentence(gettext), code=refusal.code))
