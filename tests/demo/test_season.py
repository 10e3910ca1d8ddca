"""The days of the demo hold together whatever the day on which it is built."""

import datetime as dt

import pytest

from escarcelle.demo.season import season_around, season_before

DAYS = [
    dt.date(2026, 1, 1), dt.date(2028, 2, 29), dt.date(2027, 3, 28), dt.date(2026, 4, 30), dt.date(2026, 5, 9), dt.date(2026, 6, 6),
    dt.date(2026, 7, 14), dt.date(2026, 8, 31), dt.date(2026, 9, 5), dt.date(2026, 10, 25), dt.date(2026, 11, 27), dt.date(2026, 12, 31),
]  # fmt: skip


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_three_saturdays_of_fifty_two_are_past(today):
    season = season_around(today)

    assert len(set(season.days)) == 52
    assert {day.weekday() for day in season.days} == {5}
    assert len([day for day in season.days if day <= today]) == 3


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_last_season_ends_the_week_before(today):
    season = season_around(today)
    before = season_before(season)

    assert len(before.days) == 52
    assert before.last == season.first - dt.timedelta(weeks=1)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_prices_change_on_days_to_come_and_the_festive_basket_before_the_rise(today):
    season = season_around(today)

    assert today < season.festive < season.price_rise
    assert season.festive in season.days
    assert today < season.days[34]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_evenings_of_the_treasurer_are_past(today):
    season = season_around(today)

    assert season.tuesday(-5) < season.tuesday(-2) < season.tuesday(-1) < season.first < season.tuesday(0) < season.tuesday(1)
    assert season.tuesday(1) + dt.timedelta(days=2) < today
    assert season_before(season).last < season.tuesday(-1)
