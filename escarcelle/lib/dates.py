"""Dates as people read and type them. No function here asks what day it is: the caller says."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar

from escarcelle.lib.languages import ENGLISH, FRENCH, spoken
from escarcelle.lib.refusals import Refusal, gettext_noop

NO_BREAK_SPACE = "\u00a0"

# Nothing in a group's accounts is older than the first AMAP (2001); a season planned beyond the century is a typing slip.
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)

_WEEKDAYS = {
    FRENCH: ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    ENGLISH: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_SHORT_MONTHS = {
    FRENCH: ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ENGLISH: ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}
_MONTHS = {
    FRENCH: (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    ENGLISH: (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_FRENCH = re.compile(r"([0-9]{1,2})([/.\- ])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?")


class NotADate(Refusal):
    """What was typed is not a day we can read without guessing."""

    sentences: ClassVar[Mapping[str, str]] = {
        "empty": gettext_noop("Il manque une date."),
        "unreadable": gettext_noop("«\u00a0{typed}\u00a0» n’est pas une date. Écrivez par exemple 05/09/2026."),
        "no_such_day": gettext_noop("«\u00a0{typed}\u00a0» n’existe pas dans le calendrier."),
        "year_missing": gettext_noop("«\u00a0{typed}\u00a0» n’a pas d’année. Écrivez par exemple 05/09/2026."),
        "out_of_range": gettext_noop("«\u00a0{typed}\u00a0» est hors de portée\u00a0: une date est entre le {earliest} et le {latest}."),
    }


def parse_date(text: str, *, reference: date | None = None, earliest: date = EARLIEST, latest: date = LATEST) -> date:
    """Read "5/9/26", "05/09/2026", "5.9.2026", "2026-09-05"; with a `reference` day also "5/9", the nearest one to it.

    Day before month, as written in France. Refuses with `NotADate`.
    """
    trimmed = " ".join(text.split()) if len(text) <= 100 else text
    if not trimmed:
        raise NotADate("empty", text)
    found = _read_day(trimmed, typed=text, reference=reference)
    return within_reach(found, typed=text, earliest=earliest, latest=latest)


def within_reach(day: date, *, typed: str = "", earliest: date = EARLIEST, latest: date = LATEST) -> date:
    """The same day, for those that come without having been typed (the API). Refuses what no season can hold."""
    if not earliest <= day <= latest:
        raise NotADate("out_of_range", typed or format_day(day), earliest=format_day(earliest), latest=format_day(latest))
    return day


def _read_day(trimmed: str, *, typed: str, reference: date | None) -> date:
    iso = _ISO.fullmatch(trimmed)
    if iso:
        return _calendar_day(int(iso[1]), int(iso[2]), int(iso[3]), typed=typed)
    french = _FRENCH.fullmatch(trimmed)
    if not french:
        raise NotADate("unreadable", typed)
    day, month, year = int(french[1]), int(french[3]), french[4]
    if year:
        return _calendar_day(int(year) + (2000 if len(year) == 2 else 0), month, day, typed=typed)
    if reference is None:
        raise NotADate("year_missing", typed)
    return _nearest_day(month, day, reference=reference, typed=typed)


def _calendar_day(year: int, month: int, day: int, *, typed: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADate("no_such_day", typed) from error


def _nearest_day(month: int, day: int, *, reference: date, typed: str) -> date:
    """On 3 January, "28/12" is last week, not in twelve months."""
    candidates = []
    for year in (reference.year - 1, reference.year, reference.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        raise NotADate("no_such_day", typed)
    return min(candidates, key=lambda candidate: abs(candidate - reference))


def format_long_day(day: date, *, language: str = FRENCH) -> str:
    """ "sam. 5 sept. 2026", for sentences and statements; the day keeps its month on the line."""
    words = spoken(language)
    number = "1er" if words == FRENCH and day.day == 1 else str(day.day)
    weekday, month = _WEEKDAYS[words][day.weekday()], _SHORT_MONTHS[words][day.month - 1]
    return f"{weekday}{NO_BREAK_SPACE}{number}{NO_BREAK_SPACE}{month} {day.year}"


def format_day(day: date) -> str:
    """ "05/09/2026", for grids and periods, in both languages: members read paper lists beside the screen."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_month(day: date, *, language: str = FRENCH) -> str:
    """ "octobre 2026": what a treasurer writes on a planned cheque."""
    return f"{_MONTHS[spoken(language)][day.month - 1]} {day.year}"


def format_hour(moment: time | datetime, *, language: str = FRENCH) -> str:
    """ "10 h", "17 h 30"; in English "10:00", "17:30"."""
    if spoken(language) == ENGLISH:
        return f"{moment.hour}:{moment.minute:02d}"
    minutes = f"{NO_BREAK_SPACE}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NO_BREAK_SPACE}h{minutes}"


@dataclass(frozen=True)
class Hour:
    """An hour in the sentence of a refusal, written when the reader is known."""

    moment: time | datetime

    def written(self, language: str) -> str:
        return format_hour(self.moment, language=language)


def add_months(day: date, months: int) -> date:
    """The same day some months later (or earlier), or the last day of a shorter month: 31 January + 1 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
