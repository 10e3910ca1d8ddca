"""Several cheques from one cell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.cheque_series import (
    MAX_CHEQUES,
    NotASeries,
    Series,
    expiry_day,
    following_numbers,
    is_series,
    last_safe_day,
    parse_cell,
    planned_months,
)
from escarcelle.lib.money import NotAnAmount, plain_amount

DUE = 69316


@pytest.mark.parametrize(
    ("typed", "amounts_cents"),
    [
        ("57,75", [5775]),
        ("=57,75", [5775]),
        ("=3×45", [4500] * 3),
        ("=3x57,75", [5775] * 3),
        ("3*45", [4500] * 3),
        ("3 X 45,5 €", [4550] * 3),
        ("= 2 × 1 250,00", [125000] * 2),
        ("12 chèques", [5776] * 11 + [5780]),
        ("12 cheques", [5776] * 11 + [5780]),
        ("12 ch", [5776] * 11 + [5780]),
        ("12ch.", [5776] * 11 + [5780]),
        ("=12 CHÈQUES", [5776] * 11 + [5780]),
        ("1 chèque", [DUE]),
        ("2 chq", [34658, 34658]),
    ],
)
def test_a_cell_lays_cheques(typed, amounts_cents):
    series = parse_cell(typed, outstanding_cents=DUE)

    assert list(series.amounts_cents) == amounts_cents
    assert series.count == len(amounts_cents)
    assert series.total_cents == sum(amounts_cents)


@pytest.mark.parametrize(
    ("typed", "several"), [("57,75", False), ("3×45", True), ("6 ch", True), ("=57,75", False), ("", False), ("chèque", False)]
)
def test_an_amount_is_not_a_series(typed, several):
    assert is_series(typed) is several


@pytest.mark.parametrize(
    ("typed", "due_cents", "code"),
    [
        ("0×45", DUE, "no_cheque"),
        ("0 chèque", DUE, "no_cheque"),
        ("61×45", DUE, "too_many_cheques"),
        ("999999999 chèques", DUE, "too_many_cheques"),
        ("6 chèques", 0, "nothing_outstanding"),
        ("6 chèques", -500, "nothing_outstanding"),
        ("6 chèques", 5, "less_than_a_cent"),
        ("3×0", DUE, "zero"),
        ("0", DUE, "zero"),
    ],
)
def test_a_series_that_cannot_be_laid_is_refused(typed, due_cents, code):
    with pytest.raises(NotASeries) as refused:
        parse_cell(typed, outstanding_cents=due_cents)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("=", "unreadable"),
        ("=3×", "unreadable"),
        ("=3×57,755", "three_decimals"),
        ("3×-45", "negative"),
        ("-3×45", "unreadable"),
        ("=SUM(A1:A3)", "unreadable"),
        ("3×4×5", "unreadable"),
        ("chèques", "unreadable"),
        ("1e3 chèques", "unreadable"),
    ],
)
def test_an_amount_that_cannot_be_read_says_so(typed, code):
    with pytest.raises(NotAnAmount) as refused:
        parse_cell(typed, outstanding_cents=DUE)

    assert refused.value.code == code


@given(st.integers(1, MAX_CHEQUES), st.integers(1, 10**8))
def test_a_series_of_equal_cheques_is_their_product(count, amount_cents):
    assert parse_cell(f"={count}×{plain_amount(amount_cents)}", outstanding_cents=0) == Series((amount_cents,) * count)


@given(st.integers(1, MAX_CHEQUES), st.integers(1, 10**8))
def test_a_split_pays_exactly_what_is_due(count, due_cents):
    if due_cents < count:
        with pytest.raises(NotASeries):
            parse_cell(f"{count} chèques", outstanding_cents=due_cents)
    else:
        series = parse_cell(f"{count} chèques", outstanding_cents=due_cents)
        assert series.total_cents == due_cents
        assert series.count == count
        assert min(series.amounts_cents) > 0


def test_numbers_follow_in_the_book():
    assert following_numbers("4471201", 3) == ["4471201", "4471202", "4471203"]
    assert following_numbers("0004599", 2) == ["0004599", "0004600"]
    assert following_numbers("", 3) == ["", "", ""]
    assert following_numbers(" 12 ", 1) == ["12"]
    assert following_numbers("AB-12", 1) == ["AB-12"]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("9999999", "number_exhausted"),
        ("99", "number_exhausted"),
        ("AB12", "not_a_number"),
        ("1" * 21, "not_a_number"),
        ("٣٤", "not_a_number"),
    ],
)
def test_a_number_that_cannot_be_followed_is_refused(first, code):
    with pytest.raises(NotASeries) as refused:
        following_numbers(first, 2)

    assert refused.value.code == code


@given(st.integers(0, 9_999_000), st.integers(1, MAX_CHEQUES))
def test_numbers_keep_their_seven_digits(first, count):
    numbers = following_numbers(f"{first:07d}", count)

    assert [int(number) for number in numbers] == list(range(first, first + count))
    assert {len(number) for number in numbers} == {7}


def test_cheques_are_planned_a_month_apart():
    assert planned_months(date(2026, 10, 31), 5) == [
        date(2026, 10, 31),
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]


def test_a_cheque_of_the_first_day_of_the_season_is_dead_on_the_last():
    written_on = date(2021, 9, 5)

    assert last_safe_day(written_on) == date(2022, 9, 12)
    assert expiry_day(written_on) == date(2022, 9, 13)
    assert expiry_day(written_on) < date(2022, 9, 18)


def test_a_cheque_of_the_29th_of_february():
    assert last_safe_day(date(2028, 2, 29)) == date(2029, 3, 7)
