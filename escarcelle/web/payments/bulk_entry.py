"""What a grid holds between two answers: the rows of the contract, what was typed in them, and around them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _

from escarcelle.lib.dates import NotADate, format_day, parse_date
from escarcelle.lib.money import NotAnAmount, parse_amount
from escarcelle.payments.batches import subscriptions_of
from escarcelle.payments.cheque_habits import banks_to_offer, cheque_habits
from escarcelle.payments.doubles import newest_payment_id
from escarcelle.payments.recording import methods_of
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.contracts.pages import REFUSED, contract_page
from escarcelle.web.language import money
from escarcelle.web.payments.grid_lines import Context, Line, Problem, Reading, read_lines, typed_lines
from escarcelle.web.payments.grid_rows import doubts_of, in_order, shown_grid, with_problems
from escarcelle.web.payments.grid_words import gap_words, words_of_the_grid
from escarcelle.web.screens import ContractRequest

TAB = "subscriptions"


@dataclass(frozen=True)
class Alert:
    """Something to say above the grid; `url` leads to what it speaks of, `act` does something about it."""

    style: str
    icon: str
    sentence: str
    url: str = ""
    link: str = ""
    act: str = ""


@dataclass(frozen=True)
class BulkEntry:
    """A grid as it was sent, or blank. `gone` are the lines of rows that are no longer of the contract.

    `seen` is the newest payment of the group when the page was opened, or when the reader was last told of newer ones; `seen_before`
    what it was before that. `balances` stands for the balances of the rows, now; `balances_seen` for those that the reader knows of.
    `is_cut` says that there were too many lines to show again."""

    subscriptions: Sequence[Subscription]
    lines: Sequence[Line]
    gone: Sequence[Line]
    context: Context
    key: UUID
    has_own_key: bool
    default_day: str
    seen: int
    seen_before: int
    balances: str
    balances_seen: str
    default_day_error: str = ""
    pile: str = ""
    answered: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    paste: str = ""
    is_cut: bool = False
    alerts: tuple[Alert, ...] = field(default=())

    @property
    def debts_cents(self) -> Mapping[str, int]:
        return self.context.debts_cents

    @property
    def has_moved(self) -> bool:
        """Whether something was written on these accounts that the reader has not been told of."""
        return self.balances != self.balances_seen

    def with_lines(self, lines: Sequence[Line]) -> "BulkEntry":
        ordered, gone = in_order(self.subscriptions, lines)
        return replace(self, lines=ordered, gone=[*self.gone, *gone])

    def saying(self, *alerts: Alert) -> "BulkEntry":
        return replace(self, alerts=(*self.alerts, *alerts))


def entry_of(request: ContractRequest) -> BulkEntry:
    """What was sent, put in the order of the rows. Two statements."""
    subscriptions, form = subscriptions_of(request.contract), request.POST
    lines, gone = in_order(subscriptions, typed_lines(form))
    key = _key(form.get("key", ""))
    typed_day = form.get("default_day", format_day(request.today))
    day, day_error = request.today, ""
    try:
        day = parse_date(typed_day, reference=request.today)
    except NotADate as refusal:
        day_error = refusal.sentence(_)
    balances_cents = {str(one.pk): one.account.ledger_account.balance_cents for one in subscriptions}
    debts = {key: max(0, -cents) for key, cents in balances_cents.items()}
    balances = hashlib.sha256(repr(balances_cents).encode()).hexdigest()[:16]
    return BulkEntry(
        subscriptions=subscriptions,
        lines=lines,
        gone=gone,
        context=Context(request.group, request.today, day, debts),
        key=key or uuid4(),
        has_own_key=key is not None,
        default_day=typed_day,
        seen=_seen(request, "seen"),
        seen_before=_seen(request, "seen_before"),
        balances=balances,
        balances_seen=form.get("balances_seen", balances),
        default_day_error=day_error,
        pile=form.get("pile", ""),
        answered=frozenset(form.getlist("answered")),
        opened=frozenset(form.getlist("opened")),
        paste=form.get("paste", ""),
    )


def _key(typed: str) -> UUID | None:
    """The key of the form, None where it was lost on the way."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def _seen(request: ContractRequest, name: str) -> int:
    """Newest payment that the reader knows of; the newest there is on a page just opened, or sent by a form that does not say."""
    typed = request.POST.get(name, "")
    if re.fullmatch("[0-9]{1,18}", typed):
        return int(typed)
    return newest_payment_id(request.group) if name == "seen" else 0


def readings_of(entry: BulkEntry) -> list[Reading]:
    return read_lines(entry.lines, entry.context)


def show(
    request: ContractRequest,
    entry: BulkEntry,
    *,
    problems: Mapping[int, Problem] | None = None,
    paste: object = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with everything that was typed. `problems` are what the verb refused, by rank; `paste` a preview above the grid."""
    names = {one.member_id: one.member.name for one in entry.subscriptions}
    habits = cheque_habits(request.group, names)
    readings = with_problems(readings_of(entry), problems or {})
    grid = shown_grid(
        entry.subscriptions,
        readings,
        methods=methods_of(request.group),
        habits=habits,
        doubts=doubts_of(request.group, request.rights, entry.subscriptions, readings),
        answered=entry.answered,
        opened=entry.opened,
    )
    context = {
        "entry": entry,
        "grid": grid,
        "pile": _pile(entry.pile, grid.sums.total_cents),
        "banks": banks_to_offer(habits.values()),
        "paste": paste,
        "negative_count": sum(cents > 0 for cents in entry.debts_cents.values()),
        # Lines cut off are still in the draft of the browser: it puts them back, as in a blank grid.
        "is_fresh": request.method != "POST" or entry.is_cut,
        "draft_name": draft_name(request),
        "words": words_of_the_grid(),
    }
    return contract_page(request, "payments/bulk.html", context, tab=TAB, status=status)


def refuse(request: ContractRequest, entry: BulkEntry, *alerts: Alert, problems: Mapping[int, Problem] | None = None) -> HttpResponse:
    """The page again, with why nothing was recorded."""
    return show(request, entry.saying(*alerts), problems=problems, status=REFUSED)


def draft_name(request: ContractRequest) -> str:
    """Under which name a browser keeps the grid of this contract for this person."""
    return f"escarcelle:{request.group.pk}:{request.contract.pk}:{request.member.pk}"


@dataclass(frozen=True)
class Pile:
    """The total that the treasurer read on the adding machine, and how far the grid is from it."""

    typed: str
    error: str = ""
    style: str = ""
    icon: str = ""
    gap: str = ""


def _pile(typed: str, total_cents: int) -> Pile:
    if not typed.strip():
        return Pile(typed)
    try:
        gap_cents = parse_amount(typed) - total_cents
    except NotAnAmount as refusal:
        return Pile(typed, error=refusal.sentence(_))
    if gap_cents == 0:
        return Pile(typed, style="good", icon="done", gap=gap_words()["exact"])
    words = gap_words()["missing" if gap_cents > 0 else "over"]
    return Pile(typed, style="awaits", icon="awaits", gap=words.format(amount=money(abs(gap_cents))))
