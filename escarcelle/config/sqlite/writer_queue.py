"""A fair queue in front of SQLite's single writer.

SQLite's own wait sleeps and tries again: under eight busy writers one of them may wait ten seconds. Two locked files beside
the database give turns instead: `<db>.lock` is held by the writer, `<db>.queue` by the one who comes next. A writer who
finishes and wants to write again finds the next one already waiting, so that nobody is overtaken for long.

Every connection opens the files for itself: `flock` then counts threads and processes alike. The kernel gives the locks back
when their holder dies.
"""

import fcntl
import os
import sqlite3
import time

_FIRST_PAUSE_SECONDS = 0.0001
_LONGEST_PAUSE_SECONDS = 0.002


class WriterQueue:
    """The turns of one connection to one database file. Not for several threads at once, as the connection is not."""

    def __init__(self, database: str, *, timeout_seconds: float) -> None:
        self.database = database
        self._timeout_seconds = timeout_seconds
        self._writer_fd: int | None = None
        self._next_fd: int | None = None
        self._is_writer = False

    def enter(self) -> None:
        """Wait until this connection is the writer. Refused as SQLite would ("database is locked") when one writer keeps it too long."""
        if self._is_writer:
            return
        if self._writer_fd is None or self._next_fd is None:
            self._writer_fd, self._next_fd = self._opened(".lock"), self._opened(".queue")
        fcntl.flock(self._next_fd, fcntl.LOCK_EX)
        try:
            self._wait_for_the_writer(self._writer_fd)
        finally:
            fcntl.flock(self._next_fd, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Let the next writer in. Leaving twice changes nothing."""
        if self._is_writer and self._writer_fd is not None:
            self._is_writer = False
            fcntl.flock(self._writer_fd, fcntl.LOCK_UN)

    def _opened(self, suffix: str) -> int:
        return os.open(self.database + suffix, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _wait_for_the_writer(self, writer_fd: int) -> None:
        # Only the next one in the queue tries, so trying often costs little and bounds the wait, which `flock` alone would not.
        deadline, pause = time.monotonic() + self._timeout_seconds, _FIRST_PAUSE_SECONDS
        while not self._took(writer_fd):
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError("database is locked")
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _took(self, writer_fd: int) -> bool:
        try:
            fcntl.flock(writer_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._is_writer = True
        return True

    def __del__(self) -> None:
        for fd in (self._writer_fd, self._next_fd):
            if fd is not None:
                os.close(fd)
