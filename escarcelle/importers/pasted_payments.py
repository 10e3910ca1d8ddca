"""Payments pasted from a spreadsheet into the bulk entry: rows to look at, nothing saved.

Columns are recognised by their headings or by what they contain; a name is matched with a member, or close ones are
proposed; what cannot be read stays as typed beside its reason.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from escarcelle.importers.columns import SUM_LINES, recognise
from escarcelle.lib.cheque_series import CHEQUE_NUMBER_LENGTH
from escarcelle.lib.dates import NotADate, parse_date
from escarcelle.lib.money import Count, NotAnAmount, parse_amount
from escarcelle.lib.names import NAME_LENGTH, TextRefused, clean_text, fold
from escarcelle.lib.refusals import Refusal, gettext_noop

MAX_ROWS = 10_000
MAX_CHARACTERS = 2_000_000
BANK_LENGTH = 60
LABEL_LENGTH = 120
MAX_PROPOSALS = 3
# Below a third of common letter groups, a proposal is noise ("ADAM Pécine" and "ADAM Zoé" share half).
CLOSE_ENOUGH = 0.33

VOCABULARY: Mapping[str, Sequence[str]] = {
    "first_name": ("prénom", "first name"),
    "name": ("nom complet", "nom et prénom", "adhérent", "adhérente", "membre", "amapien", "nom", "member", "name", "famille"),
    "amount": ("montant", "montant en euros", "somme", "total", "euros", "€", "valeur", "paiement", "amount"),
    "number": ("numéro", "n°", "no", "num", "numéro de chèque", "n° de chèque", "n° chèque", "chèque", "cheque number", "number"),
    "bank": ("banque", "bank"),
    "date": ("date", "date de réception", "reçu le", "date du chèque", "received on"),
    "label": ("libellé", "objet", "commentaire", "remarque", "note", "mois", "label"),
}
_BANKS = re.compile(
    r"credit (agricole|mutuel|lyonnais|cooperatif|du nord)|banque|postale|caisse d ?epargne|societe generale|bnp|\b(lcl|cic|ca|cmb|bpgo|cmso|ce|sg|nef)\b"
    r"|bourso|fortuneo|hello|monabanq|revolut|n26|axa|\bbp\b"
)
_LINES_TO_LOOK_AT = 60


class PasteRefused(Refusal):
    """The paste as a whole, or one cell of it, cannot be taken."""

    sentences: ClassVar[Mapping[str, str]] = {
        "empty": gettext_noop("Rien n’a été collé. Copiez les lignes dans le tableur, puis collez-les ici."),
        "too_many_rows": gettext_noop("Le collage a plus de {most} lignes. Collez-le en plusieurs fois."),
        "too_much_text": gettext_noop("Le collage contient trop de texte pour une liste de paiements."),
        "no_amount_column": gettext_noop(
            "Aucune colonne de montants n’a été reconnue. Collez aussi la ligne de titres, avec «\u00a0Montant\u00a0»."
        ),
        "no_name_column": gettext_noop("Aucune colonne de noms n’a été reconnue. Collez aussi la ligne de titres, avec «\u00a0Nom\u00a0»."),
        "unknown_member": gettext_noop("«\u00a0{typed}\u00a0» n’est pas dans cette liste."),
        "several_members": gettext_noop("{count} lignes correspondent à «\u00a0{typed}\u00a0»\u00a0: choisissez laquelle."),
        "zero": gettext_noop("«\u00a0{typed}\u00a0» vaut zéro\u00a0: un paiement a un montant."),
    }


@dataclass(frozen=True)
class PasteProblem:
    """Why one cell (`field`) of a pasted row needs a look."""

    field: str
    refusal: Refusal


@dataclass(frozen=True)
class PastedRow:
    """One pasted payment. `typed` keeps every cell as it was; a part that could not be read is None beside its problem.

    `member_id` is one of the ids given to `read_paste`; when it is None, `proposals` holds the closest, best first.
    """

    line: int
    typed: Mapping[str, str]
    member_id: int | None
    proposals: tuple[int, ...]
    amount_cents: int | None
    number: str
    bank: str
    label: str
    received_on: date | None
    problems: tuple[PasteProblem, ...]


@dataclass(frozen=True)
class Paste:
    """The rows of a paste, and which lines were left aside because they are headings or totals."""

    rows: tuple[PastedRow, ...]
    ignored_lines: tuple[int, ...]

    @property
    def total_cents(self) -> int:
        return sum(row.amount_cents or 0 for row in self.rows)


def read_paste(text: str, members: Sequence[tuple[int, str]], default_date: date) -> Paste:
    """Read tab- or semicolon-separated rows. `members` are (id, display name), two rows of one member being two ids.

    Refuses the whole with `PasteRefused` when it is empty, too big, or shows no column of names or amounts.
    """
    lines = _split(text)
    index = NameIndex(members)
    columns, first = _columns(lines, index, default_date=default_date)
    rows, ignored = [], [number for number, _ in lines[:first]]
    for number, cells in lines[first:]:
        typed = _typed(cells, columns)
        if fold(typed["name"]) in SUM_LINES:
            ignored.append(number)
        else:
            rows.append(_row(number, typed, index, default_date=default_date))
    return Paste(tuple(rows), tuple(ignored))


def _split(text: str) -> list[tuple[int, list[str]]]:
    if len(text) > MAX_CHARACTERS:
        raise PasteRefused("too_much_text")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = "\t" if "\t" in text else ";"
    filled = [(number, _cells(line, separator)) for number, line in enumerate(lines, start=1) if line.strip(" \t;")]
    if not filled:
        raise PasteRefused("empty")
    if len(filled) > MAX_ROWS + 1:
        raise PasteRefused("too_many_rows", most=Count(MAX_ROWS))
    return filled


def _cells(line: str, separator: str) -> list[str]:
    """A line is a row: a quote left open by a name must not swallow the payments below."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return line.split(separator)


def _typed(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    typed = {code: cells[rank].strip() if rank < len(cells) else "" for code, rank in columns.items()}
    first_name = typed.pop("first_name", "")
    return {**dict.fromkeys(("number", "bank", "date", "label"), ""), **typed, "name": f"{typed['name']} {first_name}".strip()}


def _row(line: int, typed: Mapping[str, str], index: "NameIndex", *, default_date: date) -> PastedRow:
    reader = _CellReader(typed)
    member_ids = index.ids_of(typed["name"])
    member_id = member_ids[0] if len(member_ids) == 1 else None
    if len(member_ids) > 1:
        reader.note("name", PasteRefused("several_members", typed["name"], count=len(member_ids)))
    elif member_id is None:
        reader.note("name", PasteRefused("unknown_member", typed["name"]))
    return PastedRow(
        line=line,
        typed=typed,
        member_id=member_id,
        proposals=() if member_id is not None else member_ids or index.closest(typed["name"]),
        amount_cents=reader.amount_cents(),
        number=reader.text("number", most=CHEQUE_NUMBER_LENGTH),
        bank=reader.text("bank", most=BANK_LENGTH),
        label=reader.text("label", most=LABEL_LENGTH),
        received_on=reader.received_on(default_date),
        problems=tuple(reader.problems),
    )


class _CellReader:
    """Reads the cells of one row, keeping a problem for each that it cannot."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.problems: list[PasteProblem] = []

    def note(self, field: str, refusal: Refusal) -> None:
        self.problems.append(PasteProblem(field, refusal))

    def amount_cents(self) -> int | None:
        typed = self._typed["amount"]
        try:
            amount_cents = parse_amount(typed)
        except NotAnAmount as refusal:
            self.note("amount", refusal)
            return None
        if amount_cents == 0:
            self.note("amount", PasteRefused("zero", typed))
            return None
        return amount_cents

    def received_on(self, default_date: date) -> date | None:
        typed = self._typed["date"]
        if not typed:
            return default_date
        try:
            return parse_date(typed, reference=default_date)
        except NotADate as refusal:
            self.note("date", refusal)
            return None

    def text(self, field: str, *, most: int) -> str:
        try:
            return clean_text(self._typed[field], max_length=most)
        except TextRefused as refusal:
            self.note(field, refusal)
            return ""


class NameIndex:
    """Members by name, whatever the order of its words; and the closest ones to a name with a slip in it.

    Built once, each look-up takes a time that does not depend on how many rows were pasted before.
    """

    def __init__(self, members: Sequence[tuple[int, str]]) -> None:
        self._ids: defaultdict[str, list[int]] = defaultdict(list)
        for member_id, name in members:
            self._ids[_name_key(name)].append(member_id)
        self._keys = list(self._ids)
        self._trigram_counts = [len(_trigrams(key)) for key in self._keys]
        self._ranks_by_trigram: defaultdict[str, list[int]] = defaultdict(list)
        for rank, key in enumerate(self._keys):
            for trigram in _trigrams(key):
                self._ranks_by_trigram[trigram].append(rank)
        self._closest: dict[str, tuple[int, ...]] = {}

    def ids_of(self, name: str) -> tuple[int, ...]:
        """Every id under exactly this name, accents, case and order of words apart."""
        return tuple(self._ids.get(_name_key(name), ()))

    def closest(self, name: str) -> tuple[int, ...]:
        """At most `MAX_PROPOSALS` ids whose names share the most groups of three letters with this one."""
        key = _name_key(name[: 2 * NAME_LENGTH])
        if key not in self._closest:
            self._closest[key] = self._search(key)
        return self._closest[key]

    def _search(self, key: str) -> tuple[int, ...]:
        trigrams = _trigrams(key)
        common: Counter[int] = Counter()
        for trigram in trigrams:
            common.update(self._ranks_by_trigram.get(trigram, ()))
        scored = [(2 * count / (len(trigrams) + self._trigram_counts[rank]), -rank) for rank, count in common.items()]
        best = sorted((score for score in scored if score[0] >= CLOSE_ENOUGH), reverse=True)[:MAX_PROPOSALS]
        return tuple(member_id for _, rank in best for member_id in self._ids[self._keys[-rank]])[:MAX_PROPOSALS]


def _name_key(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def _trigrams(key: str) -> set[str]:
    padded = [f"  {word} " for word in key.split()]
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def _columns(lines: Sequence[tuple[int, list[str]]], index: NameIndex, *, default_date: date) -> tuple[dict[str, int], int]:
    """Each field → its column, and how many lines of headings stand above the payments."""
    named = recognise(lines[0][1], VOCABULARY)
    has_headings = bool(named) and not any(_looks_like_amount(cell) for cell in lines[0][1])
    columns = named if has_headings else {}
    if not {"name", "amount"} <= columns.keys():
        sample = [cells for _, cells in lines[int(has_headings) :][:_LINES_TO_LOOK_AT]]
        guessed = _guess_columns(sample, index, taken=set(columns.values()), default_date=default_date)
        columns = {**{code: rank for code, rank in guessed.items() if code not in columns}, **columns}
    for code in ("name", "amount"):
        if code not in columns:
            raise PasteRefused(f"no_{code}_column")
    return columns, int(has_headings)


def _guess_columns(sample: Sequence[Sequence[str]], index: NameIndex, *, taken: set[int], default_date: date) -> dict[str, int]:
    """By content, the surest first: a column that has been recognised serves no more."""
    free = [rank for rank in range(max(map(len, sample), default=0)) if rank not in taken]
    cells = {rank: [row[rank].strip() for row in sample if rank < len(row) and row[rank].strip()] for rank in free}
    found = _guess_names(sample, cells, index)

    def pick(code: str, is_likely: Callable[[str], bool], *, better: Callable[[str], bool] = bool) -> None:
        left = {rank: column for rank, column in cells.items() if rank not in found.values() and column}
        likely = [rank for rank, column in left.items() if 2 * sum(map(is_likely, column)) >= len(column)]
        if likely:
            # Equal otherwise, the rightmost: amounts end a line.
            found[code] = max(likely, key=lambda rank: (sum(map(better, left[rank])), rank))

    pick("date", lambda cell: _looks_like_date(cell, default_date))
    pick("amount", _looks_like_amount, better=lambda cell: bool(re.search("[,.€]", cell)))
    pick("number", lambda cell: bool(re.fullmatch(r"[0-9]{3,20}", cell)))
    pick("bank", lambda cell: bool(_BANKS.search(fold(cell))))
    if "name" not in found:
        pick("name", lambda cell: sum(map(str.isalpha, cell)) > 2, better=lambda cell: " " in cell)
    pick("label", lambda cell: any(map(str.isalpha, cell)))
    return found


def _guess_names(sample: Sequence[Sequence[str]], cells: Mapping[int, Sequence[str]], index: NameIndex) -> dict[str, int]:
    """The column, or two neighbours (last name, first name), in which the most members are found."""

    def hits(texts: Iterable[str]) -> int:
        return sum(bool(index.ids_of(text)) for text in texts)

    alone = {rank: hits(column) for rank, column in cells.items()}
    pairs = {rank: hits(" ".join(row[rank : rank + 2]) for row in sample) for rank in cells if rank + 1 in cells}
    best_alone = max(alone, key=lambda rank: alone[rank], default=0)
    best_pair = max(pairs, key=lambda rank: pairs[rank], default=0)
    if pairs.get(best_pair, 0) > alone.get(best_alone, 0):
        return {"name": best_pair, "first_name": best_pair + 1}
    return {"name": best_alone} if alone.get(best_alone) else {}


def _looks_like_amount(cell: str) -> bool:
    """Digits with no letters, and neither a date nor a cheque number: perhaps not readable, but meant as an amount."""
    figure = re.sub("€|eur(os?)?", "", cell, flags=re.IGNORECASE).strip()
    return (
        bool(re.fullmatch(r"[+\-−]?[0-9][0-9\s.,'’]*", figure))
        and not re.fullmatch(r"[0-9]{5,}", figure)
        and not re.search("[/-][0-9]", figure)
    )


def _looks_like_date(cell: str, default_date: date) -> bool:
    if not re.fullmatch(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{1,2}/[0-9]{1,2}", cell):
        return False
    try:
        parse_date(cell, reference=default_date)
    except NotADate:
        return False
    return True
