"""The one way in: any number of operations, in a fixed number of statements, each ref once."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from escarcelle.ledger.books import Head, lock
from escarcelle.ledger.chain import Header, header_text, seal, text_digest

HIGHEST_AMOUNT_CENTS = 10**15
SALT_BYTES = 16
# SQLite takes 250,000 parameters in Django's hands, PostgreSQL 65,535: this many rows of twelve stay below both.
ROWS_PER_STATEMENT = 5000


class PostingRefused(Exception):
    """Only our own mistake can cause this: faces check before they post."""


class BadAmount(PostingRefused):
    """Not an int of cents, not above zero, or beyond 10^15; or a move from an account to itself."""


class NoSuchAccount(PostingRefused):
    """An account is not in the book."""


class RefReused(PostingRefused):
    """This ref was posted with another content."""


class AlreadyReversed(PostingRefused):
    """An operation is reversed once; a reversal may itself be reversed."""


class NoSuchOperation(PostingRefused):
    """There is nothing of that number to reverse."""


@dataclass(frozen=True, slots=True)
class Move:
    """From one account to another of the same book, in cents."""

    debit_no: int
    credit_no: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation to be written. `ref` names it for ever: posting it again changes nothing."""

    ref: str
    kind: str
    label: str
    value_date: dt.date
    moves: Sequence[Move]
    about: str = ""
    reason: str = ""
    reverses_no: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a draft is in the book; `replayed` when it was there already."""

    operation_no: int
    ref: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Reversal:
    """An operation to be reversed, under a ref of its own."""

    operation_no: int
    ref: str


@transaction.atomic
def post(book_id: int, drafts: Sequence[Draft], *, by: str, at: dt.datetime | None = None) -> list[Posted]:
    """Write operations at the end of the book, in order, and move their accounts' balances: all of them or none.

    A ref already there with the same content gives its operation back. Five statements up to 5,000 operations, whatever their
    number. Refused: `BadAmount`, `NoSuchBook`, `NoSuchAccount`, `RefReused`, `AlreadyReversed`."""
    _check(drafts)
    head = lock(book_id)
    with connection.cursor() as cursor:
        known = _known(cursor, book_id, drafts)
        fresh = [draft for draft in drafts if draft.ref not in known]
        nos = _append(cursor, book_id, head, fresh, by=by, at=at or timezone.now()) if fresh else {}
    return [Posted(known.get(draft.ref) or nos[draft.ref], draft.ref, draft.ref in known) for draft in drafts]


def reverse(book_id: int, operation_no: int, *, ref: str, value_date: dt.date, by: str, label: str, reason: str) -> Posted:
    """Write the exact opposite of an operation, once. Refused: `AlreadyReversed`, `NoSuchOperation`."""
    [posted] = reverse_many(book_id, [Reversal(operation_no, ref)], value_date=value_date, by=by, label=label, reason=reason)
    return posted


@transaction.atomic
def reverse_many(book_id: int, reversals: Sequence[Reversal], *, value_date: dt.date, by: str, label: str, reason: str) -> list[Posted]:
    """Write the exact opposite of several operations, each once, in a fixed number of statements.

    A reversal keeps the kind and the subject of what it reverses, so that sums by kind come to zero. The same ref again gives the
    first result. Refused: `AlreadyReversed`, `NoSuchOperation`."""
    lock(book_id)
    originals = _originals(book_id, [reversal.operation_no for reversal in reversals])
    drafts = []
    for reversal in reversals:
        if reversal.operation_no not in originals:
            raise NoSuchOperation(reversal.operation_no)
        kind, about, reversed_by, moves = originals[reversal.operation_no]
        if reversed_by is not None and reversed_by != reversal.ref:
            raise AlreadyReversed(reversal.operation_no)
        opposite = [Move(move.credit_no, move.debit_no, move.amount_cents) for move in moves]
        drafts.append(Draft(reversal.ref, kind, label, value_date, opposite, about, reason, reversal.operation_no))
    return post(book_id, drafts, by=by)


def _check(drafts: Sequence[Draft]) -> None:
    refs = [draft.ref for draft in drafts]
    if len(set(refs)) != len(refs) or not all(refs):
        raise RefReused("a ref is missing, or twice in one call")
    for draft in drafts:
        if not draft.moves:
            raise BadAmount(f"{draft.ref}: moves nothing")
        for move in draft.moves:
            # PostgreSQL would round 1.5 to 2 without a word.
            if type(move.amount_cents) is not int or not 0 < move.amount_cents <= HIGHEST_AMOUNT_CENTS:
                raise BadAmount(f"{draft.ref}: {move.amount_cents!r}")
            if move.debit_no == move.credit_no:
                raise BadAmount(f"{draft.ref}: from an account to itself")


def _known(cursor: Any, book_id: int, drafts: Sequence[Draft]) -> dict[str, int]:
    """The refs already in the book, with their operations; refuses those that say something else."""
    refs = {draft.ref: draft for draft in drafts}
    cursor.execute(
        f"SELECT o.ref, o.no, o.kind, o.about, o.reverses_no, t.debit_no, t.credit_no, t.amount_cents FROM ledger_operation o "  # noqa: S608
        f"JOIN ledger_transfer t ON t.book_id = o.book_id AND t.seq BETWEEN o.first_seq AND o.first_seq + o.transfer_count - 1 "
        f"WHERE o.book_id = %s AND o.ref IN ({_marks(len(refs))}) ORDER BY t.seq",
        [book_id, *refs],
    )
    found: dict[str, tuple[int, tuple[Any, ...], list[Move]]] = {}
    for ref, no, kind, about, reverses_no, debit_no, credit_no, amount_cents in cursor.fetchall():
        found.setdefault(ref, (no, (kind, about, reverses_no), []))[2].append(Move(debit_no, credit_no, amount_cents))
    for ref, (_no, facts, moves) in found.items():
        draft = refs[ref]
        if facts != (draft.kind, draft.about, draft.reverses_no) or moves != list(draft.moves):
            raise RefReused(ref)
    return {ref: no for ref, (no, *_) in found.items()}


def _append(cursor: Any, book_id: int, head: Head, drafts: Sequence[Draft], *, by: str, at: dt.datetime) -> dict[str, int]:
    seq, no, previous = head.last_seq, head.last_operation_no, head.last_hash
    recorded_at = connection.ops.adapt_datetimefield_value(at)
    operations: list[tuple[Any, ...]] = []
    texts: list[tuple[Any, ...]] = []
    transfers: list[tuple[Any, ...]] = []
    salts = secrets.token_bytes(SALT_BYTES * len(drafts))
    for rank, draft in enumerate(drafts):
        no += 1
        salt = salts[rank * SALT_BYTES : (rank + 1) * SALT_BYTES]
        digest = text_digest(salt, draft.label, draft.reason)
        header = header_text(
            Header(no, draft.ref, draft.kind, draft.value_date, at, by, draft.about, draft.reverses_no, len(draft.moves), digest)
        )
        operations.append(
            (
                book_id,
                no,
                draft.ref,
                draft.kind,
                draft.value_date.isoformat(),
                recorded_at,
                by,
                draft.about,
                draft.reverses_no,
                seq + 1,
                len(draft.moves),
                digest,
            )
        )
        texts.append((book_id, no, draft.label, draft.reason, salt))
        for move in draft.moves:
            seq += 1
            previous = seal(previous, book_id, seq, header, move.debit_no, move.credit_no, move.amount_cents)
            transfers.append((book_id, seq, no, move.debit_no, move.credit_no, move.amount_cents, previous))
    _check_accounts(cursor, book_id, drafts)
    _insert(
        cursor,
        "ledger_operation (book_id, no, ref, kind, value_date, recorded_at, by, about, reverses_no, first_seq, transfer_count, text_digest)",
        operations,
    )
    _insert(cursor, "ledger_operationtext (book_id, operation_no, label, reason, salt)", texts)
    _insert(cursor, "ledger_transfer (book_id, seq, operation_no, debit_no, credit_no, amount_cents, hash)", transfers)
    return {operation[2]: operation[1] for operation in operations}


def _check_accounts(cursor: Any, book_id: int, drafts: Sequence[Draft]) -> None:
    """Say which account is missing before the database says only that one is."""
    wanted = {no for draft in drafts for move in draft.moves for no in (move.debit_no, move.credit_no)}
    cursor.execute(f"SELECT no FROM ledger_account WHERE book_id = %s AND no IN ({_marks(len(wanted))})", [book_id, *wanted])  # noqa: S608
    missing = wanted - {no for (no,) in cursor.fetchall()}
    if missing:
        raise NoSuchAccount(sorted(missing))


def _insert(cursor: Any, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = rows[start : start + ROWS_PER_STATEMENT]
        values = ", ".join([f"({_marks(len(chunk[0]))})"] * len(chunk))
        cursor.execute(f"INSERT INTO {into} VALUES {values}", [value for row in chunk for value in row])  # noqa: S608


def _originals(book_id: int, nos: Sequence[int]) -> dict[int, tuple[str, str, str | None, list[Move]]]:
    """Kind, subject, the ref that reverses it if one does, and moves of these operations. One statement."""
    found: dict[int, tuple[str, str, str | None, list[Move]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.no, o.kind, o.about, r.ref, t.debit_no, t.credit_no, t.amount_cents FROM ledger_operation o "  # noqa: S608
            f"JOIN ledger_transfer t ON t.book_id = o.book_id AND t.seq BETWEEN o.first_seq AND o.first_seq + o.transfer_count - 1 "
            f"LEFT JOIN ledger_operation r ON r.book_id = o.book_id AND r.reverses_no = o.no "
            f"WHERE o.book_id = %s AND o.no IN ({_marks(len(nos))}) ORDER BY t.seq",
            [book_id, *nos],
        )
        for no, kind, about, reversed_by, debit_no, credit_no, amount_cents in cursor.fetchall():
            found.setdefault(no, (kind, about, reversed_by, []))[3].append(Move(debit_no, credit_no, amount_cents))
    return found


def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)
