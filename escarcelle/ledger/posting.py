"""The one way in: any number of operations, in a fixed number of statements, each ref once."""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from escarcelle.ledger.appending import append, as_parameter, listed
from escarcelle.ledger.books import NoSuchBook, lock
from escarcelle.ledger.drafts import Draft as Draft
from escarcelle.ledger.drafts import Move as Move
from escarcelle.ledger.models import Account

HIGHEST_AMOUNT_CENTS = 10**15


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


class UnfinishedOperation(PostingRefused):
    """Somebody wrote half an operation into this book by hand: see docs/operating/ledger.md. Nothing follows it until it is mended."""


class Posted(NamedTuple):
    """Where a draft is in the book; `replayed` when it was there already."""

    operation_no: int
    ref: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Reversal:
    """An operation to be reversed, under a ref of its own."""

    operation_no: int
    ref: str


def post(book_id: int, drafts: Sequence[Draft], *, by: str, at: dt.datetime | None = None) -> list[Posted]:
    """Write operations at the end of the book, in order, and move their accounts' balances: all of them or none.

    A ref already there with the same content gives its operation back. Three statements on SQLite up to 2,100 operations, one on
    PostgreSQL; when some refs are known, two more. Refused: `BadAmount`, `NoSuchBook`, `NoSuchAccount`, `RefReused`,
    `AlreadyReversed`, `NoSuchOperation`, `UnfinishedOperation`."""
    if not drafts:
        return []
    _check(drafts)
    try:
        with transaction.atomic():
            return _post(book_id, drafts, by=by, at=at or timezone.now())
    except IntegrityError as error:
        raise _as_refusal(error, book_id, drafts) from error


def _post(book_id: int, drafts: Sequence[Draft], *, by: str, at: dt.datetime) -> list[Posted]:
    known: dict[str, int] = {}
    fresh = drafts
    first_no = append(drafts, book_id=book_id, by=by, at=at)
    if first_no is None:
        known = _known(book_id, drafts)
        fresh = [draft for draft in drafts if draft.ref not in known]
        first_no = append(fresh, book_id=book_id, by=by, at=at) if fresh else 0
    nos = known | {draft.ref: no for no, draft in enumerate(fresh, first_no or 0)}
    return [Posted(nos[draft.ref], draft.ref, draft.ref in known) for draft in drafts]


# What the database says, on one or the other → what it means here.
_WORDS: tuple[tuple[str, type[Exception]], ...] = (
    (r"ledger: no such book", NoSuchBook),
    (r"ledger: no such (debit |credit )?account", NoSuchAccount),
    (r"ledger: already reversed|ledger_operation_reversed_once", AlreadyReversed),
    (r"ledger: (nothing to reverse|not the opposite)", NoSuchOperation),
    (r"ledger: wrong (operation number|first transfer)|ledger_operation_pkey", UnfinishedOperation),
)


def _as_refusal(error: IntegrityError, book_id: int, drafts: Sequence[Draft]) -> Exception:
    refusal = next((refusal for words, refusal in _WORDS if re.search(words, str(error))), None)
    if refusal is NoSuchAccount:
        wanted = {no for draft in drafts for move in draft.moves for no in (move.debit_no, move.credit_no)}
        there = Account.objects.filter(book_id=book_id).values_list("no", flat=True)
        return NoSuchAccount(sorted(wanted.difference(there)))
    return refusal(f"book {book_id}") if refusal else error


def reverse(book_id: int, operation_no: int, *, ref: str, value_date: dt.date, by: str, label: str, reason: str) -> Posted:
    """Write the exact opposite of an operation, once. Refused: `AlreadyReversed`, `NoSuchOperation`."""
    [posted] = reverse_many(book_id, [Reversal(operation_no, ref)], value_date=value_date, by=by, label=label, reason=reason)
    return posted


@transaction.atomic
def reverse_many(book_id: int, reversals: Sequence[Reversal], *, value_date: dt.date, by: str, label: str, reason: str) -> list[Posted]:
    """Write the exact opposite of several operations, each once, in a fixed number of statements.

    A reversal keeps the kind and the subject of what it reverses, so that sums by kind come to zero. The same ref again gives the
    first result. Refused: `AlreadyReversed`, `NoSuchOperation`."""
    if not reversals:
        return []
    lock(book_id)
    originals = _originals(book_id, {reversal.operation_no for reversal in reversals})
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


def _known(book_id: int, drafts: Sequence[Draft]) -> dict[str, int]:
    """The refs already in the book, with their operations; refuses those that say something else."""
    refs = {draft.ref: draft for draft in drafts}
    found: dict[str, tuple[int, tuple[Any, ...], list[Move]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.ref, o.no, o.kind, o.about, o.reverses_no, t.debit_no, t.credit_no, t.amount_cents FROM {listed('text')} "  # noqa: S608
            "CROSS JOIN ledger_operation o CROSS JOIN ledger_transfer t WHERE o.book_id = %s AND o.ref = w.listed "
            "AND t.book_id = o.book_id AND t.seq BETWEEN o.first_seq AND o.last_seq ORDER BY t.seq",
            [as_parameter(refs), book_id],
        )
        for ref, no, kind, about, reverses_no, debit_no, credit_no, amount_cents in cursor.fetchall():
            found.setdefault(ref, (no, (kind, about, reverses_no), []))[2].append(Move(debit_no, credit_no, amount_cents))
    for ref, (_no, facts, moves) in found.items():
        draft = refs[ref]
        if facts != (draft.kind, draft.about, draft.reverses_no) or moves != list(draft.moves):
            raise RefReused(ref)
    return {ref: no for ref, (no, *_) in found.items()}


def _originals(book_id: int, nos: Collection[int]) -> dict[int, tuple[str, str, str | None, list[Move]]]:
    """Kind, subject, the ref that reverses it if one does, and moves of these operations. One statement."""
    found: dict[int, tuple[str, str, str | None, list[Move]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.no, o.kind, o.about, r.ref, t.debit_no, t.credit_no, t.amount_cents FROM {listed('bigint')} "  # noqa: S608
            "CROSS JOIN ledger_operation o CROSS JOIN ledger_transfer t "
            "LEFT JOIN ledger_operation r ON r.book_id = o.book_id AND r.reverses_no = o.no "
            "WHERE o.book_id = %s AND o.no = w.listed AND t.book_id = o.book_id AND t.seq BETWEEN o.first_seq AND o.last_seq ORDER BY t.seq",
            [as_parameter(nos), book_id],
        )
        for no, kind, about, reversed_by, debit_no, credit_no, amount_cents in cursor.fetchall():
            found.setdefault(no, (kind, about, reversed_by, []))[3].append(Move(debit_no, credit_no, amount_cents))
    return found
