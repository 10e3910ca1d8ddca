"""« de » before a name: « d’ADAM Pécine », « de LE GOFF Martine »."""

import re
import unicodedata
from collections.abc import Mapping

_OF_A_PART = re.compile(r"\bde \{(\w+)\}")
_VOWELS = frozenset("aeiouœæ")


def elides(name: str) -> bool:
    """Whether « de » becomes « d’ » before this name: before a vowel, and before a Y that is one (Yves, not Yann).

    Never before an H: a name does not say whether its H is mute, and « de HAMON » shocks nobody."""
    letters = unicodedata.normalize("NFD", name.lower())
    plain = [letter for letter in letters if not unicodedata.combining(letter)][:2]
    first, second = (*plain, "", "")[:2]
    return first in _VOWELS or (first == "y" and second.isalpha() and second not in _VOWELS)


def filled(sentence: str, parts: Mapping[str, str]) -> str:
    """A sentence with its {parts}, « de {name} » written « d’… » where the name asks for it. Another language has no such « de »."""
    return _OF_A_PART.sub(lambda found: f"d’{{{found[1]}}}" if elides(parts[found[1]]) else found[0], sentence).format_map(parts)


def elided(text: str, name: str) -> str:
    """The same in a text that already holds the name."""
    return text.replace(f"de {name}", f"d’{name}") if elides(name) else text
