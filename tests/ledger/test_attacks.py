"""Direct SQL against the books, each attempt committed to a savepoint, then the whole state compared."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from tests.books import assert_books_are_right
from tests.ledger.conftest import draft, new_purse

pytestmark = pytest.mark.django_db
TABLES = ("ledger_book", "ledger_account", "ledger_operation", "ledger_operationtext", "ledger_transfer")
HASH = b"\x01" * 32
HEADER = "book_id, no, ref, kind, value_date, recorded_at, by, about, reverses_no, first_seq, transfer_count, text_digest"
ROW = "book_id, seq, operation_no, debit_no, credit_no, amount_cents, hash"


def run(sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else None


def state():
    seen = "".join(repr(sorted(map(repr, run(f"SELECT * FROM {table}")))) for table in TABLES)
    return hashlib.sha256(seen.encode()).hexdigest()


def operation(book, no, **changes):
    values = {
        "ref": f"attack:{no}", "kind": "k", "value_date": "2026-09-05", "recorded_at": "2026-09-05 10:00:00+00", "by": "x", "about": "",
        "reverses_no": None, "first_seq": no, "transfer_count": 1, "text_digest": HASH, **changes,
    }  # fmt: skip
    verb = values.pop("verb", "INSERT")
    marks = ", ".join(["%s"] * 12)
    return f"{verb} INTO ledger_operation ({HEADER}) VALUES ({marks})", [book, no, *values.values()]


def transfer(book, seq, operation_no, debit, credit, amount=5, verb="INSERT", tail=""):
    return f"{verb} INTO ledger_transfer ({ROW}) VALUES (%s, %s, %s, %s, %s, %s, %s){tail}", [
        book,
        seq,
        operation_no,
        debit,
        credit,
        amount,
        HASH,
    ]


@pytest.fixture
def victim(db):
    """Ten operations of one transfer in one book, and another book beside it."""
    purse, other = new_purse(), new_purse()
    purse.post(*(draft(f"order:{n}", purse.adam, purse.farm, 100 + n) for n in range(9)))
    purse.reverse(9)
    return purse, other


def attacks_by_posting(purse, other):
    """What is posted does not follow."""
    b, adam, farm = purse.book_id, purse.adam, purse.farm
    new = operation(b, 11)
    money = {f"amount {amount!r}": [new, transfer(b, 11, 11, adam, farm, amount)] for amount in (0, -5, "abc", None, 10**15 + 1)}
    return {
        **money,
        "same account twice": [new, transfer(b, 11, 11, adam, adam)],
        "unknown account": [new, transfer(b, 11, 11, 99, farm)],
        "unknown credit account": [new, transfer(b, 11, 11, adam, 99)],
        "transfer in an unknown book": [transfer(10**6, 1, 1, adam, farm)],
        "gap in the sequence": [new, transfer(b, 13, 11, adam, farm)],
        "sequence used again": [transfer(b, 5, 5, adam, farm)],
        "one more transfer in an old operation": [transfer(b, 11, 5, adam, farm)],
        "one more transfer than announced": [new, transfer(b, 11, 11, adam, farm), transfer(b, 12, 11, adam, farm)],
        "transfer without operation": [transfer(b, 11, 11, adam, farm)],
        "gap in the operations": [operation(b, 13, first_seq=11)],
        "operation number used again": [operation(b, 5)],
        "ref used again": [operation(b, 11, ref="order:3")],
        "empty ref": [operation(b, 11, ref="")],
        "operation out of place": [operation(b, 11, first_seq=5)],
        "operation of no transfer": [operation(b, 11, transfer_count=0)],
        "reversed twice": [operation(b, 11, reverses_no=9), transfer(b, 11, 11, farm, adam, 108)],
        "reversal of nothing": [operation(b, 11, reverses_no=77), transfer(b, 11, 11, farm, adam)],
        "reversal of another amount": [operation(b, 11, reverses_no=3), transfer(b, 11, 11, farm, adam, 1)],
        "reversal the same way round": [operation(b, 11, reverses_no=3), transfer(b, 11, 11, adam, farm, 102)],
    }


def attacks_on_rows(purse, other):
    """Rows that are there already: changed, moved, deleted, or born as they should not be."""
    b, adam, blanc, o = purse.book_id, purse.adam, purse.blanc, other.book_id
    return {
        "amount changed": [("UPDATE ledger_transfer SET amount_cents = 1 WHERE seq = 3", ())],
        "account of a transfer changed": [("UPDATE ledger_transfer SET debit_no = %s WHERE seq = 3", [blanc])],
        "hash changed": [("UPDATE ledger_transfer SET hash = %s WHERE seq = 10", [HASH])],
        "transfer deleted": [("DELETE FROM ledger_transfer WHERE seq = 10", ())],
        "all transfers deleted": [("DELETE FROM ledger_transfer", ())],
        "operation changed": [("UPDATE ledger_operation SET kind = 'gift' WHERE no = 3", ())],
        "value date changed": [("UPDATE ledger_operation SET value_date = '2020-01-01' WHERE no = 3", ())],
        "operation deleted": [("DELETE FROM ledger_operation WHERE no = 3", ())],
        "balance changed": [("UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE book_id = %s", [b])],
        "balance set with an old transfer": [
            ("UPDATE ledger_account SET balance_cents = balance_cents - 100, last_seq = 1 WHERE book_id = %s AND no = %s", [b, adam])
        ],
        "balance set with another's transfer": [
            ("UPDATE ledger_account SET balance_cents = balance_cents + 109, last_seq = 10 WHERE book_id = %s AND no = %s", [b, blanc])
        ],
        "account renumbered": [("UPDATE ledger_account SET no = 50 WHERE book_id = %s AND no = %s", [b, blanc])],
        "account moved to another book": [
            ("UPDATE ledger_account SET book_id = %s, no = 70 WHERE book_id = %s AND no = %s", [o, b, blanc])
        ],
        "account of another kind": [("UPDATE ledger_account SET kind = 'cash' WHERE book_id = %s AND no = %s", [b, adam])],
        "account deleted": [("DELETE FROM ledger_account WHERE book_id = %s AND no = %s", [b, adam])],
        "unused account deleted": [("DELETE FROM ledger_account WHERE book_id = %s AND no = %s", [b, blanc])],
        "account born with money": [("INSERT INTO ledger_account (book_id, no, kind, balance_cents) VALUES (%s, 60, 'member', 1000)", [b])],
        "second producer account": [("INSERT INTO ledger_account (book_id, no, kind) VALUES (%s, 60, 'producer')", [b])],
        "account in no book": [("INSERT INTO ledger_account (book_id, no, kind) VALUES (1000000, 1, 'member')", ())],
        "book head moved back": [("UPDATE ledger_book SET last_seq = 5 WHERE id = %s", [b])],
        "book head moved on": [("UPDATE ledger_book SET last_operation_no = last_operation_no + 1 WHERE id = %s", [b])],
        "book hash changed": [("UPDATE ledger_book SET last_hash = %s WHERE id = %s", [HASH, b])],
        "currency changed": [("UPDATE ledger_book SET currency = 'USD' WHERE id = %s", [b])],
        "book deleted": [("DELETE FROM ledger_book WHERE id = %s", [b])],
        "book born with a past": [("INSERT INTO ledger_book (currency, last_seq) VALUES ('EUR', 7)", ())],
        "words changed": [("UPDATE ledger_operationtext SET label = 'autre' WHERE operation_no = 3", ())],
        "words deleted": [("DELETE FROM ledger_operationtext WHERE operation_no = 3", ())],
        "words moved": [
            ("UPDATE ledger_operationtext SET operation_no = 99, label = '', reason = '', salt = %s WHERE operation_no = 3", [b""])
        ],
        "words added to an old operation": [
            ("INSERT INTO ledger_operationtext (book_id, operation_no, label, reason, salt) VALUES (%s, 4, 'x', '', %s)", [b, b"s"])
        ],
        "upsert": [transfer(b, 3, 3, adam, purse.farm, tail=" ON CONFLICT (book_id, seq) DO UPDATE SET amount_cents = 1")],
        "upsert of a balance": [
            (
                "INSERT INTO ledger_account (book_id, no, kind) VALUES (%s, %s, 'member') ON CONFLICT (book_id, no) DO UPDATE SET balance_cents = 0",
                [b, adam],
            )
        ],
    }


def attacks(purse, other):
    return attacks_by_posting(purse, other) | attacks_on_rows(purse, other)


def sqlite_attacks(purse, other):
    b, adam, farm = purse.book_id, purse.adam, purse.farm
    return {
        "REPLACE of a transfer": [transfer(b, 10, 10, adam, farm, verb="INSERT OR REPLACE")],
        "REPLACE of an operation": [operation(b, 10, verb="INSERT OR REPLACE")],
        "REPLACE of a ref": [operation(b, 11, ref="order:3", verb="INSERT OR REPLACE")],
        "REPLACE of an account": [("INSERT OR REPLACE INTO ledger_account (book_id, no, kind) VALUES (%s, %s, 'member')", [b, adam])],
        "REPLACE of a singleton": [("INSERT OR REPLACE INTO ledger_account (book_id, no, kind) VALUES (%s, 60, 'producer')", [b])],
        "REPLACE of a book": [("INSERT OR REPLACE INTO ledger_book (id, currency) VALUES (%s, 'EUR')", [b])],
        "REPLACE of words": [
            (
                "INSERT OR REPLACE INTO ledger_operationtext (book_id, operation_no, label, reason, salt) VALUES (%s, 3, 'x', '', %s)",
                [b, b"s"],
            )
        ],
        "UPDATE OR REPLACE": [("UPDATE OR REPLACE ledger_transfer SET seq = 1 WHERE seq = 2", ())],
        "fraction": [operation(b, 11), transfer(b, 11, 11, adam, farm, 1.5)],
    }


def postgresql_attacks(purse, other):
    return {f"TRUNCATE {table}": [(f"TRUNCATE {table} CASCADE", ())] for table in TABLES} | {
        "several books in one statement": [("UPDATE ledger_account SET last_seq = last_seq + 1", ())]
    }


def attempt(statements):
    try:
        with transaction.atomic():
            for sql, parameters in statements:
                run(sql, parameters)
    except (DatabaseError, ValueError, OverflowError):
        return


def test_no_attack_changes_the_books(victim):
    own = sqlite_attacks if connection.vendor == "sqlite" else postgresql_attacks
    every = attacks(*victim) | own(*victim)
    before = state()
    broken = []
    for name, statements in every.items():
        attempt(statements)
        if state() != before:
            broken.append(name)
            before = state()

    assert broken == []
    assert len(every) >= 50
    assert_books_are_right()


@pytest.mark.sqlite_only
def test_no_pragma_opens_the_books(tmp_path):
    """Foreign keys off, checks ignored, recursive triggers off: as in a plain sqlite3 shell, on a file of its own."""
    import sqlite3

    from escarcelle.ledger.schema import statements

    file = sqlite3.connect(tmp_path / "books.sqlite3", isolation_level=None)
    for statement in statements("sqlite"):
        file.execute(statement)
    file.execute("INSERT INTO ledger_book (currency) VALUES ('EUR')")
    for no, kind in ((1, "member"), (2, "member"), (3, "producer")):
        file.execute("INSERT INTO ledger_account (book_id, no, kind) VALUES (1, ?, ?)", (no, kind))
    for no in range(1, 11):
        sql, parameters = operation(1, no, ref=f"order:{no - 1}")
        file.execute(sql.replace("%s", "?"), parameters)
        sql, parameters = transfer(1, no, no, 1, 3, 100)
        file.execute(sql.replace("%s", "?"), parameters)
    for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "recursive_triggers = OFF"):
        file.execute(f"PRAGMA {pragma}")

    class Book:
        book_id, adam, blanc, farm = 1, 1, 2, 3

    def seen():
        return [sorted(map(repr, file.execute(f"SELECT * FROM {table}"))) for table in TABLES]

    before, broken = seen(), []
    for name, acts in (attacks(Book, Book) | sqlite_attacks(Book, Book)).items():
        if name in {"account moved to another book", "words added to an old operation", "words changed", "words deleted", "words moved"}:
            continue  # nothing there to attack
        try:
            file.execute("BEGIN")
            for sql, parameters in acts:
                file.execute(sql.replace("%s", "?"), tuple(parameters))
            file.execute("COMMIT")
        except (sqlite3.Error, OverflowError):
            file.execute("ROLLBACK")
        if seen() != before:
            broken.append(name)
            before = seen()
    file.close()

    assert broken == []
