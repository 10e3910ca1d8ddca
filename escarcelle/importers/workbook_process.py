"""Read one workbook from the standard input and print its first filled sheet as JSON. Run by `tables`, never imported by it.

A process of its own: a sheet of a few kilobytes may claim a cell in the last row and column, for which the reader asks the
system for hundreds of gigabytes and ends its process. Here memory and time are counted, and only this process ends.
"""

import io
import json
import math
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 20

# Printed instead of rows; `tables` has a sentence for each.
TOO_MANY_ROWS = "too_many_rows"
TOO_MANY_COLUMNS = "too_many_columns"
TOO_MUCH_TEXT = "too_much_text"
PASSWORD = "password"  # noqa: S105  the name of a refusal
UNREADABLE = "unreadable"
EMPTY = "empty"


def limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows counts neither: the time-out of the caller remains.
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def text_of(value: object) -> str:
    """A cell as it would be typed: money without float noise, dates in ISO, no ".0" behind a phone number."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        # Fifteen digits are what a spreadsheet shows: 57.76 computed as 57.760000000000005 is 57.76.
        return f"{Decimal(f'{value:.15g}'):f}" if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


def first_filled_sheet(data: bytes, *, most_rows: int, most_columns: int, most_characters: int) -> dict[str, object]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
        for name in visible or book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None:
                found = filled_rows(sheet, most_rows=most_rows, most_columns=most_columns, most_characters=most_characters)
                if found:
                    return {"rows": found, "sheet": name, "other_sheets": [other for other in visible if other != name]}
    except python_calamine.PasswordError:
        return {"refused": PASSWORD}
    except TooMuch as refusal:
        return {"refused": str(refusal)}
    except Exception:
        return {"refused": UNREADABLE}
    return {"refused": EMPTY}


class TooMuch(Exception):
    """The sheet passes one of the bounds."""


def filled_rows(sheet: object, *, most_rows: int, most_columns: int, most_characters: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    characters = 0
    start_row, start_column = sheet.start  # type: ignore[attr-defined]
    for line, values in enumerate(sheet.to_python(skip_empty_area=True), start=start_row + 1):  # type: ignore[attr-defined]
        cells = [text_of(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        characters += sum(map(len, cells))
        if len(rows) >= most_rows:
            raise TooMuch(TOO_MANY_ROWS)
        if start_column + len(cells) > most_columns:
            raise TooMuch(TOO_MANY_COLUMNS)
        if characters > most_characters:
            raise TooMuch(TOO_MUCH_TEXT)
        rows.append((line, [""] * start_column + cells))
    return rows


if __name__ == "__main__":
    limit_resources()
    most_rows, most_columns, most_characters = map(int, sys.argv[1:4])
    bounds = {"most_rows": most_rows, "most_columns": most_columns, "most_characters": most_characters}
    answer = first_filled_sheet(sys.stdin.buffer.read(), **bounds)
    sys.stdout.write(json.dumps(answer))
