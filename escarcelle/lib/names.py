"""Names of people as typed, shown, sorted and looked for; and the cleaning of every typed line."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from escarcelle.lib.refusals import Refusal, gettext_noop

SORT_KEY_LENGTH = 200
NAME_LENGTH = 80
EMAIL_LENGTH = 254

# Letters that no Unicode decomposition takes apart.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h", "ı": "i"})
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_NOT_A_WORD = re.compile(r"[\W_]+")

_PARTICLES = frozenset(
    {
        "le",
        "la",
        "les",
        "de",
        "du",
        "des",
        "d",
        "l",
        "von",
        "van",
        "der",
        "den",
        "el",
        "al",
        "ben",
        "da",
        "dos",
        "di",
        "del",
        "mac",
        "mc",
        "saint",
        "st",
        "ste",
    }
)

# Marks that turn the reading direction of what follows, or that no eye can see: a name must not rewrite the rest of a line.
# The two joiners stay: emoji families and Persian are written with them.
_INVISIBLE = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff").union(
    map(chr, range(0x202A, 0x202F)),
    map(chr, range(0x2066, 0x2070)),
)


class TextRefused(Refusal):
    """A typed line cannot be kept as it is."""

    sentences: ClassVar[Mapping[str, str]] = {
        "too_long": gettext_noop("«\u00a0{typed}\u00a0» est trop long\u00a0: {length} caractères, {most} au plus."),
    }


class NotAnEmail(Refusal):
    """What was typed is not one e-mail address."""

    sentences: ClassVar[Mapping[str, str]] = {
        "empty": gettext_noop("Il manque une adresse e-mail."),
        "unreadable": gettext_noop("«\u00a0{typed}\u00a0» n’est pas une adresse e-mail. Écrivez par exemple pecine.adam@exemple.fr."),
        "several": gettext_noop("«\u00a0{typed}\u00a0» contient plusieurs adresses e-mail\u00a0: gardez-en une."),
        "too_long": gettext_noop("«\u00a0{typed}\u00a0» est trop long pour une adresse e-mail."),
    }


@dataclass(frozen=True)
class Name:
    """A person's name in its two parts; either may be empty, not both."""

    last: str
    first: str


def clean_text(text: str, *, max_length: int) -> str:
    """One typed line, safe to store on both databases and to show: NFC, one line, no control or direction mark.

    Refuses what is longer than `max_length` characters: nothing typed is cut silently.
    """
    return _within(" ".join(_visible(unicodedata.normalize("NFC", text)).split()), max_length)


def clean_paragraph(text: str, *, max_length: int) -> str:
    """As `clean_text`, keeping the line breaks of a longer text."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _within("\n".join(" ".join(_visible(line).split()) for line in lines).strip("\n"), max_length)


def _visible(text: str) -> str:
    """Spaces for control characters; nothing for marks, lone surrogates (no UTF-8 can carry them) and unassigned tags."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif category != "Cs" and character not in _INVISIBLE:
            kept.append(character)
    return "".join(kept)


def _within(text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise TextRefused("too_long", text, length=len(text), most=max_length)
    return text


def fold(text: str) -> str:
    """For comparing: lower case, no accent, no apostrophe, words apart by one space. "D’Hoëdt-Œil" → "dhoedt oeil"."""
    # Twice: "𝑨" only becomes a capital A by the first decomposition, and lower case can compose again.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LIGATURES)
    letters = "".join(character for character in lowered if not unicodedata.combining(character))
    return _NOT_A_WORD.sub(" ", _APOSTROPHES.sub("", letters)).strip()


def sort_key(last: str, first: str) -> str:
    """A column to sort by, the same order in Python, SQLite and PostgreSQL whatever its collation.

    A space is written 0 and the gap between last and first name 00: collations that skip spaces and punctuation cannot
    then put "LEBRUN" before "LE GOFF". Digits come before letters everywhere.
    """
    parts = [fold(part).replace(" ", "0") for part in (last, first)]
    return "00".join(part for part in parts if part)[:SORT_KEY_LENGTH]


def display_name(last: str, first: str) -> str:
    """ "ADAM Pécine": the last name in capitals, then the first."""
    return f"{last.strip().upper()} {first.strip()}".strip()


def initials(last: str, first: str) -> str:
    """ "LE GOFF", "Martine" → "ML"; one letter when there is one name."""
    letters = (next((character for character in part if character.isalnum()), "") for part in (first, last))
    return "".join(letters).upper()


def matches(prefix: str, name: str) -> bool:
    """Whether what is typed begins a word of the name: "bla" finds "BLANC Alphée", "le g" and "leg" find "LE GOFF Loïc"."""
    wanted, words = fold(prefix), fold(name).split()
    if not wanted:
        return False
    tails = [words[rank:] for rank in range(len(words))]
    return any(" ".join(tail).startswith(wanted) for tail in tails) or "".join(words).startswith(wanted.replace(" ", ""))


def split_name(text: str, *, last_name_first: bool = False) -> Name:
    """Take a full name apart. Capitals name the family ("QUÉRÉ Jean-Marie", "Jean-Marie QUÉRÉ"), so does a comma.

    Where nothing tells, the family name is last ("Zoé Le Dren"), or first in a file that is known to write it so.
    """
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return Name(" ".join(family.split()), " ".join(given.replace(",", " ").split()))
    words = text.replace(",", " ").split()
    if len(words) < 2:
        return Name(" ".join(words), "")
    rank = _first_given_name(words)
    if rank is None and _is_capital(words[-1]) and not _is_capital(words[0]):
        return _family_last(words)
    if rank is None:
        capitals = all(_is_capital(word) for word in words)
        if not (capitals or last_name_first):
            return _family_last(words)
        rank = _after_particles(words) + 1
    return Name(" ".join(words[:rank]), " ".join(words[rank:]))


def _first_given_name(words: list[str]) -> int | None:
    """Where the family name in capitals ends; None unless the words begin with one and something else follows."""
    start = _after_particles(words)
    rank = start
    while rank < len(words) and _is_capital(words[rank]):
        rank += 1
    return rank if start < rank < len(words) else None


def _after_particles(words: list[str]) -> int:
    rank = 0
    while rank < len(words) - 2 and fold(words[rank]) in _PARTICLES:
        rank += 1
    return rank


def _family_last(words: list[str]) -> Name:
    rank = len(words) - 1
    in_capitals = _is_capital(words[-1])
    while rank > 1 and (fold(words[rank - 1]) in _PARTICLES or (in_capitals and _is_capital(words[rank - 1]))):
        rank -= 1
    return Name(" ".join(words[rank:]), " ".join(words[:rank]))


def _is_capital(word: str) -> bool:
    """ "QUÉRÉ", "d’HOEDT", "McDONALD"; an initial such as "J." is not a family name."""
    core = re.sub(r"^(?:[dl]['’]|ma?c)(?=\w{2})", "", word, flags=re.IGNORECASE)
    return core.isupper() and sum(character.isalpha() for character in core) > 1


_EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


def clean_email(text: str) -> str:
    """One address in lower case, which is how two are compared. "<Zoe@Exemple.FR>" is read; refuses with `NotAnEmail`."""
    address = unicodedata.normalize("NFC", _visible(text)).strip().lower().removeprefix("mailto:").strip("<> ")
    if not address:
        raise NotAnEmail("empty", text)
    if len(address) > EMAIL_LENGTH and address.count("@") == 1:
        raise NotAnEmail("too_long", text)
    if not _EMAIL.fullmatch(address):
        raise NotAnEmail("several" if address.count("@") > 1 else "unreadable", text)
    return address
