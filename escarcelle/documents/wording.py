"""Amounts, weights and days as papers write them, in the language of who asked for the paper."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from escarcelle.lib.dates import format_long_day
from escarcelle.lib.languages import FRENCH, spoken
from escarcelle.lib.money import format_cents, format_signed_cents
from escarcelle.lib.weights import format_grams
from escarcelle.orders.models import OrderLine


def language() -> str:
    """The language of the reader, French when it is not one of ours."""
    return spoken(get_language() or FRENCH)


def money(amount_cents: int) -> str:
    """« 12,30 € »"""
    return format_cents(amount_cents, language=language())


def signed_money(amount_cents: int) -> str:
    """« −12,30 € », « +4,00 € »"""
    return format_signed_cents(amount_cents, language=language())


def weight(grams: int) -> str:
    """« 1,652 kg »"""
    return format_grams(grams, language=language())


def long_day(day: dt.date) -> str:
    """« sam. 5 sept. 2026 »"""
    return format_long_day(day, language=language())


def ordered(line: OrderLine) -> str:
    """« 2 × Courgettes, le filet »; with its expected weight when it is weighed."""
    words = f"{line.quantity}\u00a0× {line.product.name}"
    if line.step_grams is None:
        return words
    return f"{words} ({weight(line.quantity * line.step_grams)})"


def joined(words: Iterable[str]) -> str:
    """« 2 × Pain · 1 × Œufs »"""
    return " · ".join(words)


@dataclass(frozen=True)
class DayHead:
    """Of which distribution a paper is, and on which day it was made."""

    group_name: str
    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    place_name: str
    made_on: dt.date

    @property
    def about(self) -> str:
        """« jeu. 5 sept. 2026, de 18:00 à 20:00, Halle de Port-Tudy »"""
        sentence = gettext("{day}, de {starts} à {ends}, {place}")
        starts, ends = f"{self.starts_at:%H:%M}", f"{self.ends_at:%H:%M}"
        return sentence.format(day=long_day(self.on), starts=starts, ends=ends, place=self.place_name)

    @property
    def footer(self) -> str:
        """Whose paper, made when."""
        return gettext("{group} · édité le {today}").format(group=self.group_name, today=long_day(self.made_on))
