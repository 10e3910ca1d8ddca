"""The one definition of a balance: credits − debits, in cents, as the database keeps it. Never summed up at reading."""

from collections.abc import Collection, Sequence

from django.db import connection

from escarcelle.ledger.models import Account


def balance(book_id: int, no: int) -> int:
    """Cents on one account. One step down a primary key, whatever the history."""
    cents: int = Account.objects.values_list("balance_cents", flat=True).get(book_id=book_id, no=no)
    return cents


def balances(book_id: int, nos: Collection[int]) -> dict[int, int]:
    """Cents on several accounts of a book. One statement."""
    return dict(Account.objects.filter(book_id=book_id, no__in=nos).values_list("no", "balance_cents"))


def total_by_kind(book_id: int, nos: Sequence[int], kinds: Sequence[str]) -> dict[int, int]:
    """Credits − debits of the operations of these kinds, on each of these accounts. One statement."""
    if not nos:
        return {}
    accounts, of_kinds = ", ".join(["%s"] * len(nos)), ", ".join(["%s"] * len(kinds))
    columns = "t.{column} AS no, {sign}t.amount_cents AS cents"
    source = "ledger_transfer t JOIN ledger_operation o ON o.book_id = t.book_id AND o.no = t.operation_no"
    # Marks only: the values go apart.
    side = f"SELECT {columns} FROM {source} WHERE t.book_id = %s AND t.{{column}} IN ({accounts}) AND o.kind IN ({of_kinds})"  # noqa: S608
    credits, debits = side.format(column="credit_no", sign=""), side.format(column="debit_no", sign="-")
    parameters: list[int | str] = [book_id, *nos, *map(str, kinds)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT no, sum(cents) FROM ({credits} UNION ALL {debits}) legs GROUP BY no", [*parameters, *parameters])  # noqa: S608
        return {no: int(cents) for no, cents in cursor.fetchall()}
