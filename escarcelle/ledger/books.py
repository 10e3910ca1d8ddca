"""Books and accounts are opened, never closed or removed."""

from collections.abc import Collection
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


@transaction.atomic
def open_account(book_id: int, kind: str) -> Account:
    """A new account at zero, numbered after the last one of the book."""
    lock(book_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(no), 0) + 1 FROM ledger_account WHERE book_id = %s", [book_id])
        [no] = cursor.fetchone()
        cursor.execute("INSERT INTO ledger_account (book_id, no, kind) VALUES (%s, %s, %s)", [book_id, no, str(kind)])
    return Account(book_id=book_id, no=no, kind=str(kind), balance_cents=0, last_seq=0)


def singleton(book_id: int, kind: AccountKind) -> int:
    """The number of the book's one account of this kind, opened the first time, by whoever comes first. One statement afterwards."""
    found = _no_of(book_id, kind)
    return _singleton_under_lock(book_id, kind) if found is None else found


@transaction.atomic
def _singleton_under_lock(book_id: int, kind: AccountKind) -> int:
    lock(book_id)
    found = _no_of(book_id, kind)
    return open_account(book_id, kind).no if found is None else found


def _no_of(book_id: int, kind: AccountKind) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no FROM ledger_account WHERE book_id = %s AND kind = %s AND kind <> 'member'", [book_id, str(kind)])
        row = cursor.fetchone()
    return row[0] if row else None


@transaction.atomic
def open_accounts(book_id: int, kind: AccountKind, count: int) -> list[int]:
    """The numbers of so many new accounts at zero, after the last one of the book. Three statements, however many."""
    if not count:
        return []
    lock(book_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(no), 0) FROM ledger_account WHERE book_id = %s", [book_id])
        [last] = cursor.fetchone()
        nos = list(range(last + 1, last + 1 + count))
        rows = ", ".join(["(%s, %s, %s)"] * count)
        parameters = [value for no in nos for value in (book_id, no, str(kind))]
        cursor.execute(f"INSERT INTO ledger_account (book_id, no, kind) VALUES {rows}", parameters)  # noqa: S608
    return nos


def transfer_count(book_ids: Collection[int]) -> int:
    """How many transfers these books hold together: their numbers have no gap. One statement."""
    count: int | None = Book.objects.filter(pk__in=book_ids).aggregate(count=Sum("last_seq"))["count"]
    return count or 0
