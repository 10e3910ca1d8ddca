"""A balance over time, drawn on the server: numbers in, coordinates out. Its figures always stand beside it in a table."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from escarcelle.lib.dates import add_months
from escarcelle.payments.statements import DayBalance
from escarcelle.web.language import long_day, money, month

WIDTH, HEIGHT = 640, 180
LEFT, RIGHT, TOP, BOTTOM = 84, 632, 22, 152
TICKS_WANTED = 4
MOST_MONTHS = 6


@dataclass(frozen=True)
class Tick:
    """A line of the grid or a word under it. `at` is x for a month, y for an amount; `is_zero` is the axis."""

    at: str
    label: str
    is_zero: bool = False


@dataclass(frozen=True)
class BalancePlot:
    """Everything a template needs to draw: paths and ticks ready to write, and what it says in a sentence."""

    step: str
    under: str
    dot_x: str
    dot_y: str
    amounts: tuple[Tick, ...]
    months: tuple[Tick, ...]
    sentence: str
    days: tuple[DayBalance, ...]


@dataclass(frozen=True)
class _Scale:
    first: dt.date
    last: dt.date
    lowest_cents: int
    highest_cents: int

    def x(self, day: dt.date) -> float:
        return LEFT + (day - self.first).days * (RIGHT - LEFT) / max(1, (self.last - self.first).days)

    def y(self, cents: int) -> float:
        return TOP + (self.highest_cents - cents) * (BOTTOM - TOP) / max(1, self.highest_cents - self.lowest_cents)


def balance_plot(days: Sequence[DayBalance], *, carried_cents: int, until: dt.date) -> BalancePlot | None:
    """The steps of a balance, from what was carried before the first day to `until`. None where no evening differs from the one before."""
    if all(day.balance_cents == carried_cents for day in days):
        return None
    scale = _scale(days, carried_cents, until)
    zero = f"{scale.y(0):.1f}"
    path, under = [f"M{LEFT} {scale.y(carried_cents):.1f}"], [f"M{LEFT} {zero}V{scale.y(min(carried_cents, 0)):.1f}"]
    for day in days:
        path.append(f"H{scale.x(day.on):.1f}V{scale.y(day.balance_cents):.1f}")
        under.append(f"H{scale.x(day.on):.1f}V{scale.y(min(day.balance_cents, 0)):.1f}")
    end_x = scale.x(max(until, days[-1].on))
    return BalancePlot(
        step="".join([*path, f"H{end_x:.1f}"]),
        under="".join([*under, f"H{end_x:.1f}V{zero}Z"]),
        dot_x=f"{end_x:.1f}",
        dot_y=f"{scale.y(days[-1].balance_cents):.1f}",
        amounts=tuple(_amounts(scale)),
        months=tuple(_months(scale)),
        sentence=_sentence(days, carried_cents),
        days=tuple(days),
    )


def _scale(days: Sequence[DayBalance], carried_cents: int, until: dt.date) -> _Scale:
    last = max(until, days[-1].on)
    # A little of what was before the first step, and room for the dot after the last one.
    margin = dt.timedelta(days=max(2, (last - days[0].on).days // 20))
    balances = [0, carried_cents, *(day.balance_cents for day in days)]
    return _Scale(days[0].on - margin, last + margin, min(balances), max(balances))


def _amounts(scale: _Scale) -> list[Tick]:
    """Round amounts, never more than a handful, zero always among them."""
    span_cents = max(1_00, scale.highest_cents - scale.lowest_cents)
    unit_cents = _round_unit(span_cents // TICKS_WANTED)
    first = -(-scale.lowest_cents // unit_cents)
    return [
        Tick(f"{scale.y(rank * unit_cents):.1f}", _in_euros(rank * unit_cents), rank == 0)
        for rank in range(first, scale.highest_cents // unit_cents + 1)
    ]


def _round_unit(cents: int) -> int:
    """The smallest of 1, 2 or 5 times a power of ten euros that is not below `cents`."""
    power_cents = 1_00
    while power_cents * 10 < cents:
        power_cents *= 10
    return next((power_cents * factor for factor in (1, 2, 5) if power_cents * factor >= cents), power_cents * 10)


def _in_euros(cents: int) -> str:
    """Without its cents, which a round amount has none of."""
    return money(cents).replace(",00\u00a0€", "\u00a0€").removesuffix(".00")


def _months(scale: _Scale) -> list[Tick]:
    """The first day of each month, or of every second, third… when they are many; the year where it begins."""
    starts = []
    month = scale.first.replace(day=1)
    while month <= scale.last:
        starts.append(max(month, scale.first))
        month = add_months(month, 1)
    stride = -(-len(starts) // MOST_MONTHS)
    shown = starts[::stride]
    if len(shown) > 1 and scale.x(shown[1]) - scale.x(shown[0]) < 70:
        shown = shown[1:]  # the end of a month would be written over the next one
    # A word that begins too far to the right would leave the drawing.
    return [Tick(f"{scale.x(day):.1f}", _month_name(day)) for day in shown if scale.x(day) < RIGHT - 60 or day == shown[0]]


def _month_name(day: dt.date) -> str:
    return month(day)


def _sentence(days: Sequence[DayBalance], carried_cents: int) -> str:
    return gettext(
        "Solde de jour en jour\u00a0: {carried} avant le {first}, {lowest} au plus bas, {now} après le {last}. Chaque valeur est dans le tableau qui suit."
    ).format(
        carried=money(carried_cents),
        first=long_day(days[0].on),
        lowest=money(min(carried_cents, *(day.balance_cents for day in days))),
        now=money(days[-1].balance_cents),
        last=long_day(days[-1].on),
    )
