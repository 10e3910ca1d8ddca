"""The subscriptions export of CAMAP, read as that program writes it.

Fifteen columns, every cell quoted, quotes inside a cell not doubled, decimal comma, dates yyyy-mm-dd. The first nine headings
are the program's own words; the last ones are translated into the language of whoever exported, so a column is found by its
name and else by its place. Files saved again by a spreadsheet (comma, Windows-1252, doubled quotes) are read too.

The column « Payé » is not read: it repeats the sign of the balance.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from escarcelle.importers.columns import recognise
from escarcelle.importers.tables import Headings, LineProblem, LineRefused, Row, read_table
from escarcelle.lib.dates import format_day, parse_date
from escarcelle.lib.money import Euros, parse_amount
from escarcelle.lib.names import NAME_LENGTH, Name, clean_email, clean_text, fold, split_name
from escarcelle.lib.refusals import Refusal, gettext_noop

TITLE_LENGTH = 120
PHONE_LENGTH = 40

# In the order of the file: the rank is the place.
_HEADINGS: Mapping[str, Sequence[str]] = {
    "subscription_id": ("subscriptionId",),
    "user_id": ("userId",),
    "name": ("userName",),
    "email": ("userEmail",),
    "phone": ("userPhone",),
    "alternate_name": ("user2Name",),
    "vendor_name": ("vendorName",),
    "catalog_id": ("catalogId",),
    "catalog_name": ("catalogName",),
    "starts_on": ("startDate", "Date de début", "Start date"),
    "ends_on": ("endDate", "Date de fin", "End date"),
    "ordered_cents": ("totalPrice", "Total"),
    "paid_cents": ("paymentsTotal",),
    "balance_cents": ("balance", "Solde"),
    "is_paid": ("isPaid", "Payé", "Paid"),
}
_COLUMN_COUNT = len(_HEADINGS)
_NEVER_TRANSLATED = ("subscription_id", "user_id", "name", "vendor_name", "catalog_id", "catalog_name")


class CamapRefused(Refusal):
    """The file, or one of its lines, is not what CAMAP writes."""

    sentences: ClassVar[Mapping[str, str]] = {
        "not_this_export": gettext_noop(
            "«\u00a0{typed}\u00a0» n’est pas l’export des souscriptions de CAMAP\u00a0: il y manque {missing}. "
            "Dans CAMAP, ouvrez le contrat, onglet Souscriptions, puis Exporter."
        ),
        "no_line": gettext_noop("«\u00a0{typed}\u00a0» n’a que son en-tête\u00a0: aucune souscription à reprendre."),
        "missing": gettext_noop("la cellule est vide."),
        "not_an_id": gettext_noop("«\u00a0{typed}\u00a0» n’est pas un numéro."),
        "repeated_subscription": gettext_noop("la souscription {typed} est déjà à la ligne {other_line}."),
        "ends_before_it_starts": gettext_noop("la souscription finit le {ends_on}, avant de commencer le {starts_on}."),
        "balance_differs": gettext_noop("{paid} payés − {ordered} commandés font {computed}, et non {balance}."),
        "name_differs": gettext_noop(
            "le membre {user_id} s’appelle «\u00a0{other}\u00a0» à la ligne {other_line}, ici «\u00a0{typed}\u00a0»."
        ),
        "vendor_differs": gettext_noop(
            "le contrat {catalog_id} est de «\u00a0{other}\u00a0» à la ligne {other_line}, ici de «\u00a0{typed}\u00a0»."
        ),
        "catalog_differs": gettext_noop(
            "le contrat {catalog_id} s’appelle «\u00a0{other}\u00a0» à la ligne {other_line}, ici «\u00a0{typed}\u00a0»."
        ),
        "alternates_with_self": gettext_noop("«\u00a0{typed}\u00a0» alterne avec soi-même."),
        "alternate_unknown": gettext_noop("«\u00a0{typed}\u00a0», qui alterne, n’a pas de souscription dans ce fichier."),
        "alternate_ambiguous": gettext_noop("{count} membres s’appellent «\u00a0{typed}\u00a0»\u00a0: lequel alterne\u202f?"),
        "email_shared": gettext_noop("«\u00a0{typed}\u00a0» est aussi l’adresse du membre de la ligne {other_line}."),
    }


@dataclass(frozen=True)
class CamapRow:
    """One subscription of the file. Amounts in cents; `balance_cents` = paid − ordered, negative when the member owes.

    `alternate_user_ids` holds who may be meant by `alternate_name`: one normally, none or several when the file does not say.
    """

    line: int
    subscription_id: int
    user_id: int
    name: Name
    email: str
    phone: str
    alternate_name: str
    alternate_user_ids: tuple[int, ...]
    vendor_name: str
    catalog_id: int
    catalog_name: str
    starts_on: date
    ends_on: date
    ordered_cents: int
    paid_cents: int
    balance_cents: int


@dataclass(frozen=True)
class ControlTotals:
    """What can be compared with CAMAP's own screens before, and with the books after."""

    member_count: int
    contract_count: int
    producer_count: int
    subscription_count: int
    alternated_count: int
    ordered_cents: int
    paid_cents: int
    negative_count: int
    positive_count: int
    balance_sum_cents: int


@dataclass(frozen=True)
class CamapFile:
    """Good rows; `problems` name each line left aside with its reason; `doubts` are about rows that are kept."""

    rows: tuple[CamapRow, ...]
    problems: tuple[LineProblem, ...]
    doubts: tuple[LineProblem, ...]
    headings: Headings

    @property
    def totals(self) -> ControlTotals:
        return control_totals(self.rows)


def control_totals(rows: Sequence[CamapRow]) -> ControlTotals:
    """Count and add the rows that would be taken."""
    return ControlTotals(
        member_count=len({row.user_id for row in rows}),
        contract_count=len({row.catalog_id for row in rows}),
        producer_count=len({fold(row.vendor_name) or row.vendor_name for row in rows}),
        subscription_count=len(rows),
        alternated_count=sum(bool(row.alternate_name) for row in rows),
        ordered_cents=sum(row.ordered_cents for row in rows),
        paid_cents=sum(row.paid_cents for row in rows),
        negative_count=sum(row.balance_cents < 0 for row in rows),
        positive_count=sum(row.balance_cents > 0 for row in rows),
        balance_sum_cents=sum(row.balance_cents for row in rows),
    )


def read_camap(data: bytes, *, file_name: str) -> CamapFile:
    """Read the export. Refuses the file as a whole with `TableRefused` or `CamapRefused`; a bad line is named and left aside."""
    header, *lines = read_table(data, file_name=file_name).rows
    columns = _columns(header, file_name=file_name)
    if not lines:
        raise CamapRefused("no_line", file_name)
    width = max(len(header.cells), _COLUMN_COUNT)
    reader = _Reader(Headings(header.cells, columns), alternates=_user_ids_by_name(lines, columns))
    for row in lines:
        if len(row.cells) == width:
            reader.take(row)
        else:
            reader.leave(row.line, "", LineRefused("cells", found=len(row.cells), expected=width))
    return CamapFile(tuple(reader.rows), tuple(reader.problems), tuple(reader.doubts), reader.headings)


def _columns(header: Row, *, file_name: str) -> dict[str, int]:
    """By name, else by place when that place is not another column's."""
    columns = {code: rank for code, rank in recognise(header.cells, _HEADINGS).items() if _same_word(header.cells[rank], code)}
    missing = [_HEADINGS[code][0] for code in _NEVER_TRANSLATED if code not in columns]
    for place, code in enumerate(_HEADINGS):
        if code not in columns and place < len(header.cells) and place not in columns.values():
            columns[code] = place
    missing += [_HEADINGS[code][0] for code in _HEADINGS if code not in columns and code != "is_paid"]
    if missing:
        raise CamapRefused("not_this_export", file_name, missing=", ".join(dict.fromkeys(missing)))
    return columns


def _same_word(heading: str, code: str) -> bool:
    return fold(heading) in {fold(word) for word in _HEADINGS[code]}


def _user_ids_by_name(lines: Iterable[Row], columns: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Everyone who holds a subscription, by name: an alternate is only written by name, and two people may share one."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in lines:
        user_id = row.cell(columns["user_id"])
        if re.fullmatch("[0-9]{1,18}", user_id):
            found[fold(row.cell(columns["name"]))].add(int(user_id))
    return {name: tuple(sorted(user_ids)) for name, user_ids in found.items()}


class _Reader:
    """Takes the lines one after the other, and remembers what the earlier ones said of the same member and contract."""

    def __init__(self, headings: Headings, *, alternates: Mapping[str, tuple[int, ...]]) -> None:
        self.rows: list[CamapRow] = []
        self.problems: list[LineProblem] = []
        self.doubts: list[LineProblem] = []
        self.headings = headings
        self._alternates = alternates
        self._subscriptions: dict[int, CamapRow] = {}
        self._members: dict[int, CamapRow] = {}
        self._catalogs: dict[int, CamapRow] = {}
        self._emails: dict[str, CamapRow] = {}

    def leave(self, line: int, field: str, refusal: Refusal) -> None:
        self.problems.append(self.headings.problem(line, field, refusal))

    def _doubt(self, row: CamapRow, field: str, refusal: Refusal) -> None:
        self.doubts.append(self.headings.problem(row.line, field, refusal))

    def take(self, line: Row) -> None:
        found_before = len(self.problems)
        row = self._read(line)
        if row is None:
            return
        self._compare(row)
        if len(self.problems) > found_before:
            return
        self._note_doubts(row)
        self._subscriptions[row.subscription_id] = row
        self._members.setdefault(row.user_id, row)
        self._catalogs.setdefault(row.catalog_id, row)
        if row.email:
            self._emails.setdefault(row.email, row)
        self.rows.append(row)

    def _read(self, line: Row) -> CamapRow | None:
        """Every cell is tried, so that one look at the preview shows all that is wrong with the line."""
        cells: dict[str, object] = {}
        for code, read in _READERS.items():
            try:
                cells[code] = read(line.cell(self.headings.ranks[code]))
            except Refusal as refusal:
                self.leave(line.line, code, refusal)
        if len(cells) < len(_READERS):
            return None
        alternate_name = str(cells["alternate_name"])
        return CamapRow(
            line=line.line,
            alternate_user_ids=self._who_alternates(alternate_name, holder=cells["user_id"]),
            **cells,  # type: ignore[arg-type]  # one reader a field, see _READERS
        )

    def _who_alternates(self, name: str, *, holder: object) -> tuple[int, ...]:
        named = self._alternates.get(fold(name), ()) if name else ()
        # Between two people of the same name, the one who holds this subscription cannot be the other half.
        return tuple(user_id for user_id in named if user_id != holder) if len(named) > 1 else named

    def _compare(self, row: CamapRow) -> None:
        """The line with itself, then with the earlier ones."""
        if row.ends_on < row.starts_on:
            dates = {"starts_on": format_day(row.starts_on), "ends_on": format_day(row.ends_on)}
            self.leave(row.line, "ends_on", CamapRefused("ends_before_it_starts", **dates))
        computed_cents = row.paid_cents - row.ordered_cents
        if row.balance_cents != computed_cents:
            paid, ordered, balance = Euros(row.paid_cents), Euros(row.ordered_cents), Euros(row.balance_cents)
            differs = CamapRefused("balance_differs", paid=paid, ordered=ordered, computed=Euros(computed_cents), balance=balance)
            self.leave(row.line, "balance_cents", differs)
        if row.alternate_user_ids == (row.user_id,):
            self.leave(row.line, "alternate_name", CamapRefused("alternates_with_self", row.alternate_name))
        twin = self._subscriptions.get(row.subscription_id)
        if twin:
            self.leave(row.line, "subscription_id", CamapRefused("repeated_subscription", str(row.subscription_id), other_line=twin.line))
        self._compare_member(row)
        self._compare_catalog(row)

    def _compare_member(self, row: CamapRow) -> None:
        known = self._members.get(row.user_id)
        if known and known.name != row.name:
            refusal = CamapRefused(
                "name_differs", _written(row.name), user_id=row.user_id, other=_written(known.name), other_line=known.line
            )
            self.leave(row.line, "name", refusal)

    def _compare_catalog(self, row: CamapRow) -> None:
        known = self._catalogs.get(row.catalog_id)
        if not known:
            return
        for code, field, here, there in (
            ("vendor_differs", "vendor_name", row.vendor_name, known.vendor_name),
            ("catalog_differs", "catalog_name", row.catalog_name, known.catalog_name),
        ):
            if here != there:
                refusal = CamapRefused(code, here, catalog_id=row.catalog_id, other=there, other_line=known.line)
                self.leave(row.line, field, refusal)

    def _note_doubts(self, row: CamapRow) -> None:
        if row.alternate_name and not row.alternate_user_ids:
            self._doubt(row, "alternate_name", CamapRefused("alternate_unknown", row.alternate_name))
        if len(row.alternate_user_ids) > 1:
            count = len(row.alternate_user_ids)
            self._doubt(row, "alternate_name", CamapRefused("alternate_ambiguous", row.alternate_name, count=count))
        holder = self._emails.get(row.email)
        if holder and holder.user_id != row.user_id and row.user_id not in self._members:
            self._doubt(row, "email", CamapRefused("email_shared", row.email, other_line=holder.line))


def _written(name: Name) -> str:
    return f"{name.last} {name.first}".strip()


def _identifier(text: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text):
        raise CamapRefused("not_an_id" if text else "missing", text)
    return int(text)


def _title(text: str) -> str:
    title = clean_text(text, max_length=TITLE_LENGTH)
    if not title:
        raise CamapRefused("missing")
    return title


def _name(text: str) -> Name:
    name = clean_text(text, max_length=2 * NAME_LENGTH)
    if not name:
        raise CamapRefused("missing")
    # CAMAP writes the family name first, in capitals since 2019; older names may not be.
    return split_name(name, last_name_first=True)


def _signed_cents(text: str) -> int:
    return parse_amount(text, allow_negative=True)


_READERS: Mapping[str, Callable[[str], object]] = {
    "subscription_id": _identifier,
    "user_id": _identifier,
    "name": _name,
    "email": lambda text: clean_email(text) if text else "",
    "phone": lambda text: clean_text(text, max_length=PHONE_LENGTH),
    "alternate_name": lambda text: clean_text(text, max_length=2 * NAME_LENGTH),
    "vendor_name": _title,
    "catalog_id": _identifier,
    "catalog_name": _title,
    "starts_on": parse_date,
    "ends_on": parse_date,
    "ordered_cents": _signed_cents,
    "paid_cents": _signed_cents,
    "balance_cents": _signed_cents,
}
