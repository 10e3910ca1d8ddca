"""« Vérifier les comptes »: everything recomputed from the operations alone, and said in plain words."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.permissions import Permission
from escarcelle.ledger.books import transfer_count
from escarcelle.ledger.chain import GENESIS
from escarcelle.ledger.verification import Report
from escarcelle.ledger.verification import verify as verify_books
from escarcelle.web.screens import GroupRequest, group_screen

# About two seconds on a small box; beyond, the host's command does it without making anybody wait.
MOST_TRANSFERS = 200_000


@dataclass(frozen=True)
class BookLine:
    """One payee's book: the last seal, which anybody may keep to compare with later; none for an empty book."""

    payee: Payee
    head: str


@group_screen(may=Permission.VERIFY_BOOKS)
def verify(request: GroupRequest) -> HttpResponse:
    """Asked by POST, because it takes a while and nobody should trigger it by following a link. It changes nothing."""
    payees = payees_of(request.group)
    count = transfer_count([payee.book_id for payee in payees])
    is_too_long = count > MOST_TRANSFERS
    report = verify_books([payee.book_id for payee in payees]) if request.method == "POST" and not is_too_long else None
    context = {
        "report": report,
        "lines": _lines(payees, report) if report else [],
        "transfer_count": count,
        "is_too_long": is_too_long,
    }
    return render(request, "accounts/verification.html", context)


def _lines(payees: list[Payee], report: Report) -> list[BookLine]:
    heads = {book_id: head for book_id, head in report.heads.items() if head != GENESIS.hex()}
    return [BookLine(payee, heads.get(payee.book_id, "")) for payee in payees]
