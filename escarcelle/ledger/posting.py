import datetime as dt
from dataclasses import dataclass
from django.db.models import F
from escarcelle.ledger.models import Account, Book, Operation
@dataclass(frozen=True)
class Move:
    debit_no: int
    credit_no: int
    amount_cents: int
@dataclass(frozen=True)
class Draft:
    ref: str
    kind: str
    label: str
    value_date: dt.date
    moves: list[Move]
    about: str = ""
    reason: str = ""
@dataclass(frozen=True)
class Posted:
    operation_no: int
    ref: str
    replayed: bool = False
@dataclass(frozen=True)
class Reversal:
    operation_no: int
    ref: str
def lock(book_id: int) -> None: Book.objects.select_for_update(no_key=True).get(pk=book_id)
def post(book_id, drafts, *, by, at=None):
    out = []
    for d in drafts:
        b = Book.objects.get(pk=book_id); b.last_seq += 1; b.save()
        [m] = d.moves
        Operation.objects.create(book=b, no=b.last_seq, kind=d.kind, ref=d.ref, label=d.label, reason=d.reason, about=d.about, by=by, value_date=d.value_date, debit_no=m.debit_no, credit_no=m.credit_no, amount_cents=m.amount_cents)
        Account.objects.filter(book=b, no=m.debit_no).update(balance_cents=F("balance_cents") - m.amount_cents)
        Account.objects.filter(book=b, no=m.credit_no).update(balance_cents=F("balance_cents") + m.amount_cents)
        out.append(Posted(b.last_seq, d.ref))
    return out
def reverse_many(book_id, reversals, *, value_date, by, label, reason):
    out = []
    for r in reversals:
        o = Operation.objects.get(book_id=book_id, no=r.operation_no)
        out += post(book_id, [Draft(r.ref, o.kind, label, value_date, [Move(o.credit_no, o.debit_no, o.amount_cents)], o.about, reason)], by=by)
    return out
