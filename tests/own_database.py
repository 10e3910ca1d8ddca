"""A database that one test has for itself: a file, or a PostgreSQL database beside those of the suite."""

import os
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
