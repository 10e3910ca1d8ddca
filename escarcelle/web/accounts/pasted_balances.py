"""Balances copied from elsewhere: a column of amounts, or lines « ADAM Pécine 45,20 ». Read, never guessed, never saved here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from escarcelle.importers.pasted_payments import NameIndex
from escarcelle.lib.refusals import quoted

MOST_LINES = 10_000
# A name holds no figure: the amount begins at the first one, with the sign before it.
_LINE = re.compile(r"(?P<name>[^0-9]*?)[\s;]*(?P<amount>[+\-\u2010-\u2015\u2212]?\s*(?:€\s*)?[0-9].*)")


@dataclass(frozen=True)
class Pasted:
    """What goes to which member as it was written, and a sentence for each line that goes to nobody."""

    amounts: Mapping[int, str]
    problems: Sequence[str]


def read_pasted_balances(text: str, members: Sequence[tuple[int, str]]) -> Pasted:
    """Put pasted lines beside members. Without any name, amounts follow the order of `members`, the rows on the screen."""
    lines = [(number, line) for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        return Pasted({}, [_("Ce collage a plus de 10\u202f000 lignes\u00a0: collez-le en plusieurs fois.")])
    read = [(number, line, _LINE.fullmatch(line.strip())) for number, line in lines]
    if all(found and not found["name"].strip(" \t;") for _number, _line, found in read):
        return _column([found["amount"] for _number, _line, found in read if found], members)
    return _named([(number, line, found) for number, line, found in read], members)


def _column(amounts: Sequence[str], members: Sequence[tuple[int, str]]) -> Pasted:
    problems = []
    if len(amounts) != len(members):
        words = _("La colonne collée a {count} montants pour {rows} lignes\u00a0: vérifiez qu’il ne manque personne.")
        problems.append(words.format(count=len(amounts), rows=len(members)))
    return Pasted({member_id: _tidy(amount) for (member_id, _name), amount in zip(members, amounts, strict=False)}, problems)


def _named(lines: Sequence[tuple[int, str, re.Match[str] | None]], members: Sequence[tuple[int, str]]) -> Pasted:
    index, names = NameIndex(members), dict(members)
    amounts: dict[int, str] = {}
    problems = []
    for number, line, found in lines:
        ids = index.ids_of(found["name"]) if found else ()
        if found is None:
            problems.append(_("Ligne {number}\u00a0: «\u00a0{line}\u00a0» n’a pas de montant.").format(number=number, line=quoted(line)))
        elif len(ids) != 1:
            problems.append(_nobody(number, found["name"], [names[member_id] for member_id in ids or index.closest(found["name"])]))
        elif ids[0] in amounts:
            words = _("Ligne {number}\u00a0: {name} a déjà un montant plus haut.")
            problems.append(words.format(number=number, name=names[ids[0]]))
        else:
            amounts[ids[0]] = _tidy(found["amount"])
    return Pasted(amounts, problems)


def _nobody(number: int, name: str, close: Sequence[str]) -> str:
    words = _("Ligne {number}\u00a0: «\u00a0{name}\u00a0» n’est pas un membre à reprendre.").format(
        number=number, name=quoted(name.strip(" \t;"))
    )
    return " ".join([words, _("Est-ce {names}\u202f?").format(names=", ".join(close))]) if close else words


def _tidy(amount: str) -> str:
    return " ".join(amount.strip(" \t;").split())
