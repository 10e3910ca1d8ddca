"""The grid ready to show: a row per subscription, its lines, the sentences under it, and what the foot adds up."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from escarcelle.catalogs.rights import Rights
from escarcelle.groups.models import Group
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.payments.cheque_habits import ChequeHabit
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.queries import twin_cheques
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.language import money, typed_money
from escarcelle.web.payments.grid_lines import CELLS, Line, Problem, Reading
from escarcelle.web.payments.grid_words import ANY, count_words, not_counted_words, nth_words, save_words, twin_template, wrong_template
from escarcelle.web.payments.rows import contract_of

# What a row shows only when asked, or when one of them is to be put right.
DETAILS = ("drawer", "written_on", "planned_on")


@dataclass(frozen=True)
class Note:
    """A sentence under a row: a cell to put right (`owed`), or a doubt that the reader may answer (`awaits`)."""

    id: str
    style: str
    icon: str
    sentence: str
    answer: str = ""


@dataclass(frozen=True)
class ShownLine:
    """A line of the grid. `marks` has, for each cell, the attributes that say it is wrong and tie it to its sentence."""

    typed: Line
    rank: int
    nth: str
    options: SafeString
    marks: Mapping[str, SafeString]


_NO_MARKS = dict.fromkeys(CELLS, mark_safe(""))


@dataclass(frozen=True)
class GridRow:
    """A subscription in the grid. `which` is its period where the member has several rows, empty where the name is enough."""

    id: int
    member_name: str
    alternate_name: str
    period: str
    which: str
    balance_cents: int
    bank: str
    drawer: str
    lines: list[ShownLine]
    notes: list[Note]
    summary: str
    is_open: bool
    state: tuple[str, str, str]

    @property
    def debt_cents(self) -> int:
        return max(0, -self.balance_cents)

    @property
    def debt(self) -> str:
        """What the empty amount cell shows in grey."""
        return typed_money(self.debt_cents) if self.debt_cents else ""

    @property
    def use(self) -> str:
        """Class of the row: `many` lines, `used` once something is typed."""
        typed = any(not line.typed.is_blank for line in self.lines)
        return " ".join(word for word, holds in (("many", len(self.lines) > 1), ("used", typed)) if holds)

    @property
    def height(self) -> int:
        """How many rows of the table its name spans."""
        return len(self.lines) * (2 if self.is_open else 1)


@dataclass(frozen=True)
class MethodSum:
    """What the lines of one method come to."""

    method: str
    count: int
    cents: int

    @property
    def words(self) -> str:
        return count_words(self.method, self.count)


@dataclass(frozen=True)
class Sums:
    """What the foot says: payments and cents by method, cells to put right and the first of them."""

    by_method: list[MethodSum]
    wrong_count: int
    first_wrong: str

    @property
    def method_count(self) -> int:
        return sum(one.count > 0 for one in self.by_method)

    @property
    def count(self) -> int:
        return sum(one.count for one in self.by_method)

    @property
    def total_cents(self) -> int:
        return sum(one.cents for one in self.by_method)

    @property
    def words(self) -> str:
        return count_words(ANY, self.count)

    @property
    def wrong_words(self) -> str:
        return wrong_template(self.wrong_count).format(count=self.wrong_count)

    @property
    def save_words(self) -> str:
        return save_words(self.count)


@dataclass(frozen=True)
class Grid:
    """Everything that the page shows of what was typed."""

    rows: list[GridRow]
    sums: Sums


def in_order(subscriptions: Sequence[Subscription], lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Each row's lines together, in the order of the rows, at least one a row; and the lines whose row is gone."""
    typed: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        typed[line.subscription].append(line)
    ordered = [line for subscription in subscriptions for line in typed.pop(str(subscription.pk), [Line(str(subscription.pk))])]
    return ordered, [line for gone in typed.values() for line in gone if not line.is_skipped]


def shown_grid(
    subscriptions: Sequence[Subscription],
    readings: Sequence[Reading],
    *,
    methods: Sequence[str],
    habits: Mapping[int, ChequeHabit],
    doubts: Mapping[int, str],
    answered: Collection[str] = (),
    opened: Collection[str] = (),
) -> Grid:
    """The rows of these subscriptions. `readings` are in their order (`in_order`); `doubts` are by rank of reading."""
    options = {chosen: _options(methods, chosen) for chosen in methods}
    default = next(iter(options.values()))
    by_row: defaultdict[str, list[ShownLine]] = defaultdict(list)
    notes: defaultdict[str, list[Note]] = defaultdict(list)
    for rank, reading in enumerate(readings):
        found = _notes(rank, reading, doubts.get(rank, ""), answered)
        notes[reading.line.subscription] += found
        of_row = by_row[reading.line.subscription]
        marks = _marks(rank, reading, found) if found else _NO_MARKS
        of_row.append(ShownLine(reading.line, rank, nth_words(len(of_row) + 1), options.get(reading.line.method, default), marks))
    rows, row_counts = [], Counter(subscription.member_id for subscription in subscriptions)
    for subscription in subscriptions:
        key = str(subscription.pk)
        received = [readings[line.rank] for line in by_row[key]]
        has_wrong_details = any(found.cell in DETAILS for reading in received for found in reading.problems)
        row = _row(subscription, by_row[key], notes[key], received, habits, key in opened or has_wrong_details)
        rows.append(replace(row, which=row.period) if row_counts[subscription.member_id] > 1 else row)
    return Grid(rows, _sums(readings, methods))


def _options(methods: Iterable[str], chosen: str) -> SafeString:
    """The choices of a method, made once and not once a row."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((method, mark_safe(" selected") if method == chosen else "", Method(method).label) for method in methods),
    )


def _row(
    subscription: Subscription,
    lines: list[ShownLine],
    notes: list[Note],
    readings: Sequence[Reading],
    habits: Mapping[int, ChequeHabit],
    is_open: bool,
) -> GridRow:
    habit = habits.get(subscription.member_id, ChequeHabit("", ""))
    return GridRow(
        id=subscription.pk,
        member_name=subscription.member.name,
        alternate_name=subscription.alternate.name if subscription.alternate else "",
        period=f"{subscription.starts_on:%d/%m} › {format_day(subscription.ends_on)}",
        which="",
        balance_cents=subscription.account.ledger_account.balance_cents,
        bank=habit.bank,
        drawer=habit.drawer,
        lines=lines,
        notes=notes,
        summary=_summary(readings),
        is_open=is_open,
        state=_state(notes, readings),
    )


def _summary(readings: Sequence[Reading]) -> str:
    """« 3 chèques, 173,25 € », for a row of several."""
    received = [reading.received for reading in readings if reading.received]
    if len(readings) < 2 or not received:
        return ""
    total = money(sum(one.amount_cents for one in received))
    cheques_only = all(one.method == Method.CHEQUE for one in received)
    return f"{count_words(Method.CHEQUE if cheques_only else ANY, len(received))}, {total}"


def _state(notes: Sequence[Note], readings: Sequence[Reading]) -> tuple[str, str, str]:
    """Class, icon and word of the margin."""
    styles = {note.style for note in notes}
    if "owed" in styles:
        return "owed", "warning", _("Cellule à reprendre")
    if "awaits" in styles:
        return "awaits", "unknown", _("À vérifier")
    if any(reading.received for reading in readings):
        return "good", "done", _("Saisi")
    return "", "", ""


def _notes(rank: int, reading: Reading, doubt: str, answered: Collection[str]) -> list[Note]:
    not_counted = not_counted_words()
    notes = [Note(f"note-{rank}-{found.cell}", "owed", "warning", f"{found.sentence} {not_counted}") for found in reading.problems]
    if doubt and answer_of(reading.line) not in answered:
        notes.append(Note(f"note-{rank}-twin", "awaits", "unknown", doubt, answer_of(reading.line)))
    return notes


def _marks(rank: int, reading: Reading, notes: Sequence[Note]) -> dict[str, SafeString]:
    marks = {
        found.cell: format_html(' id="cell-{0}-{1}" aria-invalid="true" aria-describedby="note-{0}-{1}"', rank, found.cell)
        for found in reading.problems
    }
    if notes[-1].answer and "number" not in marks:
        marks["number"] = format_html(' aria-describedby="{}"', notes[-1].id)
    return {**_NO_MARKS, **marks}


def answer_of(line: Line) -> str:
    """What the form keeps of « C’est bien un autre chèque »: which row, which cheque."""
    return f"{line.subscription}:{line.number.strip()}:{line.bank.strip().casefold()}"


def doubts_of(group: Group, rights: Rights, subscriptions: Sequence[Subscription], readings: Sequence[Reading]) -> dict[int, str]:
    """By rank, why a cheque may have been entered already: higher in the grid, or in the books. At most one statement."""
    names = {str(subscription.pk): subscription.member.name for subscription in subscriptions}
    cheques = {rank: cheque for rank, reading in enumerate(readings) if (cheque := cheque_of(reading))}
    recorded = twin_cheques(group, list(cheques.values()))
    seen: dict[tuple[str, str], str] = {}
    doubts = {}
    for rank, (number, bank) in cheques.items():
        cheque = number, bank.casefold()
        if cheque in seen:
            doubts[rank] = twin_template().format(cheque=in_words(number, bank), name=seen[cheque])
        elif cheque in recorded:
            doubts[rank] = recorded_words(rights, recorded[cheque], number, bank)
        seen.setdefault(cheque, names[readings[rank].line.subscription])
    return doubts


def cheque_of(reading: Reading) -> tuple[str, str] | None:
    """The number and bank that tell a cheque from another, if the line says them."""
    received = reading.received
    if received is None or received.method != Method.CHEQUE or not received.cheque.number:
        return None
    return received.cheque.number, received.cheque.bank


def recorded_words(rights: Rights, payment: Payment, number: str, bank: str) -> str:
    """Where a cheque is in the books already: whose and how much, for who may see the contract it was entered for."""
    if not rights.may(Permission.SEE_CONTRACT, contract_of(payment)):
        return _("Le n° {cheque} est déjà enregistré ailleurs dans le groupe.").format(cheque=in_words(number, bank))
    return _("Le n° {cheque} est déjà enregistré pour {name}, {amount}, reçu le {day}.").format(
        cheque=in_words(number, bank),
        name=payment.account.member.name,
        amount=money(payment.amount_cents),
        day=format_day(payment.received_on),
    )


def twin_words(rights: Rights, payment: Payment, twin: Payment) -> str:
    """How an older payment resembles one just entered."""
    if payment.method == Method.CHEQUE and payment.cheque.number and twin.cheque.number:
        return recorded_words(rights, twin, payment.cheque.number, payment.cheque.bank)
    return _("{amount}, reçus le {day}, étaient déjà enregistrés.").format(
        amount=money(twin.amount_cents), day=format_day(twin.received_on)
    )


def in_words(number: str, bank: str) -> str:
    """« 4471202 (Crédit Mutuel) »"""
    return f"{number} ({bank})" if bank else number


def _sums(readings: Sequence[Reading], methods: Iterable[str]) -> Sums:
    received = [reading.received for reading in readings if reading.received]
    cents = {method: [one.amount_cents for one in received if one.method == method] for method in methods}
    wrong = [(rank, found.cell) for rank, reading in enumerate(readings) for found in reading.problems]
    return Sums(
        by_method=[MethodSum(method, len(amounts), sum(amounts)) for method, amounts in cents.items()],
        wrong_count=len(wrong),
        first_wrong="cell-{}-{}".format(*wrong[0]) if wrong else "",
    )


def with_problems(readings: Sequence[Reading], problems: Mapping[int, Problem]) -> list[Reading]:
    """The same readings, with what the verb refused beside them."""
    return [Reading(reading.line, problems=(problems[rank],)) if rank in problems else reading for rank, reading in enumerate(readings)]
