"""`manage.py ledger verify [--book N]`: are the books what was written, all of it, in order? Exit status 1 when they are not.

`manage.py ledger export FOLDER [--book N]`: the books as open files, with what verifies them on any computer."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escarcelle.ledger.export.writing import FolderNotEmpty, export_books
from escarcelle.ledger.verification import verify


class Command(BaseCommand):
    help = "Verifies the books, or writes them into open files that can be verified without this software."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verifying = acts.add_parser("verify", help="recompute everything and name the first record that does not hold")
        exporting = acts.add_parser("export", help="write JSON lines, their hashes, and the script that verifies them")
        exporting.add_argument("folder", type=Path, help="a new or empty folder")
        for act in (verifying, exporting):
            act.add_argument("--book", type=int, action="append", help="only this book; may be given several times")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "verify":
            self._verify(options["book"])
        else:
            self._export(options["folder"], options["book"])

    def _verify(self, book_ids: list[int] | None) -> None:
        report = verify(book_ids, progress=self._show)
        for book_id, head in report.heads.items():
            self.stdout.write(f"book {book_id}: {head}")
        self.stdout.write(f"{report.book_count} books, {report.transfer_count} transfers")
        if not report.is_right:
            raise CommandError("\n".join(report.faults))
        self.stdout.write(self.style.SUCCESS("The books are right."))

    def _export(self, folder: Path, book_ids: list[int] | None) -> None:
        try:
            written = export_books(folder, book_ids, progress=self._show)
        except FolderNotEmpty as refusal:
            raise CommandError(f"{folder} is not empty.") from refusal
        self.stdout.write("\n".join(str(path) for path in written))

    def _show(self, book_id: int, transfer_count: int, total: int) -> None:
        end = "\n" if transfer_count >= total else ""
        self.stderr.write(f"\rbook {book_id}: {transfer_count} transfers of {total} ({100 * transfer_count // (total or 1)} %)", ending=end)
