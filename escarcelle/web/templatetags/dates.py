"""Days as people read them: `{{ date|day }}` in sentences and statements, `{{ date|short_day }}` in grids and periods."""

from datetime import date, datetime, time

from django import template
from django.utils.timezone import localtime

from escarcelle.lib.dates import format_day, format_hour
from escarcelle.web import language

register = template.Library()


def _local_day(moment: date) -> date:
    """The day of an instant is the day of the group, not of Greenwich."""
    return localtime(moment).date() if isinstance(moment, datetime) else moment


@register.filter
def day(moment: date | None) -> str:
    """`sam. 5 sept. 2026`; nothing for no date."""
    return language.long_day(_local_day(moment)) if moment else ""


@register.filter
def short_day(moment: date | None) -> str:
    """`05/09/2026`; nothing for no date."""
    return format_day(_local_day(moment)) if moment else ""


@register.filter
def month(moment: date | None) -> str:
    """`septembre 2026`; nothing for no date."""
    return language.month(_local_day(moment)) if moment else ""


@register.filter
def hour(moment: time | datetime | None) -> str:
    """`10 h`, `17 h 30`; nothing for no time."""
    if moment is None:
        return ""
    return format_hour(localtime(moment) if isinstance(moment, datetime) else moment, language=language.reader_language())
