"""Bars drawn on the server. Their figures always stand beside them as text, so that the drawing itself is hidden from readers."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .money import state_of

register = template.Library()

HALF_WIDTH = 100


@register.simple_tag
def zero_bar(balance_cents: int, scale_cents: int) -> SafeString:
    """A balance as a bar around zero; `scale_cents` is the amount that fills one side. More than that fills it too."""
    length = min(HALF_WIDTH, abs(balance_cents) * HALF_WIDTH / scale_cents) if scale_cents else 0
    bar = mark_safe("")
    if length:
        start = f"{-length:.1f}" if balance_cents < 0 else "0"
        bar = format_html('<rect x="{}" y="1" width="{}" height="8"/>', start, f"{length:.1f}")
    return format_html(
        '<svg class="zero {}" viewBox="-100 0 200 10" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="base" x1="-100" x2="100" y1="5" y2="5"/>{}<line x1="0" x2="0" y1="-2" y2="12"/></svg>',
        state_of(balance_cents).style,
        bar,
    )


@register.simple_tag
def progress_bar(done_count: int, total_count: int) -> SafeString:
    """How much of a work is done; the figures are written beside it."""
    return format_html(
        '<svg class="progress" viewBox="0 0 {0} 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{0}" height="1"/><rect class="done" width="{1}" height="1"/></svg>',
        max(total_count, 1),
        min(done_count, max(total_count, 1)),
    )
