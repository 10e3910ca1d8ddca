"""A statement of account on paper: the rows of the screen, all of them, with the computation of each amount."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from escarcelle.documents.typesetting import typeset
from escarcelle.documents.wording import language, long_day, money, signed_money
from escarcelle.lib.dates import format_day
from escarcelle.payments.statements import Computation, Part, Statement, StatementRow


@dataclass(frozen=True)
class StatementHead:
    """Whose account, with whom, about what, on which day."""

    group_name: str
    member_name: str
    payee_name: str
    account_name: str
    period: str
    on: dt.date


def account_statement(head: StatementHead, statement: Statement) -> bytes:
    """The PDF of a statement. It asks the database nothing."""
    return typeset("account_statement", _content(head, statement))


def _content(head: StatementHead, statement: Statement) -> dict[str, Any]:
    today = long_day(head.on)
    return {
        "language": language(),
        "title": gettext("Relevé de compte, {name}").format(name=head.member_name),
        "group": head.group_name,
        "about": f"{head.account_name}, {head.period}",
        "payee_word": gettext("Envers\u00a0:"),
        "payee": head.payee_name,
        "balance_word": _state(statement.balance_cents),
        "balance": signed_money(statement.balance_cents),
        "headings": [gettext("Date"), gettext("Opération"), gettext("Saisi par"), gettext("Montant"), gettext("Solde")],
        "carried_word": gettext("Report"),
        "carried": signed_money(statement.carried_cents),
        "rows": [_row(row) for row in statement.rows],
        "end_word": gettext("Solde au {today}").format(today=today),
        "end": signed_money(statement.balance_cents),
        "note": gettext(
            "Solde = paiements reçus − commandes. Un solde négatif est dû à {payee}\u202f; un solde positif est un avoir."
        ).format(payee=head.payee_name),
        "footer": gettext("{group} · édité le {today}").format(group=head.group_name, today=today),
    }


def _state(balance_cents: int) -> str:
    if balance_cents < 0:
        return gettext("reste dû")
    return gettext("avoir") if balance_cents > 0 else gettext("à jour")


def _row(row: StatementRow) -> dict[str, Any]:
    details = list(row.details)
    if row.reason:
        details.append(gettext("Motif\u00a0: «\u00a0{reason}\u00a0».").format(reason=row.reason))
    return {
        "date": format_day(row.value_date),
        "title": row.title,
        "details": details,
        "parts": [_part(part) for part in (*row.parts, *_of(row.why))],
        "by": row.entered_by,
        "amount": signed_money(row.amount_cents),
        "balance": signed_money(row.balance_cents),
    }


def _of(why: Computation | None) -> tuple[Part, ...]:
    return (*why.parts, why.total) if why else ()


def _part(part: Part) -> dict[str, str]:
    amount = signed_money(part.amount_cents) if part.is_signed else money(part.amount_cents)
    return {"words": part.words, "amount": amount}
