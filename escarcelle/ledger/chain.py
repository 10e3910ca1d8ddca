"""What is sealed, and how: the canonical record of a transfer, its hash, and the digest of its words.

`ledger_post` (schema/postgresql.py) seals the same bytes, and `export/offline_verification.py` checks them without this software."""

import datetime as dt
from hashlib import sha256

GENESIS = bytes(32)
# Between the parts of a record: a character that no cleaned text holds.
SEPARATOR = "\x1f"


def instant_text(instant: dt.datetime) -> str:
    """An instant in UTC, to the microsecond, as it is sealed: 2026-09-05T20:14:03.123456Z."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def header_text(
    *,
    ref: str,
    kind: str,
    value_date: dt.date,
    recorded_at: str,
    by: str,
    about: str,
    reverses_no: int | None,
    transfer_count: int,
    digest: bytes,
) -> str:
    """What a record says of its operation besides its number; `recorded_at` as `instant_text` gives it."""
    reverses = "" if reverses_no is None else reverses_no
    return f"{ref}\x1f{kind}\x1f{value_date.isoformat()}\x1f{recorded_at}\x1f{by}\x1f{about}\x1f{reverses}\x1f{transfer_count}\x1f{digest.hex()}"


def seal(  # noqa: PLR0917  in the order in which they are sealed
    previous: bytes, book_id: int, seq: int, operation_no: int, header: str, debit_no: int, credit_no: int, amount_cents: int
) -> bytes:
    """sha256(previous hash ‖ canonical record): 32 bytes."""
    record = f"{book_id}\x1f{seq}\x1f{operation_no}\x1f{header}\x1f{debit_no}\x1f{credit_no}\x1f{amount_cents}"
    return sha256(previous + record.encode()).digest()


def text_digest(salt: bytes, label: str, reason: str) -> bytes:
    """What the chain knows of the words: once words and salt are erased, nobody can guess them back from it."""
    return sha256(salt + f"{label}\x1f{reason}".encode()).digest()
