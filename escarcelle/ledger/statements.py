"""An account's lines with its running balance, newest first, page by page: a page costs the same at the end of a century."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from escarcelle.ledger.balances import balance

LAST_SEQ = 2**62


@dataclass(frozen=True)
class Cursor:
    """Where a page ends, and the balance before its last line: all that the next page needs."""

    seq: int
    balance_cents: int


@dataclass(frozen=True)
class Line:
    """One transfer as an account sees it: a plus in its favour, a minus owed, and the balance afterwards."""

    seq: int
    operation_no: int
    ref: str
    kind: str
    label: str
    reason: str
    about: str
    by: str
    value_date: dt.date
    recorded_at: dt.datetime
    amount_cents: int
    balance_after_cents: int
    reverses_no: int | None
    reversed_by_no: int | None


@dataclass(frozen=True)
class Page:
    """Lines, newest first; the balance carried from before them; the cursor of the next page, None at the beginning of time."""

    lines: list[Line]
    carried_cents: int
    next: Cursor | None


_LINES = """
SELECT line.seq, line.operation_no, o.ref, o.kind, o.label, o.reason, o.about, o.by, o.value_date, o.recorded_at, line.cents,
  o.reverses_no, r.no
FROM (SELECT * FROM (SELECT seq, operation_no, -amount_cents AS cents FROM ledger_transfer
        WHERE book_id = %s AND debit_no = %s AND seq < %s ORDER BY seq DESC LIMIT %s) d
      UNION ALL
      SELECT * FROM (SELECT seq, operation_no, amount_cents AS cents FROM ledger_transfer
        WHERE book_id = %s AND credit_no = %s AND seq < %s ORDER BY seq DESC LIMIT %s) c) line
JOIN ledger_operation o ON o.book_id = %s AND o.no = line.operation_no
LEFT JOIN ledger_operation r ON r.book_id = o.book_id AND r.reverses_no = o.no
ORDER BY line.seq DESC LIMIT %s"""


def statement(book_id: int, no: int, *, before: Cursor | None = None, limit: int = 50) -> Page:
    """The newest lines of an account, or those before a cursor that an earlier page gave. Two statements, then one a page."""
    after_cents = balance(book_id, no) if before is None else before.balance_cents
    seq = LAST_SEQ if before is None else before.seq
    side = [book_id, no, seq, limit + 1]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [*side, *side, book_id, limit + 1])
        rows = cursor.fetchall()
    lines = []
    for row in rows[:limit]:
        line = _line(row, after_cents)
        lines.append(line)
        after_cents -= line.amount_cents
    has_more = len(rows) > limit
    return Page(lines, after_cents, Cursor(lines[-1].seq, after_cents) if has_more else None)


def _line(row: tuple, after_cents: int) -> Line:  # type: ignore[type-arg]
    seq, operation_no, ref, kind, label, reason, about, by, value_date, recorded_at, cents, reverses_no, reversed_by_no = row
    return Line(
        seq=seq,
        operation_no=operation_no,
        ref=ref,
        kind=kind,
        label=label,
        reason=reason,
        about=about,
        by=by,
        value_date=as_date(value_date),
        recorded_at=as_instant(recorded_at),
        amount_cents=cents,
        balance_after_cents=after_cents,
        reverses_no=reverses_no,
        reversed_by_no=reversed_by_no,
    )


def as_date(value: dt.date | str) -> dt.date:
    """A date as either database gives it."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def as_instant(value: dt.datetime | str) -> dt.datetime:
    """An instant in UTC as either database gives it."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def has_other_kinds(book_id: int, no: int, kinds: Sequence[str]) -> bool:
    """Whether an account has a standing operation of another kind than these; a reversed one, and its reversal, do not stand."""
    marks = ", ".join(["%s"] * len(kinds))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM ledger_transfer t JOIN ledger_operation o ON o.book_id = t.book_id AND o.no = t.operation_no "  # noqa: S608
            "LEFT JOIN ledger_operation r ON r.book_id = o.book_id AND r.reverses_no = o.no "
            f"WHERE t.book_id = %s AND (t.debit_no = %s OR t.credit_no = %s) AND o.kind NOT IN ({marks}) "
            "AND o.reverses_no IS NULL AND r.no IS NULL LIMIT 1",
            [book_id, no, no, *map(str, kinds)],
        )
        return cursor.fetchone() is not None
