"""Lines copied from a spreadsheet: read, shown, and only once accepted put in the grid. Nothing of it is saved there."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.importers.pasted_payments import Paste, PastedRow, PasteRefused, read_paste
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.language import typed_money
from escarcelle.web.payments.bulk_entry import Alert, BulkEntry, show
from escarcelle.web.payments.grid_lines import MAX_LINES, Line, problem
from escarcelle.web.screens import ContractRequest

# Every name in every list would weigh more than the rest of the page: past this many, the closest alone.
MAX_CHOICES = 4000
LEFT_ASIDE = "-"
NOT_CHOSEN = ""


@dataclass(frozen=True)
class Choice:
    """A row of the grid that a pasted line may go to."""

    value: str
    label: str


@dataclass(frozen=True)
class PreviewLine:
    """A pasted line as it would go in the grid; `choices` when it is not sure whose it is."""

    number: int
    typed_name: str
    member_name: str
    chosen: str
    is_wrong: bool
    closest: list[Choice]
    line: Line
    problems: list[str]

    @property
    def is_sure(self) -> bool:
        return bool(self.member_name)

    @property
    def chosen_beyond(self) -> str:
        """What was chosen among everybody: one of the closest is chosen there, where it is first."""
        return "" if any(choice.value == self.chosen for choice in self.closest) else self.chosen


@dataclass(frozen=True)
class Preview:
    """What was pasted: lines with a row, lines that ask whose they are, lines left out as headings or totals."""

    lines: list[PreviewLine]
    everybody: list[Choice]
    ignored_lines: Sequence[int]
    total_cents: int
    digest: str

    @property
    def asking_count(self) -> int:
        return sum(not line.is_sure for line in self.lines)


def preview_paste(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    """Show what was pasted above the grid; 422 and a sentence when it cannot be read as payments."""
    try:
        paste = _read(entry)
    except Refusal as refusal:
        return _refused(request, entry, refusal)
    return show(request, entry, paste=_preview(entry, paste, request))


def fill_from_paste(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    """Put the accepted lines in the grid. A text changed since it was shown is shown again first."""
    try:
        paste = _read(entry)
    except Refusal as refusal:
        return _refused(request, entry, refusal)
    if request.POST.get("paste_seen") != _digest(entry.paste):
        return show(request, entry, paste=_preview(entry, paste, request))
    keys = {str(one.pk) for one in entry.subscriptions}
    whose = [(row, _chosen(request, row)) for row in paste.rows]
    if any(key not in keys and key != LEFT_ASIDE for _, key in whose):
        told = _("Dites de qui sont les lignes dont le nom n’est pas reconnu, ou laissez-les de côté.")
        entry = entry.saying(Alert("owed", "refused", told, "#collage-vu", _("Choisir")))
        return show(request, entry, paste=_preview(entry, paste, request, asked=True), status=422)
    chosen = [(row, key) for row, key in whose if key in keys]
    lines = _filled(entry.lines, [_line(row, key) for row, key in chosen])
    if sum(not line.is_blank for line in lines) > MAX_LINES:
        return _refused(request, entry, PasteRefused("too_many_rows", most=MAX_LINES))
    told = _told(len(chosen), len(paste.rows) - len(chosen))
    return show(request, replace(entry, paste="").with_lines(lines).saying(Alert("awaits", "awaits", told)))


def _told(taken_count: int, left_count: int) -> str:
    taken = ngettext("{count} ligne est posée dans la grille.", "{count} lignes sont posées dans la grille.", taken_count)
    left = ngettext("{count} ligne est laissée de côté.", "{count} lignes sont laissées de côté.", left_count) if left_count else ""
    parts = (taken.format(count=taken_count), left.format(count=left_count), _("Rien n’est encore enregistré."))
    return " ".join(filter(None, parts))


def _refused(request: ContractRequest, entry: BulkEntry, refusal: Refusal) -> HttpResponse:
    return show(request, entry.saying(Alert("owed", "refused", refusal.sentence(_), "#paste", _("Revoir le collage"))), status=422)


def _read(entry: BulkEntry) -> Paste:
    """Refused: `PasteRefused`, also above what a grid takes."""
    names = [(one.pk, one.member.name) for one in entry.subscriptions]
    paste = read_paste(entry.paste, names, entry.context.default_day)
    if len(paste.rows) > MAX_LINES:
        raise PasteRefused("too_many_rows", most=MAX_LINES)
    return paste


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _preview(entry: BulkEntry, paste: Paste, request: ContractRequest, *, asked: bool = False) -> Preview:
    """`asked` when the reader was asked whose the lines are, and has not said it of all."""
    choices = _choices(entry.subscriptions)
    lines = [_preview_line(row, choices, _chosen(request, row), asked=asked) for row in paste.rows]
    asking_count = sum(not line.is_sure for line in lines)
    everybody = list(choices.values()) if asking_count * len(choices) <= MAX_CHOICES else []
    return Preview(lines, everybody, paste.ignored_lines, paste.total_cents, _digest(entry.paste))


def _choices(subscriptions: Sequence[Subscription]) -> Mapping[int, Choice]:
    """By key, the name of each row; with its period where one member has several."""
    counts = Counter(one.member_id for one in subscriptions)
    return {one.pk: Choice(str(one.pk), _label(one, with_period=counts[one.member_id] > 1)) for one in subscriptions}


def _label(subscription: Subscription, *, with_period: bool) -> str:
    name = subscription.member.name
    return f"{name}, {format_day(subscription.starts_on)} › {format_day(subscription.ends_on)}" if with_period else name


def _preview_line(row: PastedRow, choices: Mapping[int, Choice], chosen: str, *, asked: bool) -> PreviewLine:
    return PreviewLine(
        number=row.line,
        typed_name=row.typed["name"],
        member_name=choices[row.member_id].label if row.member_id is not None else "",
        chosen=chosen,
        is_wrong=asked and row.member_id is None and chosen == NOT_CHOSEN,
        closest=[choices[key] for key in row.proposals],
        line=_line(row, ""),
        problems=[problem(found.field, found.refusal).sentence for found in row.problems],
    )


def _chosen(request: ContractRequest, row: PastedRow) -> str:
    """The row that a pasted line goes to: what the reader chose where they were asked."""
    return str(row.member_id) if row.member_id is not None else request.POST.get(f"whose-{row.line}", NOT_CHOSEN)


def _line(row: PastedRow, key: str) -> Line:
    """What was read, tidied; what could not be read, as it was, for the grid to mark."""
    typed = row.typed
    return Line(
        subscription=key,
        received_on=format_day(row.received_on) if row.received_on else typed["date"],
        number=row.number or typed["number"],
        bank=row.bank or typed["bank"],
        label=row.label or typed["label"],
        amount=typed_money(row.amount_cents) if row.amount_cents is not None else typed["amount"],
    )


def _filled(lines: Sequence[Line], pasted: Sequence[Line]) -> list[Line]:
    """The same lines; each pasted one takes the first empty line of its row, or a new one under it."""
    free: dict[str, int] = {}
    result = list(lines)
    for rank, line in enumerate(result):
        if line.is_skipped:
            free.setdefault(line.subscription, rank)
    for line in pasted:
        if line.subscription in free:
            result[free.pop(line.subscription)] = line
        else:
            result.append(line)
    return result
