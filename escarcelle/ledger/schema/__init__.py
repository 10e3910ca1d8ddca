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


def missing_guards(database: BaseDatabaseWrapper = connection) -> list[str]:
    """The triggers that should stand and do not, or are switched off. Empty when the books are protected."""
    with database.cursor() as cursor:
        cursor.execute(_of(database.vendor).GUARDS_IN_PLACE)
        present = {name for (name,) in cursor.fetchall()}
    wanted = [found[1] for text in _of(database.vendor).TRIGGERS if (found := re.match(r"CREATE TRIGGER (\w+)", text))]
    return [name for name in wanted if name not in present]
