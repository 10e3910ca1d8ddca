import pytest

from escarcelle.lib.denominations import DENOMINATIONS_CENTS, total_cents


def test_a_box_counted_note_by_note_and_coin_by_coin():
    pieces = {5000: 3, 2000: 11, 1000: 9, 500: 12, 200: 10, 100: 9, 50: 8, 20: 12, 10: 6, 5: 3}
    assert total_cents(pieces) == 55615


def test_there_are_fifteen_of_them():
    assert len(DENOMINATIONS_CENTS) == 15
    assert total_cents(dict.fromkeys(DENOMINATIONS_CENTS, 1)) == 88888


@pytest.mark.parametrize("pieces", [{3: 1}, {500: -1}, {500: 10_001}, {500: 1.5}, {500: True}])
def test_what_is_no_count(pieces):
    with pytest.raises(ValueError, match="×"):
        total_cents(pieces)
