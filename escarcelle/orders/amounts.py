"""What a line comes to. Each line to the cent, half away from zero, then added up (figures: docs/money/orders.md)."""

from collections.abc import Iterable
from dataclasses import dataclass

from escarcelle.lib.money import round_half_away
from escarcelle.orders.models import OrderLine

GRAMS_PER_KILOGRAM = 1000
WHOLE_BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Reckoned:
    """Cents for the producer, and cents that the market keeps on top."""

    amount_cents: int
    fee_cents: int


def reckon(line: OrderLine) -> Reckoned:
    """pieces: delivered × price · weighed: grams (weighed, or else expected) × price per kilogram · fee: its part of that, rounded apart."""
    grams = line.weighed_grams if line.weighed_grams is not None else line.expected_grams
    if grams is None:
        amount_cents = line.delivered * line.price_cents
    else:
        amount_cents = round_half_away(grams * line.price_cents, GRAMS_PER_KILOGRAM) if line.delivered else 0
    return Reckoned(amount_cents, round_half_away(amount_cents * line.fee_basis_points, WHOLE_BASIS_POINTS))


def apply(line: OrderLine) -> OrderLine:
    """Write what the line comes to on the line; nothing is saved."""
    reckoned = reckon(line)
    line.amount_cents, line.fee_cents = reckoned.amount_cents, reckoned.fee_cents
    return line


def total(lines: Iterable[OrderLine]) -> int:
    """Cents that a client owes for these lines."""
    return sum(line.total_cents for line in lines)
