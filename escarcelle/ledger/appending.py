"""Rows at the end of a book: two INSERT on SQLite, one call of a function on PostgreSQL, however many operations.

That function locks, seals and writes in one round trip. Both ways give the same rows, and one verification reads them."""

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Literal

from django.db import connection
from django.db.backends.utils import CursorWrapper

from escarcelle.ledger.books import NoSuchBook
from escarcelle.ledger.chain import header_text, instant_text, seal, text_digest
from escarcelle.ledger.drafts import Draft

SALT_BYTES = 16
OPERATION = (
    *("book_id", "no", "ref", "kind", "value_date", "recorded_at", "by", "about", "reverses_no", "first_seq", "transfer_count"),
    *("text_digest", "label", "reason", "salt"),
)
TRANSFER = ("book_id", "seq", "operation_no", "debit_no", "credit_no", "amount_cents", "hash")


def append(drafts: Sequence[Draft], *, book_id: int, by: str, at: dt.datetime) -> int | None:
    """Write operations at the end of a book: gives the number of the first; None, and writes nothing, when one of the refs is known.

    Needs a transaction and one draft at least. Refused: `NoSuchBook`, and whatever the database refuses."""
    write = _append_by_function if connection.vendor == "postgresql" else _append_by_rows
    with connection.cursor() as cursor:
        last_no = write(cursor, drafts, book_id=book_id, by=by, at=at)
    return None if last_no is None else last_no + 1


_HEAD = """
SELECT b.last_seq, b.last_operation_no, b.last_hash,
  EXISTS (SELECT 1 FROM {listed} CROSS JOIN ledger_operation o WHERE o.book_id = b.id AND o.ref = w.listed)
FROM ledger_book b WHERE b.id = %s"""


def _append_by_rows(cursor: CursorWrapper, drafts: Sequence[Draft], *, book_id: int, by: str, at: dt.datetime) -> int | None:
    # BEGIN IMMEDIATE took the lock.
    cursor.execute(_HEAD.format(listed=listed("text")), [as_parameter(draft.ref for draft in drafts), book_id])
    row = cursor.fetchone()
    if row is None:
        raise NoSuchBook(book_id)
    last_seq, last_no, last_hash, is_known = row
    if is_known:
        return None
    recorded_at, seq, previous = connection.ops.adapt_datetimefield_value(at), last_seq, bytes(last_hash)
    operations: list[Any] = []
    transfers: list[Any] = []
    for no, (draft, header, digest, salt) in enumerate(_sealed_headers(drafts, by, at), last_no + 1):
        day, reverses_no, count = draft.value_date.isoformat(), draft.reverses_no, len(draft.moves)
        operations += (book_id, no, draft.ref, draft.kind, day, recorded_at, by, draft.about, reverses_no, seq + 1, count, digest)
        operations += (draft.label, draft.reason, salt)
        for move in draft.moves:
            seq += 1
            debit_no, credit_no, cents = move.debit_no, move.credit_no, move.amount_cents
            previous = seal(previous, book_id, seq, no, header, debit_no, credit_no, cents)
            transfers += (book_id, seq, no, debit_no, credit_no, cents, previous)
    _insert(cursor, "ledger_operation", OPERATION, operations)
    _insert(cursor, "ledger_transfer", TRANSFER, transfers)
    return int(last_no)


def _append_by_function(cursor: CursorWrapper, drafts: Sequence[Draft], *, book_id: int, by: str, at: dt.datetime) -> int | None:
    _, headers, digests, salts = zip(*_sealed_headers(drafts, by, at), strict=True)
    counts = [len(draft.moves) for draft in drafts]
    moves = [move for draft in drafts for move in draft.moves]
    cursor.execute(
        "SELECT ledger_post(%s, %s, %s, %s::date[], %s, %s, %s, %s::bigint[], %s::int[], %s::int[], %s, %s, %s, %s, %s, %s::int[], "
        "%s::bigint[], %s::bigint[], %s::bigint[])",
        [
            book_id,
            [draft.ref for draft in drafts],
            [draft.kind for draft in drafts],
            [draft.value_date for draft in drafts],
            at,
            by,
            [draft.about for draft in drafts],
            [draft.reverses_no for draft in drafts],
            list(accumulate(counts[:-1], initial=1)),
            counts,
            list(digests),
            list(headers),
            [draft.label for draft in drafts],
            [draft.reason for draft in drafts],
            list(salts),
            [rank for rank, count in enumerate(counts, 1) for _ in range(count)],
            [move.debit_no for move in moves],
            [move.credit_no for move in moves],
            [move.amount_cents for move in moves],
        ],
    )
    [last_no] = cursor.fetchone()
    return None if last_no is None else int(last_no)


def _sealed_headers(drafts: Sequence[Draft], by: str, at: dt.datetime) -> Iterator[tuple[Draft, str, bytes, bytes]]:
    """Each draft with what is sealed of it, the digest of its words, and a new salt."""
    salts, recorded_at = secrets.token_bytes(SALT_BYTES * len(drafts)), instant_text(at)
    for rank, draft in enumerate(drafts):
        salt = salts[rank * SALT_BYTES : (rank + 1) * SALT_BYTES]
        digest = text_digest(salt, draft.label, draft.reason)
        header = header_text(
            ref=draft.ref,
            kind=draft.kind,
            value_date=draft.value_date,
            recorded_at=recorded_at,
            by=by,
            about=draft.about,
            reverses_no=draft.reverses_no,
            transfer_count=len(draft.moves),
            digest=digest,
        )
        yield draft, header, digest, salt


def _insert(cursor: CursorWrapper, table: str, columns: Sequence[str], values: list[Any]) -> None:
    """All rows in one statement, or in as few as the parameters that one may have."""
    width = len(columns)
    at_once = (connection.features.max_query_params or len(values)) // width * width
    for start in range(0, len(values), at_once):
        chunk = values[start : start + at_once]
        rows = _marks(width, len(chunk) // width)
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}", chunk)  # noqa: S608


def listed(kind: Literal["text", "bigint"]) -> str:
    """A table `w` of one column `listed`, from one parameter that `as_parameter` makes; to be joined first, by CROSS JOIN.

    SQLite then looks each value up by its key. For an IN of hundreds it would rather scan a book, and for VALUES build a filter of it."""
    if connection.vendor == "postgresql":
        return f"(SELECT unnest(%s::{kind}[]) AS listed) w"
    return "(SELECT value AS listed FROM json_each(%s)) w"


def as_parameter(values: Iterable[int | str]) -> list[int | str] | str:
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))


def _marks(width: int, count: int) -> str:
    return ", ".join([f"({', '.join(['%s'] * width)})"] * count)
