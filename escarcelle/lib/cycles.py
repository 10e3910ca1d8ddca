"""The days of a cycle of distributions."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from escarcelle.lib.dates import add_months, format_day
from escarcelle.lib.refusals import Refusal, gettext_noop

# More than seven years of weekly distributions: a slip in a year, not a season.
MAX_DATES = 400

FIFTH = 5


class Cycle(StrEnum):
    """How distributions follow one another; values are stored."""

    WEEKLY = "weekly"
    EVERY_TWO_WEEKS = "every_two_weeks"
    EVERY_THREE_WEEKS = "every_three_weeks"
    MONTHLY = "monthly"


_DAYS_APART = {Cycle.WEEKLY: 7, Cycle.EVERY_TWO_WEEKS: 14, Cycle.EVERY_THREE_WEEKS: 21}


class NotACycle(Refusal):
    """The first and last days do not make a cycle."""

    sentences: ClassVar[Mapping[str, str]] = {
        "ends_before_it_starts": gettext_noop("La fin ({last}) est avant le début ({first})."),
        "too_many_dates": gettext_noop("Du {first} au {last}, cela fait plus de {most} distributions. Vérifiez les années."),
    }


def dates(cycle: Cycle, first: date, last: date) -> list[date]:
    """The days from `first` to `last`, both included. Refuses an end before the start and more than `MAX_DATES` days.

    A monthly cycle keeps the weekday and its rank in the month (second Thursday); a fifth one becomes the fourth in a month
    that has no fifth.
    """
    if last < first:
        raise NotACycle("ends_before_it_starts", first=format_day(first), last=format_day(last))
    days: list[date] = []
    for day in _from(cycle, first):
        if day > last:
            break
        if len(days) == MAX_DATES:
            raise NotACycle("too_many_dates", first=format_day(first), last=format_day(last), most=MAX_DATES)
        days.append(day)
    return days


def _from(cycle: Cycle, first: date) -> Iterator[date]:
    try:
        yield from _one_too_many(cycle, first)
    except (OverflowError, ValueError):
        # The calendar of the language stops with the year 9999.
        return


def _one_too_many(cycle: Cycle, first: date) -> Iterator[date]:
    if cycle in _DAYS_APART:
        step = timedelta(days=_DAYS_APART[cycle])
        for rank in range(MAX_DATES + 1):
            yield first + rank * step
    else:
        weekday_rank = (first.day - 1) // 7 + 1
        for rank in range(MAX_DATES + 1):
            yield weekday_of_month(add_months(first.replace(day=1), rank), weekday=first.weekday(), rank=weekday_rank)


def weekday_of_month(month: date, *, weekday: int, rank: int) -> date:
    """The `rank`-th such weekday (Monday is 0) of the month that holds `month`; the fourth when there is no fifth."""
    start = month.replace(day=1)
    day = start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (rank - 1))
    return day if day.month == start.month or rank < FIFTH else day - timedelta(days=7)
