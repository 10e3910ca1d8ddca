"""Django's SQLite backend with a queue of writers in front of it."""

from typing import Any

from django.db.backends.sqlite3 import base

from escarcelle.config.sqlite.writer_queue import WriterQueue


class DatabaseWrapper(base.DatabaseWrapper):
    """Each transaction waits its turn before BEGIN IMMEDIATE; reads in autocommit, and databases in memory, never wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: WriterQueue | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        # The ledger's triggers ask whether foreign keys are on; a distrustful build would refuse them the answer.
        connection.execute("PRAGMA trusted_schema = ON")
        self._queue = None if self.is_in_memory_db() else self._queue_of(str(conn_params["database"]))
        return connection

    def _queue_of(self, database: str) -> WriterQueue | None:
        if self._queue is not None and self._queue.database == database:
            return self._queue
        if database.startswith("file:"):
            return None
        return WriterQueue(database, timeout_seconds=float(self.settings_dict["OPTIONS"].get("timeout", 5)))

    def _start_transaction_under_autocommit(self) -> None:
        if self._queue is None:
            super()._start_transaction_under_autocommit()
            return
        with self.wrap_database_errors:
            self._queue.enter()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._queue.leave()
            raise

    def _commit(self) -> None:
        super()._commit()
        # A commit that fails leaves its transaction open: the rollback that follows leaves the queue.
        self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave_queue()

    def _leave_queue(self) -> None:
        if self._queue is not None:
            self._queue.leave()
