"""Words can be erased from the books; amounts, dates and the chain cannot."""

from django.db import connection


def erase_texts_of_account(book_id: int, no: int) -> int:
    """Empty the label and reason of every operation that touched an account, with their salt: the chain still verifies.

    Gives how many were emptied. No way back: that is its purpose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_operationtext SET label = '', reason = '', salt = %s WHERE book_id = %s AND length(salt) > 0 "
            "AND operation_no IN (SELECT operation_no FROM ledger_transfer WHERE book_id = %s AND (debit_no = %s OR credit_no = %s))",
            [b"", book_id, book_id, no, no],
        )
        return int(cursor.rowcount)
