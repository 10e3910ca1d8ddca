"""Weights and ways to pay: `{{ grams|weight }}`, `{% icon method|method_icon %}`."""

from django import template
from django.utils.translation import gettext

from escarcelle.lib.refusals import Refusal
from escarcelle.web import language

register = template.Library()

ICONS = {
    "cash": "cash",
    "cheque": "cheque",
    "transfer": "transfer",
    "card_terminal": "terminal",
    "on_the_spot": "purse",
    "money_pot": "pot",
}


@register.filter
def weight(grams: int) -> str:
    """`1,652 kg`, in English `1.652 kg`; `850 g`."""
    return language.weight(grams)


@register.filter
def method_icon(method: str) -> str:
    """The drawing of a way to pay."""
    return ICONS.get(method, "unknown")


@register.simple_tag
def refusal(refused: Refusal) -> str:
    """The sentence of a refusal in the reader's language."""
    return refused.sentence(gettext)
