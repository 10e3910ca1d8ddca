"""`{% pages page %}`: the pages of a long list, keeping what the address already asks (sort, filter, search); `{{ words|elided:name }}`."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.html import conditional_escape

from escarcelle.lib import elision

register = template.Library()


@register.filter(is_safe=True)
def elided(text: str, name: str) -> str:
    """« souscription d’ADAM Pécine » of « souscription de ADAM Pécine »: for sentences that `blocktranslate` makes."""
    return elision.elided(text, conditional_escape(name))


@register.inclusion_tag("_pages.html", takes_context=True)
def pages(context: template.Context, page: "Page[Any]", parameter: str = "page") -> dict[str, Any]:
    """Links to the pages near this one, the first and the last. Nothing when one page holds everything."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
        "links": [(number, address(number) if isinstance(number, int) else "", number == page.number) for number in numbers],
    }
