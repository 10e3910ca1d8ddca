"""Amounts, weights and days as the reader's language writes them, for the sentences that screens make; templates have filters for the same."""

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from escarcelle.lib.dates import format_long_day, format_month
from escarcelle.lib.elision import elides
from escarcelle.lib.languages import FRENCH
from escarcelle.lib.money import format_cents, format_signed_cents, grouped, plain_amount
from escarcelle.lib.weights import format_grams


def reader_language() -> str:
    return get_language() or FRENCH


def money(amount_cents: int) -> str:
    """« −693,00 € », in English « −€693.00 »."""
    return format_cents(amount_cents, language=reader_language())


def signed_money(amount_cents: int) -> str:
    """« +26,66 € »: a movement or a balance."""
    return format_signed_cents(amount_cents, language=reader_language())


def typed_money(amount_cents: int) -> str:
    """« 57,75 », in English « 57.75 », as it would be typed in a box."""
    return plain_amount(amount_cents, language=reader_language())


def signed_typed_money(amount_cents: int) -> str:
    """« −12,80 », « +45,20 », in English « −12.80 »: a balance as it would be typed in a box."""
    return ("+" if amount_cents > 0 else "") + typed_money(amount_cents)


def great_number(number: int) -> str:
    """« 10 000 », in English « 10,000 »."""
    return grouped(number, language=reader_language())


def weight(grams: int) -> str:
    """« 1,652 kg », in English « 1.652 kg »."""
    return format_grams(grams, language=reader_language())


def long_day(day: dt.date) -> str:
    """« sam. 5 sept. 2026 »"""
    return format_long_day(day, language=reader_language())


def month(day: dt.date) -> str:
    """« octobre 2026 »"""
    return format_month(day, language=reader_language())


def of_name(name: str) -> str:
    """« d’ADAM Pécine », « de LE GOFF Martine »; in English both are « of … »."""
    return (_("d’{name}") if elides(name) else _("de {name}")).format(name=name)
