"""The demo is built in seconds and tells a year: its acts bear the hours at which people would have done them."""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils import timezone

# From one thing that is noted to the next.
PACE = dt.timedelta(seconds=7)


@contextmanager
def at(day: dt.date, hour: int = 20, minute: int = 30) -> Iterator[None]:
    """The log and the books see these acts follow each other from that hour on, instead of all at the moment of the build."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
    rank = itertools.count()
    with patch.object(timezone, "now", lambda: start + PACE * next(rank)):
        yield
