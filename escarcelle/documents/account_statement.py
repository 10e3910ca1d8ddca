"""A statement of account on paper: the rows of the screen, all of them, with the computation of each amount."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from escarcelle.documents.typesetting import typeset
from escarcelle.lib.dates import format_day, format_long_day
from escarcelle.lib.languages import FRENCH, spoken
from escarcelle.lib.money import format_cents, format_signed_cents
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
    today = format_long_day(head.on, language=_language())
    return {
        "language": _language(),
        "title": gettext("Relevé de compte, {name}").format(name=head.member_name),
        "group": head.group_name,
        "about": f"{head.account_name}, {head.period}",
        "payee_word": gettext("Envers\u00a0:"),
        "payee": head.payee_name,
        "balance_word": _state(statement.balance_cents),
        "balance": _signed(statement.balance_cents),
        "headings": [gettext("Date"), gettext("Opération"), gettext("Saisi par"), gettext("Montant"), gettext("Solde")],
        "carried_word": gettext("Report"),
        "carried": _signed(statement.carried_cents),
        "rows": [_row(row) for row in statement.rows],
        "end_word": gettext("Solde au {today}").format(today=today),
        "end": _signed(statement.balance_cents),
        "note": gettext(
            "Solde = paiements reçus − commandes. Un solde négatif est dû à {payee}\u202f; un solde positif est un avoir."
        ).format(payee=head.payee_name),
        "footer": gettext("{group} · édité le {today}").format(group=head.group_name, today=today),
    }


def _language() -> str:
    return spoken(get_language() or FRENCH)


def _signed(amount_cents: int) -> str:
    return format_signed_cents(amount_cents, language=_language())


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
        "amount": _signed(row.amount_cents),
        "balance": _signed(row.balance_cents),
    }


def _of(why: Computation | None) -> tuple[Part, ...]:
    return (*why.parts, why.total) if why else ()


def _part(part: Part) -> dict[str, str]:
    amount = _signed(part.amount_cents) if part.is_signed else format_cents(part.amount_cents, language=_language())
    return {"words": part.words, "amount": amount}
