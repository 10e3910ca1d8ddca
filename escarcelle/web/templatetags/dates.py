"""Days as people read them: `{{ date|day }}` in sentences and statements, `{{ date|short_day }}` in grids and periods."""

from datetime import date, datetime, time

from django import template
from django.utils.timezone import localtime
from django.utils.translation import get_language

from escarcelle.lib.dates import format_day, format_hour, format_long_day, format_month

register = template.Library()


def _language() -> str:
    return get_language() or "fr"


def _local_day(moment: date) -> date:
    """The day of an instant is the day of the group, not of Greenwich."""
    return localtime(moment).date() if isinstance(moment, datetime) else moment


@register.filter
def day(moment: date | None) -> str:
    """`sam. 5 sept. 2026`; nothing for no date."""
    return format_long_day(_local_day(moment), language=_language()) if moment else ""


@register.filter
def short_day(moment: date | None) -> str:
    """`05/09/2026`; nothing for no date."""
    return format_day(_local_day(moment)) if moment else ""


@register.filter
def month(moment: date | None) -> str:
    """`septembre 2026`; nothing for no date."""
    return format_month(_local_day(moment), language=_language()) if moment else ""


@register.filter
def hour(moment: time | datetime | None) -> str:
    """`10 h`, `17 h 30`; nothing for no time."""
    if moment is None:
        return ""
    return format_hour(localtime(moment) if isinstance(moment, datetime) else moment, language=_language())
