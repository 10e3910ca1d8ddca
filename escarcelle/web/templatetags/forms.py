"""`{% field form.amount %}`: label, box, help and error tied together; `{% form_errors form %}`: what concerns the whole form."""

from typing import Any, cast
from uuid import uuid4

from django import forms, template
from django.forms import BoundField
from django.forms.forms import BaseForm

register = template.Library()


@register.inclusion_tag("_field.html")
def field(
    bound: BoundField, label: str = "", help: str | None = None, optional: bool | None = None, **attributes: str | int | bool
) -> dict[str, Any]:
    """One field of a form. `help` replaces the field's own (False: none); `optional=False` does not call « facultatif » one of two
    boxes of which one is needed; other arguments become attributes of the box: `size=8 class="money" inputmode="decimal"`."""
    widget = bound.field.widget
    if help is not None:
        bound.help_text = help or ""  # the box refers to its help only when there is one
    return {
        "field": bound,
        "label": label or bound.label,
        "box": bound.as_widget(attrs=cast("dict[str, str | bool]", attributes)),  # numbers are written as they are
        "is_optional": not bound.field.required if optional is None else optional,
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_choices": isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)),
    }


@register.inclusion_tag("_form_errors.html")
def form_errors(form: BaseForm, summary: bool = True) -> dict[str, Any]:
    """What is wrong with the form as a whole, and a way to each field that has an error; `summary=False` where all boxes are in sight."""
    wrong_fields = [bound for bound in form if bound.errors and not bound.is_hidden]
    return {
        "form": form,
        "wrong_fields": wrong_fields,
        "hidden_errors": [error for bound in form.hidden_fields() for error in bound.errors],
        # A form of one box says it under the box.
        "is_summary_useful": summary and wrong_fields and len(form.visible_fields()) > 1,
    }


@register.simple_tag
def new_key() -> str:
    """What makes a form of one button safe to send twice."""
    return str(uuid4())
