"""The one way into the books against the same work in plain SQL that guards nothing, in turns, on the same disk."""

import datetime as dt
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import psycopg
from bench_report import POST_BULK, POST_ONE, Figure
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind

MEMBERS = 100
AT = dt.datetime(2026, 9, 5, 20, 14, tzinfo=dt.UTC)
BY = "member:1"
_refs = count(1)


class Raw(Protocol):
    """The same facts by hand: an entry, its two legs, their indexes, and the balances moved, in one transaction. Nothing is checked or sealed."""

    def post(self, drafts: Sequence[posting.Draft]) -> None: ...


ENTRY = "INSERT INTO raw_entry (id, ref, kind, label, reason, value_date, recorded_at, by, about, reverses_id) VALUES "
LEG = "INSERT INTO raw_leg (entry_id, account_no, amount_cents) VALUES "


def _entries(ids: Sequence[int], drafts: Sequence[posting.Draft]) -> list[tuple[Any, ...]]:
    at = AT.isoformat()
    return [
        (no, draft.ref, draft.kind, draft.label, draft.reason, draft.value_date.isoformat(), at, BY, draft.about, draft.reverses_no)
        for no, draft in zip(ids, drafts, strict=True)
    ]


def _legs(ids: Sequence[int], drafts: Sequence[posting.Draft]) -> list[tuple[Any, ...]]:
    return [
        leg
        for no, draft in zip(ids, drafts, strict=True)
        for move in draft.moves
        for leg in ((no, move.debit_no, -move.amount_cents), (no, move.credit_no, move.amount_cents))
    ]


def _changes(drafts: Sequence[posting.Draft]) -> dict[int, int]:
    """What each account gains or loses, in cents."""
    changes: dict[int, int] = defaultdict(int)
    for draft in drafts:
        for move in draft.moves:
            changes[move.debit_no] -= move.amount_cents
            changes[move.credit_no] += move.amount_cents
    return changes


class RawSqlite:
    """Plain sqlite3 with the durability of the house: WAL, synchronous FULL."""

    def __init__(self, path: Path) -> None:
        self.last_id = 0
        self.file = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE raw_account (no INTEGER PRIMARY KEY, balance_cents INTEGER NOT NULL DEFAULT 0)",
            "CREATE TABLE raw_entry (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, kind TEXT, label TEXT, reason TEXT, value_date TEXT, "
            "recorded_at TEXT, by TEXT, about TEXT, reverses_id INTEGER)",
            "CREATE TABLE raw_leg (entry_id INTEGER NOT NULL, account_no INTEGER NOT NULL, amount_cents INTEGER NOT NULL)",
            "CREATE INDEX raw_leg_account ON raw_leg (account_no, entry_id)",
            "CREATE INDEX raw_leg_entry ON raw_leg (entry_id)",
        ):
            self.file.execute(statement)
        self.file.executemany("INSERT INTO raw_account (no) VALUES (?)", [(no,) for no in range(MEMBERS + 2)])

    def post(self, drafts: Sequence[posting.Draft]) -> None:
        ids = range(self.last_id + 1, self.last_id + 1 + len(drafts))
        self.last_id += len(drafts)
        self.file.execute("BEGIN IMMEDIATE")
        self.file.executemany(f"{ENTRY} (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _entries(ids, drafts))
        self.file.executemany(f"{LEG} (?, ?, ?)", _legs(ids, drafts))
        changes = [(cents, no) for no, cents in _changes(drafts).items()]
        self.file.executemany("UPDATE raw_account SET balance_cents = balance_cents + ? WHERE no = ?", changes)
        self.file.execute("COMMIT")


class RawPostgresql:
    """Plain psycopg on a connection of its own: BEGIN, two multi-row INSERT, COMMIT."""

    def __init__(self, dsn: dict[str, Any]) -> None:
        self.last_id = 0
        self.server: psycopg.Connection = psycopg.connect(**dsn, autocommit=True)
        for statement in (
            "CREATE TABLE raw_account (no bigint PRIMARY KEY, balance_cents bigint NOT NULL DEFAULT 0)",
            "INSERT INTO raw_account (no) SELECT no FROM generate_series(0, 1000) no",
            "CREATE TABLE raw_entry (id bigint PRIMARY KEY, ref text NOT NULL UNIQUE, kind text, label text, reason text, value_date date, "
            "recorded_at timestamptz, by text, about text, reverses_id bigint)",
            "CREATE TABLE raw_leg (entry_id bigint NOT NULL, account_no bigint NOT NULL, amount_cents bigint NOT NULL)",
            "CREATE INDEX raw_leg_account ON raw_leg (account_no, entry_id)",
            "CREATE INDEX raw_leg_entry ON raw_leg (entry_id)",
        ):
            self.server.execute(statement)

    def post(self, drafts: Sequence[posting.Draft]) -> None:
        ids = range(self.last_id + 1, self.last_id + 1 + len(drafts))
        self.last_id += len(drafts)
        with self.server.transaction():
            self._execute(ENTRY + "{}", _entries(ids, drafts))
            self._execute(LEG + "{}", _legs(ids, drafts))
            self._execute(
                "UPDATE raw_account a SET balance_cents = a.balance_cents + d.cents FROM (VALUES {}) d (no, cents) WHERE a.no = d.no",
                list(_changes(drafts).items()),
            )

    def _execute(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        marks = f"({', '.join(['%s'] * len(rows[0]))})"
        # Values put in by the client, as Django does: with thousands of them it is the quicker way.
        with psycopg.ClientCursor(self.server) as cursor:
            cursor.execute(statement.format(", ".join([marks] * len(rows))), [value for row in rows for value in row])


def raw(folder: Path) -> Raw:
    if connection.vendor == "sqlite":
        return RawSqlite(folder / "raw.sqlite3")
    return RawPostgresql({name: value for name, value in connection.get_connection_params().items() if name in _DSN})


_DSN = {"host", "port", "user", "password", "dbname"}


def refuse_a_hasty_server() -> str:
    """Why the durable figures would be worth nothing on this database; empty when a commit here is a commit."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return "" if cursor.fetchone() == (2,) and not connection.is_in_memory_db() else "synchronous ≠ FULL"  # type: ignore[attr-defined]
        for setting in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone() != ("on",):
                return f"{setting} ≠ on"
    return ""


class Ledger:
    """A book of a hundred members and the drafts to post to it."""

    def __init__(self) -> None:
        self.book_id = books.open_book().pk
        self.farm = books.singleton(self.book_id, AccountKind.PRODUCER)
        self.members = books.open_accounts(self.book_id, AccountKind.MEMBER, MEMBERS)

    def drafts(self, many: int) -> list[posting.Draft]:
        return [self._draft(next(_refs)) for _ in range(many)]

    def _draft(self, no: int) -> posting.Draft:
        move = posting.Move(self.members[no % MEMBERS], self.farm, 1000 + no % 977)
        return posting.Draft(f"order:{no}", "order", f"Panier n° {no}", AT.date(), [move], f"account:{no % MEMBERS}")

    def post(self, drafts: Sequence[posting.Draft]) -> None:
        posting.post(self.book_id, drafts, by=BY, at=AT)


def measure(folder: Path, *, pairs: int, bulk_pairs: int, bulk_size: int, say: Callable[[str], None]) -> list[Figure]:
    """One operation a transaction, then five hundred in one."""
    say("livres…")
    ledger, bare = Ledger(), raw(folder)
    return [
        _compare(POST_ONE, ledger, bare, size=1, pairs=pairs),
        _compare(POST_BULK, ledger, bare, size=bulk_size, pairs=bulk_pairs),
    ]


def _compare(work: str, ledger: Ledger, bare: Raw, *, size: int, pairs: int) -> Figure:
    history = books.transfer_count([ledger.book_id])
    for _ in range(3):
        ledger.post(ledger.drafts(size))
        bare.post(ledger.drafts(size))
    with CaptureQueriesContext(connection) as statements:
        ledger.post(ledger.drafts(size))
    timed = [_pair(ledger, bare, size, ours_first=rank % 2 == 0) for rank in range(pairs)]
    ratio = median(ours / theirs for ours, theirs in timed)
    milliseconds = median(ours for ours, _ in timed) * 1000
    return Figure(work, connection.vendor, size, history, len(statements), round(milliseconds, 3), round(ratio, 2))


def _pair(ledger: Ledger, bare: Raw, size: int, *, ours_first: bool) -> tuple[float, float]:
    """Seconds that the books took and seconds that plain SQL took, one right after the other."""
    acts = [(ledger.post, ledger.drafts(size)), (bare.post, ledger.drafts(size))]
    seconds = {}
    for post, drafts in acts if ours_first else reversed(acts):
        started = time.perf_counter()
        post(drafts)
        seconds[post] = time.perf_counter() - started
    return seconds[ledger.post], seconds[bare.post]
