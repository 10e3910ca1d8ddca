"""A statement that leaves the application: on paper, or as a sheet."""

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from escarcelle.documents.account_statement import StatementHead, account_statement
from escarcelle.groups.permissions import Permission
from escarcelle.lib.csv_cells import Column
from escarcelle.payments.queries import payee_of
from escarcelle.payments.statements import LINES_PER_PAPER, Statement, statement_of
from escarcelle.web.accounts.account import account_name, period_of
from escarcelle.web.accounts.reach import account_of
from escarcelle.web.exports import sheet_response
from escarcelle.web.screens import GroupRequest, group_screen


@group_screen(may=Permission.BELONG)
def account_pdf(request: GroupRequest, account_id: int) -> HttpResponse:
    account = account_of(request, account_id)
    head = StatementHead(
        group_name=request.group.name,
        member_name=account.member.name,
        payee_name=payee_of(request.group, account).name,
        account_name=account_name(account),
        period=period_of(account),
        on=request.today,
    )
    response = HttpResponse(account_statement(head, _whole(request, account)), content_type="application/pdf")
    # Shown by the browser, which prints it; its name counts when it is kept.
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{_file_name(account)}.pdf") or "inline"
    return response


@group_screen(may=Permission.BELONG)
def account_export(request: GroupRequest, account_id: int, kind: str) -> HttpResponse:
    account = account_of(request, account_id)
    columns = [
        Column(_("Date"), "date"),
        Column(_("Saisie le"), "date"),
        Column(_("Opération"), width=40),
        Column(_("Précisions"), width=40),
        Column(_("Concerne"), width=24),
        Column(_("Bénéficiaire"), width=24),
        Column(_("Saisi par"), width=24),
        Column(_("Montant"), "amount_cents"),
        Column(_("Solde"), "amount_cents"),
    ]
    about, payee_name = account_name(account), payee_of(request.group, account).name
    rows = [
        (
            row.value_date,
            row.recorded_on,
            row.title,
            " · ".join((*row.details, *([row.reason] if row.reason else []))),
            about,
            payee_name,
            row.entered_by,
            row.amount_cents,
            row.balance_cents,
        )
        for row in _whole(request, account).rows
    ]
    return sheet_response(kind, columns, rows, name=_file_name(account))


def _whole(request: GroupRequest, account: Any) -> Statement:
    return statement_of(account, on=request.today, limit=LINES_PER_PAPER)


def _file_name(account: Any) -> str:
    return slugify(f"releve {account.member.name} {account_name(account)}")
