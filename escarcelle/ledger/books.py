"""Books and accounts are opened, never closed or removed."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Sum

from escarcelle.ledger.models import Account, AccountKind, Book


def open_book(currency: str = "EUR") -> Book:
    """A new, empty book."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_book (currency) VALUES (%s) RETURNING id", [currency])
        [pk] = cursor.fetchone()
    return Book.objects.get(pk=pk)


def lock(book_id: int) -> None:
    """Take a book until the end of the transaction: nobody else posts to it or opens an account in it."""
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ledger_book WHERE id = %s FOR NO KEY UPDATE", [book_id])


@transaction.atomic
def open_account(book_id: int, kind: str) -> Account:
    """A new account at zero, numbered after the last one of the book."""
    lock(book_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(no), 0) + 1 FROM ledger_account WHERE book_id = %s", [book_id])
        [no] = cursor.fetchone()
        cursor.execute("INSERT INTO ledger_account (book_id, no, kind) VALUES (%s, %s, %s)", [book_id, no, str(kind)])
    return Account(book_id=book_id, no=no, kind=str(kind), balance_cents=0, last_seq=0)


@transaction.atomic
def singleton(book_id: int, kind: AccountKind) -> int:
    """The number of the book's one account of this kind, opened the first time, by whoever comes first."""
    found = _no_of(book_id, kind)
    if found is None:
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
