"""However long the history, the ledger looks things up: no statement of it reads a table from end to end, or a book."""

import re

import pytest
from django.db import connection

from escarcelle.ledger import balances, statements
from escarcelle.ledger.books import lock
from tests.ledger.conftest import draft, new_purse

pytestmark = pytest.mark.django_db

HISTORY = 1500
OTHERS = 40


@pytest.fixture
def long_book(purse):
    """Many operations between two accounts, and beside it books with a past of their own."""
    for one in (purse, new_purse(), new_purse()):
        one.post(*(draft(f"order:{n}", one.adam, one.farm, 100 + n % 7, kind="pay" if n % 5 else "order") for n in range(HISTORY)))
    return purse


def plans(act):
    """The plan of each statement that reads the ledger while `act` runs."""
    found = []

    def explain(execute, sql, parameters, many, context):
        if "ledger_" in sql and re.match(r"\s*SELECT", sql) and "ledger_post(" not in sql:
            prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            execute(f"{prefix} {sql}", parameters, many, context)
            found.append("\n".join(str(row[-1]) for row in context["cursor"].fetchall()))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        act()
    assert found
    return found


def reads_from_end_to_end(plan):
    """Lines that walk a table, or all of one book: `book_id` alone says nothing of where to look."""
    sqlite = re.findall(
        r"SCAN (?:ledger_\w+|[tor])\b.*|SEARCH \w+ USING PRIMARY KEY \(book_id=\?\)(?: LEFT-JOIN)?$|BLOOM FILTER.*", plan, re.M
    )
    return sqlite + re.findall(r"Seq Scan on ledger_(?:transfer|operation).*", plan)


ACTS = {
    "a balance": lambda purse: balances.balance(purse.book_id, purse.adam),
    "some balances": lambda purse: balances.balances(purse.book_id, [purse.adam, purse.blanc]),
    "the head of a book": lambda purse: lock(purse.book_id),
    "the last page of a statement": lambda purse: statements.statement(purse.book_id, purse.adam),
    "a page further back": lambda purse: statements.statement(purse.book_id, purse.adam, before=statements.Cursor(HISTORY // 2, 0)),
    "posting": lambda purse: purse.post(draft("one more", purse.adam, purse.farm)),
    "posting many": lambda purse: purse.post(*(draft(f"more:{n}", purse.adam, purse.farm) for n in range(OTHERS))),
    "posting again": lambda purse: purse.post(
        *(draft(f"order:{n}", purse.adam, purse.farm, 100 + n % 7, kind="pay" if n % 5 else "order") for n in range(OTHERS))
    ),
    "reversing": lambda purse: purse.reverse(HISTORY - 3),
}


# On PostgreSQL posting is one call of a function, which looks up what the statements of SQLite do.
WRITTEN = {"posting", "posting many"} if connection.vendor == "postgresql" else set()


@pytest.mark.parametrize("is_analyzed", [False, True], ids=["new", "analyzed"])
@pytest.mark.parametrize("act", [act for act in ACTS if act not in WRITTEN])
def test_looks_up(long_book, act, is_analyzed):
    with connection.cursor() as cursor:
        if is_analyzed or connection.vendor == "postgresql":  # a PostgreSQL without figures is one whose autovacuum is off
            cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # A few thousand rows may be cheaper to walk, by the figures of the moment: asked is whether an index serves when they are many.
            cursor.execute("SET LOCAL enable_seqscan = off")
    walked = [line for plan in plans(lambda: ACTS[act](long_book)) for line in reads_from_end_to_end(plan)]

    assert walked == []


def test_a_walk_would_be_seen(long_book):
    def walk():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_transfer t WHERE t.amount_cents > 0")

    assert reads_from_end_to_end(plans(walk)[0])


def rows_fetched():
    """How many rows of the ledger this transaction has fetched so far, functions and triggers included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname IN ('ledger_operation', 'ledger_transfer')"
        )
        return dict(cursor.fetchall())


@pytest.mark.postgresql_only
def test_plans_kept_from_the_first_days_of_a_book_read_no_more_when_it_is_long(purse):
    """PostgreSQL keeps the plans of a function after five calls, and these were made on empty tables."""

    def post(count):
        first = posting_numbers.pop()
        before = rows_fetched()
        purse.post(*(draft(f"order:{first}:{n}", purse.adam, purse.farm) for n in range(count)))
        after = rows_fetched()
        return {table: after[table] - before[table] for table in after}

    posting_numbers = list(range(20))
    for _ in range(10):
        post(1)
    young = post(100)
    post(2000)

    assert post(100) == young
    assert max(young.values()) < 100 * 20
