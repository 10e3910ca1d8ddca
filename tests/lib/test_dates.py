"""Dates typed, shown, counted."""

from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.dates import (
    EARLIEST,
    LATEST,
    NotADate,
    add_months,
    format_day,
    format_hour,
    format_long_day,
    format_month,
    parse_date,
    within_reach,
)

DAYS = st.dates(EARLIEST, LATEST)
SEPTEMBER_5 = date(2026, 9, 5)


@pytest.mark.parametrize(
    "typed", ["05/09/2026", "5/9/26", "5/9/2026", "05-09-2026", "5.9.2026", "5 9 2026", "2026-09-05", "2026-9-5", "  05/09/2026 "]
)
def test_days_that_people_type_are_read_day_first(typed):
    assert parse_date(typed) == SEPTEMBER_5


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("demain", "unreadable"),
        ("05/09-2026", "unreadable"),
        ("5/9/026", "unreadable"),
        ("2026/09/05", "unreadable"),
        ("٥/٩/٢٠٢٦", "unreadable"),
        ("05/09/2026 10:00", "unreadable"),
        ("0" * 9999, "unreadable"),
        ("31/02/2026", "no_such_day"),
        ("9/25/2026", "no_such_day"),
        ("0/1/2026", "no_such_day"),
        ("29/02/2027", "no_such_day"),
        ("5/9", "year_missing"),
        ("05/09/1026", "out_of_range"),
        ("05/09/9999", "out_of_range"),
        ("0001-01-01", "out_of_range"),
    ],
)
def test_what_is_not_a_day_is_refused_with_its_reason(typed, code):
    with pytest.raises(NotADate) as refused:
        parse_date(typed)

    assert refused.value.code == code


def test_a_caller_narrows_the_range_and_the_sentence_gives_it():
    with pytest.raises(NotADate) as refused:
        parse_date("05/09/2026", earliest=date(2026, 9, 6), latest=date(2026, 12, 31))

    assert "entre le 06/09/2026 et le 31/12/2026" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "reference", "day"),
    [
        ("5/9", date(2026, 9, 15), date(2026, 9, 5)),
        ("28/12", date(2026, 1, 3), date(2025, 12, 28)),
        ("3/1", date(2025, 12, 28), date(2026, 1, 3)),
        ("29/2", date(2027, 6, 1), date(2028, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_nearest_one(typed, reference, day):
    assert parse_date(typed, reference=reference) == day


def test_the_29th_of_february_is_not_invented():
    with pytest.raises(NotADate) as refused:
        parse_date("29/2", reference=date(2026, 6, 1))

    assert refused.value.code == "no_such_day"


@given(DAYS)
def test_every_day_shown_in_a_grid_is_read_back(day):
    assert parse_date(format_day(day)) == day
    assert parse_date(day.isoformat()) == day


@given(DAYS, st.integers(-180, 180))
def test_a_day_near_the_reference_keeps_its_year(reference, days_away):
    day = reference + timedelta(days=days_away)
    if EARLIEST <= day <= LATEST:
        assert parse_date(f"{day.day}/{day.month}", reference=reference) == day


@given(st.text(max_size=40))
def test_any_text_gives_a_day_or_a_refusal(typed):
    with suppress(NotADate):
        assert EARLIEST <= parse_date(typed, reference=SEPTEMBER_5) <= LATEST


@pytest.mark.parametrize(
    ("day", "language", "shown"),
    [
        (SEPTEMBER_5, "fr", "sam.\u00a05\u00a0sept. 2026"),
        (date(2026, 9, 1), "fr", "mar.\u00a01er\u00a0sept. 2026"),
        (date(2026, 8, 15), "fr", "sam.\u00a015\u00a0août 2026"),
        (SEPTEMBER_5, "en", "Sat\u00a05\u00a0Sept 2026"),
        (SEPTEMBER_5, "en-gb", "Sat\u00a05\u00a0Sept 2026"),
        (SEPTEMBER_5, "br", "sam.\u00a05\u00a0sept. 2026"),
    ],
)
def test_a_day_in_a_sentence(day, language, shown):
    assert format_long_day(day, language=language) == shown


def test_a_day_that_was_not_typed_is_bounded_too():
    assert within_reach(SEPTEMBER_5) == SEPTEMBER_5
    with pytest.raises(NotADate, match="01/01/0001"):
        within_reach(date(1, 1, 1))


def test_months_and_hours():
    assert format_month(date(2026, 10, 1)) == "octobre 2026"
    assert format_month(date(2026, 10, 1), language="en") == "October 2026"
    assert format_hour(time(10)) == "10\u00a0h"
    assert format_hour(time(17, 30)) == "17\u00a0h\u00a030"
    assert format_hour(time(9, 5)) == "9\u00a0h\u00a005"
    assert format_hour(time(17, 30), language="en") == "17:30"
    assert format_hour(time(10), language="en") == "10:00"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (SEPTEMBER_5, 0, SEPTEMBER_5),
    ],
)
def test_months_are_added_within_the_calendar(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-240, 240))
def test_adding_months_keeps_the_day_or_the_end_of_the_month(day, months):
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
