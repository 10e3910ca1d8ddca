"""Books that are not protected are not served; a book that somebody mended by hand says so."""

import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from escarcelle.ledger.checks import BooksUnguarded, refuse_unguarded_books
from escarcelle.ledger.posting import UnfinishedOperation
from escarcelle.ledger.schema import missing_guards, statements
from escarcelle.ledger.verification import verify
from tests.house.sources import ROOT
from tests.ledger.conftest import draft
from tests.ledger.test_attacks import operation, run

pytestmark = pytest.mark.django_db

DROPPED = ["ledger_transfer_update", "ledger_account_update", "ledger_book_delete", "ledger_operation_update"]


@contextmanager
def undone():
    """What the owner of a database may do to it, taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def drop(trigger):
    table = trigger.rpartition("_")[0]
    return f"DROP TRIGGER {trigger}" + (f" ON {table}" if connection.vendor == "postgresql" else "")


def test_books_as_they_were_written_pass():
    refuse_unguarded_books()
    call_command("check", databases=["default"], stdout=io.StringIO())
    assert missing_guards() == []


@pytest.mark.parametrize("trigger", DROPPED)
def test_a_trigger_less_and_nothing_starts(trigger):
    with undone():
        run(drop(trigger))

        with pytest.raises(BooksUnguarded, match=trigger):
            refuse_unguarded_books()
        with pytest.raises(SystemCheckError, match=trigger):
            call_command("check", databases=["default"])
        assert trigger in verify().faults[0]

    refuse_unguarded_books()


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_update", "ledger_transfer_update"),
        ("CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "ledger_refuse"),
        ("ALTER TABLE ledger_operation DROP CONSTRAINT ledger_operation_is_whole", "ledger_operation_is_whole"),
        ("DROP INDEX ledger_transfer_debit", "ledger_transfer_debit"),
    ],
)
def test_a_guard_that_stands_but_sleeps_is_missed_too(statement, name):
    with undone():
        run(statement)

        with pytest.raises(BooksUnguarded, match=name):
            refuse_unguarded_books()


@pytest.mark.sqlite_only
def test_a_table_rebuilt_by_a_tool_is_missed(tmp_path):
    """What a migration tool does to a table of SQLite: copy, drop, rename. Its triggers are gone, without a word."""
    file = sqlite3.connect(tmp_path / "books.sqlite3")
    for statement in statements("sqlite"):
        file.execute(statement)
    for statement in (
        "PRAGMA legacy_alter_table = ON",
        "CREATE TABLE copied AS SELECT * FROM ledger_transfer",
        "DROP TABLE ledger_transfer",
        "ALTER TABLE copied RENAME TO ledger_transfer",
    ):
        file.execute(statement)
    missed = _missing_in(file)
    file.close()

    assert {"ledger_transfer_append", "ledger_transfer_move", "ledger_transfer_debit"} <= set(missed)


def _missing_in(file):
    """`missing_guards` on a file of its own."""

    return missing_guards(SimpleNamespace(vendor="sqlite", cursor=lambda: closing(file.cursor())))


@pytest.mark.sqlite_only
def test_a_trigger_that_says_something_else_is_missed(tmp_path):
    file = sqlite3.connect(tmp_path / "books.sqlite3")
    for statement in statements("sqlite"):
        file.execute(statement)
    assert _missing_in(file) == []

    file.execute("DROP TRIGGER ledger_transfer_update")
    file.execute("CREATE TRIGGER ledger_transfer_update BEFORE UPDATE ON ledger_transfer BEGIN SELECT 1; END")
    missed = _missing_in(file)
    file.execute("DROP TABLE ledger_account")
    missed_later = _missing_in(file)
    file.close()

    assert missed == ["ledger_transfer_update"]
    assert "ledger_account" in missed_later


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "start", [["scripts/prepare.py"], ["-c", "import escarcelle.config.wsgi"], ["manage.py", "check", "--database", "default"]]
)
def test_no_start_on_books_that_are_not_protected(tmp_path, start):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "escarcelle.config.settings"}
    subprocess.run([sys.executable, "manage.py", "migrate", "ledger", "-v0"], cwd=ROOT, env=environment, check=True)
    file = sqlite3.connect(tmp_path / "escarcelle.sqlite3")
    file.execute("DROP TRIGGER ledger_transfer_update")
    file.close()

    done = subprocess.run([sys.executable, *start], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "ledger_transfer_update" in done.stderr


def test_an_operation_without_transfers_is_named_and_nothing_follows_it(purse):
    purse.post(draft("order:1", purse.adam, purse.farm))

    with undone():
        run(*operation(purse.book_id, 2, first_seq=2))
        assert verify().faults == [f"book {purse.book_id}, operation 2: it announces transfers that are not there"]
        with pytest.raises(UnfinishedOperation):
            purse.post(draft("order:2", purse.adam, purse.farm))

    purse.post(draft("order:2", purse.adam, purse.farm))
    assert purse.balance(purse.adam) == -200


def test_verify_says_how_far_it_is_and_what_it_found(purse):
    purse.post(*(draft(f"order:{n}", purse.adam, purse.farm) for n in range(3)))
    out, err = io.StringIO(), io.StringIO()

    call_command("ledger", "verify", stdout=out, stderr=err)

    assert "3 transfers of 3 (100 %)" in err.getvalue()
    assert "The books are right." in out.getvalue()
