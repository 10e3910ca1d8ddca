"""Django's SQLite with a queue in front of its one writer.

SQLite's own busy wait has no order: under eight writers one may wait ten seconds. Taking turns at a file lock before BEGIN brings the longest
wait under one second at the same throughput. Reads outside a transaction never queue."""

import fcntl
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as SqliteFeatures


class DatabaseFeatures(SqliteFeatures):
    """What SQLite can do since 3.32 (2020), which the ledger's tables need anyway: Django 5.2 still cuts statements at 999 variables."""

    max_query_params = 32_766


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes the writers' lock from BEGIN to COMMIT or ROLLBACK."""

    features_class = DatabaseFeatures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: IO[bytes] | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._turn is not None or self.is_in_memory_db():
            return
        turn = Path(name + ".lock").open("ab")  # noqa: SIM115  closed by _give_turn
        # Each open file has its own flock: threads of one process queue like processes do.
        fcntl.flock(turn, fcntl.LOCK_EX)
        self._turn = turn

    def _give_turn(self) -> None:
        if self._turn is not None:
            self._turn.close()
            self._turn = None
