"""A member's account, line by line, ready to show: what each operation was, who entered it, and why this amount.

The member, the treasurer, the coordinator and the producer all read these same rows."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.core import signing
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from escarcelle.groups.models import Group, MemberAccount
from escarcelle.ledger.balances import balance
from escarcelle.ledger.statements import LAST_SEQ, Cursor, Line, Page, statement
from escarcelle.lib.dates import format_day, format_long_day, format_month
from escarcelle.lib.languages import FRENCH
from escarcelle.lib.money import format_cents
from escarcelle.lib.names import fold
from escarcelle.payments.balance_transfers import BALANCE_MOVED
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.opening_balances import OPENING_BALANCE, is_correction_ref, reversal_ref
from escarcelle.payments.recording import PAYMENT_RECEIVED
from escarcelle.subscriptions.booking import ORDER_KINDS
from escarcelle.subscriptions.dues import ContractFacts, Share, contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import engagement

LINES_PER_PAGE = 50
# What a paper or an export carries: nobody has read more of one account, and it still fits in memory.
LINES_PER_PAPER = 5000
_SALT = "escarcelle.statement"


class NoSuchPage(Exception):
    """The address of this page of a statement was not given by the page before it."""


@dataclass(frozen=True)
class Part:
    """One line of a computation, or of a correction that was folded."""

    words: str
    amount_cents: int
    is_signed: bool = True


@dataclass(frozen=True)
class Computation:
    """« Pourquoi ce montant ? »: parts that add up to a total, then what the operation made of it."""

    parts: tuple[Part, ...]
    total: Part


@dataclass(frozen=True)
class StatementRow:
    """One line of a statement. A correction holds its two operations in `parts`; `why` explains an order."""

    operation_no: int
    is_correction: bool
    value_date: dt.date
    recorded_on: dt.date
    title: str
    details: tuple[str, ...]
    reason: str
    entered_by: str
    amount_cents: int
    balance_cents: int
    parts: tuple[Part, ...] = ()
    why: Computation | None = None
    may_be_moved_back: bool = False
    is_opening_balance: bool = False


@dataclass(frozen=True)
class Statement:
    """One page of an account, oldest line first: carried balance, lines, balance after the last of them."""

    account: MemberAccount
    rows: tuple[StatementRow, ...]
    carried_cents: int
    balance_cents: int
    is_newest: bool
    # What to ask for the page before this one in time; empty when this page goes back to the beginning.
    older: str


@dataclass(frozen=True)
class _Place:
    """Where a page begins: the ledger's own cursor, what was ordered at that moment, whether a newer order line was seen."""

    cursor: Cursor
    ordered_cents: int
    is_after_last_order: bool


def statement_of(account: MemberAccount, *, on: dt.date, before: str = "", limit: int = LINES_PER_PAGE) -> Statement:
    """The newest lines of an account, or those before a page (`Statement.older`); `on` decides which quantities are shown.

    Read the account with its group, member and subscription. Eight statements at most, however long the history. Refused: `NoSuchPage`."""
    place = _place(account, before) if before else _newest(account)
    page = statement(account.book_id, account.account_no, before=place.cursor, limit=limit)
    payments = _payments(account, page.lines)
    page = _whole_corrections(page, payments)
    subscription = None if account.is_general else account.subscription
    facts = contract_facts(subscription.contract_id, [subscription]) if subscription else None
    writer = _Writer(on, account.member.name, subscription, payments, _names(account.group, page.lines), facts, place)
    rows = writer.rows(page.lines)
    older = _token(account, page.next, writer.ordered_cents, writer.is_after_last_order) if page.next else ""
    return Statement(account, rows, page.carried_cents, place.cursor.balance_cents, not before, older)


def _newest(account: MemberAccount) -> _Place:
    known = getattr(account, "balance_cents", None)  # `queries.accounts_of` has read it already
    balance_cents = balance(account.book_id, account.account_no) if known is None else known
    return _Place(Cursor(LAST_SEQ, balance_cents), _UNKNOWN, is_after_last_order=True)


# What is ordered now is read from the contract, not from the history: `booking` keeps both equal.
_UNKNOWN = -1


def _place(account: MemberAccount, token: str) -> _Place:
    try:
        account_id, seq, balance_cents, ordered_cents, is_after_last_order = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise NoSuchPage from error
    if account_id != account.pk:
        raise NoSuchPage
    return _Place(Cursor(seq, balance_cents), ordered_cents, is_after_last_order)


def _token(account: MemberAccount, cursor: Cursor, ordered_cents: int, is_after_last_order: bool) -> str:
    """Signed: balances in an address must not be somebody's invention."""
    return signing.dumps([account.pk, cursor.seq, cursor.balance_cents, ordered_cents, is_after_last_order], salt=_SALT)


def _whole_corrections(page: Page, payments: dict[int, Payment]) -> Page:
    """Leave the oldest line to the next page when its other half is there: a correction is read in one place."""
    if page.next is None or len(page.lines) < 2:
        return page
    last = page.lines[-1]
    payment = payments.get(last.operation_no)
    if not (payment and payment.corrects_id) and not is_correction_ref(last.ref):
        return page
    carried_cents = last.balance_after_cents
    return Page(page.lines[:-1], carried_cents, Cursor(page.lines[-2].seq, carried_cents))


def _payments(account: MemberAccount, lines: Sequence[Line]) -> dict[int, Payment]:
    """The payments behind these lines and behind those they reverse, by operation. One statement."""
    nos = {line.operation_no for line in lines} | {line.reverses_no for line in lines if line.reverses_no}
    found = account.payments.filter(operation_no__in=nos).select_related("cheque")
    return {payment.operation_no: payment for payment in found}


def _names(group: Group, lines: Iterable[Line]) -> dict[str, str]:
    """Who entered these lines, by the key that the books know them under. One statement."""
    keys = {int(line.by.removeprefix("member:")) for line in lines if line.by.startswith("member:")}
    members = group.members.filter(pk__in=keys).values_list("pk", "first_name", "last_name")
    return {f"member:{pk}": f"{first_name} {last_name}".strip() for pk, first_name, last_name in members}


@dataclass
class _Writer:
    """Puts the lines of one page into words, from the newest to the oldest."""

    on: dt.date
    member_name: str
    subscription: Subscription | None
    payments: dict[int, Payment]
    names: dict[str, str]
    facts: ContractFacts | None
    place: _Place

    def __post_init__(self) -> None:
        self.is_after_last_order = self.place.is_after_last_order
        self.ordered_cents = self._ordered_now() if self.place.ordered_cents == _UNKNOWN else self.place.ordered_cents

    def _ordered_now(self) -> int:
        if self.facts is None or self.subscription is None or self.subscription.withdrawn_at is not None:
            return 0
        return self.facts.due(self.subscription).total_cents

    def rows(self, lines: Sequence[Line]) -> tuple[StatementRow, ...]:
        """Oldest first, each correction in one row."""
        found: list[StatementRow] = []
        newer: Line | None = None
        for line in lines:
            row = self._row(line)
            if newer is not None and self._is_replaced_by(line, newer):
                found[-1] = self._folded(line, newer, row, found[-1])
            elif newer is not None and line.ref == reversal_ref(newer.ref):
                found[-1] = self._folded_opening(line, newer, row, found[-1])
            else:
                found.append(row)
            newer = line
        return tuple(reversed(found))

    def _is_replaced_by(self, line: Line, newer: Line) -> bool:
        """Whether `newer` is what was entered in place of the payment that `line` takes back."""
        reversed_payment = self.payments.get(line.reverses_no or 0)
        newer_payment = self.payments.get(newer.operation_no)
        return bool(reversed_payment and newer_payment and newer_payment.corrects_id == reversed_payment.pk)

    def _row(self, line: Line) -> StatementRow:
        reverses = self.payments.get(line.reverses_no or 0)
        details = self._details(line)
        return StatementRow(
            operation_no=line.operation_no,
            is_correction=line.reverses_no is not None,
            value_date=line.value_date,
            recorded_on=localtime(line.recorded_at).date(),
            title=line.label or _title_of(line.kind),
            details=details,
            reason=line.reason,
            entered_by=self.names.get(line.by, "") or "Escarcelle",
            amount_cents=line.amount_cents,
            balance_cents=line.balance_after_cents,
            parts=(Part(_taken_back(reverses), line.amount_cents),) if reverses else (),
            why=self._why(line) if line.kind in ORDER_KINDS else None,
            may_be_moved_back=line.kind == BALANCE_MOVED and line.reverses_no is None and line.reversed_by_no is None,
            is_opening_balance=line.kind == OPENING_BALANCE and line.reverses_no is None and line.reversed_by_no is None,
        )

    def _folded(self, line: Line, newer: Line, row: StatementRow, newer_row: StatementRow) -> StatementRow:
        entered_again = Part(gettext("Ressaisi\u00a0: {what}").format(what=newer_row.title), newer.amount_cents)
        return replace(
            newer_row,
            is_correction=True,
            value_date=row.value_date,
            title=gettext("Correction du paiement du {day}").format(day=_long(self.payments[line.reverses_no or 0].received_on)),
            reason=line.reason or newer.reason,
            amount_cents=line.amount_cents + newer.amount_cents,
            parts=(*row.parts, entered_again),
        )

    def _folded_opening(self, line: Line, newer: Line, row: StatementRow, newer_row: StatementRow) -> StatementRow:
        taken_back = Part(gettext("Annulé\u00a0: le solde repris d’abord"), line.amount_cents)
        entered_again = Part(gettext("Repris\u00a0: le solde au {day}").format(day=_long(newer.value_date)), newer.amount_cents)
        return replace(
            newer_row,
            is_correction=True,
            value_date=row.value_date,
            title=gettext("Correction de la reprise de solde"),
            details=(),
            amount_cents=line.amount_cents + newer.amount_cents,
            parts=(taken_back, entered_again),
        )

    def _details(self, line: Line) -> tuple[str, ...]:
        if line.kind in ORDER_KINDS:
            return self._order_details()
        payment = self.payments.get(line.operation_no)
        found = list(_payment_details(payment, self.member_name)) if payment else []
        if line.kind == OPENING_BALANCE and line.reverses_no is None:
            found.append(gettext("Le solde d’avant Escarcelle. Ni commande, ni paiement."))
        if payment and payment.state != Payment.State.RECEIVED:
            found.append(gettext("Annulé ensuite") if payment.state == Payment.State.CANCELLED else gettext("Corrigé ensuite"))
        elif line.reversed_by_no is not None:
            found.append(gettext("Corrigé ensuite") if line.kind == OPENING_BALANCE else gettext("Annulé ensuite"))
        return tuple(found)

    def _order_details(self) -> tuple[str, ...]:
        """What is collected, beside the newest order line only: older ones may have been signed for something else."""
        if not self.is_after_last_order or self.facts is None or self.subscription is None or self.subscription.withdrawn_at:
            return ()
        count = self.facts.due(self.subscription).delivery_count
        what = ", ".join(str(part) for part in engagement(self.subscription, self.facts, self.on))
        deliveries = ngettext("{count} distribution", "{count} distributions", count).format(count=count)
        return (gettext("{what} à chaque distribution. {deliveries}").format(what=what, deliveries=deliveries),)

    def _why(self, line: Line) -> Computation:
        """The newest order line is computed from the shares; an older one is the step from one total to the next."""
        after_cents, before_cents = self.ordered_cents, self.ordered_cents + line.amount_cents
        shares = self._shares() if self.is_after_last_order else ()
        self.ordered_cents, self.is_after_last_order = before_cents, False
        ordered_before = Part(gettext("Commandé avant cette opération"), before_cents, is_signed=False)
        ordered_after = Part(gettext("Commandé après"), after_cents, is_signed=False)
        carried = Part(gettext("Écart porté au compte"), line.amount_cents)
        if not shares:
            return Computation((ordered_before, ordered_after), carried)
        if before_cents == 0:
            return Computation(shares, Part(gettext("Commandé pour la période"), after_cents, is_signed=False))
        return Computation((*shares, ordered_after, ordered_before), carried)

    def _shares(self) -> tuple[Part, ...]:
        if self.facts is None or self.subscription is None or self.subscription.withdrawn_at is not None:
            return ()
        return tuple(Part(_in_words(share), share.total_cents, is_signed=False) for share in self.facts.shares(self.subscription))


def _in_words(share: Share) -> str:
    """« 18 distributions du 05/09/2026 au 02/01/2027, 1 x Panier de légumes à 13,00 € »"""
    words = {
        "count": share.delivery_count,
        "first": format_day(share.first_on),
        "last": format_day(share.last_on),
        "quantity": share.quantity,
        "product": share.product_name,
        "price": format_cents(share.price_cents, language=get_language() or FRENCH),
    }
    return ngettext(
        "{count} distribution, le {first}, {quantity} x {product} à {price}",
        "{count} distributions du {first} au {last}, {quantity} x {product} à {price}",
        share.delivery_count,
    ).format(**words)


def _title_of(kind: str) -> str:
    """How a line is called once its own words were erased."""
    if kind in ORDER_KINDS:
        return gettext("Souscription")
    titles = {
        PAYMENT_RECEIVED: gettext("Paiement"),
        OPENING_BALANCE: gettext("Reprise de solde"),
        BALANCE_MOVED: gettext("Report de solde"),
    }
    return titles.get(kind, gettext("Opération"))


def _taken_back(payment: Payment) -> str:
    return gettext("Annulé\u00a0: {method} du {day}").format(method=payment.get_method_display().lower(), day=_long(payment.received_on))


def _payment_details(payment: Payment, member_name: str) -> Iterable[str]:
    if payment.method != Method.CHEQUE:
        return
    cheque = payment.cheque
    if cheque.drawer and fold(cheque.drawer) != fold(member_name):
        yield gettext("Tiré par {drawer}").format(drawer=cheque.drawer)
    if cheque.planned_on:
        yield gettext("À encaisser en {month}").format(month=format_month(cheque.planned_on, language=get_language() or FRENCH))


def _long(day: dt.date) -> str:
    return format_long_day(day, language=get_language() or FRENCH)


@dataclass(frozen=True)
class DayBalance:
    """What an account held at the end of a day."""

    on: dt.date
    balance_cents: int


def day_balances(found: Statement) -> list[DayBalance]:
    """The balance at the end of each day of a page, by the day on which things happened. The last one is the balance of the page.

    A payment received on Monday and entered on Friday counts on Monday here, whereas the lines follow the order of entry."""
    balance_cents, days = found.carried_cents, []
    by_day = sorted(_dated_amounts(found.rows), key=lambda pair: pair[0])
    for on, amounts in groupby(by_day, key=lambda pair: pair[0]):
        balance_cents += sum(cents for _, cents in amounts)
        days.append(DayBalance(on, balance_cents))
    return days


def _dated_amounts(rows: Collection[StatementRow]) -> Iterable[tuple[dt.date, int]]:
    return ((row.value_date, row.amount_cents) for row in rows)
