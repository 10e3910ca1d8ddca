"""The lines of the grid as they were typed, and what they say: payments to record, or sentences beside the cells to put right."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from typing import Any, Protocol

from django.utils.translation import gettext

from escarcelle.groups.models import Group
from escarcelle.lib.cheque_series import CHEQUE_NUMBER_LENGTH, following_numbers, is_series, parse_cell, planned_months
from escarcelle.lib.dates import NotADate, add_months, format_day, parse_date
from escarcelle.lib.money import NotAnAmount, parse_amount
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.models import Method
from escarcelle.payments.recording import ChequeDetails, PaymentRefused, Received
from escarcelle.web.language import month, typed_money

# Four hundred households bring a season of monthly cheques in a few sittings; a page of more lines than this would crawl.
MAX_LINES = 2000
LONGEST = {"number": CHEQUE_NUMBER_LENGTH, "bank": 80, "label": 120, "drawer": 120}


@dataclass(frozen=True)
class Line:
    """One line of the grid, every cell as typed. `subscription` is the key of a row, if it still is one."""

    subscription: str
    method: str = Method.CHEQUE
    received_on: str = ""
    number: str = ""
    bank: str = ""
    label: str = ""
    amount: str = ""
    drawer: str = ""
    written_on: str = ""
    planned_on: str = ""

    @property
    def is_skipped(self) -> bool:
        """An empty amount skips a line, unless a number shows that a cheque is there."""
        return not self.amount.strip() and not self.number.strip()

    @property
    def is_blank(self) -> bool:
        return self == Line(self.subscription)


CELLS = tuple(cell.name for cell in fields(Line))


class TypedForm(Protocol):
    def getlist(self, key: str, /) -> Any: ...


def typed_lines(form: TypedForm) -> list[Line]:
    """The lines of a form that was sent: each cell is a list, the nth line has the nth of each."""
    return [Line(*cells) for cells in zip_longest(*(form.getlist(cell) for cell in CELLS), fillvalue="")]


@dataclass(frozen=True)
class Context:
    """What reading a line depends on: the group's methods, today, the day of lines without one, what each row owes in cents."""

    group: Group
    today: dt.date
    default_day: dt.date
    debts_cents: Mapping[str, int]


@dataclass(frozen=True)
class Problem:
    """Why one cell cannot be read, as a sentence."""

    cell: str
    sentence: str


@dataclass(frozen=True)
class Reading:
    """What a line says: a payment, or the problems of its cells; neither when it is skipped."""

    line: Line
    received: Received | None = None
    problems: tuple[Problem, ...] = ()


def read_lines(lines: Sequence[Line], context: Context) -> list[Reading]:
    """Read every line; what one cannot say does not stop the others."""
    outstanding = _outstanding(lines, context)
    return [Reading(line) if line.is_skipped else _Reader(line, context, outstanding).reading() for line in lines]


def problem(cell: str, refusal: Refusal) -> Problem:
    return Problem(cell, refusal.sentence(gettext))


class _Reader:
    """Reads the cells of one line, keeping a problem for each that it cannot."""

    def __init__(self, line: Line, context: Context, outstanding_cents: Mapping[str, int]) -> None:
        self.line, self.context = line, context
        self.outstanding_cents = outstanding_cents.get(line.subscription, 0)
        self.problems: list[Problem] = []

    def reading(self) -> Reading:
        received_on = self._day("received_on") or self.context.default_day
        cheque = ChequeDetails(
            number=self._text("number"),
            bank=self._text("bank"),
            drawer=self._text("drawer"),
            written_on=self._day("written_on") or received_on,
            planned_on=self._day("planned_on"),
        )
        received = Received(self._amount_cents(), self.line.method, received_on, self._text("label"), cheque)
        if not self.problems:
            try:
                return Reading(self.line, received.cleaned(self.context.group, self.context.today))
            except PaymentRefused as refusal:
                self.problems.append(problem(refusal.field, refusal))
        return Reading(self.line, problems=tuple(self.problems))

    def _amount_cents(self) -> int:
        try:
            if is_series(self.line.amount):
                _series(self.line, self.outstanding_cents, self.context)
            return parse_cell(self.line.amount, outstanding_cents=self.outstanding_cents).amounts_cents[0]
        except NotADate:
            return 0  # said of the date itself
        except Refusal as refusal:
            self.problems.append(problem("number" if refusal.code in _ABOUT_NUMBERS else "amount", refusal))
            return 0

    def _day(self, cell: str) -> dt.date | None:
        typed = getattr(self.line, cell)
        if not typed.strip():
            return None
        try:
            return parse_date(typed, reference=self.context.today)
        except Refusal as refusal:
            self.problems.append(problem(cell, refusal))
            return None

    def _text(self, cell: str) -> str:
        try:
            return clean_text(getattr(self.line, cell), max_length=LONGEST[cell])
        except Refusal as refusal:
            self.problems.append(problem(cell, refusal))
            return ""


_ABOUT_NUMBERS = {"number_exhausted", "not_a_number"}


def _outstanding(lines: Iterable[Line], context: Context) -> dict[str, int]:
    """What each row still owes once its plain amounts are in: what « 6 chèques » is to split."""
    left = dict(context.debts_cents)
    for line in lines:
        if line.subscription in left and line.amount.strip() and not is_series(line.amount):
            try:
                left[line.subscription] -= parse_amount(line.amount.strip().removeprefix("="))
            except NotAnAmount:
                continue
    return left


def lay_series(lines: Sequence[Line], context: Context) -> list[Line]:
    """The same lines, each readable series (« =3×57,75 », « 6 chèques ») laid out as the cheques it stands for.

    Numbers follow one another, planned days are a month apart, the last cheque takes the cents."""
    outstanding = _outstanding(lines, context)
    laid: list[Line] = []
    for line in lines:
        try:
            laid += _series(line, outstanding.get(line.subscription, 0), context) if is_series(line.amount) else [line]
        except Refusal:
            laid.append(line)
    return laid


def _series(line: Line, outstanding_cents: int, context: Context) -> list[Line]:
    amounts = [typed_money(cents) for cents in parse_cell(line.amount, outstanding_cents=outstanding_cents).amounts_cents]
    if line.method != Method.CHEQUE:
        return [replace(line, amount=amount) for amount in amounts]
    numbers = following_numbers(line.number, len(amounts))
    first = parse_date(line.planned_on or line.received_on or format_day(context.default_day), reference=context.today)
    days = planned_months(first, len(amounts))
    return [
        replace(line, amount=amount, number=number, planned_on=format_day(day), label=line.label or month_label(day))
        for amount, number, day in zip(amounts, numbers, days, strict=True)
    ]


def month_label(day: dt.date) -> str:
    """« Octobre 2026 »: what a treasurer writes on a planned cheque."""
    words = month(day)
    return words[:1].upper() + words[1:]


def one_more(line: Line) -> Line:
    """A line for the next cheque of the same hand: same book, next number, a month later where one was planned."""
    number, label = line.number.strip(), ""
    try:
        number = following_numbers(number, 2)[1]
    except Refusal:
        number = ""
    planned_on = line.planned_on
    if planned_on.strip():
        try:
            day = parse_date(planned_on)
        except Refusal:
            planned_on = ""
        else:
            label = month_label(add_months(day, 1)) if line.label == month_label(day) else ""
            planned_on = format_day(add_months(day, 1))
    return replace(line, number=number, planned_on=planned_on, label=label, amount="")


def with_line_after(lines: Sequence[Line], subscription: str) -> list[Line]:
    """The same lines, and one more under the last of this row."""
    last = max((rank for rank, line in enumerate(lines) if line.subscription == subscription), default=None)
    if last is None or len(lines) >= MAX_LINES:
        return list(lines)
    return [*lines[: last + 1], one_more(lines[last]), *lines[last + 1 :]]


def with_debts_filled(lines: Sequence[Line], debts_cents: Mapping[str, int]) -> list[Line]:
    """The same lines, with what is owed in every row in which no amount was typed."""
    filled = {line.subscription for line in lines if line.amount.strip()}
    result = []
    for line in lines:
        debt_cents = debts_cents.get(line.subscription, 0)
        if debt_cents > 0 and line.subscription not in filled:
            filled.add(line.subscription)
            result.append(replace(line, amount=typed_money(debt_cents)))
        else:
            result.append(line)
    return result
