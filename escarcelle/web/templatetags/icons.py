"""`{% icon "cheque" %}`: one drawing per concept, taken from static/icons.svg. The table of meanings is docs/icons.md."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

ICONS = frozenset(
    """add all awaits back basket bin calendar card cash cheque contract correct done even export farm favour home info key
    language leave lock logo mail members next owed paste person phone pot print purse refused search settings sort terminal
    theme transfer undo unknown warning""".split()  # noqa: SIM905 - forty-four lines of one word tell nothing more
)


@register.simple_tag
def icon(name: str, words: str = "", turn: bool = False) -> SafeString:
    """The drawing, hidden from screen readers; `words` says it aloud when it stands alone. Refuses a name that has no drawing."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon is called {name!r}; see docs/icons.md")
    style = {"logo": "logo"}.get(name, "icon turn" if turn else "icon")
    drawing = format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', style, static("icons.svg"), name)
    return format_html('{}<span class="sr">{}</span>', drawing, words) if words else drawing
