"""Sheets that leave the application: CSV for everybody, XLSX for Excel and LibreOffice. What is in the cells is `lib.csv_cells`."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from escarcelle.lib.csv_cells import Cell, Column, write_csv, write_xlsx

CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def sheet_response(kind: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, name: str) -> HttpResponse:
    """A file to download, named after `name`. A kind that is neither `csv` nor `xlsx` does not exist: 404."""
    if kind not in CONTENT_TYPES:
        raise Http404
    content = write_csv(columns, rows) if kind == CSV else write_xlsx(columns, rows, sheet_name=name)
    response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{slugify(name) or 'export'}.{kind}")
    return response
