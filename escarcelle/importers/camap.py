"""The subscriptions export of CAMAP, taken over: members, producers, contracts, subscriptions, and what was ordered and paid.

The file has totals, no products and no distributions: how they enter the books is docs/decisions/0009-totals-taken-over.md. Everything
goes through the verbs; a preview is the same act, taken back. What was taken over is remembered under CAMAP's own numbers, so that the
same file, or a newer one, adds only what is new."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from escarcelle.catalogs.contracts import ContractTerms, open_contract
from escarcelle.catalogs.models import Contract, Producer
from escarcelle.catalogs.producers import create_producer
from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Activity, Group, Member
from escarcelle.importers.camap_file import CamapFile, CamapRow, ControlTotals
from escarcelle.importers.people_there import PeopleThere
from escarcelle.importers.tables import Headings, LineProblem
from escarcelle.ledger import balances
from escarcelle.lib.money import Euros
from escarcelle.lib.names import fold, split_name
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.models import Method
from escarcelle.payments.opening_balances import OPENING_BALANCE, TakeOver, take_over
from escarcelle.payments.recording import HIGHEST_PAYMENT_CENTS, PAYMENT_RECEIVED, Received
from escarcelle.subscriptions.booking import ORDER_KINDS
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Period, take_over_subscription

IMPORTED = "camap.imported"
PAYMENT_LABEL = "Repris de CAMAP"


class NotTakenOver(Refusal):
    """One line of the export cannot be taken over, or not quite as it is."""

    sentences: ClassVar[Mapping[str, str]] = {
        "paid_below_zero": gettext_noop("{amount} payés\u00a0: un paiement est supérieur à zéro."),
        "amount_too_large": gettext_noop("{amount}\u00a0: ce montant dépasse un million d’euros."),
        "alternate_chosen": gettext_noop(
            "«\u00a0{typed}\u00a0» désigne plusieurs membres\u00a0: celui dont l’adresse est {email} est noté, vérifiez."
        ),
        "alternate_created": gettext_noop(
            "«\u00a0{typed}\u00a0», qui alterne, n’a pas de souscription\u00a0: un membre de ce nom est noté."
        ),
        "email_left_out": gettext_noop("«\u00a0{typed}\u00a0» est déjà l’adresse d’un autre membre\u00a0: celui-ci est noté sans adresse."),
        "removed_since": gettext_noop("déjà reprise, puis supprimée ici\u00a0: elle ne revient pas."),
        "balance_moved_on": gettext_noop("déjà reprise\u00a0: {books} dans les livres, {file} dans le fichier. Rien n’est changé."),
    }


@dataclass(frozen=True)
class TakenRow:
    """One subscription of the file, as it stands in the books; amounts in cents, as the file gives them."""

    line: int
    member_name: str
    contract_name: str
    alternate_name: str
    starts_on: dt.date
    ends_on: dt.date
    ordered_cents: int
    paid_cents: int
    balance_cents: int
    is_new: bool


@dataclass(frozen=True)
class Created:
    """How many of each the import adds."""

    members: int
    producers: int
    contracts: int
    subscriptions: int
    payments: int

    def __bool__(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True)
class Plan:
    """What an import does, or has done. `file` and `books` must be equal, figure by figure, where every line is good."""

    rows: tuple[TakenRow, ...]
    created: Created
    problems: tuple[LineProblem, ...]
    doubts: tuple[LineProblem, ...]
    file: ControlTotals
    books: ControlTotals
    activity_id: int | None = None

    @property
    def already_there(self) -> int:
        """Subscriptions of the file that an earlier import, or somebody, has entered."""
        return sum(not row.is_new for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether file and books show the same figures."""
        return self.file == self.books


def preview(*, group: Group, file: CamapFile, on: dt.date, by: Member | None = None) -> Plan:
    """What `carry_out` would do on this day, to the cent and with the same refusals: done, looked at, taken back."""
    with transaction.atomic():
        plan = _take(group, file, on, by, uuid4())
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def carry_out(*, group: Group, file: CamapFile, on: dt.date, by: Member | None = None, key: UUID | None = None) -> Plan:
    """Take over every good line of the file, in one transaction; a bad line is named in `problems` and left aside.

    The same file again, under the same key or another, adds nothing. Payments are dated `on`: the file does not say when they were
    received, nor how."""
    key = key or uuid4()
    activity, is_first = begin(group=group, by=by, kind=IMPORTED, key=key, content={"digest": _digest(file)})
    plan = _take(group, file, on, by, key, activity if is_first else None)
    return plan if is_first else replace(plan, activity_id=activity.pk)


def _digest(file: CamapFile) -> str:
    return hashlib.sha256(repr(file.rows).encode()).hexdigest()


def _take(group: Group, file: CamapFile, on: dt.date, by: Member | None, key: UUID, activity: Activity | None = None) -> Plan:
    taking = _Taking(group=group, on=on, by=by, key=key, known=_Known.of(group), headings=file.headings)
    rows = taking.possible(file.rows)
    taking.find_producers(rows)
    rows = taking.find_contracts(rows)
    rows = taking.find_members(rows)
    subscriptions = taking.find_subscriptions(rows)
    taking.book(subscriptions)
    plan = Plan(
        rows=tuple(_taken_row(row, subscription, row.line in taking.new_lines) for row, subscription in subscriptions),
        created=Created(**taking.created),
        problems=tuple(sorted((*file.problems, *taking.problems), key=lambda problem: problem.line)),
        doubts=tuple(sorted((*taking.doubts, *_doubts(file)), key=lambda problem: problem.line)),
        file=file.totals,
        books=_books_totals(subscriptions),
        activity_id=activity.pk if activity else None,
    )
    if activity is not None:
        note(activity, ids=taking.ids(), **asdict(plan.created), problem_count=len(plan.problems))
        note(activity, file=asdict(plan.file), books=asdict(plan.books))
    return plan


def _doubts(file: CamapFile) -> Iterable[LineProblem]:
    """The reader's doubts, without those that are settled, and said again, here."""
    settled = {"alternate_unknown", "alternate_ambiguous", "email_shared"}
    return (doubt for doubt in file.doubts if doubt.refusal.code not in settled)


def _taken_row(row: CamapRow, subscription: Subscription, is_new: bool) -> TakenRow:
    return TakenRow(
        line=row.line,
        member_name=subscription.member.name,
        contract_name=subscription.contract.name,
        alternate_name=subscription.alternate.name if subscription.alternate else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        ordered_cents=row.ordered_cents,
        paid_cents=row.paid_cents,
        balance_cents=row.balance_cents,
        is_new=is_new,
    )


@dataclass(frozen=True)
class _Known:
    """Under CAMAP's numbers, what earlier imports of this group made."""

    members: Mapping[str, int]
    contracts: Mapping[str, int]
    subscriptions: Mapping[str, int]

    @classmethod
    def of(cls, group: Group) -> "_Known":
        ids: dict[str, dict[str, int]] = {"members": {}, "contracts": {}, "subscriptions": {}}
        earlier = group.activities.filter(kind=IMPORTED).order_by("pk").values_list("details", flat=True)
        for details in earlier:
            for name, found in details.get("ids", {}).items():
                ids[name] |= found
        return cls(**ids)


@dataclass
class _Taking:
    """The import while it goes on."""

    group: Group
    on: dt.date
    by: Member | None
    key: UUID
    known: _Known
    headings: Headings
    producers: dict[str, Producer] = field(default_factory=dict)
    contracts: dict[int, Contract] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    alternates: dict[str, Member] = field(default_factory=dict)
    subscription_ids: dict[int, int] = field(default_factory=dict)
    new_lines: set[int] = field(default_factory=set)
    created: dict[str, int] = field(
        default_factory=lambda: {"members": 0, "producers": 0, "contracts": 0, "subscriptions": 0, "payments": 0}
    )
    problems: list[LineProblem] = field(default_factory=list)
    doubts: list[LineProblem] = field(default_factory=list)

    def ids(self) -> dict[str, dict[str, int]]:
        """What to remember under CAMAP's numbers."""
        return {
            "members": {str(number): member.pk for number, member in self.members.items()},
            "contracts": {str(number): contract.pk for number, contract in self.contracts.items()},
            "subscriptions": {str(number): pk for number, pk in self.subscription_ids.items()},
        }

    def leave(self, row: CamapRow, field: str, refusal: Refusal) -> None:
        self.problems.append(self.headings.problem(row.line, field, refusal))

    def _at_fault(self, refusal: Refusal, otherwise: str) -> str:
        """The column that a verb complains about, when the file has one of that name."""
        return refusal.field if refusal.field in self.headings.ranks else otherwise

    def doubt(self, row: CamapRow, field: str, refusal: Refusal) -> None:
        self.doubts.append(self.headings.problem(row.line, field, refusal))

    def possible(self, rows: Iterable[CamapRow]) -> list[CamapRow]:
        """The rows whose amounts the books can hold."""
        kept = []
        for row in rows:
            if row.paid_cents < 0:
                self.leave(row, "paid_cents", NotTakenOver("paid_below_zero", amount=Euros(row.paid_cents)))
            elif max(abs(row.ordered_cents), row.paid_cents) > HIGHEST_PAYMENT_CENTS:
                largest_cents = max(abs(row.ordered_cents), row.paid_cents)
                self.leave(row, "ordered_cents", NotTakenOver("amount_too_large", amount=Euros(largest_cents)))
            else:
                kept.append(row)
        return kept

    def find_producers(self, rows: Iterable[CamapRow]) -> None:
        self.producers = {_comparable(producer.name): producer for producer in self.group.producers.order_by("-pk")}
        for name in dict.fromkeys(row.vendor_name for row in rows):
            if _comparable(name) not in self.producers:
                self.producers[_comparable(name)] = create_producer(group=self.group, name=name, by=self.by)
                self.created["producers"] += 1

    def find_contracts(self, rows: list[CamapRow]) -> list[CamapRow]:
        """One contract per catalogue, from the first day of its subscriptions to the last. Rows of a refused one are left aside."""
        by_catalog: defaultdict[int, list[CamapRow]] = defaultdict(list)
        for row in rows:
            by_catalog[row.catalog_id].append(row)
        there = list(self.group.contracts.select_related("producer", "group").order_by("-pk"))
        for catalog_id, of_catalog in by_catalog.items():
            try:
                self.contracts[catalog_id] = self._contract(catalog_id, of_catalog, there)
            except Refusal as refusal:
                for row in of_catalog:
                    self.leave(row, self._at_fault(refusal, "catalog_name"), refusal)
        return [row for row in rows if row.catalog_id in self.contracts]

    def _contract(self, catalog_id: int, rows: list[CamapRow], there: list[Contract]) -> Contract:
        producer = self.producers[_comparable(rows[0].vendor_name)]
        terms = ContractTerms(
            name=rows[0].catalog_name, starts_on=min(row.starts_on for row in rows), ends_on=max(row.ends_on for row in rows)
        )
        known_id = self.known.contracts.get(str(catalog_id))
        for contract in there:
            is_same_season = contract.starts_on <= terms.ends_on and terms.starts_on <= contract.ends_on
            is_same = contract.producer_id == producer.pk and _comparable(contract.name) == _comparable(terms.name) and is_same_season
            if contract.pk == known_id or (known_id is None and is_same):
                return contract
        with transaction.atomic():
            contract = open_contract(group=self.group, producer=producer, terms=terms, by=self.by)
        self.created["contracts"] += 1
        return contract

    def find_members(self, rows: list[CamapRow]) -> list[CamapRow]:
        """Every holder, then every alternate. Rows of a member who cannot be noted are left aside."""
        people = PeopleThere.of(self.group)
        first_rows: dict[int, CamapRow] = {}
        for row in rows:
            first_rows.setdefault(row.user_id, row)
        for user_id in first_rows:
            # Who is already known by number, first: a namesake must not take their place.
            if (known_id := self.known.members.get(str(user_id))) and (member := people.claim_id(known_id)):
                self.members[user_id] = member
        for user_id, row in first_rows.items():
            if user_id not in self.members:
                self._find_member(user_id, row, [other for other in rows if other.user_id == user_id], people)
        for row in rows:
            if row.alternate_name and row.user_id in self.members and not self._holders_named(row):
                self._find_absent_alternate(row, people)
        return [row for row in rows if row.user_id in self.members]

    def _find_member(self, user_id: int, row: CamapRow, rows: list[CamapRow], people: PeopleThere) -> None:
        if member := people.claim(row.name, row.email):
            self.members[user_id] = member
            return
        email = row.email
        if email and people.has_email(email):
            self.doubt(row, "email", NotTakenOver("email_left_out", email))
            email = ""
        try:
            self.members[user_id] = self._create(PersonalDetails(row.name.last, row.name.first, email, row.phone), people)
        except Refusal as refusal:
            for one in rows:
                self.leave(one, self._at_fault(refusal, "name"), refusal)

    def _create(self, details: PersonalDetails, people: PeopleThere) -> Member:
        with transaction.atomic():
            member = create_member(group=self.group, details=details, on=self.on, by=self.by)
        people.add(member)
        self.created["members"] += 1
        return member

    def _find_absent_alternate(self, row: CamapRow, people: PeopleThere) -> None:
        """Somebody who only collects in turn: the file has their name, nothing else."""
        name = split_name(row.alternate_name, last_name_first=True)
        key = _comparable(row.alternate_name)
        if key in self.alternates:
            return
        if member := people.named(name):
            self.alternates[key] = member
            return
        try:
            self.alternates[key] = self._create(PersonalDetails(name.last, name.first), people)
        except Refusal as refusal:
            self.doubt(row, "alternate_name", refusal)
        else:
            self.doubt(row, "alternate_name", NotTakenOver("alternate_created", row.alternate_name))

    def _holders_named(self, row: CamapRow) -> list[Member]:
        """Who is meant by the alternate's name, among those who hold a subscription."""
        return [self.members[user_id] for user_id in row.alternate_user_ids if user_id in self.members]

    def _alternation(self, row: CamapRow) -> Alternation | None:
        if not row.alternate_name:
            return None
        candidates = self._holders_named(row)
        if len(candidates) > 1:
            self.doubt(row, "alternate_name", NotTakenOver("alternate_chosen", row.alternate_name, email=candidates[0].email))
        if candidates:
            return Alternation(candidates[0])
        alternate = self.alternates.get(_comparable(row.alternate_name))
        return Alternation(alternate) if alternate else None

    def find_subscriptions(self, rows: list[CamapRow]) -> list[tuple[CamapRow, Subscription]]:
        there = list(
            self.group.subscriptions.standing()
            .filter(contract__in=self.contracts.values())
            .select_related("contract__producer", "member", "alternate", "account__ledger_account", "account__group")
        )
        by_id = {subscription.pk: subscription for subscription in there}
        by_nature = {_nature(subscription): subscription for subscription in there}
        found = []
        for row in rows:
            contract, holder = self.contracts[row.catalog_id], self.members[row.user_id].holder
            known_id = self.known.subscriptions.get(str(row.subscription_id))
            subscription = by_id.get(known_id or 0) or by_nature.get((contract.pk, holder.pk, row.starts_on, row.ends_on))
            if subscription is not None:
                self._compare(row, subscription)
            elif known_id is not None:
                self.leave(row, "subscription_id", NotTakenOver("removed_since"))
            else:
                subscription = self._new_subscription(row, contract, holder)
            if subscription is not None:
                self.subscription_ids[row.subscription_id] = subscription.pk
                found.append((row, subscription))
        return found

    def _compare(self, row: CamapRow, subscription: Subscription) -> None:
        books_cents = subscription.account.ledger_account.balance_cents
        if books_cents != row.balance_cents:
            moved_on = NotTakenOver("balance_moved_on", file=Euros(row.balance_cents), books=Euros(books_cents))
            self.doubt(row, "balance_cents", moved_on)

    def _new_subscription(self, row: CamapRow, contract: Contract, holder: Member) -> Subscription | None:
        try:
            with transaction.atomic():
                subscription = take_over_subscription(
                    contract=contract,
                    member=holder,
                    period=Period(row.starts_on, row.ends_on),
                    alternation=self._alternation(row),
                    by=self.by,
                )
        except Refusal as refusal:
            self.leave(row, self._at_fault(refusal, "subscription_id"), refusal)
            return None
        self.new_lines.add(row.line)
        self.created["subscriptions"] += 1
        return subscription

    def book(self, subscriptions: list[tuple[CamapRow, Subscription]]) -> None:
        """What was ordered, as a balance taken over; what was paid, as one payment. Each in a fixed number of statements per payee."""
        new = [(row, subscription) for row, subscription in subscriptions if row.line in self.new_lines]
        if not new:
            return
        openings = [TakeOver(subscription.account, -row.ordered_cents) for row, subscription in new]
        take_over(group=self.group, balances=openings, on=self.on, today=self.on, by=self.by, key=uuid5(self.key, "ordered"))
        by_contract: defaultdict[int, list[BatchRow]] = defaultdict(list)
        for row, subscription in new:
            if row.paid_cents:
                received = Received(row.paid_cents, Method.UNKNOWN, self.on, PAYMENT_LABEL)
                by_contract[row.catalog_id].append(BatchRow(subscription.pk, received, str(row.line)))
        for catalog_id, rows in by_contract.items():
            key = uuid5(self.key, f"paid {catalog_id}")
            record_batch(contract=self.contracts[catalog_id], rows=rows, on=self.on, by=self.by, key=key)
            self.created["payments"] += len(rows)


def _comparable(name: str) -> str:
    """Without case nor accent; a name of signs alone, as it is."""
    return fold(name) or name


def _nature(subscription: Subscription) -> tuple[int, int, dt.date, dt.date]:
    """What tells one subscription from another where no number is known."""
    return subscription.contract_id, subscription.member_id, subscription.starts_on, subscription.ends_on


def _books_totals(subscriptions: list[tuple[CamapRow, Subscription]]) -> ControlTotals:
    """The same figures as the file's, read in the books."""
    nos_by_book: defaultdict[int, list[int]] = defaultdict(list)
    for _row, subscription in subscriptions:
        nos_by_book[subscription.account.book_id].append(subscription.account.account_no)
    ordered: dict[tuple[int, int], int] = {}
    paid: dict[tuple[int, int], int] = {}
    for book_id, nos in nos_by_book.items():
        for kinds, totals in (((*ORDER_KINDS, OPENING_BALANCE), ordered), ((PAYMENT_RECEIVED,), paid)):
            totals.update({(book_id, no): cents for no, cents in balances.total_by_kind(book_id, nos, kinds).items()})
    balances_cents = [cents for book_id, nos in nos_by_book.items() for cents in balances.balances(book_id, nos).values()]
    return ControlTotals(
        member_count=len({subscription.member_id for _row, subscription in subscriptions}),
        contract_count=len({subscription.contract_id for _row, subscription in subscriptions}),
        producer_count=len({subscription.contract.producer_id for _row, subscription in subscriptions}),
        subscription_count=len(subscriptions),
        alternated_count=sum(subscription.alternate_id is not None for _row, subscription in subscriptions),
        ordered_cents=-sum(ordered.values()),
        paid_cents=sum(paid.values()),
        negative_count=sum(cents < 0 for cents in balances_cents),
        positive_count=sum(cents > 0 for cents in balances_cents),
        balance_sum_cents=sum(balances_cents),
    )
