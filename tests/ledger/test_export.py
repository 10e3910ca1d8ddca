"""Books in open files: whoever holds them can verify them, and sees which record was altered."""

import io
import json
import shutil
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from escarcelle.ledger import posting
from escarcelle.ledger.erasure import erase_texts_of_account
from escarcelle.ledger.export import offline_verification
from escarcelle.ledger.export.offline_verification import Broken, verify
from escarcelle.ledger.export.writing import export_books
from escarcelle.ledger.models import Book
from tests.ledger.conftest import DAY, draft, new_purse

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(purse, tmp_path):
    """Five operations, one of two transfers, one reversed; the words of one account erased; a second, empty book."""
    purse.post(*(draft(f"order:{n}", purse.adam, purse.farm, 100 + n, label="Panier « d’été » 🍓") for n in range(3)))
    moves = [posting.Move(purse.blanc, purse.farm, 50), posting.Move(purse.adam, purse.blanc, 7)]
    posting.post(purse.book_id, [posting.Draft("order:two", "order", "Deux", DAY, moves)], by="member:1")
    purse.reverse(2)
    erase_texts_of_account(purse.book_id, purse.blanc)
    new_purse()
    export_books(tmp_path / "export")
    return tmp_path / "export"


def book_file(folder):
    return next(path for path in sorted(folder.glob("book-*.jsonl")) if '"seq"' in path.read_text())


def test_it_is_verified_by_python_alone(exported, tmp_path):
    alone = tmp_path / "alone"
    shutil.copytree(exported, alone)

    done = subprocess.run([sys.executable, "-I", "-S", alone / "verify_books.py"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "6 transfers" in done.stdout
    assert done.stdout.endswith("The books are right.\n")
    assert bytes(Book.objects.order_by("pk").first().last_hash).hex() in done.stdout


def test_its_digests_are_those_of_the_files(exported):
    assert subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=exported, check=False).returncode == 0


def test_a_byte_altered_anywhere_is_named_by_its_line(exported):
    path = book_file(exported)
    sound = path.read_bytes()
    verify(path)
    number = 1

    for place in range(len(sound)):
        altered = bytearray(sound)
        altered[place] ^= 1
        path.write_bytes(altered)
        with pytest.raises(Broken) as broken:
            verify(path)
        assert f"line {number}" in str(broken.value), bytes(altered[max(0, place - 20) : place + 20])
        number += sound[place : place + 1] == b"\n"


def test_the_record_is_named_where_it_can_still_be_read(exported):
    path = book_file(exported)
    path.write_text(path.read_text().replace('"amount_cents":101', '"amount_cents":102'))

    done = subprocess.run([sys.executable, exported / "verify_books.py"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"{path.name}, line 2, transfer 2: its hash does not follow" in done.stdout


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: lines[:2] + lines[3:], "line 3, transfer 4: transfer 3 should stand here"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1, transfer 2: transfer 1 should stand here"),
        (lambda lines: lines[:-1], "after line 9: the end is missing"),
        (lambda lines: lines[:-2] + lines[-1:], "line 9, end: transfers or accounts are missing before it"),
        (lambda lines: [*lines, lines[0]], "line 11, transfer 1"),
    ],
)
def test_lines_left_out_moved_or_added_are_seen(exported, edit, said):
    path = book_file(exported)
    path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))

    with pytest.raises(Broken, match=said):
        verify(path)


def test_words_put_back_after_they_were_erased_are_seen(exported):
    path = book_file(exported)
    lines = path.read_text().splitlines()
    rank, row = next((rank, json.loads(line)) for rank, line in enumerate(lines) if '"salt":""' in line)
    lines[rank] = offline_verification.line_text(row | {"label": "autre chose"})
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(Broken, match="its words are not those that were sealed"):
        verify(path)


def test_the_command_writes_one_book_or_all_and_never_over_files(exported, purse, tmp_path):
    out, err = io.StringIO(), io.StringIO()

    call_command("ledger", "export", str(tmp_path / "one"), book=[purse.book_id], stdout=out, stderr=err)

    assert out.getvalue().split() == [
        str(tmp_path / "one" / name) for name in (f"book-{purse.book_id}.jsonl", "verify_books.py", "SHA256SUMS")
    ]
    assert "6 transfers of 6 (100 %)" in err.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("ledger", "export", str(exported))
