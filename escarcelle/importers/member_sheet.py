"""A group's members from whatever spreadsheet it keeps: columns in any order, under any of the names people give them.

First `propose_columns` says which column seems to hold what; a person may correct it; then `read_members` gives the rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from escarcelle.importers.columns import SUM_LINES, recognise
from escarcelle.importers.tables import Headings, LineProblem, Row, Table
from escarcelle.lib.money import parse_amount
from escarcelle.lib.names import NAME_LENGTH, Name, clean_email, clean_text, fold, split_name
from escarcelle.lib.refusals import Refusal, gettext_noop

PHONE_LENGTH = 40
# A title, an address and a date often stand above the headings.
_LINES_ABOVE = 10

_SECOND = ("2", "conjoint", "conjointe", "co adherent", "2e personne", "2eme personne", "deuxieme personne", "second")


def _of_second(*words: str) -> tuple[str, ...]:
    return tuple(f"{word} {mark}" for word in words for mark in _SECOND) + tuple(f"{mark} {word}" for mark in _SECOND for word in words)


# The longer wordings come first: "Nom conjoint" and "Nom et prénom du membre" also hold the word "nom".
VOCABULARY: Mapping[str, Sequence[str]] = {
    "second_first_name": _of_second("prénom", "first name"),
    "second_last_name": _of_second("nom", "nom de famille", "last name"),
    "second_email": _of_second("courriel", "e-mail", "email", "mail", "adresse mail"),
    "second_phone": _of_second("téléphone", "tél", "portable", "mobile", "phone"),
    "second_name": (
        *_of_second("nom complet", "nom et prénom"),
        "conjoint",
        "conjointe",
        "2e personne",
        "co-adhérent",
        "deuxième personne",
    ),
    "name": ("nom complet", "nom et prénom", "nom prénom", "prénom et nom", "prénom nom", "full name", "username", "nom affiché"),
    "first_name": ("prénom", "prénoms", "first name", "firstname", "given name"),
    "last_name": ("nom", "nom de famille", "last name", "lastname", "surname", "family name"),
    "email": ("courriel", "e-mail", "email", "mail", "adresse mail", "adresse e-mail", "adresse électronique", "useremail"),
    "phone": ("téléphone", "tél", "portable", "mobile", "n° de téléphone", "phone", "userphone", "gsm"),
    "balance": ("solde", "reprise de solde", "balance", "avoir", "solde actuel", "report"),
    # A column of whole names, when no other has been found under a clearer heading.
    "who": ("adhérent", "adhérente", "membre", "amapien", "client", "name", "foyer", "famille"),
}


class SheetRefused(Refusal):
    """The sheet, or one of its lines, does not give members."""

    sentences: ClassVar[Mapping[str, str]] = {
        "no_name_column": gettext_noop("Aucune colonne de noms n’a été reconnue parmi {typed}. Indiquez laquelle contient les noms."),
        "no_line": gettext_noop("Il n’y a aucune ligne sous les titres des colonnes."),
        "no_name": gettext_noop("il manque un nom."),
        "repeated_email": gettext_noop("«\u00a0{typed}\u00a0» est déjà à la ligne {other_line}."),
        "repeated_name": gettext_noop("«\u00a0{typed}\u00a0» est déjà à la ligne {other_line}."),
        "homonym": gettext_noop(
            "«\u00a0{typed}\u00a0» est aussi à la ligne {other_line}, avec une autre adresse\u00a0: deux personnes\u202f?"
        ),
    }


@dataclass(frozen=True)
class Columns:
    """Where each field stands. `first_row` is the rank of the first line of members in the table."""

    ranks: Mapping[str, int]
    headings: tuple[str, ...]
    first_row: int

    @property
    def heads(self) -> Headings:
        return Headings(self.headings, self.ranks)

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings of the columns that will not be read, for the preview."""
        used = set(self.ranks.values())
        return tuple(heading for rank, heading in enumerate(self.headings) if rank not in used and heading.strip())


@dataclass(frozen=True)
class SheetPerson:
    """One person of a household. Parts that the sheet does not give are empty."""

    name: Name
    email: str
    phone: str


@dataclass(frozen=True)
class MemberRow:
    """One line: a member, perhaps a second person, perhaps a balance in cents to take over (negative when the member owes)."""

    line: int
    person: SheetPerson
    second: SheetPerson | None
    balance_cents: int | None


@dataclass(frozen=True)
class MemberSheet:
    """Good rows; `problems` name each line left aside with its reason; `doubts` are about rows that are kept."""

    rows: tuple[MemberRow, ...]
    problems: tuple[LineProblem, ...]
    doubts: tuple[LineProblem, ...]
    heads: Headings


def propose_columns(table: Table) -> Columns:
    """Find the line of headings and what each column holds. Refuses with `SheetRefused` where no column can be a name."""
    best: dict[str, int] = {}
    best_rank = 0
    for rank, row in enumerate(table.rows[:_LINES_ABOVE]):
        found = _with_repeated_headings(row.cells, recognise(row.cells, VOCABULARY))
        if len(found) > len(best) and not any("@" in cell for cell in row.cells):
            best, best_rank = found, rank
    headings = table.rows[best_rank].cells
    if not {"last_name", "name", "who"} & best.keys():
        shown = ", ".join(f"«\u00a0{heading.strip()}\u00a0»" for heading in headings if heading.strip())
        raise SheetRefused("no_name_column", shown)
    return Columns(best, headings, best_rank + 1)


def _with_repeated_headings(headings: Sequence[str], found: dict[str, int]) -> dict[str, int]:
    """ "Nom, Prénom, Nom, Prénom": the second pair is the second person's."""
    folded = [fold(heading) for heading in headings]
    for code in ("last_name", "first_name", "email", "phone"):
        second = f"second_{code}"
        if code in found and second not in found:
            again = [rank for rank in range(found[code] + 1, len(folded)) if folded[rank] == folded[found[code]]]
            if again and again[0] not in found.values():
                found[second] = again[0]
    return found


def read_members(table: Table, columns: Columns) -> MemberSheet:
    """The members of the sheet. A bad line is named and left aside; an e-mail or a name met twice is a bad line."""
    lines = table.rows[columns.first_row :]
    if not lines:
        raise SheetRefused("no_line")
    reader = _Reader(columns)
    for row in lines:
        reader.take(row)
    return MemberSheet(tuple(reader.rows), tuple(reader.problems), tuple(reader.doubts), columns.heads)


@dataclass
class _Reader:
    columns: Columns
    rows: list[MemberRow] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    doubts: list[LineProblem] = field(default_factory=list)
    _lines_by_email: dict[str, int] = field(default_factory=dict)
    _rows_by_name: dict[str, MemberRow] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        if not any(row.cell(rank) for rank in self.columns.ranks.values()):
            return
        found_before = len(self.problems)
        person = self._person(row, prefix="")
        second = self._person(row, prefix="second_")
        balance_cents = self._balance_cents(row)
        if person is None and len(self.problems) == found_before:
            self._leave(row.line, self._name_column(), SheetRefused("no_name"))
        if person is None or len(self.problems) > found_before or fold(person.name.last) in SUM_LINES:
            return
        member = MemberRow(row.line, person, second, balance_cents)
        if self._is_new(member):
            self._keep(member)

    def _leave(self, line: int, code: str, refusal: Refusal) -> None:
        self.problems.append(self.columns.heads.problem(line, code, refusal))

    def _name_column(self) -> str:
        return next((code for code in ("last_name", "name", "who") if code in self.columns.ranks), "name")

    def _person(self, row: Row, *, prefix: str) -> SheetPerson | None:
        """None without a name: a second person who is only a phone number is not kept as one."""
        ranks = self.columns.ranks
        name = email = phone = None
        try:
            name = self._name(row, prefix=prefix)
        except Refusal as refusal:
            self._leave(row.line, prefix + "last_name", refusal)
        try:
            typed = row.cell(ranks.get(prefix + "email"))
            email = clean_email(typed) if typed else ""
        except Refusal as refusal:
            self._leave(row.line, prefix + "email", refusal)
        try:
            phone = clean_phone(row.cell(ranks.get(prefix + "phone")))
        except Refusal as refusal:
            self._leave(row.line, prefix + "phone", refusal)
        return SheetPerson(name, email, phone) if name is not None and email is not None and phone is not None else None

    def _name(self, row: Row, *, prefix: str) -> Name | None:
        def part(code: str) -> str:
            return clean_text(row.cell(self.columns.ranks.get(prefix + code)), max_length=NAME_LENGTH)

        last, first, whole = part("last_name"), part("first_name"), part("name")
        if not (last or first or whole) and not prefix:
            whole = part("who")
        if last and prefix + "first_name" not in self.columns.ranks:
            # One column called "Nom" that holds "LE GOFF Loïc".
            return split_name(last)
        if last or first:
            return Name(last or first, first if last else "")
        return split_name(whole) if whole else None

    def _balance_cents(self, row: Row) -> int | None:
        typed = row.cell(self.columns.ranks.get("balance"))
        if not typed:
            return None
        try:
            return parse_amount(typed, allow_negative=True)
        except Refusal as refusal:
            self._leave(row.line, "balance", refusal)
            return None

    def _is_new(self, member: MemberRow) -> bool:
        email, key = member.person.email, _name_key(member.person.name)
        if email in self._lines_by_email:
            self._leave(member.line, "email", SheetRefused("repeated_email", email, other_line=self._lines_by_email[email]))
            return False
        twin = self._rows_by_name.get(key)
        if twin is None:
            return True
        written = f"{member.person.name.last} {member.person.name.first}".strip()
        if email and twin.person.email:
            refusal = SheetRefused("homonym", written, other_line=twin.line)
            self.doubts.append(self.columns.heads.problem(member.line, self._name_column(), refusal))
            return True
        self._leave(member.line, self._name_column(), SheetRefused("repeated_name", written, other_line=twin.line))
        return False

    def _keep(self, member: MemberRow) -> None:
        self.rows.append(member)
        if member.person.email:
            self._lines_by_email[member.person.email] = member.line
        self._rows_by_name.setdefault(_name_key(member.person.name), member)


def _name_key(name: Name) -> str:
    return fold(f"{name.last} {name.first}")


def clean_phone(text: str) -> str:
    """As typed; a spreadsheet that took the number for a figure has eaten its zero: "612345678" is "0612345678"."""
    phone = clean_text(text, max_length=PHONE_LENGTH)
    return f"0{phone}" if re.fullmatch("[1-9][0-9]{8}", phone) else phone
