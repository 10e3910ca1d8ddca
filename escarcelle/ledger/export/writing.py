"""The books as open files: one line of JSON per record, sealed line after line, and the script that verifies them anywhere."""

import shutil
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from escarcelle.ledger.chain import GENESIS, instant_text
from escarcelle.ledger.export import offline_verification
from escarcelle.ledger.models import Book, Transfer
from escarcelle.ledger.verification import Progress

ROWS_AT_ONCE = 5000
VERIFIER = "verify_books.py"


class FolderNotEmpty(Exception):
    """An export never mixes with what is there."""


def export_books(folder: Path, book_ids: Collection[int] | None = None, *, progress: Progress | None = None) -> list[Path]:
    """Write each book to `book-N.jsonl`, then the verifier and the digests of all files (`sha256sum -c SHA256SUMS`).

    Nobody waits: each book is written up to the head it had at the beginning, which nothing changes. Gives the files.
    Refused: `FolderNotEmpty`."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderNotEmpty(folder)
    books = list(Book.objects.order_by("pk") if book_ids is None else Book.objects.filter(pk__in=book_ids).order_by("pk"))
    total, done, written = sum(book.last_seq for book in books), 0, []
    for book in books:
        path = folder / f"book-{book.pk}.jsonl"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for read in _write(book, file):
                if progress:
                    progress(book.pk, done + read, total)
        done += book.last_seq
        written.append(path)
    shutil.copy(offline_verification.__file__, folder / VERIFIER)
    written.append(folder / VERIFIER)
    sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in written)
    (folder / "SHA256SUMS").write_text(sums)
    return [*written, folder / "SHA256SUMS"]


def _write(book: Book, file: IO[str]) -> Iterator[int]:
    """Transfers, accounts, end; says from time to time how many transfers are written."""
    head, balances = GENESIS, dict[int, int]()
    for seq in range(0, book.last_seq, ROWS_AT_ONCE):
        for row in _transfers(book, seq):
            head = bytes.fromhex(row["hash"])
            balances[row["debit_no"]] = balances.get(row["debit_no"], 0) - row["amount_cents"]
            balances[row["credit_no"]] = balances.get(row["credit_no"], 0) + row["amount_cents"]
            file.write(offline_verification.line_text(row) + "\n")
        yield min(seq + ROWS_AT_ONCE, book.last_seq)
    seal = head
    for no, kind in book.accounts.order_by("no").values_list("no", "kind"):
        row = {"what": "account", "book": book.pk, "no": no, "kind": kind, "balance_cents": balances.get(no, 0)}
        seal = _write_sealed(file, seal, row)
    end = {"what": "end", "book": book.pk, "currency": book.currency, "transfer_count": book.last_seq, "head": head.hex()}
    _write_sealed(file, seal, end)


def _write_sealed(file: IO[str], previous: bytes, row: dict[str, Any]) -> bytes:
    seal = sha256(previous + offline_verification.line_text(row).encode()).digest()
    file.write(offline_verification.line_text({**row, "hash": seal.hex()}) + "\n")
    return seal


def _transfers(book: Book, after_seq: int) -> Iterator[dict[str, Any]]:
    last_seq = min(after_seq + ROWS_AT_ONCE, book.last_seq)
    transfers = list(Transfer.objects.filter(book=book, seq__gt=after_seq, seq__lte=last_seq).order_by("seq"))
    operations = {
        operation.no: operation for operation in book.operations.filter(no__range=(transfers[0].operation_no, transfers[-1].operation_no))
    }
    for transfer in transfers:
        operation = operations[transfer.operation_no]
        yield {
            "what": "transfer",
            "book": book.pk,
            "seq": transfer.seq,
            "operation_no": operation.no,
            "ref": operation.ref,
            "kind": operation.kind,
            "value_date": operation.value_date.isoformat(),
            "recorded_at": instant_text(operation.recorded_at),
            "by": operation.by,
            "about": operation.about,
            "reverses_no": operation.reverses_no,
            "transfer_count": operation.transfer_count,
            "text_digest": bytes(operation.text_digest).hex(),
            "label": operation.label,
            "reason": operation.reason,
            "salt": bytes(operation.salt).hex(),
            "debit_no": transfer.debit_no,
            "credit_no": transfer.credit_no,
            "amount_cents": transfer.amount_cents,
            "hash": bytes(transfer.hash).hex(),
        }
