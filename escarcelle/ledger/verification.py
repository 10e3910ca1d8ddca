"""Recompute everything from the transfers alone, and name the first record that does not hold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection

from escarcelle.ledger.chain import GENESIS, header_text, instant_text, seal, text_digest
from escarcelle.ledger.models import Book
from escarcelle.ledger.schema import missing_guards
from escarcelle.ledger.statements import as_date, as_instant

ROWS_AT_ONCE = 5000
Progress = Callable[[int, int, int], None]


@dataclass
class Report:
    """What a verification saw. `faults` is empty when every book holds; each is a sentence that names the record."""

    book_count: int = 0
    transfer_count: int = 0
    heads: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.faults


def verify(book_ids: Iterable[int] | None = None, *, progress: Progress | None = None) -> Report:
    """Check the guards, then each book: no gap, every hash, every balance, every word still there, the head.

    Reads only. `progress` is told the book, how many transfers were read so far, and of how many."""
    report = Report()
    report.faults += [f"guard {name} is missing, switched off or altered" for name in missing_guards()]
    books = list(Book.objects.order_by("pk") if book_ids is None else Book.objects.filter(pk__in=list(book_ids)).order_by("pk"))
    total = sum(book.last_seq for book in books)
    for book in books:
        fault = _Reading(book, report).run(total, progress)
        report.book_count += 1
        report.heads[book.pk] = bytes(book.last_hash).hex()
        if fault:
            report.faults.append(fault)
    return report


_RECORDS = """
SELECT t.seq, t.operation_no, t.debit_no, t.credit_no, t.amount_cents, t.hash, o.no, o.ref, o.kind, o.value_date, o.recorded_at, o.by,
  o.about, o.reverses_no, o.first_seq, o.transfer_count, o.text_digest, o.label, o.reason, o.salt
FROM ledger_transfer t LEFT JOIN ledger_operation o ON o.book_id = t.book_id AND o.no = t.operation_no
WHERE t.book_id = %s AND t.seq > %s ORDER BY t.seq LIMIT %s"""


class _Reading:
    """One pass over one book, record by record."""

    def __init__(self, book: Book, report: Report) -> None:
        self.book = book
        self.report = report
        self.seq = 0
        self.hash = GENESIS
        self.operation_no = 0
        self.balances: dict[int, int] = {}

    def run(self, total: int, progress: Progress | None) -> str | None:
        """The first fault of the book, or None."""
        while rows := self._rows():
            for row in rows:
                if fault := self._check(row):
                    return fault
            self.report.transfer_count += len(rows)
            if progress:
                progress(self.book.pk, self.report.transfer_count, total)
        return self._check_head() or self._check_unfinished() or self._check_balances()

    def _rows(self) -> list[tuple]:  # type: ignore[type-arg]
        with connection.cursor() as cursor:
            cursor.execute(_RECORDS, [self.book.pk, self.seq, ROWS_AT_ONCE])
            rows: list[tuple] = cursor.fetchall()  # type: ignore[type-arg]
        return rows

    def _check(self, row: tuple) -> str | None:  # type: ignore[type-arg]
        seq, operation_no, debit_no, credit_no, amount_cents, sealed, no, *rest = row
        here = f"book {self.book.pk}, transfer {seq}"
        if seq != self.seq + 1:
            return f"{here}: transfer {self.seq + 1} is missing"
        if no is None:
            return f"{here}: its operation {operation_no} is missing"
        ref, kind, value_date, recorded_at, by, about, reverses_no, first_seq, transfer_count, digest, label, reason, salt = rest
        if not first_seq <= seq < first_seq + transfer_count or operation_no not in (self.operation_no, self.operation_no + 1):
            return f"{here}: not one of operation {operation_no}"
        digest = bytes(digest)
        # Empty salt: the words were erased, and their digest says nothing any more.
        is_as_sealed = text_digest(bytes(salt), label, reason) == digest if len(salt) else not label and not reason
        if not is_as_sealed:
            return f"{here}: the words of operation {operation_no} are not those that were sealed"
        header = header_text(
            ref=ref,
            kind=kind,
            value_date=as_date(value_date),
            recorded_at=instant_text(as_instant(recorded_at)),
            by=by,
            about=about,
            reverses_no=reverses_no,
            transfer_count=transfer_count,
            digest=digest,
        )
        expected = seal(self.hash, self.book.pk, seq, no, header, debit_no, credit_no, amount_cents)
        if expected != bytes(sealed):
            return f"{here}: its hash does not follow from the record and the one before"
        self.seq, self.hash, self.operation_no = seq, expected, operation_no
        self.balances[debit_no] = self.balances.get(debit_no, 0) - amount_cents
        self.balances[credit_no] = self.balances.get(credit_no, 0) + amount_cents
        return None

    def _check_head(self) -> str | None:
        head = (self.book.last_seq, self.book.last_operation_no, bytes(self.book.last_hash))
        if head != (self.seq, self.operation_no, self.hash):
            return f"book {self.book.pk}: its head says transfer {head[0]}, operation {head[1]}; the records end at {self.seq}, {self.operation_no}"
        return None

    def _check_unfinished(self) -> str | None:
        ahead = self.book.operations.filter(no__gt=self.operation_no).order_by("no").first()
        return f"book {self.book.pk}, operation {ahead.no}: it announces transfers that are not there" if ahead else None

    def _check_balances(self) -> str | None:
        for no, balance_cents in self.book.accounts.order_by("no").values_list("no", "balance_cents"):
            if balance_cents != self.balances.pop(no, 0):
                return f"book {self.book.pk}, account {no}: its balance is not the sum of its transfers"
        if self.balances:
            return f"book {self.book.pk}: accounts {sorted(self.balances)} moved but are not there"
        return None
