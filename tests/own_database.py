"""A database that one test has for itself: a file, or a PostgreSQL database beside those of the suite."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection


@contextmanager
def own_database(folder):
    """The address of an empty database, for processes of the test's own; gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'own.sqlite3'}"
        return
    name, base = f"own_{uuid4().hex}", os.environ["DATABASE_URL"]
    administrating = connection.copy()
    administrating.set_autocommit(True)
    try:
        with administrating.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        yield base.replace("/postgres", f"/{name}")
        with administrating.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        administrating.close()


def begun(code, url):
    """A process of its own that runs this code on that database."""
    environment = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "escarcelle.config.test_settings", "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process):
    """What the last line of a process says, as JSON, once it has ended well."""
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])
