"""What is sealed, and how: the canonical record of a transfer, its hash, and the digest of its words."""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

GENESIS = bytes(32)
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Header:
    """What a transfer's hash covers of its operation."""

    no: int
    ref: str
    kind: str
    value_date: dt.date
    recorded_at: dt.datetime
    by: str
    about: str
    reverses_no: int | None
    transfer_count: int
    text_digest: bytes


def header_text(header: Header) -> str:
    """The operation's part of a record, the same in every transfer of it."""
    recorded_at = header.recorded_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    reverses = "" if header.reverses_no is None else str(header.reverses_no)
    return SEPARATOR.join(
        (
            str(header.no),
            header.ref,
            header.kind,
            header.value_date.isoformat(),
            recorded_at,
            header.by,
            header.about,
            reverses,
            str(header.transfer_count),
            header.text_digest.hex(),
        )
    )


def seal(previous: bytes, book_id: int, seq: int, header: str, debit_no: int, credit_no: int, amount_cents: int) -> bytes:
    """sha256(previous hash ‖ canonical record): 32 bytes."""
    return sha256(previous + f"{book_id}\x1f{seq}\x1f{header}\x1f{debit_no}\x1f{credit_no}\x1f{amount_cents}".encode()).digest()


def text_digest(salt: bytes, label: str, reason: str) -> bytes:
    """What the chain knows of the words: once words and salt are erased, nobody can guess them back from it."""
    return sha256(salt + f"{label}\x1f{reason}".encode()).digest()
