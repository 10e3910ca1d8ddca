"""Members from a spreadsheet: chosen, its columns named, looked at, accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.permissions import Permission
from escarcelle.importers.member_import import carry_out, preview
from escarcelle.importers.member_sheet import Columns, MemberSheet, SheetRefused, propose_columns, read_members
from escarcelle.importers.tables import Table, read_table
from escarcelle.lib.refusals import Refusal
from escarcelle.web.importing.kept_file import KeptFile
from escarcelle.web.importing.pages import check_line_count, file_of, key_of_acceptance, preview_context, upload_page
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import REFUSED, settings_page

TAB = "import_members"
# What a column may hold, in the order of the list that a person chooses from.
FIELDS: Mapping[str, Any] = {
    "last_name": gettext_lazy("Nom"),
    "first_name": gettext_lazy("Prénom"),
    "name": gettext_lazy("Nom et prénom"),
    "email": gettext_lazy("Adresse e-mail"),
    "phone": gettext_lazy("Téléphone"),
    "second_last_name": gettext_lazy("Nom de la seconde personne"),
    "second_first_name": gettext_lazy("Prénom de la seconde personne"),
    "second_name": gettext_lazy("Nom et prénom de la seconde personne"),
    "second_email": gettext_lazy("Adresse e-mail de la seconde personne"),
    "second_phone": gettext_lazy("Téléphone de la seconde personne"),
    "balance": gettext_lazy("Solde à reprendre"),
}
UNREAD = ""


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the sheet and what it is said to hold."""

    rank: int
    heading: str
    example: str
    field: str


@group_screen(may=Permission.IMPORT)
def import_members(request: GroupRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, "importing/members.html", tab=TAB)
    try:
        kept = file_of(request)
        table = read_table(kept.data, file_name=kept.name)
        check_line_count(kept, len(table.rows))
        columns, unrecognised = _columns(request, table)
        sheet = read_members(table, columns)
        # Accepted is what was shown: columns chosen since then are looked at first.
        key = key_of_acceptance(request)
        if key and request.POST.get("seen") == _seen(request, columns):
            return _accept(request, sheet, key)
        return _show(request, kept, _Read(table, columns, sheet, unrecognised))
    except Refusal as refusal:
        return upload_page(request, "importing/members.html", tab=TAB, refusal=refusal)


@dataclass(frozen=True)
class _Read:
    """The sheet as it is read; `unrecognised` says that no column was found to hold names."""

    table: Table
    columns: Columns
    sheet: MemberSheet
    unrecognised: str


def _columns(request: GroupRequest, table: Table) -> tuple[Columns, str]:
    """What each column holds, as the person said, else as recognised; with the sentence that asks them when names were not found."""
    try:
        proposed, unrecognised = propose_columns(table), ""
    except SheetRefused as refusal:
        proposed, unrecognised = Columns({}, table.rows[0].cells, 1), refusal.sentence(_)
    if "columns" not in request.POST:
        return proposed, unrecognised
    ranks: dict[str, int] = {}
    for rank in range(len(proposed.headings)):
        name = request.POST.get(f"column_{rank}", UNREAD)
        if name in FIELDS:
            ranks.setdefault(name, rank)
    return Columns(ranks, proposed.headings, proposed.first_row), "" if {"last_name", "name"} & ranks.keys() else unrecognised


def _seen(request: GroupRequest, columns: Columns) -> str:
    """What was said of the sheet, in one word that the preview sends back."""
    said = sorted((rank, "name" if name == "who" else name) for name, rank in columns.ranks.items())
    return f"{','.join(f'{rank}={name}' for rank, name in said)};{request.POST.get('payee', '')}"


def _payee(request: GroupRequest) -> Payee | None:
    """With whom the balances are; nobody chosen, they are not taken over."""
    return next((payee for payee in payees_of(request.group) if str(payee.book_id) == request.POST.get("payee")), None)


def _accept(request: GroupRequest, sheet: MemberSheet, key: UUID) -> HttpResponse:
    plan = carry_out(group=request.group, sheet=sheet, payee=_payee(request), on=request.today, by=request.member, key=key)
    messages.success(request, _("Le tableau est repris."))
    return redirect("web:import_done", request.group.slug, plan.activity_id)


def _show(request: GroupRequest, kept: KeptFile, read: _Read) -> HttpResponse:
    payee = _payee(request)
    plan = preview(group=request.group, sheet=read.sheet, payee=payee, on=request.today, by=request.member)
    context = {
        **preview_context(request, kept, plan),
        "columns": _choices(read.table, read.columns),
        "fields": list(FIELDS.items()),
        "payees": payees_of(request.group) if "balance" in read.columns.ranks else [],
        "payee": payee,
        "other_sheets": ", ".join(read.table.other_sheets),
        "unrecognised": read.unrecognised,
        "seen": _seen(request, read.columns),
    }
    return settings_page(request, "importing/members_preview.html", context, tab=TAB, status=200 if plan.rows else REFUSED)


def _choices(table: Table, columns: Columns) -> list[ColumnChoice]:
    # « Adhérent » recognised as a column of whole names is offered as what it is.
    fields = {rank: "name" if name == "who" else name for name, rank in columns.ranks.items()}
    first = table.rows[columns.first_row] if columns.first_row < len(table.rows) else None
    return [
        ColumnChoice(rank, heading.strip(), first.cell(rank) if first else "", fields.get(rank, UNREAD))
        for rank, heading in enumerate(columns.headings)
    ]
