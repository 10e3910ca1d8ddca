"""Weights as a scale shows them, grams as we keep them.

Read: "1,652", "1.652 kg", "1652 g", "850g", "2". A number alone is kilograms, unless it has no decimals and is above 50: nobody weighs
fifty kilograms of chicken, and a kitchen scale shows grams."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from escarcelle.lib.languages import ENGLISH, FRENCH, spoken
from escarcelle.lib.refusals import Refusal, gettext_noop

_WEIGHT = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,3}))?\s*(kg|g)?", re.IGNORECASE)
MOST_KILOGRAMS_WITHOUT_UNIT = 50


class NotAWeight(Refusal):
    """What was typed is not a weight."""

    sentences: ClassVar[Mapping[str, str]] = {
        "weight_unreadable": gettext_noop("«\u00a0{typed}\u00a0» n’est pas un poids. Écrivez par exemple 1,652 (en kilos) ou 850 g."),
    }


def parse_weight(text: str) -> int:
    """Grams. Refuses with `NotAWeight`."""
    found = _WEIGHT.fullmatch(" ".join(text.split()))
    if found is None:
        raise NotAWeight("weight_unreadable", text, field="weight")
    whole, decimals, unit = int(found[1]), found[2] or "", (found[3] or "").lower()
    if unit == "g" or (not unit and not decimals and whole > MOST_KILOGRAMS_WITHOUT_UNIT):
        if decimals:
            raise NotAWeight("weight_unreadable", text, field="weight")
        return whole
    return whole * 1000 + int(decimals.ljust(3, "0"))


def format_grams(grams: int, *, language: str = FRENCH) -> str:
    """1652 → « 1,652 kg », in English « 1.652 kg »; 850 → « 850 g »."""
    if grams < 1000:
        return f"{grams}\u00a0g"
    mark = "." if spoken(language) == ENGLISH else ","
    return f"{grams // 1000}{mark}{grams % 1000:03d}\u00a0kg"


@dataclass(frozen=True)
class Weight:
    """A weight in the sentence of a refusal, written when the reader is known."""

    grams: int

    def written(self, language: str) -> str:
        return format_grams(self.grams, language=language)
