"""Books and accounts are opened, never closed or removed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum

from escarcelle.ledger.models import Account, AccountKind, Book


def open_book(currency: str = "EUR") -> Book:
    """A new, empty book."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_book (currency) VALUES (%s) RETURNING id", [currency])
        [pk] = cursor.fetchone()
    return Book.objects.get(pk=pk)


@dataclass(frozen=True, slots=True)
class Head:
    """The last numbers of a book, and the seal its next transfer begins with."""

    last_seq: int
    last_operation_no: int
    last_hash: bytes


class NoSuchBook(Exception):
    """There is no book of this number."""


def lock(book_id: int) -> Head:
    """Take a book until the end of the transaction: nobody else posts to it or opens an account in it. Refused: `NoSuchBook`."""
    # SQLite has one writer: BEGIN IMMEDIATE took its lock.
    taken = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_seq, last_operation_no, last_hash FROM ledger_book WHERE id = %s {taken}", [book_id])  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        raise NoSuchBook(book_id)
    return Head(row[0], row[1], bytes(row[2]))


def open_account(book_id: int, kind: AccountKind) -> Account:
    """A new account at zero, numbered after the last one of the book."""
    [no] = open_accounts(book_id, kind, 1)
    return Account(book_id=book_id, no=no, kind=str(kind), balance_cents=0, last_seq=0)


def singleton(book_id: int, kind: AccountKind) -> int:
    """The number of the book's one account of this kind, opened the first time, by whoever comes first. One statement afterwards."""
    return singletons(book_id, [kind])[kind]


def singletons(book_id: int, kinds: Collection[AccountKind]) -> dict[AccountKind, int]:
    """The same for several kinds at once, in one statement when they are all there."""
    found = _nos_of(book_id, kinds)
    return found if len(found) == len(set(kinds)) else _singletons_under_lock(book_id, kinds)


@transaction.atomic
def _singletons_under_lock(book_id: int, kinds: Collection[AccountKind]) -> dict[AccountKind, int]:
    lock(book_id)
    found = _nos_of(book_id, kinds)
    missing = sorted(set(kinds) - set(found))
    return found | dict(zip(missing, _open(book_id, missing), strict=True))


def _nos_of(book_id: int, kinds: Collection[AccountKind]) -> dict[AccountKind, int]:
    marks = ", ".join(["%s"] * len(kinds))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, no FROM ledger_account WHERE book_id = %s AND kind IN ({marks}) AND kind NOT IN ('member', 'supplier')",  # noqa: S608
            [book_id, *map(str, kinds)],
        )
        return {AccountKind(kind): no for kind, no in cursor.fetchall()}


@transaction.atomic
def open_accounts(book_id: int, kind: AccountKind, count: int) -> list[int]:
    """The numbers of so many new accounts at zero, after the last one of the book. Three statements, however many."""
    lock(book_id)
    return _open(book_id, [kind] * count)


def _open(book_id: int, kinds: Sequence[AccountKind]) -> list[int]:
    """The numbers of new accounts of these kinds, in order. Needs the book's lock."""
    if not kinds:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(no), 0) FROM ledger_account WHERE book_id = %s", [book_id])
        [last] = cursor.fetchone()
        rows = [(book_id, no, str(kind)) for no, kind in enumerate(kinds, last + 1)]
        marks = ", ".join(["(%s, %s, %s)"] * len(rows))
        cursor.execute(f"INSERT INTO ledger_account (book_id, no, kind) VALUES {marks}", [value for row in rows for value in row])  # noqa: S608
    return [no for _, no, _ in rows]


def transfer_count(book_ids: Collection[int]) -> int:
    """How many transfers these books hold together: their numbers have no gap. One statement."""
    count: int | None = Book.objects.filter(pk__in=book_ids).aggregate(count=Sum("last_seq"))["count"]
    return count or 0
