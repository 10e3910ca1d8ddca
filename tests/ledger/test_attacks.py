"""Direct SQL against the books: each attempt is committed as far as it goes, then the whole state is compared."""

import hashlib
import sqlite3
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from escarcelle.ledger.schema import statements
from tests.books import assert_books_are_right
from tests.ledger.conftest import draft, new_purse

pytestmark = pytest.mark.django_db
TABLES = ("ledger_book", "ledger_account", "ledger_operation", "ledger_transfer")
HASH = b"\x01" * 32
HEADER = (
    "book_id, no, ref, kind, value_date, recorded_at, by, about, reverses_no, first_seq, transfer_count, text_digest, label, reason, salt"
)
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
        "reverses_no": None, "first_seq": no, "transfer_count": 1, "text_digest": HASH,
        "label": "Commande", "reason": "", "salt": b"s", **changes,
    }  # fmt: skip
    verb = values.pop("verb", "INSERT")
    marks = ", ".join(["%s"] * 15)
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
        "operation without its transfers": [new],
        "operation of two transfers with one": [operation(b, 11, transfer_count=2), transfer(b, 11, 11, adam, farm)],
        "operations without their transfers": [new, operation(b, 12)],
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
        "words changed": [("UPDATE ledger_operation SET label = 'autre' WHERE book_id = %s AND no = 3", [b])],
        "reason added": [("UPDATE ledger_operation SET reason = 'autre' WHERE book_id = %s AND no = 3", [b])],
        "more than words erased": [
            ("UPDATE ledger_operation SET label = '', reason = '', salt = %s, kind = 'gift' WHERE book_id = %s AND no = 3", [b"", b])
        ],
        "salt alone changed": [("UPDATE ledger_operation SET salt = %s WHERE book_id = %s AND no = 3", [b"other", b])],
        "digest changed": [("UPDATE ledger_operation SET text_digest = %s WHERE book_id = %s AND no = 3", [b"\x02" * 32, b])],
        "operation said to reverse another": [("UPDATE ledger_operation SET reverses_no = 2 WHERE book_id = %s AND no = 3", [b])],
        "operation renumbered": [("UPDATE ledger_operation SET no = 99 WHERE book_id = %s AND no = 10", [b])],
        "operation moved to another book": [("UPDATE ledger_operation SET book_id = %s WHERE book_id = %s AND no = 1", [o, b])],
        "transfer moved to another book": [("UPDATE ledger_transfer SET book_id = %s WHERE book_id = %s AND seq = 1", [o, b])],
        "upsert": [transfer(b, 3, 3, adam, purse.farm, tail=" ON CONFLICT (book_id, seq) DO UPDATE SET amount_cents = 1")],
        "upsert of a balance": [
            (
                "INSERT INTO ledger_account (book_id, no, kind) VALUES (%s, %s, 'member') ON CONFLICT (book_id, no) DO UPDATE SET balance_cents = 0",
                [b, adam],
            )
        ],
    }


def sqlite_attacks(purse, other):
    b, adam, farm = purse.book_id, purse.adam, purse.farm
    return {
        "REPLACE of a transfer": [transfer(b, 10, 10, adam, farm, verb="INSERT OR REPLACE")],
        "REPLACE of an operation": [operation(b, 10, verb="INSERT OR REPLACE")],
        "REPLACE of a ref": [operation(b, 11, ref="order:3", verb="INSERT OR REPLACE")],
        "REPLACE of an account": [("INSERT OR REPLACE INTO ledger_account (book_id, no, kind) VALUES (%s, %s, 'member')", [b, adam])],
        "REPLACE of a singleton": [("INSERT OR REPLACE INTO ledger_account (book_id, no, kind) VALUES (%s, 60, 'producer')", [b])],
        "REPLACE of a book": [("INSERT OR REPLACE INTO ledger_book (id, currency) VALUES (%s, 'EUR')", [b])],
        "REPLACE of a reversal": [operation(b, 11, reverses_no=9, verb="INSERT OR REPLACE"), transfer(b, 11, 11, farm, adam, 108)],
        "UPDATE OR REPLACE": [("UPDATE OR REPLACE ledger_transfer SET seq = 1 WHERE seq = 2", ())],
        "fraction": [operation(b, 11), transfer(b, 11, 11, adam, farm, 1.5)],
    }


def from_a_trigger(statement):
    """A trigger of one's own, on a table of one's own, that does it: not at first hand."""
    return [
        ("CREATE TEMP TABLE mine (x int)", ()),
        (f"CREATE FUNCTION pg_temp.mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$", ()),
        ("CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION pg_temp.mine()", ()),
        ("INSERT INTO mine VALUES (1)", ()),
    ]


def postgresql_attacks(purse, other):
    b, adam, farm = purse.book_id, purse.adam, purse.farm
    return {f"TRUNCATE {table}": [(f"TRUNCATE {table} CASCADE", ())] for table in TABLES} | {
        "every account in one statement": [("UPDATE ledger_account SET last_seq = last_seq + 1", ())],
        "constraints deferred": [("SET CONSTRAINTS ALL DEFERRED", ()), operation(b, 11)],
        "balance changed from a trigger": from_a_trigger(f"UPDATE ledger_account SET balance_cents = 0 WHERE book_id = {b}"),
        "balance and number changed from a trigger": from_a_trigger(
            f"UPDATE ledger_account SET balance_cents = 0, last_seq = last_seq + 1 WHERE book_id = {b}"
        ),
        "head changed from a trigger": from_a_trigger(f"UPDATE ledger_book SET last_seq = 3 WHERE id = {b}"),
        "hash changed from a trigger": from_a_trigger(f"UPDATE ledger_book SET last_hash = sha256('x') WHERE id = {b}"),
        "words merged": [
            (
                "MERGE INTO ledger_operation o USING (VALUES (1)) v (x) ON o.book_id = %s AND o.no = 3 "
                "WHEN MATCHED THEN UPDATE SET label = 'autre'",
                [b],
            )
        ],
        "transfers copied to the end": [
            (
                "INSERT INTO ledger_transfer SELECT book_id, seq + 10, operation_no, debit_no, credit_no, amount_cents, hash "
                "FROM ledger_transfer WHERE book_id = %s",
                [b],
            )
        ],
        "two books at once": [
            operation(b, 11),
            (
                f"INSERT INTO ledger_transfer ({ROW}) VALUES (%s, 11, 11, %s, %s, 5, %s), (%s, 1, 11, %s, %s, 5, %s)",
                [b, adam, farm, HASH, other.book_id, adam, farm, HASH],
            ),
        ],
    }


def check_as_commit_does():
    """Within a test nothing is committed: ask for the checks that wait for it."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
    elif run("PRAGMA foreign_key_check"):
        raise IntegrityError("a key leads nowhere")


def attempt(acts):
    try:
        with transaction.atomic():
            for sql, parameters in acts:
                run(sql, parameters)
            check_as_commit_does()
    except (DatabaseError, ValueError, OverflowError):
        return


def every_attack(purse, other):
    own = sqlite_attacks if connection.vendor == "sqlite" else postgresql_attacks
    return attacks_by_posting(purse, other) | attacks_on_rows(purse, other) | own(purse, other)


NOBODY = SimpleNamespace(book_id=0, adam=0, blanc=0, farm=0)
NAMES = list(every_attack(NOBODY, NOBODY))


def test_the_list_is_long():
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_the_books_hold_against(victim, name):
    before = state()

    attempt(every_attack(*victim)[name])

    assert state() == before
    assert_books_are_right()


@pytest.mark.parametrize("erased", ["label = '', reason = '', salt = %s"])
def test_only_erasing_words_is_let_through(victim, erased):
    """Or the attacks above might fail for any reason at all."""
    purse, _ = victim
    before = state()

    attempt([(f"UPDATE ledger_operation SET {erased} WHERE book_id = %s AND no = 3", [b"", purse.book_id])])

    assert state() != before
    assert_books_are_right()


def written(parameters):
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in parameters)


@pytest.fixture
def shell(tmp_path):
    """A file with ten operations, opened as a plain sqlite3 shell does: no foreign keys, no checks, no recursive triggers."""
    file = sqlite3.connect(tmp_path / "books.sqlite3", isolation_level=None)
    file.execute("PRAGMA foreign_keys = ON")
    file.execute("PRAGMA synchronous = OFF")  # the disk may take its time: nothing here outlives the test
    for statement in statements("sqlite"):
        file.execute(statement)
    for _book in range(2):
        file.execute("INSERT INTO ledger_book (currency) VALUES ('EUR')")
    for no, kind in ((1, "member"), (2, "member"), (3, "producer")):
        file.execute("INSERT INTO ledger_account (book_id, no, kind) VALUES (1, ?, ?)", (no, kind))
    file.execute("BEGIN")
    for no in range(1, 11):
        reverses = {"reverses_no": 9} if no == 10 else {}
        debit, credit = (3, 1) if no == 10 else (1, 3)
        for sql, parameters in (operation(1, no, ref=f"order:{no - 1}", **reverses), transfer(1, no, no, debit, credit, 100)):
            file.execute(sql.replace("%s", "?"), written(parameters))
    file.execute("COMMIT")
    for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "recursive_triggers = OFF"):
        file.execute(f"PRAGMA {pragma}")
    yield file
    file.close()


PLAIN = SimpleNamespace(book_id=1, adam=1, blanc=2, farm=3)
EMPTY = SimpleNamespace(book_id=2, adam=1, blanc=2, farm=3)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", NAMES)
def test_no_pragma_opens_the_books_to(shell, name):
    def seen():
        return [sorted(map(repr, shell.execute(f"SELECT * FROM {table}"))) for table in TABLES]

    before = seen()

    shell.execute("BEGIN")
    try:
        for sql, parameters in every_attack(PLAIN, EMPTY)[name]:
            shell.execute(sql.replace("%s", "?"), written(parameters))
        shell.execute("COMMIT")
    except (sqlite3.Error, OverflowError):
        shell.execute("ROLLBACK")

    assert seen() == before
