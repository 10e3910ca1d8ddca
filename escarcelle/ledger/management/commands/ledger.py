"""`manage.py ledger verify [--book N]`: are the books what was written, all of it, in order? Exit status 1 when they are not."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escarcelle.ledger.verification import verify


class Command(BaseCommand):
    help = "Verifies the books: every balance, every hash, every word, no gap."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verifying = acts.add_parser("verify", help="recompute everything and name the first record that does not hold")
        verifying.add_argument("--book", type=int, action="append", help="only this book; may be given several times")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(options["book"], progress=self._show)
        for book_id, head in report.heads.items():
            self.stdout.write(f"book {book_id}: {head}")
        self.stdout.write(f"{report.book_count} books, {report.transfer_count} transfers")
        if not report.is_right:
            raise CommandError("\n".join(report.faults))
        self.stdout.write(self.style.SUCCESS("The books are right."))

    def _show(self, book_id: int, transfer_count: int) -> None:
        self.stderr.write(f"\rbook {book_id}, {transfer_count} transfers…", ending="")
