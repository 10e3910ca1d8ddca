import pytest

from escarcelle.lib.weights import NotAWeight, format_grams, parse_weight


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("1,652", 1652),
        ("1.652 kg", 1652),
        ("1652 g", 1652),
        ("850g", 850),
        ("2", 2000),
        ("0,5", 500),
        ("1652", 1652),
        (" 12 KG ", 12000),
        ("0", 0),
    ],
)
def test_weights_as_a_scale_shows_them(typed, grams):
    assert parse_weight(typed) == grams


@pytest.mark.parametrize("typed", ["", "lourd", "-1", "1,6524", "1e3", "1,5 g", "1 2", "1kg5", "99999999"])
def test_what_is_not_a_weight(typed):
    with pytest.raises(NotAWeight):
        parse_weight(typed)


def test_weights_in_words():
    assert (format_grams(1652), format_grams(850)) == ("1,652\u00a0kg", "850\u00a0g")
    assert (format_grams(1652, language="en-gb"), format_grams(850, language="en")) == ("1.652\u00a0kg", "850\u00a0g")
