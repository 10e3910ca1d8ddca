"""Orders in the books: whatever changed in a basket, one operation for the difference. The only way in.

The client is debited once, and each producer credited with their part (in an AMAP there is one producer, whose book it is); the fee goes
to the market's sales. Less due is the same the other way round."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from escarcelle.catalogs.models import Producer
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.subscriptions.booking import actor
from escarcelle.subscriptions.dues import ORDERED

# Cents by account to be credited.
Dues = Mapping[int, int]


@dataclass(frozen=True)
class Change:
    """A basket whose lines came to `before` and come to `after`, by credited account."""

    basket: Basket
    before: Dues
    after: Dues

    @property
    def difference_cents(self) -> int:
        """Cents due more; negative for less."""
        return sum(self.after.values()) - sum(self.before.values())


class Credited:
    """The accounts that orders credit in one payee's book, each looked up once however many baskets. Needs a transaction."""

    def __init__(self, book_id: int) -> None:
        self.book_id = book_id
        self._singletons: dict[AccountKind, int] = {}

    def dues_of(self, lines: Iterable[OrderLine]) -> Dues:
        """What these lines credit, account by account. Their products' contracts and producers must be loaded."""
        dues: Counter[int] = Counter()
        for line in lines:
            contract = line.product.contract
            if not contract.is_market:
                dues[self._singleton(AccountKind.PRODUCER)] += line.total_cents
                continue
            dues[supplier_no(contract.producer, self.book_id)] += line.amount_cents
            if line.fee_cents:
                dues[self._singleton(AccountKind.SALES)] += line.fee_cents
        return dues

    def _singleton(self, kind: AccountKind) -> int:
        if kind not in self._singletons:
            self._singletons[kind] = books.singleton(self.book_id, kind)
        return self._singletons[kind]


def supplier_no(producer: Producer, book_id: int) -> int:
    """The account of a producer in the market's book, opened with their first order. Needs a transaction."""
    if producer.supplier_no is None:
        books.lock(book_id)
        producer.refresh_from_db(fields=["supplier_no"])
    if producer.supplier_no is None:
        producer.supplier_no = books.open_account(book_id, AccountKind.SUPPLIER).no
        producer.save(update_fields=["supplier_no"])
    return producer.supplier_no


def book_changes(
    changes: Sequence[Change], *, activity: Activity, label: str, at: dt.datetime, by: Member | None, reason: str = ""
) -> dict[int, int]:
    """Post the differences of these baskets, all of one payee; operation numbers by basket. A fixed number of statements.

    A basket for which nothing moves gets no operation. Needs a transaction that holds the payee's book."""
    if not changes:
        return {}
    book_id = changes[0].basket.account.book_id
    shared_no = books.singleton(book_id, AccountKind.ORDERS)
    drafts = [
        posting.Draft(
            ref=f"order:basket:{change.basket.pk}:activity:{activity.pk}",
            kind=ORDERED,
            label=label.format(number=change.basket.number),
            reason=reason,
            value_date=value_date(at),
            about=f"basket:{change.basket.pk}",
            moves=moves,
        )
        for change in changes
        if (moves := _moves(change, shared_no))
    ]
    if not drafts:
        return {}
    posted = posting.post(book_id, drafts, by=actor(by))
    return {int(entry.ref.split(":")[2]): entry.operation_no for entry in posted}


def _moves(change: Change, shared_no: int) -> list[posting.Move]:
    """From the member to whoever is credited; through the shared account when they are several, so that the member reads one line."""
    member_no = change.basket.account.account_no
    parts = {no: change.after.get(no, 0) - change.before.get(no, 0) for no in sorted({*change.before, *change.after})}
    parts = {no: cents for no, cents in parts.items() if cents}
    if len(parts) <= 1:
        return [_move(member_no, no, cents) for no, cents in parts.items()]
    total = sum(parts.values())
    from_member = [_move(member_no, shared_no, total)] if total else []
    return from_member + [_move(shared_no, no, cents) for no, cents in parts.items()]


def _move(owing_no: int, credited_no: int, cents: int) -> posting.Move:
    """More due is owed by the first and credited to the second; less is the other way round."""
    if cents > 0:
        return posting.Move(debit_no=owing_no, credit_no=credited_no, amount_cents=cents)
    return posting.Move(debit_no=credited_no, credit_no=owing_no, amount_cents=-cents)


def value_date(at: dt.datetime) -> dt.date:
    """The day of an instant, where the group lives."""
    return timezone.localdate(at)
