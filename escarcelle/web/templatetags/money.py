"""Amounts as the ledger writes them: `{{ cents|money }}`, `{{ cents|signed_money }}`, `{% balance cents %}`, `{% margin_state cents %}`."""

from dataclasses import dataclass

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from escarcelle.web import language

from .icons import icon as draw_icon

register = template.Library()


@dataclass(frozen=True)
class State:
    """How a balance is shown: never by its colour alone."""

    style: str
    icon: str
    word: str
    sentence: str


def state_of(balance_cents: int) -> State:
    """Below zero the member owes, above they have credit, zero is the goal."""
    if balance_cents < 0:
        return State("owed", "owed", _("dû"), _("Solde négatif"))
    if balance_cents > 0:
        return State("good", "favour", _("avoir"), _("En faveur"))
    return State("even", "even", _("à jour"), _("À jour"))


@register.filter
def money(amount_cents: int) -> str:
    """`−693,00 €`: a true minus, no plus."""
    return language.money(amount_cents)


@register.filter
def signed_money(amount_cents: int) -> str:
    """`+26,66 €`, `−693,00 €`, `0,00 €`: a movement or a balance."""
    return language.signed_money(amount_cents)


@register.filter
def meaning(amount_cents: int) -> str:
    """The class of a balance: `owed`, `good` or `even`."""
    return state_of(amount_cents).style


@register.simple_tag
def balance(balance_cents: int, icon: bool = True) -> SafeString:
    """Icon, word and signed amount together. `icon=False` where the margin already shows it."""
    state = state_of(balance_cents)
    return format_html(
        '<span class="bal {}">{}<i>{}</i> <b>{}</b></span>',
        state.style,
        draw_icon(state.icon) if icon else "",
        state.word,
        language.signed_money(balance_cents),
    )


@register.simple_tag
def margin_state(balance_cents: int) -> SafeString:
    """The first cell of a row of a ledger: the state of its balance, in the margin."""
    state = state_of(balance_cents)
    return format_html('<td class="m {}">{}</td>', state.style, draw_icon(state.icon, words=state.sentence))


@register.filter
def plain_money(amount_cents: int) -> str:
    """`57,75`: an amount in a box, to be read back."""
    return language.typed_money(amount_cents)
