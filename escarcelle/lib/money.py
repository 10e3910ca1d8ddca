"""Euros as people write them, cents as we keep them. The only place where one becomes the other.

Read: "12,5", "12.50", "1 250,00 €" (any space between thousands), "1.250,00" and "1,250.00" (two different marks: the last
one announces the cents), "−10" where a negative amount has a meaning.
Refused: "12,345" and "1.250" (three digits after one mark: cents or thousands, we do not guess), "1e3", and anything else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from escarcelle.lib.languages import ENGLISH, FRENCH, spoken
from escarcelle.lib.refusals import Refusal, gettext_noop

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"

# Ten digits of euros: far above any group, far below what a 64-bit integer holds, and what an EPC transfer can carry.
MAX_EURO_DIGITS = 10
MAX_CENTS = 10 ** (MAX_EURO_DIGITS + 2) - 1

_MINUS_SIGNS = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d-"
_CURRENCY = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR|euros?)$", re.IGNORECASE)
_SIGN = re.compile(rf"^([+{_MINUS_SIGNS}])\s*")
_PLAIN = re.compile(r"([0-9]+)(?:([.,])([0-9]*))?")
_THOUSANDS = re.compile(r"([0-9]{1,3}(?:(?P<mark>[ .,'’])[0-9]{3})(?:(?P=mark)[0-9]{3})*)(?:([.,])([0-9]*))?")
_API = re.compile(r"(-?)(0|[1-9][0-9]{0,9})\.([0-9]{2})")


class NotAnAmount(Refusal):
    """What was typed is not an amount in euros that we can read without guessing."""

    sentences: ClassVar[Mapping[str, str]] = {
        "empty": gettext_noop("Il manque un montant."),
        "unreadable": gettext_noop("«\u00a0{typed}\u00a0» n’est pas un montant. Écrivez par exemple 57,75."),
        "three_decimals": gettext_noop(
            "«\u00a0{typed}\u00a0» a trois chiffres après la virgule\u00a0: un montant s’arrête au centime. Est-ce {below} ou {above}\u202f?"
        ),
        "third_decimal_zero": gettext_noop(
            "«\u00a0{typed}\u00a0» a trois chiffres après la virgule\u00a0: un montant s’arrête au centime. Est-ce {below}\u202f?"
        ),
        "too_many_decimals": gettext_noop(
            "«\u00a0{typed}\u00a0» a {count} chiffres après la virgule\u00a0: un montant s’arrête au centime. Est-ce {below} ou {above}\u202f?"
        ),
        "cents_or_thousands": gettext_noop(
            "«\u00a0{typed}\u00a0» peut se lire de deux façons. Est-ce {below} ou {thousands}\u202f? Écrivez les centimes après une virgule."
        ),
        "cents_missing": gettext_noop("«\u00a0{typed}\u00a0» s’arrête à la virgule\u00a0: ajoutez les centimes, par exemple {below}."),
        "scientific": gettext_noop(
            "«\u00a0{typed}\u00a0» est une écriture de calculatrice. Écrivez le montant en chiffres, par exemple 57,75."
        ),
        "negative": gettext_noop("«\u00a0{typed}\u00a0» est négatif\u00a0: ici un montant est positif. Un remboursement se saisit à part."),
        "too_large": gettext_noop("«\u00a0{typed}\u00a0» dépasse ce qu’un compte peut contenir (dix chiffres avant la virgule)."),
        "api_format": gettext_noop('«\u00a0{typed}\u00a0» n’est pas un montant à deux décimales avec un point, par exemple "57.76".'),
    }


def parse_amount(text: str, *, allow_negative: bool = False) -> int:
    """Read an amount of euros as typed and give cents. Refuses with `NotAnAmount`; never rounds, never guesses."""
    spaced = " ".join(text.split()) if len(text) <= 200 else text
    if not spaced:
        raise NotAnAmount("empty", text)
    digits, sign = _split_sign(_CURRENCY.sub("", spaced))
    if re.fullmatch(r"[0-9.,]+\s*e\s*[+-]?[0-9]+", digits, re.IGNORECASE):
        raise NotAnAmount("scientific", text)
    cents = _read_digits(digits, typed=text)
    if sign < 0 and cents and not allow_negative:
        raise NotAnAmount("negative", text)
    return sign * cents


def _split_sign(text: str) -> tuple[str, int]:
    found = _SIGN.match(text)
    if not found:
        return text, 1
    # "− 12" and "−€12": the currency may stand between the sign and the figure.
    return _CURRENCY.sub("", text[found.end() :]), 1 if found[1] == "+" else -1


def _read_digits(digits: str, *, typed: str) -> int:
    plain = _PLAIN.fullmatch(digits)
    by_thousands = _THOUSANDS.fullmatch(digits)
    if by_thousands and not plain:
        euros, mark, decimals = re.sub(r"[^0-9]", "", by_thousands[1]), by_thousands[3], by_thousands[4]
        if mark == by_thousands["mark"]:
            raise NotAnAmount("unreadable", typed)
    elif plain:
        euros, mark, decimals = plain[1], plain[2], plain[3]
    else:
        raise NotAnAmount("unreadable", typed)
    euros = euros.lstrip("0") or "0"  # Python itself refuses to read thousands of zeros
    if len(euros) > MAX_EURO_DIGITS:
        raise NotAnAmount("too_large", typed)
    if mark and not decimals:
        raise NotAnAmount("cents_missing", typed, below=Euros(int(euros) * 100))
    if decimals and len(decimals) > 2:
        raise _too_many_decimals(euros, mark, decimals, typed=typed)
    return int(euros) * 100 + int((decimals or "0").ljust(2, "0"))


def _too_many_decimals(euros: str, mark: str, decimals: str, *, typed: str) -> NotAnAmount:
    """Say which two amounts may have been meant, so that the answer is one word."""
    below_cents = int(euros) * 100 + int(decimals[:2])
    below, above = Euros(below_cents), Euros(below_cents + 1)
    if mark == "." and len(decimals) == 3 and len(euros) <= 3 and euros != "0":
        return NotAnAmount("cents_or_thousands", typed, below=below, thousands=Euros(int(euros + decimals) * 100))
    if len(decimals) > 3:
        return NotAnAmount("too_many_decimals", typed, count=len(decimals), below=below, above=above)
    if decimals.endswith("0"):
        return NotAnAmount("third_decimal_zero", typed, below=below)
    return NotAnAmount("three_decimals", typed, below=below, above=above)


def format_cents(cents: int, *, language: str = FRENCH) -> str:
    """−123450 → "−1 234,50 €": true minus, narrow space between thousands, no-break space before €. In English "−€1,234.50"."""
    sign, euros, remainder = _figures(cents)
    if spoken(language) == ENGLISH:
        return f"{sign}€{grouped(euros, language=language)}.{remainder}"
    return f"{sign}{grouped(euros)},{remainder}{NO_BREAK_SPACE}€"


def format_signed_cents(cents: int, *, language: str = FRENCH) -> str:
    """As in a statement of account: "+57,75 €" for a credit, "−57,75 €" for a debit, "0,00 €" for nothing."""
    return f"{'+' if cents > 0 else ''}{format_cents(cents, language=language)}"


def plain_amount(cents: int, *, language: str = FRENCH) -> str:
    """5775 → "57,75", in English "57.75", for an input field: `parse_amount` reads both back."""
    sign, euros, remainder = _figures(cents)
    return f"{sign}{euros}{'.' if spoken(language) == ENGLISH else ','}{remainder}"


def _figures(cents: int) -> tuple[str, int, str]:
    euros, remainder = divmod(abs(cents), 100)
    return MINUS if cents < 0 else "", euros, f"{remainder:02d}"


def grouped(number: int, *, language: str = FRENCH) -> str:
    """10000 → "10 000", in English "10,000", for any whole number in a sentence."""
    return f"{number:,}".replace(",", "," if spoken(language) == ENGLISH else NARROW_SPACE)


@dataclass(frozen=True)
class Euros:
    """An amount in the sentence of a refusal, written when the reader is known."""

    cents: int
    is_signed: bool = False

    def written(self, language: str) -> str:
        return format_signed_cents(self.cents, language=language) if self.is_signed else format_cents(self.cents, language=language)


@dataclass(frozen=True)
class Count:
    """A great number in the sentence of a refusal, written when the reader is known."""

    number: int

    def written(self, language: str) -> str:
        return grouped(self.number, language=language)


def api_amount(cents: int) -> str:
    """5776 → "57.76": the API's and the open files' form, ASCII minus."""
    euros, remainder = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros}.{remainder:02d}"


def parse_api_amount(text: str) -> int:
    """Read "57.76" strictly: ASCII digits, a point, two decimals, no leading zero. Refuses with `NotAnAmount`."""
    found = _API.fullmatch(text)
    if not found:
        raise NotAnAmount("api_format", text)
    cents = int(found[2]) * 100 + int(found[3])
    return -cents if found[1] else cents


def round_half_away(numerator: int, denominator: int) -> int:
    """The nearest integer to numerator/denominator, a half going away from zero: how each line is rounded to the cent."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def split_evenly(total_cents: int, count: int) -> list[int]:
    """Equal parts, the last one takes the cents: 693,16 € in 12 is 11 × 57,76 € and 57,80 €. The sum is always the total."""
    if count < 1:
        raise ValueError("an amount is split in one part at least")
    part = abs(total_cents) // count
    parts = [part] * (count - 1) + [abs(total_cents) - part * (count - 1)]
    return parts if total_cents >= 0 else [-part for part in parts]
