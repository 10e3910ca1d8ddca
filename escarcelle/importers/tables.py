"""A file that someone hands us → rows of text with the number of their line. CSV, XLSX, ODS; bounded; nothing is executed."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from escarcelle.lib.csv_cells import unmarked
from escarcelle.lib.money import Count
from escarcelle.lib.refusals import Refusal, gettext_noop, quoted

MAX_BYTES = 10_000_000
MAX_UNZIPPED_BYTES = 100_000_000
MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CHARACTERS = 10_000_000
MAX_FILES_IN_ZIP = 500
SECONDS_TO_READ = 30

_IN_A_COLUMN = gettext_noop("Ligne {line}, colonne {letter} «\u00a0{column}\u00a0»\u00a0: {reason}")
_IN_A_NAMELESS_COLUMN = gettext_noop("Ligne {line}, colonne {letter}\u00a0: {reason}")
_IN_A_LINE = gettext_noop("Ligne {line}\u00a0: {reason}")

_SEPARATORS = (";", "\t", ",")
_LINES_TO_SNIFF = 30
_WORKBOOK_PROCESS = Path(__file__).with_name("workbook_process.py")


class TableRefused(Refusal):
    """The file as a whole cannot be read as a table. Nothing of it is kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "empty": gettext_noop("Le fichier «\u00a0{typed}\u00a0» est vide."),
        "too_large": gettext_noop(
            "Le fichier «\u00a0{typed}\u00a0» dépasse {most}\u00a0Mo. Gardez la feuille utile et supprimez les images."
        ),
        "unzips_too_large": gettext_noop("Le fichier «\u00a0{typed}\u00a0» contient bien plus qu’un tableau\u00a0: il n’a pas été ouvert."),
        "too_many_rows": gettext_noop("Le fichier «\u00a0{typed}\u00a0» a plus de {most} lignes. Coupez-le en plusieurs fichiers."),
        "too_many_columns": gettext_noop("Le fichier «\u00a0{typed}\u00a0» a plus de {most} colonnes. Gardez celles qui servent."),
        "too_much_text": gettext_noop(
            "Le fichier «\u00a0{typed}\u00a0» contient trop de texte pour un tableau de membres ou de paiements."
        ),
        "unknown_format": gettext_noop(
            "Le fichier «\u00a0{typed}\u00a0» n’est ni un CSV, ni un classeur Excel (.xlsx) ou LibreOffice (.ods)\u00a0: "
            "enregistrez-le dans l’un de ces formats."
        ),
        "unreadable": gettext_noop(
            "Le classeur «\u00a0{typed}\u00a0» est abîmé ou incomplet\u00a0: ouvrez-le et enregistrez-le de nouveau."
        ),
        "too_heavy": gettext_noop(
            "Le classeur «\u00a0{typed}\u00a0» demande trop de mémoire, souvent à cause d’une cellule remplie très loin du tableau. "
            "Copiez le tableau dans une feuille neuve."
        ),
        "password": gettext_noop("Le classeur «\u00a0{typed}\u00a0» est protégé par un mot de passe\u00a0: enregistrez-le sans."),
        "open_quote": gettext_noop("Ligne {line} de «\u00a0{typed}\u00a0»\u00a0: un guillemet ouvert n’est pas refermé."),
    }


class LineRefused(Refusal):
    """A line that a reader of tables cannot take; the others stay good."""

    sentences: ClassVar[Mapping[str, str]] = {
        "cells": gettext_noop("{found} cellules au lieu de {expected}\u00a0: un point-virgule ou un guillemet est de trop."),
    }


@dataclass(frozen=True)
class Row:
    """The cells of one line, as text; `line` is the number that a text editor or a spreadsheet shows."""

    line: int
    cells: tuple[str, ...]

    def cell(self, rank: int | None) -> str:
        """The trimmed text at this place, as it was before an export marked it; nothing where the line is shorter or the column unknown."""
        return unmarked(self.cells[rank].strip()).strip() if rank is not None and 0 <= rank < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """The filled lines of a file. `other_sheets` were not read: a preview says so."""

    rows: tuple[Row, ...]
    other_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class LineProblem:
    """Why one line is left aside: where, and a refusal that says what.

    `column` is what the file itself writes at its head, `letter` where a spreadsheet shows it; both empty for a whole line."""

    line: int
    column: str
    refusal: Refusal
    letter: str = ""

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """ "Ligne 12, colonne N « balance » : …", or "Ligne 12 : …" when the whole line is at fault."""
        place = _IN_A_COLUMN if self.column and self.letter else _IN_A_NAMELESS_COLUMN if self.letter else _IN_A_LINE
        reason = self.refusal.sentence(translate)
        return translate(place).format(line=self.line, letter=self.letter, column=quoted(self.column), reason=reason)


@dataclass(frozen=True)
class Headings:
    """What the file writes at the head of its columns, and in which one each field stands."""

    written: Sequence[str]
    ranks: Mapping[str, int]

    def problem(self, line: int, field: str, refusal: Refusal) -> LineProblem:
        """What is wrong with the cell of a field; with the whole line when the file has no such column."""
        rank = self.ranks.get(field)
        if rank is None:
            return LineProblem(line, "", refusal)
        heading = self.written[rank].strip() if rank < len(self.written) else ""
        return LineProblem(line, heading, refusal, column_letter(rank))


def column_letter(rank: int) -> str:
    """0 → "A", 25 → "Z", 26 → "AA", as spreadsheets call their columns."""
    before, letter = divmod(rank, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + letter)


def read_table(data: bytes, *, file_name: str) -> Table:
    """The rows of a CSV, XLSX or ODS file, recognised by its content. Refuses with `TableRefused`, and reads nothing then.

    Dates of a workbook come as "2026-09-05", its numbers as typed, booleans as "oui" and "non". The first filled visible
    sheet is read.
    """
    if not data.strip():
        raise TableRefused("empty", file_name)
    if len(data) > MAX_BYTES:
        raise TableRefused("too_large", file_name, most=MAX_BYTES // 1_000_000)
    if data.startswith(b"PK"):
        return _read_workbook(data, file_name=file_name)
    return Table(tuple(csv_rows(decode(data, file_name=file_name), file_name=file_name)))


def decode(data: bytes, *, file_name: str) -> str:
    """UTF-8 with or without its mark, UTF-16 with its mark (Excel's “texte Unicode”), else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    # No text file carries NUL or other low control characters: an image, a PDF or an old .xls does.
    if any(chr(code) in text for code in (*range(9), *range(14, 27))) or data.startswith(b"%PDF"):
        raise TableRefused("unknown_format", file_name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def csv_rows(text: str, *, file_name: str) -> list[Row]:
    """The filled lines of a delimited text; the separator is found. Also reads files whose inner quotes are not doubled."""
    separator = sniff_separator(text)
    try:
        rows = list(_strict_rows(text, separator))
    except csv.Error as error:
        if not is_quoted_throughout(text):
            raise TableRefused("open_quote", file_name, line=_first_broken_line(text, separator)) from error
        rows = unescaped_rows(text, separator)
    return _within_bounds(rows, file_name=file_name)


def _within_bounds(rows: list[Row], *, file_name: str) -> list[Row]:
    if not rows:
        raise TableRefused("empty", file_name)
    if len(rows) > MAX_ROWS:
        raise TableRefused("too_many_rows", file_name, most=Count(MAX_ROWS))
    if max(len(row.cells) for row in rows) > MAX_COLUMNS:
        raise TableRefused("too_many_columns", file_name, most=MAX_COLUMNS)
    return rows


def sniff_separator(text: str) -> str:
    """The separator found the same number of times on most lines, quotes left aside: a decimal comma is not one."""
    lines = [line for line in text.split("\n", _LINES_TO_SNIFF + 1)[:_LINES_TO_SNIFF] if line.strip()]
    outside = ["".join(line.split('"')[::2]) for line in lines]

    def regularity(separator: str) -> int:
        counts = [line.count(separator) for line in outside]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return counts.count(usual) if usual else sum(map(bool, counts)) // 2

    return max(_SEPARATORS, key=lambda separator: (regularity(separator), -_SEPARATORS.index(separator)))


def _strict_rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(cells))
        line = reader.line_num + 1


def _first_broken_line(text: str, separator: str) -> int:
    line = 1
    try:
        for row in _strict_rows(text, separator):
            line = row.line + 1
    except csv.Error:
        return line
    return line


def is_quoted_throughout(text: str) -> bool:
    """Whether the lines under the headings begin and end with a quote: a printer that quotes every cell without doubling."""
    body = text.partition("\n")[2].strip()
    return len(body) > 1 and body.startswith('"') and body.endswith('"')


def unescaped_rows(text: str, separator: str) -> list[Row]:
    """Lines in which every cell is quoted and quotes inside a cell are left as they are: `"Rucher "des Dunes"";"3"`.

    Only quote-separator-quote ends a cell. A line that does not start with a quote goes on from the one before.
    """
    rows: list[Row] = []
    for line, record in _records(text):
        if record.startswith('"'):
            cells = tuple(record.strip().removeprefix('"').removesuffix('"').split(f'"{separator}"'))
        else:
            cells = tuple(cell.strip('"') for cell in record.split(separator))
        if any(cell.strip() for cell in cells):
            rows.append(Row(line, cells))
    return rows


def _records(text: str) -> Iterator[tuple[int, str]]:
    pending, started = "", 0
    for line, content in enumerate(text.split("\n"), start=1):
        if pending.startswith('"') and not pending.rstrip().endswith('"') and content and not content.startswith('"'):
            pending = f"{pending}\n{content}"
            continue
        if pending:
            yield started, pending
        pending, started = content, line
    if pending:
        yield started, pending


def _read_workbook(data: bytes, *, file_name: str) -> Table:
    _refuse_bomb(data, file_name=file_name)
    bounds = [str(MAX_ROWS), str(MAX_COLUMNS), str(MAX_CHARACTERS)]
    # Our own file, by our own interpreter; what was uploaded goes in by standard input.
    command = [sys.executable, "-I", str(_WORKBOOK_PROCESS), *bounds]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS_TO_READ, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise TableRefused("too_heavy", file_name) from error
    if done.returncode != 0:
        raise TableRefused("too_heavy", file_name)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        most = Count(MAX_ROWS if answer["refused"] == "too_many_rows" else MAX_COLUMNS)
        raise TableRefused(answer["refused"], file_name, most=most)
    return Table(tuple(Row(line, tuple(cells)) for line, cells in answer["rows"]), tuple(answer["other_sheets"]))


def _refuse_bomb(data: bytes, *, file_name: str) -> None:
    """A workbook is a zip: believe neither its declared sizes nor its name. Counts what really comes out, up to the bound."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if not {"xl/workbook.xml", "content.xml", "xl/workbook.bin"} & {member.filename for member in members}:
                raise TableRefused("unknown_format", file_name)
            if len(members) > MAX_FILES_IN_ZIP or sum(member.file_size for member in members) > MAX_UNZIPPED_BYTES:
                raise TableRefused("unzips_too_large", file_name)
            left = MAX_UNZIPPED_BYTES
            for member in members:
                if member.flag_bits & 1:
                    raise TableRefused("password", file_name)
                left -= _unzipped_size(archive, member, most=left)
                if left < 0:
                    raise TableRefused("unzips_too_large", file_name)
    except TableRefused:
        raise
    except Exception as error:
        # BadZipFile, zlib.error, LZMAError, NotImplementedError…: each decompressor has its own way to say that it cannot.
        raise TableRefused("unreadable", file_name) from error


def _unzipped_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, most: int) -> int:
    size = 0
    with archive.open(member) as content:
        while chunk := content.read(1 << 20):
            size += len(chunk)
            if size > most:
                break
    return size
