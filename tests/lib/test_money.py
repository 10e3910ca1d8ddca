"""Euros typed, cents kept."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.money import (
    MAX_CENTS,
    Count,
    Euros,
    NotAnAmount,
    api_amount,
    format_cents,
    format_signed_cents,
    grouped,
    parse_amount,
    parse_api_amount,
    plain_amount,
    round_half_away,
    split_evenly,
)

ANY_CENTS = st.integers(-MAX_CENTS, MAX_CENTS)
SPACES = ("", " ", "\u00a0", "\u202f", "\u2009")


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,5", 1250),
        ("12.50", 1250),
        ("12", 1200),
        ("0", 0),
        ("0,01", 1),
        ("  57,75  ", 5775),
        ("57,75 €", 5775),
        ("57,75€", 5775),
        ("€ 57,75", 5775),
        ("57,75 EUR", 5775),
        ("57,75 euros", 5775),
        ("1 250,00 €", 125000),
        ("1\u00a0250,00\u00a0€", 125000),
        ("1\u202f250,00\u00a0€", 125000),
        ("21\u2009152,56", 2115256),
        ("1.250,00", 125000),
        ("1,250.00", 125000),
        ("1'250,50", 125050),
        ("1 234 567", 123456700),
        ("+20", 2000),
        ("007,50", 750),
        ("9999999999,99", MAX_CENTS),
    ],
)
def test_amounts_that_people_type_are_read(typed, cents):
    assert parse_amount(typed) == cents


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("abc", "unreadable"),
        ("inf", "unreadable"),
        ("NaN", "unreadable"),
        ("1e3", "scientific"),
        ("1,5E-2", "scientific"),
        ("12,345", "three_decimals"),
        ("57,750", "third_decimal_zero"),
        ("1,2345", "too_many_decimals"),
        ("1.250", "cents_or_thousands"),
        ("12,", "cents_missing"),
        (",50", "unreadable"),
        ("12 50", "unreadable"),
        ("1 2", "unreadable"),
        ("1.250.00", "unreadable"),
        ("12,50,00", "unreadable"),
        ("12;50", "unreadable"),
        ("--5", "unreadable"),
        ("+-5", "unreadable"),
        ("0x10", "unreadable"),
        ("1_000", "unreadable"),
        ("٣", "unreadable"),
        ("１２", "unreadable"),
        ("²", "unreadable"),
        ("=1+1", "unreadable"),
        ("12 $", "unreadable"),
        ("12\x0050", "unreadable"),
        ("10000000000", "too_large"),
        ("9" * 5000, "too_large"),
        ("-10", "negative"),
        ("−10", "negative"),
        ("- 10,00 €", "negative"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(typed, code):
    with pytest.raises(NotAnAmount) as refused:
        parse_amount(typed)

    assert refused.value.code == code
    assert refused.value.typed == typed


@pytest.mark.parametrize("typed", ["−10", "-10", "–10", "‑10", "- 10,00 €", "−€10"])
def test_every_minus_is_read_where_negative_amounts_have_a_meaning(typed):
    assert parse_amount(typed, allow_negative=True) == -1000


def test_minus_zero_is_zero():
    assert parse_amount("-0,00") == 0


def test_the_refusal_says_what_why_and_what_to_do():
    with pytest.raises(NotAnAmount) as refused:
        parse_amount("57,755")

    assert str(refused.value) == (
        "«\u00a057,755\u00a0» a trois chiffres après la virgule\u00a0: un montant s’arrête au centime. "
        "Est-ce 57,75\u00a0€ ou 57,76\u00a0€\u202f?"
    )


def test_the_refusal_is_translated_where_it_is_shown():
    with pytest.raises(NotAnAmount) as refused:
        parse_amount("abc")

    assert refused.value.sentence(lambda french: "“{typed}” is no amount.") == "“abc” is no amount."


def test_a_long_or_strange_text_does_not_break_the_sentence():
    with pytest.raises(NotAnAmount) as refused:
        parse_amount("\u202e{typed}\x00<b>" + "x" * 10_000)

    assert len(str(refused.value)) < 120
    assert "\u202e" not in str(refused.value)
    assert "\x00" not in str(refused.value)


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "0,00\u00a0€"),
        (5775, "57,75\u00a0€"),
        (-69300, "\u2212693,00\u00a0€"),
        (2115256, "21\u202f152,56\u00a0€"),
        (-123456789, "\u22121\u202f234\u202f567,89\u00a0€"),
        (5, "0,05\u00a0€"),
        (-5, "\u22120,05\u00a0€"),
    ],
)
def test_amounts_are_shown_as_in_a_ledger(cents, shown):
    assert format_cents(cents) == shown


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(0, "€0.00"), (5775, "€57.75"), (-69300, "\u2212€693.00"), (2115256, "€21,152.56"), (-5, "\u2212€0.05")],
)
def test_amounts_are_shown_in_english_as_the_english_write_them(cents, shown):
    assert format_cents(cents, language="en") == shown
    assert parse_amount(shown, allow_negative=True) == cents


def test_signs_boxes_and_great_numbers_in_english():
    assert format_signed_cents(5775, language="en-gb") == "+€57.75"
    assert format_signed_cents(-5775, language="en") == "\u2212€57.75"
    assert plain_amount(123450, language="en") == "1234.50"
    assert grouped(10_000, language="en") == "10,000"
    assert grouped(10_000) == "10\u202f000"


def test_a_language_that_we_do_not_speak_reads_french():
    assert format_cents(5775, language="de") == "57,75\u00a0€"


def test_a_refusal_writes_its_amounts_in_the_language_of_its_reader():
    english = {
        "fr": "en",
        NotAnAmount.sentences["cents_or_thousands"]: "Is it {below} or {thousands}?",
    }
    with pytest.raises(NotAnAmount) as refused:
        parse_amount("1.250")

    assert refused.value.sentence(lambda french: english[french]) == "Is it €1.25 or €1,250.00?"


@pytest.mark.parametrize(
    ("number", "english", "french"), [(Count(10_000), "10,000", "10\u202f000"), (Euros(2000, True), "+€20.00", "+20,00\u00a0€")]
)
def test_figures_of_a_refusal_wait_for_their_reader(number, english, french):
    assert number.written("en") == english
    assert number.written("fr") == french


def test_a_statement_shows_the_sign_of_credits_and_none_for_zero():
    assert format_signed_cents(5775) == "+57,75\u00a0€"
    assert format_signed_cents(-5775) == "\u221257,75\u00a0€"
    assert format_signed_cents(0) == "0,00\u00a0€"


@given(ANY_CENTS)
def test_every_amount_shown_is_read_back(cents):
    assert parse_amount(format_cents(cents), allow_negative=True) == cents
    assert parse_amount(format_signed_cents(cents), allow_negative=True) == cents
    assert parse_amount(plain_amount(cents), allow_negative=True) == cents
    assert parse_amount(api_amount(cents), allow_negative=True) == cents
    assert parse_api_amount(api_amount(cents)) == cents


@given(st.text(max_size=60))
def test_any_text_gives_cents_or_a_refusal(typed):
    with suppress(NotAnAmount):
        assert abs(parse_amount(typed, allow_negative=True)) <= MAX_CENTS


@given(st.text(alphabet="0123456789.,  '-+€e", max_size=14))
def test_an_amount_that_is_read_holds_every_digit_that_was_typed(typed):
    with suppress(NotAnAmount):
        cents = parse_amount(typed, allow_negative=True)
        digits = "".join(character for character in typed if character.isdigit())
        assert str(abs(cents)).rstrip("0") == digits.lstrip("0").rstrip("0")


@pytest.mark.parametrize(("text", "cents"), [("57.76", 5776), ("0.00", 0), ("-0.05", -5), ("9999999999.99", MAX_CENTS)])
def test_the_api_reads_two_decimals(text, cents):
    assert parse_api_amount(text) == cents


@pytest.mark.parametrize(
    "text", ["57,76", "57.7", "57.760", "57", " 57.76", "57.76\n", "+57.76", "057.76", ".76", "−1.00", "1e3", "", "10000000000.00", "１.00"]
)
def test_the_api_reads_nothing_else(text):
    with pytest.raises(NotAnAmount) as refused:
        parse_api_amount(text)

    assert refused.value.code == "api_format"


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (-5, 3, -2), (1, 2, 1), (-1, 2, -1), (0, 7, 0), (5, -2, -3)],
)
def test_a_half_is_rounded_away_from_zero(numerator, denominator, rounded):
    assert round_half_away(numerator, denominator) == rounded


def test_a_weighed_chicken_is_rounded_to_the_cent():
    assert round_half_away(1652 * 1190, 1000) == 1966


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_the_nearest_and_symmetric(numerator, denominator):
    rounded = round_half_away(numerator, denominator)

    assert 2 * abs(rounded * denominator - numerator) <= denominator
    assert round_half_away(-numerator, denominator) == -rounded


def test_twelve_cheques_of_a_season():
    assert split_evenly(69316, 12) == [5776] * 11 + [5780]


@given(ANY_CENTS, st.integers(1, 60))
def test_a_split_always_sums_to_its_total(total_cents, count):
    parts = split_evenly(total_cents, count)

    assert sum(parts) == total_cents
    assert len(parts) == count
    assert len(set(parts[:-1])) <= 1
    assert 0 <= abs(parts[-1]) - abs(parts[0]) < count


def test_an_amount_cannot_be_split_in_nothing():
    with pytest.raises(ValueError, match="one part at least"):
        split_evenly(100, 0)
