"""Tables and guards of the ledger, one module per database. Written by the migration, never altered by the ORM, whose rebuilds of a
SQLite table drop its triggers without a word."""

import re
from types import ModuleType

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from escarcelle.ledger.schema import postgresql, sqlite


def _of(vendor: str) -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[vendor]


def statements(vendor: str) -> list[str]:
    """The DDL of the ledger, in order."""
    return [*_of(vendor).TABLES, *_of(vendor).TRIGGERS]


_NAME = re.compile(r"CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER|FUNCTION) (\w+)|ALTER TABLE \w+ ADD CONSTRAINT (\w+)")


def missing_guards(database: BaseDatabaseWrapper = connection) -> list[str]:
    """The tables, triggers and functions that should stand and do not, are switched off, or say something else. One statement.

    Empty when the books are protected."""
    own = _of(database.vendor)
    with database.cursor() as cursor:
        cursor.execute(own.GUARDS_IN_PLACE)
        present = dict(cursor.fetchall())
    wanted = {found[1] or found[2]: own.kept_text(text) for text in statements(database.vendor) if (found := _NAME.match(text))}
    return [name for name, text in wanted.items() if present.get(name) != text]
