import datetime as dt
from dataclasses import dataclass

import pytest

from escarcelle.ledger import balances, books, posting
from escarcelle.ledger.models import AccountKind

DAY = dt.date(2026, 9, 5)


def draft(ref, debit_no, credit_no, amount_cents=100, **options):
    return posting.Draft(
        ref,
        options.pop("kind", "order"),
        options.pop("label", "Commande"),
        DAY,
        [posting.Move(debit_no, credit_no, amount_cents)],
        **options,
    )


@dataclass
class Purse:
    """A book with two members and a producer."""

    book_id: int
    adam: int
    blanc: int
    farm: int

    def post(self, *drafts):
        return posting.post(self.book_id, drafts, by="member:1")

    def reverse(self, operation_no, ref="back"):
        return posting.reverse(self.book_id, operation_no, ref=ref, value_date=DAY, by="member:1", label="Annulé", reason="erreur")

    def balance(self, no):
        return balances.balance(self.book_id, no)


def new_purse():
    book = books.open_book()
    adam, blanc = (books.open_account(book.pk, AccountKind.MEMBER).no for _ in range(2))
    return Purse(book.pk, adam, blanc, books.singleton(book.pk, AccountKind.PRODUCER))


@pytest.fixture
def purse(db):
    return new_purse()
