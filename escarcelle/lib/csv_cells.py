"""Sheets for others to open: a name such as "=HYPERLINK(…)" stays a name, a number stays a number."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import xlsxwriter

from escarcelle.lib.money import plain_amount

Cell: TypeAlias = str | int | date | None
Kind: TypeAlias = Literal["text", "amount_cents", "number", "date"]

# What a spreadsheet may take for a formula when it opens a text file. The apostrophe is the spreadsheets' own mark for text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_REAL_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_XML_FORBIDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

BYTE_ORDER_MARK = "\ufeff"
EURO_FORMAT = "#,##0.00 [$€-40C]"
DATE_FORMAT = "dd/mm/yyyy"
# The format's own limit is 32,767; XlsxWriter drops a longer cell without a word.
LONGEST_XLSX_TEXT = 32_767


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, what its cells are, and its width in characters."""

    heading: str
    kind: Kind = "text"
    width: int = 16


def neutral(text: str) -> str:
    """The same text, marked as text when a spreadsheet could run it. Real numbers such as "-12,50" are left alone."""
    if text.startswith(_FORMULA_STARTS) and not _REAL_NUMBER.fullmatch(text):
        return f"'{text}"
    # A leading space does not stop every spreadsheet from seeing the sign behind it.
    if text[:1].isspace() and text.lstrip().startswith(_FORMULA_STARTS):
        return f"'{text}"
    return text


def unmarked(cell: str) -> str:
    """The text that `neutral` marked, as it was: what we export is imported again under the same names."""
    bare = cell.removeprefix("'")
    return bare if bare != cell and neutral(bare) == cell else cell


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A sheet as French spreadsheets expect it: semicolons, decimal comma, dates dd/mm/yyyy, UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutral(column.heading) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(cell, column.kind) for cell, column in zip(row, columns, strict=True)])
    return (BYTE_ORDER_MARK + out.getvalue()).encode("utf-8", "replace")


def _csv_cell(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, int):
        # ASCII minus: spreadsheets take the typographic one for text.
        return plain_amount(cell).replace("\u2212", "-") if kind == "amount_cents" else str(cell)
    return neutral(cell)


def write_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, sheet_name: str) -> bytes:
    """The same sheet for Excel and LibreOffice: amounts are numbers in euros, dates are dates, text is never run."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_sheet_name(sheet_name))
        formats = {"amount_cents": book.add_format({"num_format": EURO_FORMAT}), "date": book.add_format({"num_format": DATE_FORMAT})}
        bold = book.add_format({"bold": True, "bottom": 1})
        for rank, column in enumerate(columns):
            sheet.set_column(rank, rank, column.width)
            sheet.write_string(0, rank, _xlsx_text(column.heading), bold)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for rank, (cell, column) in enumerate(zip(row, columns, strict=True)):
                _write_cell(sheet, (line, rank), cell, kind=column.kind, formats=formats)
    return out.getvalue()


def _write_cell(sheet: Any, place: tuple[int, int], cell: Cell, *, kind: Kind, formats: Mapping[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        sheet.write_datetime(*place, cell, formats["date"])
    elif isinstance(cell, int):
        # The one place where cents become a float: the file format has no other number.
        sheet.write_number(*place, cell / 100 if kind == "amount_cents" else cell, formats.get(kind))
    else:
        sheet.write_string(*place, _xlsx_text(cell))


def _xlsx_text(text: str) -> str:
    return _XML_FORBIDS.sub("\ufffd", text)[:LONGEST_XLSX_TEXT]


def _sheet_name(name: str) -> str:
    """Spreadsheets refuse []:*?/\\ in a tab's name, an apostrophe at its ends, and more than 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", " ", _xlsx_text(name))[:31].strip("' ") or "Feuille"
