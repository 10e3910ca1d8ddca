"""The days of the demo, all reckoned from the day it is built."""

import datetime as dt
from dataclasses import dataclass

from escarcelle.lib.cycles import Cycle, dates

DELIVERIES = 52
SATURDAY = 5


@dataclass(frozen=True)
class Season:
    """Fifty-two Saturdays, of which a few are past; a festive one; and the first day of the next price."""

    days: list[dt.date]

    @property
    def first(self) -> dt.date:
        return self.days[0]

    @property
    def last(self) -> dt.date:
        return self.days[-1]

    def tuesday(self, week: int) -> dt.date:
        """The Tuesday, evening of the treasurer, after the first distribution (0), the second one (1), or before them (−1, −2…)."""
        return self.first + dt.timedelta(days=3, weeks=week)

    @property
    def festive(self) -> dt.date:
        """The Saturday before Christmas, unless the price of the last six weeks counts by then."""
        before = [day for day in self.days[3:-8] if (day.month, day.day) in {(12, number) for number in range(18, 25)}]
        return before[0] if before else self.days[15]

    @property
    def price_rise(self) -> dt.date:
        return self.days[-6]


def season_around(today: dt.date) -> Season:
    """The season that began three Saturdays before `today`."""
    last_saturday = today - dt.timedelta(days=(today.weekday() - SATURDAY) % 7)
    first = last_saturday - dt.timedelta(weeks=2)
    return Season(dates(Cycle.WEEKLY, first, first + dt.timedelta(weeks=DELIVERIES - 1)))


def season_before(season: Season) -> Season:
    """The fifty-two Saturdays before those."""
    first = season.first - dt.timedelta(weeks=DELIVERIES)
    return Season(dates(Cycle.WEEKLY, first, season.first - dt.timedelta(days=1)))
