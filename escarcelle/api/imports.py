"""What a group brings from another program, or from a spreadsheet: looked at first, then taken over, by the verbs of the screens."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Count, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.problems import NotThere
from escarcelle.catalogs.payees import Payee, payee_of_book
from escarcelle.groups.permissions import Permission
from escarcelle.importers import camap, member_import
from escarcelle.importers.camap_file import ControlTotals, read_camap
from escarcelle.importers.member_sheet import Columns, MemberSheet, SheetRefused, propose_columns, read_members
from escarcelle.importers.tables import LineProblem, Table, read_table
from escarcelle.lib.refusals import Refusal, gettext_noop

operations = Operations("imports")

# Base64 of four megabytes: what a screen takes too.
LONGEST_CONTENT = 5_500_000


class NotAFile(Refusal):
    """What was sent as a file is not base64."""

    sentences: ClassVar[dict[str, str]] = {"not_base64": gettext_noop("Le contenu du fichier s’écrit en base64.")}


class FileIn(Body):
    """A file: its name, which says what kind it is, and its bytes in base64."""

    file_name: Text
    content: Annotated[str, Field(max_length=LONGEST_CONTENT, description="base64")]

    def read(self) -> bytes:
        """The bytes. Refused: `NotAFile`."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError):
            raise NotAFile("not_base64", field="content") from None


ColumnName = Literal[
    "last_name",
    "first_name",
    "name",
    "email",
    "phone",
    "second_last_name",
    "second_first_name",
    "second_name",
    "second_email",
    "second_phone",
    "balance",
]


class MembersFileIn(FileIn):
    """CSV, XLSX or ODS. `columns` says which column holds what, counted from 0; left out, they are recognised by their headings.

    Balances, if there are any, are taken over with `payee_id`; left out, they are not."""

    columns: dict[ColumnName, Count] | None = None
    payee_id: Id | None = None


class LineOut(Answer):
    """A line of the file, and why it is left aside or doubtful."""

    line: int
    code: str
    detail: str

    @classmethod
    def of(cls, problem: LineProblem) -> "LineOut":
        return cls(line=problem.line, code=problem.refusal.code, detail=problem.sentence(_))


class TotalsOut(Answer):
    """Control totals: those of the file and those of the books must be equal."""

    member_count: int
    contract_count: int
    producer_count: int
    subscription_count: int
    alternated_count: int
    ordered: AmountOut
    paid: AmountOut
    negative_count: int
    positive_count: int
    balance_sum: AmountOut

    @classmethod
    def of(cls, totals: ControlTotals) -> "TotalsOut":
        return cls(**{name.removesuffix("_cents"): value for name, value in asdict(totals).items()})


class CreatedOut(Answer):
    """How many of each were added; nothing for what was there already."""

    members: int
    producers: int
    contracts: int
    subscriptions: int
    payments: int


class CamapTaken(Answer):
    """What the import does, or has done: lines left aside in `problems`, lines taken over all the same in `doubts`."""

    created: CreatedOut
    already_there: int
    agrees: bool
    file: TotalsOut
    books: TotalsOut
    problems: list[LineOut]
    doubts: list[LineOut]

    @classmethod
    def of(cls, plan: camap.Plan) -> "CamapTaken":
        return cls(
            created=CreatedOut(**asdict(plan.created)),
            already_there=plan.already_there,
            agrees=plan.agrees,
            file=TotalsOut.of(plan.file),
            books=TotalsOut.of(plan.books),
            problems=_lines(plan.problems),
            doubts=_lines(plan.doubts),
        )


class MembersTaken(Answer):
    """What the import does, or has done: lines left aside in `problems`, lines taken over all the same in `doubts`."""

    created_count: int
    second_count: int
    already_there: int
    balance_in_file: AmountOut
    balance_taken: AmountOut
    problems: list[LineOut]
    doubts: list[LineOut]

    @classmethod
    def of(cls, plan: member_import.MemberPlan) -> "MembersTaken":
        return cls(
            created_count=plan.created_count,
            second_count=plan.second_count,
            already_there=plan.already_there,
            balance_in_file=plan.sheet_balance_cents,
            balance_taken=plan.taken_balance_cents,
            problems=_lines(plan.problems),
            doubts=_lines(plan.doubts),
        )


def _lines(problems: Iterable[LineProblem]) -> list[LineOut]:
    return [LineOut.of(problem) for problem in problems]


_CAMAP_EXAMPLE = {"file_name": "souscriptions.csv", "content": "c3Vic2NyaXB0aW9uSWQ7dXNlcklk"}
_MEMBERS_EXAMPLE = {"file_name": "adherents.csv", "content": "Tm9tO1Byw6lub20=", "columns": {"last_name": 0, "first_name": 1}}


@operations.post("/imports/camap/preview", may=Permission.IMPORT, returns=CamapTaken, keeps_answer=False, example=_CAMAP_EXAMPLE)
def preview_camap(request: ApiRequest, body: FileIn) -> CamapTaken:
    """What taking over CAMAP's export of subscriptions would do, to the cent; nothing is kept.

    Refusals: `not_base64`, and those of reading a table."""
    file = read_camap(body.read(), file_name=body.file_name)
    return CamapTaken.of(camap.preview(group=request.group, file=file, on=request.today, by=request.member))


@operations.post("/imports/camap", may=Permission.IMPORT, returns=CamapTaken, status=201, moves_money=True, example=_CAMAP_EXAMPLE)
def take_over_camap(request: ApiRequest, body: FileIn) -> CamapTaken:
    """Take over every good line of CAMAP's export of subscriptions.

    The same file again, under the same key or another, adds nothing. Refusals: as for the preview."""
    file = read_camap(body.read(), file_name=body.file_name)
    return CamapTaken.of(camap.carry_out(group=request.group, file=file, on=request.today, by=request.member, key=request.key))


@operations.post("/imports/members/preview", may=Permission.IMPORT, returns=MembersTaken, keeps_answer=False, example=_MEMBERS_EXAMPLE)
def preview_members(request: ApiRequest, body: MembersFileIn) -> MembersTaken:
    """What taking over a spreadsheet of members would do; nothing is kept.

    Refusals: `not_base64`, and those of reading a table."""
    sheet, payee = _sheet(body), _payee(request, body)
    return MembersTaken.of(member_import.preview(group=request.group, sheet=sheet, payee=payee, on=request.today, by=request.member))


@operations.post("/imports/members", may=Permission.IMPORT, returns=MembersTaken, status=201, moves_money=True, example=_MEMBERS_EXAMPLE)
def take_over_members(request: ApiRequest, body: MembersFileIn) -> MembersTaken:
    """Add the members of a spreadsheet who are not there yet, and take over their balances with a payee.

    The same sheet again adds nothing. Refusals: as for the preview."""
    sheet, payee = _sheet(body), _payee(request, body)
    plan = member_import.carry_out(group=request.group, sheet=sheet, payee=payee, on=request.today, by=request.member, key=request.key)
    return MembersTaken.of(plan)


def _sheet(body: MembersFileIn) -> MemberSheet:
    table = read_table(body.read(), file_name=body.file_name)
    if body.columns is None:
        return read_members(table, propose_columns(table))
    ranks = {str(name): rank for name, rank in body.columns.items()}
    return read_members(table, replace(_headings(table), ranks=ranks))


def _headings(table: Table) -> Columns:
    """The line of headings where it is found, else the first."""
    try:
        return propose_columns(table)
    except SheetRefused:
        return Columns({}, table.rows[0].cells, 1)


def _payee(request: ApiRequest, body: MembersFileIn) -> Payee | None:
    if body.payee_id is None:
        return None
    payee = payee_of_book(request.group, body.payee_id)
    if payee is None:
        raise NotThere("payee_id")
    return payee
