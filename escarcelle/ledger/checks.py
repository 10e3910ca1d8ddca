"""Nothing runs on books whose guards are gone: a table rebuilt by a tool, a trigger dropped by hand, a backup restored by halves."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from escarcelle.ledger.schema import missing_guards

HINT = "Restore the database from a backup: see docs/operating/ledger.md."


class BooksUnguarded(Exception):
    """Tables or triggers of the books are missing, switched off or altered: these."""


@register(Tags.database)
def books_are_guarded(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """`manage.py check --database default`. A database whose books are not written yet has nothing to guard."""
    missing = {alias: _missing(connections[alias]) for alias in databases or ()}
    return [
        Error(f"The books of the database “{alias}” are not guarded: {', '.join(names)}.", hint=HINT, id="ledger.E001")
        for alias, names in missing.items()
        if names
    ]


def refuse_unguarded_books() -> None:
    """What a server asks before it answers anybody. Refused: `BooksUnguarded`."""
    if missing := _missing(connection):
        raise BooksUnguarded(f"{', '.join(missing)}. {HINT}")


def _missing(database: BaseDatabaseWrapper) -> list[str]:
    is_written = ("ledger", "0001_initial") in MigrationRecorder(database).applied_migrations()
    return missing_guards(database) if is_written else []
