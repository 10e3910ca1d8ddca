"""The notes and coins of the euro, and what a box full of them comes to."""

from collections.abc import Mapping

NOTES_CENTS = (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00)
COINS_CENTS = (2_00, 1_00, 50, 20, 10, 5, 2, 1)
DENOMINATIONS_CENTS = NOTES_CENTS + COINS_CENTS
# A heap of one kind of coin that nobody counts by hand.
MOST_OF_A_KIND = 10_000


def total_cents(pieces: Mapping[int, int]) -> int:
    """What so many of each denomination, by its cents, come to. ValueError: a denomination that does not exist, a number out of reach."""
    for cents, count in pieces.items():
        if cents not in DENOMINATIONS_CENTS or type(count) is not int or not 0 <= count <= MOST_OF_A_KIND:
            raise ValueError(f"{count} × {cents}")
    return sum(cents * count for cents, count in pieces.items())
