#!/usr/bin/env python3
"""Verifies exported books with Python alone, without Escarcelle: python3 verify_books.py [FOLDER]

A book is a file of lines, one JSON object each: its transfers in order, then its accounts, then what it ends with. Each line says in
"hash" what seals it and everything before it:

    transfer    sha256(hash before || book, seq, operation_no, ref, kind, value_date, recorded_at, by, about, reverses_no or nothing,
                transfer_count, text_digest, debit_no, credit_no, amount_cents), texts in UTF-8, parts separated by the character 31;
                text_digest is sha256(salt || label, character 31, reason), unless the words were erased: then salt and words are empty
    the others  sha256(hash before || the line without its "hash")

Numbers of transfers have no gap. An account's balance is what it was credited minus what it was debited, in cents. Keep the hash that
this script prints: as long as a later export still contains it, nothing before it has changed.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

UNIT = "\x1f"
SEALED = (
    *("seq", "operation_no", "ref", "kind", "value_date", "recorded_at", "by", "about", "reverses_no", "transfer_count", "text_digest"),
    *("debit_no", "credit_no", "amount_cents"),
)


class Broken(Exception):
    """A line does not hold."""


def line_text(row: dict) -> str:  # type: ignore[type-arg]
    """The one way a line is written: a changed space is a changed line."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


class Book:
    """What was read of a book so far."""

    def __init__(self) -> None:
        self.hash = bytes(32)
        self.head = ""
        self.seq = 0
        self.balances: dict[int, int] = {}
        self.is_ended = False

    def read(self, line: str) -> None:
        row = json.loads(line)
        if line_text(row) != line or self.is_ended:
            raise Broken("this is not how a line is written")
        what = row["what"]
        {"transfer": self.transfer, "account": self.account, "end": self.end}[what](row)

    def transfer(self, row: dict) -> None:  # type: ignore[type-arg]
        if row["seq"] != self.seq + 1 or self.head:
            raise Broken(f"transfer {self.seq + 1} should stand here")
        salt = bytes.fromhex(row["salt"])
        words = f"{row['label']}{UNIT}{row['reason']}"
        if words != UNIT if not salt else sha256(salt + words.encode()).hexdigest() != row["text_digest"]:
            raise Broken("its words are not those that were sealed")
        parts = [row["book"], *("" if row[name] is None else row[name] for name in SEALED)]
        self.sealed(row, UNIT.join(map(str, parts)))
        self.seq += 1
        for no, cents in ((row["debit_no"], -row["amount_cents"]), (row["credit_no"], row["amount_cents"])):
            self.balances[no] = self.balances.get(no, 0) + cents

    def account(self, row: dict) -> None:  # type: ignore[type-arg]
        self.head = self.head or self.hash.hex()
        if row["balance_cents"] != self.balances.pop(row["no"], 0):
            raise Broken("its balance is not the sum of its transfers")
        self.sealed_line(row)

    def end(self, row: dict) -> None:  # type: ignore[type-arg]
        self.head = self.head or self.hash.hex()
        if row["head"] != self.head or row["transfer_count"] != self.seq or self.balances:
            raise Broken("transfers or accounts are missing before it")
        self.sealed_line(row)
        self.is_ended = True

    def sealed_line(self, row: dict) -> None:  # type: ignore[type-arg]
        self.sealed(row, line_text({name: value for name, value in row.items() if name != "hash"}))

    def sealed(self, row: dict, text: str) -> None:  # type: ignore[type-arg]
        expected = sha256(self.hash + text.encode()).digest()
        if expected.hex() != row["hash"]:
            raise Broken("its hash does not follow from the line and the one before")
        self.hash = expected


def name_of(line: bytes, number: int) -> str:
    """« line 7, transfer 7 », as far as the line can still be read."""
    try:
        row = json.loads(line)
        return f"line {number}, {row['what']} {row.get('seq', row.get('no', ''))}".rstrip()
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"line {number}"


def verify(path: Path) -> str:
    """What a file holds, in one sentence. Raises `Broken` with the first line that does not hold."""
    book, lines = Book(), path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            book.read(line.decode())
        except (Broken, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Broken(f"{path.name}, {name_of(line, number)}: {error}") from error
    if lines[-1]:
        raise Broken(f"{path.name}, {name_of(lines[-1], len(lines))}: it has no end")
    if not book.is_ended:
        raise Broken(f"{path.name}, after line {len(lines) - 1}: the end is missing")
    return f"{path.name}: {book.seq} transfers, {book.head}"


def main(folder: Path) -> int:
    paths = sorted(folder.glob("book-*.jsonl"))
    faults = [] if paths else [f"no book in {folder}"]
    for path in paths:
        try:
            print(verify(path))
        except Broken as error:
            faults.append(str(error))
    print("\n".join(faults) or "The books are right.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
