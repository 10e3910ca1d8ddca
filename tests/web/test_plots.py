"""A balance over time: round figures, steps inside the frame, and everything in a sentence."""

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from escarcelle.payments.statements import DayBalance
from escarcelle.web.plots import BOTTOM, LEFT, MOST_MONTHS, RIGHT, TOP, balance_plot

SATURDAY = dt.date(2026, 9, 5)


def days(*cents):
    return [DayBalance(SATURDAY + dt.timedelta(days=10 * rank), amount) for rank, amount in enumerate(cents)]


def test_nothing_that_moved_is_nothing_to_draw():
    assert balance_plot([], carried_cents=0, until=SATURDAY) is None
    assert balance_plot(days(0, 0), carried_cents=0, until=SATURDAY) is None


def test_round_amounts_with_zero_among_them():
    plot = balance_plot(days(-69300, -51975, -39125), carried_cents=0, until=dt.date(2026, 11, 7))

    assert [tick.label for tick in plot.amounts] == ["−600\u00a0€", "−400\u00a0€", "−200\u00a0€", "0\u00a0€"]
    assert [tick.is_zero for tick in plot.amounts] == [False, False, False, True]
    assert [tick.label for tick in plot.months] == ["septembre 2026", "octobre 2026", "novembre 2026"]
    assert "−693,00\u00a0€ au plus bas, −391,25\u00a0€ après le" in plot.sentence


def test_the_step_goes_down_at_the_first_operation_and_ends_today():
    plot = balance_plot(days(-10000), carried_cents=0, until=SATURDAY + dt.timedelta(days=100))

    assert re.fullmatch(r"M84 22\.0H[\d.]+V152\.0H[\d.]+", plot.step)
    assert plot.step.endswith(f"H{plot.dot_x}")
    assert plot.dot_y == "152.0"


amounts = st.integers(min_value=-(10**12), max_value=10**12)


@given(
    st.lists(st.tuples(st.integers(0, 3000), amounts), min_size=1, max_size=60, unique_by=lambda pair: pair[0]),
    amounts,
    st.integers(0, 4000),
)
def test_every_point_is_inside_the_frame(steps, carried_cents, until_days):
    found = [DayBalance(SATURDAY + dt.timedelta(days=after), cents) for after, cents in sorted(steps)]

    plot = balance_plot(found, carried_cents=carried_cents, until=SATURDAY + dt.timedelta(days=until_days))
    if plot is None:
        assert {day.balance_cents for day in found} == {carried_cents}
        return

    for x in re.findall(r"[MH]([\d.-]+)", plot.step + plot.under):
        assert LEFT <= float(x) <= RIGHT
    for y in re.findall(r"V([\d.-]+)", plot.step + plot.under):
        assert TOP - 0.1 <= float(y) <= BOTTOM + 0.1
    assert 1 <= len(plot.amounts) <= 7
    assert sum(tick.is_zero for tick in plot.amounts) == 1
    assert 1 <= len(plot.months) <= MOST_MONTHS
    assert plot.days == tuple(found)
