"""Two processes post to one account at once, two hundred rounds each, on a database of their own."""

import os
import subprocess
import sys

import pytest
from django.db import connection

ROUNDS = 200
WRITER = f"""
import sys, django
django.setup()
from escarcelle.ledger import posting
from tests.ledger.conftest import draft
name, book, adam, farm = sys.argv[1], *map(int, sys.argv[2:])
for n in range({ROUNDS}):
    posting.post(book, [draft(name + ":" + str(n), adam, farm, 1)], by=name)
"""
OPENER = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "ledger", verbosity=0)
from tests.ledger.conftest import new_purse
purse = new_purse()
print(purse.book_id, purse.adam, purse.farm)
"""
READER = """
import sys, django
django.setup()
from escarcelle.ledger.balances import balance
from escarcelle.ledger.verification import verify
print(balance(int(sys.argv[1]), int(sys.argv[2])), verify().faults)
"""


@pytest.fixture
def own_database(tmp_path, django_db_blocker):
    """The address of a database that only this test sees."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'two.sqlite3'}"
        return
    base, name = os.environ["DATABASE_URL"], f"two_{os.getpid()}"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield base.replace("/postgres", f"/{name}")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(code, *arguments, url):
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "escarcelle.config.settings", "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return out.strip()


def test_nothing_is_lost_and_nobody_sees_an_error(own_database):
    book, adam, farm = finished(python(OPENER, url=own_database)).split()

    writers = [python(WRITER, name, book, adam, farm, url=own_database) for name in ("one", "two")]
    for writer in writers:
        finished(writer)

    assert finished(python(READER, book, adam, url=own_database)) == f"{-2 * ROUNDS} []"
