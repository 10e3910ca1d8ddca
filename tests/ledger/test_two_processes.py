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
from escarcelle.ledger.balances import balance
name, book, adam, farm = sys.argv[1], *map(int, sys.argv[2:])
balance(book, adam)
print("ready", flush=True)
sys.stdin.readline()
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
from itertools import groupby
from escarcelle.ledger.balances import balance
from escarcelle.ledger.models import Operation
from escarcelle.ledger.verification import verify
turns = len(list(groupby(Operation.objects.order_by("no").values_list("by", flat=True))))
print(balance(int(sys.argv[1]), int(sys.argv[2])), verify().faults, turns)
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
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return out.strip()


def test_nothing_is_lost_and_nobody_sees_an_error(own_database):
    book, adam, farm = finished(python(OPENER, url=own_database)).split()

    writers = [python(WRITER, name, book, adam, farm, url=own_database) for name in ("one", "two")]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n", "ready\n"]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [finished(writer) for writer in writers] == ["", ""]

    balance, faults, turns = finished(python(READER, book, adam, url=own_database)).split()
    assert (int(balance), faults) == (-2 * ROUNDS, "[]")
    assert int(turns) > 2, "one had ended before the other began"
