"""The days of a season."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.cycles import MAX_DATES, Cycle, NotACycle, dates, weekday_of_month

FIRST_DAYS = st.dates(date(2001, 1, 1), date(2060, 12, 31))
SEASONS = st.tuples(FIRST_DAYS, st.integers(0, 700)).map(lambda season: (season[0], season[0] + timedelta(days=season[1])))


def test_weekly_over_the_new_year():
    assert dates(Cycle.WEEKLY, date(2018, 12, 24), date(2019, 1, 24)) == [
        date(2018, 12, 24),
        date(2018, 12, 31),
        date(2019, 1, 7),
        date(2019, 1, 14),
        date(2019, 1, 21),
    ]


def test_monthly_from_a_fifth_tuesday_takes_the_fourth_when_there_is_no_fifth():
    assert dates(Cycle.MONTHLY, date(2018, 10, 30), date(2019, 3, 31)) == [
        date(2018, 10, 30),
        date(2018, 11, 27),
        date(2018, 12, 25),
        date(2019, 1, 29),
        date(2019, 2, 26),
        date(2019, 3, 26),
    ]


def test_a_season_of_one_year_has_52_or_53_weekly_distributions():
    assert len(dates(Cycle.WEEKLY, date(2026, 9, 5), date(2027, 8, 28))) == 52


@pytest.mark.parametrize(("cycle", "days"), [(Cycle.WEEKLY, 7), (Cycle.EVERY_TWO_WEEKS, 14), (Cycle.EVERY_THREE_WEEKS, 21)])
@given(season=SEASONS)
def test_weeks_apart(cycle, days, season):
    first, last = season
    found = dates(cycle, first, last)

    assert found == [first + timedelta(days=shift) for shift in range(0, (last - first).days + 1, days)]


@given(SEASONS)
def test_a_monthly_cycle_keeps_its_weekday_and_comes_once_a_month(season):
    first, last = season
    found = dates(Cycle.MONTHLY, first, last)
    rank = (first.day - 1) // 7 + 1

    assert found[0] == first
    assert all(day.weekday() == first.weekday() for day in found)
    assert all((day.day - 1) // 7 + 1 in (rank, min(rank, 4)) for day in found)
    assert [day.year * 12 + day.month for day in found] == list(
        range(first.year * 12 + first.month, first.year * 12 + first.month + len(found))
    )
    assert all(first <= day <= last for day in found)


@given(FIRST_DAYS, st.integers(0, 6), st.integers(1, 5))
def test_a_weekday_of_a_month_stays_in_its_month(month, weekday, rank):
    day = weekday_of_month(month, weekday=weekday, rank=rank)

    assert (day.year, day.month, day.weekday()) == (month.year, month.month, weekday)


def test_one_day_is_a_season():
    assert dates(Cycle.MONTHLY, date(2026, 9, 5), date(2026, 9, 5)) == [date(2026, 9, 5)]


def test_an_end_before_the_start_is_refused():
    with pytest.raises(NotACycle) as refused:
        dates(Cycle.WEEKLY, date(2026, 9, 5), date(2026, 9, 4))

    assert refused.value.code == "ends_before_it_starts"
    assert str(refused.value) == "La fin (04/09/2026) est avant le début (05/09/2026)."


@pytest.mark.parametrize("cycle", list(Cycle))
def test_a_slip_in_the_year_is_refused_before_it_fills_the_calendar(cycle):
    first = date(2026, 9, 5)
    with pytest.raises(NotACycle) as refused:
        dates(cycle, first, date(9999, 12, 31))

    assert refused.value.code == "too_many_dates"


def test_the_bound_itself_is_allowed():
    first = date(2026, 9, 5)

    assert len(dates(Cycle.WEEKLY, first, first + timedelta(weeks=MAX_DATES - 1))) == MAX_DATES


@pytest.mark.parametrize("cycle", list(Cycle))
def test_the_end_of_the_calendar_is_not_an_error(cycle):
    assert dates(cycle, date(9999, 12, 20), date(9999, 12, 31))[0] == date(9999, 12, 20)
