"""Members taken over from a spreadsheet, once a person has said which column holds what; perhaps with a balance each.

Everything goes through the verbs; a preview is the same act, taken back. The same sheet again adds nothing."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from escarcelle.catalogs.payees import Payee
from escarcelle.groups.accounts import general_account
from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Activity, Group, Member
from escarcelle.importers.member_sheet import MemberRow, MemberSheet, SheetPerson
from escarcelle.importers.people_there import PeopleThere
from escarcelle.importers.tables import Headings, LineProblem
from escarcelle.lib.money import Euros
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import HIGHEST_PAYMENT_CENTS

IMPORTED = "members.imported"


class NotImported(Refusal):
    """Something of a line is not taken over; the rest of it is."""

    sentences: ClassVar[Mapping[str, str]] = {
        "balance_there": gettext_noop("le solde de ce membre a déjà été repris\u00a0: {amount} n’est pas repris une seconde fois."),
        "balance_too_large": gettext_noop("{amount}\u00a0: ce montant dépasse un million d’euros."),
        "household_differs": gettext_noop("«\u00a0{typed}\u00a0» est déjà membre, hors de ce foyer\u00a0: rien n’est changé."),
    }


@dataclass(frozen=True)
class ImportedMember:
    """One line of the sheet; `balance_cents` is what is taken over, None when nothing is."""

    line: int
    name: str
    email: str
    phone: str
    second_name: str
    balance_cents: int | None
    is_new: bool


@dataclass(frozen=True)
class MemberPlan:
    """What the import does, or has done. Sums in cents: of the balances in the good lines of the sheet, and of those taken over."""

    rows: tuple[ImportedMember, ...]
    created_count: int
    second_count: int
    problems: tuple[LineProblem, ...]
    doubts: tuple[LineProblem, ...]
    sheet_balance_cents: int
    taken_balance_cents: int
    taken_count: int
    activity_id: int | None = None

    @property
    def already_there(self) -> int:
        return sum(not row.is_new for row in self.rows)


def preview(*, group: Group, sheet: MemberSheet, payee: Payee | None, on: dt.date, by: Member | None = None) -> MemberPlan:
    """What `carry_out` would do on this day, with the same refusals: done, looked at, taken back."""
    with transaction.atomic():
        plan = _take(group, sheet, payee, on, by, uuid4())
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def carry_out(
    *, group: Group, sheet: MemberSheet, payee: Payee | None, on: dt.date, by: Member | None = None, key: UUID | None = None
) -> MemberPlan:
    """Add the members of the sheet who are not there, and take over their balances with `payee`, dated `on`; without payee, none.

    One transaction; a bad line is named in `problems` and left aside. The same sheet again adds nothing."""
    key = key or uuid4()
    digest = hashlib.sha256(repr(sheet.rows).encode()).hexdigest()
    content = {"digest": digest, "payee": payee and payee.book_id}
    activity, is_first = begin(group=group, by=by, kind=IMPORTED, key=key, content=content)
    plan = _take(group, sheet, payee, on, by, key, activity if is_first else None)
    return replace(plan, activity_id=activity.pk)


def _take(
    group: Group, sheet: MemberSheet, payee: Payee | None, on: dt.date, by: Member | None, key: UUID, activity: Activity | None = None
) -> MemberPlan:
    taking = _Taking(group, on, by, PeopleThere.of(group), sheet.heads)
    found = [(row, member) for row in sheet.rows if (member := taking.member(row))]
    taken = taking.balances(found, payee, key) if payee else {}
    plan = MemberPlan(
        rows=tuple(_imported(row, member, taken.get(row.line), row.line in taking.new_lines) for row, member in found),
        created_count=taking.created_count,
        second_count=taking.second_count,
        problems=tuple(sorted((*sheet.problems, *taking.problems), key=lambda problem: problem.line)),
        doubts=tuple(sorted((*sheet.doubts, *taking.doubts), key=lambda problem: problem.line)),
        sheet_balance_cents=sum(row.balance_cents or 0 for row in sheet.rows),
        taken_balance_cents=sum(taken.values()),
        taken_count=len(taken),
    )
    if activity is not None:
        counts = {one.name: getattr(plan, one.name) for one in fields(plan) if one.name.endswith(("_count", "_cents"))}
        note(activity, members=plan.created_count + plan.second_count, problem_count=len(plan.problems), **counts)
    return plan


def _imported(row: MemberRow, member: Member, balance_cents: int | None, is_new: bool) -> ImportedMember:
    second = f"{row.second.name.last} {row.second.name.first}".strip() if row.second else ""
    return ImportedMember(row.line, member.name, member.email, member.phone, second, balance_cents, is_new)


@dataclass
class _Taking:
    """The import while it goes on."""

    group: Group
    on: dt.date
    by: Member | None
    people: PeopleThere
    heads: Headings
    created_count: int = 0
    second_count: int = 0
    new_lines: set[int] = field(default_factory=set)
    problems: list[LineProblem] = field(default_factory=list)
    doubts: list[LineProblem] = field(default_factory=list)

    def member(self, row: MemberRow) -> Member | None:
        """The member of a line, added when they were not there, with the second person of the household."""
        member = self.people.claim(row.person.name, row.person.email)
        try:
            if member is None:
                member = self._create(row.person, None)
                self.created_count += 1
                self.new_lines.add(row.line)
        except Refusal as refusal:
            self.problems.append(self.heads.problem(row.line, refusal.field, refusal))
            return None
        if row.second:
            self._second(row.line, row.second, member)
        return member

    def _second(self, line: int, person: SheetPerson, first: Member) -> None:
        there = self.people.claim(person.name, person.email)
        if there is not None:
            if there.household_of_id != first.pk and first.household_of_id != there.pk:
                self.doubts.append(LineProblem(line, "", NotImported("household_differs", there.name)))
            return
        try:
            self._create(person, first.holder)
        except Refusal as refusal:
            self.doubts.append(self.heads.problem(line, f"second_{refusal.field}", refusal))
        else:
            self.second_count += 1

    def _create(self, person: SheetPerson, household_of: Member | None) -> Member:
        details = PersonalDetails(person.name.last, person.name.first, person.email, person.phone)
        with transaction.atomic():
            member = create_member(group=self.group, details=details, on=self.on, by=self.by, household_of=household_of)
        self.people.add(member)
        return member

    def balances(self, found: list[tuple[MemberRow, Member]], payee: Payee, key: UUID) -> dict[int, int]:
        """Take over the balances with one payee; give the cents taken, by line."""
        there = set(self.group.opening_balances.filter(account__book_id=payee.book_id).values_list("account_id", flat=True))
        openings: dict[int, TakeOver] = {}
        for row, member in found:
            if row.balance_cents is None:
                continue
            amount = Euros(row.balance_cents, is_signed=True)
            if abs(row.balance_cents) > HIGHEST_PAYMENT_CENTS:
                self.problems.append(self.heads.problem(row.line, "balance", NotImported("balance_too_large", amount=amount)))
                continue
            account = general_account(group=self.group, member=member.holder, book_id=payee.book_id)
            if account.pk in there:
                self.doubts.append(self.heads.problem(row.line, "balance", NotImported("balance_there", amount=amount)))
                continue
            there.add(account.pk)
            openings[row.line] = TakeOver(account, row.balance_cents)
        if openings:
            balances = list(openings.values())
            take_over(group=self.group, balances=balances, on=self.on, today=self.on, by=self.by, key=uuid5(key, "balances"))
        return {line: opening.amount_cents for line, opening in openings.items()}
