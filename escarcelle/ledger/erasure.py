"""Words can be erased from the books; amounts, dates and the chain cannot."""

from collections.abc import Callable, Collection

from django.db import connection
from django.db.backends.utils import CursorWrapper

_CHUNK = 500


def erase_texts_of_account(book_id: int, no: int) -> int:
    """Empty the label and reason of every operation that touched an account, with their salt: the chain still verifies.

    Gives how many were emptied. No way back: that is its purpose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_operation SET label = '', reason = '', salt = %s WHERE book_id = %s AND length(salt) > 0 "
            "AND no IN (SELECT operation_no FROM ledger_transfer WHERE book_id = %s AND (debit_no = %s OR credit_no = %s))",
            [b"", book_id, book_id, no, no],
        )
        return int(cursor.rowcount)


def erase_texts_where(book_id: int, is_asked: Callable[[str], bool]) -> int:
    """The same for every operation of a book whose label or reason is asked to go, whatever the account. Reads all the words of the book."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT no, label, reason FROM ledger_operation WHERE book_id = %s AND length(salt) > 0 AND (label <> '' OR reason <> '')",
            [book_id],
        )
        found = [operation_no for operation_no, label, reason in cursor.fetchall() if is_asked(label) or is_asked(reason)]
        return sum(_erase(cursor, book_id, found[start : start + _CHUNK]) for start in range(0, len(found), _CHUNK))


def _erase(cursor: CursorWrapper, book_id: int, operation_nos: Collection[int]) -> int:
    marks = ", ".join(["%s"] * len(operation_nos))
    cursor.execute(
        f"UPDATE ledger_operation SET label = '', reason = '', salt = %s WHERE book_id = %s AND no IN ({marks})",  # noqa: S608
        [b"", book_id, *operation_nos],
    )
    return int(cursor.rowcount)
