"""The attendance list of a distribution, « liste d’émargement »: who comes, what they take and owe, and where to write what happens.

The boxes to fill follow the order in which the screen of a basket asks for the same things: what is missing or weighed, how it was paid,
the cheque, how much, what was given back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from escarcelle.documents.typesetting import typeset
from escarcelle.documents.wording import DayHead, joined, language, money, ordered, weight
from escarcelle.lib.elision import filled
from escarcelle.orders.models import OrderLine
from escarcelle.payments.models import PromisedPayment, WaysToPay
from escarcelle.payments.ways import on_site_methods
from escarcelle.subscriptions.collecting import DaySheet, Visit
from escarcelle.validation.queries import BasketRow, BasketsPage


@dataclass(frozen=True)
class ListLine:
    """One product of somebody. `box` names what is to be written beside it, nothing when nothing is."""

    words: str
    box: str = ""


@dataclass(frozen=True)
class ListRow:
    """One person at the table; amounts in cents, `number` that of their basket. An AMAP has neither."""

    name: str
    lines: tuple[ListLine, ...]
    number: int | None = None
    due_cents: int | None = None
    notes: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttendanceList:
    """Everybody who is expected, by name; `methods` are those that can be named on the spot, in words."""

    rows: tuple[ListRow, ...]
    methods: tuple[str, ...] = ()
    absents: tuple[str, ...] = ()

    @property
    def has_money(self) -> bool:
        return any(row.due_cents is not None for row in self.rows)

    @property
    def due_cents(self) -> int:
        return sum(row.due_cents or 0 for row in self.rows)


def of_baskets(page: BasketsPage, lines: Iterable[OrderLine]) -> AttendanceList:
    """From the baskets of a distribution and their lines, read with their products. It asks the database nothing."""
    by_basket: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_basket[line.basket_id].append(line)
    rows = sorted(page.rows, key=lambda row: (row.basket.account.member.sort_key, row.basket.number))
    return AttendanceList(tuple(_row(row, by_basket[row.basket.pk]) for row in rows), _methods(page.ways))


def _methods(ways: WaysToPay | None) -> tuple[str, ...]:
    if ways is None:
        return ()
    return tuple(str(PromisedPayment.Way(method).label) for method in on_site_methods(ways))


def _row(row: BasketRow, lines: Iterable[OrderLine]) -> ListRow:
    return ListRow(
        name=row.member_name,
        lines=tuple(_line(line) for line in lines),
        number=row.basket.number,
        due_cents=row.standing.due_cents,
        notes=tuple(_notes(row)),
        promised=tuple(f"{promise.get_way_display()} {money(promise.amount_cents)}" for promise in row.promises),
    )


def _notes(row: BasketRow) -> Iterable[str]:
    if row.is_for_client:
        yield gettext("commande faite pour le client")
    if row.basket.is_validated:
        yield gettext("validé")
    if row.standing.paid_cents:
        yield gettext("déjà payé {amount}").format(amount=money(row.standing.paid_cents))
    if row.standing.before_cents > 0:
        yield gettext("avoir d’avant {amount}").format(amount=money(row.standing.before_cents))
    if row.standing.before_cents < 0:
        yield gettext("dette d’avant {amount}").format(amount=money(-row.standing.before_cents))


def _line(line: OrderLine) -> ListLine:
    if line.undelivered:
        missing = ngettext("{count} non livré", "{count} non livrés", line.undelivered).format(count=line.undelivered)
        return ListLine(f"{ordered(line)}, {missing}")
    if line.step_grams is None:
        return ListLine(ordered(line))
    if line.weighed_grams is None:
        return ListLine(ordered(line), box=gettext("pesé"))
    return ListLine(gettext("{product}, pesé {weight}").format(product=ordered(line), weight=weight(line.weighed_grams)))


def of_shares(sheet: DaySheet) -> AttendanceList:
    """From the shares of an AMAP: who collects today, for whom, and who said that they are away. It asks the database nothing."""
    absents = tuple(f"{absent.member_name} ({absent.contract.name})" for absent in sheet.absents)
    return AttendanceList(tuple(_visitor(visit) for visit in sheet.visits), absents=absents)


def _visitor(visit: Visit) -> ListRow:
    lines, notes = [], []
    for share in visit.shares:
        lines += [ListLine(str(part)) for part in share.engagement] or [ListLine(share.contract.name)]
        if share.holder_name:
            notes.append(filled(gettext("souscription de {name}"), {"name": share.holder_name}))
    return ListRow(visit.member.name, tuple(lines), notes=tuple(notes))


def attendance_list(head: DayHead, expected: AttendanceList, *, is_compact: bool = False) -> bytes:
    """The PDF: across the page with a line per product, or, compact, upright with one line per person. It asks the database nothing."""
    return typeset("attendance_list", {**_content(head, expected), "compact": is_compact})


def _content(head: DayHead, expected: AttendanceList) -> dict[str, Any]:
    count = len(expected.rows)
    return {
        "language": language(),
        "title": gettext("Liste d’émargement"),
        "group": head.group_name,
        "about": head.about,
        "footer": head.footer,
        "count": ngettext("{count} personne attendue", "{count} personnes attendues", count).format(count=count),
        "has_money": expected.has_money,
        "headings": headings(),
        "methods": list(expected.methods),
        "missing_word": gettext("manque"),
        "rows": [_printed(row) for row in expected.rows],
        "total_word": gettext("Ensemble"),
        "total": money(expected.due_cents),
        "absents_word": gettext("Absents"),
        "absents": list(expected.absents),
        "nobody": gettext("Personne n’est attendu."),
    }


def headings() -> dict[str, str]:
    """The names of the columns, the same on paper and in a sheet."""
    return {
        "number": gettext("N°"),
        "name": gettext("Client"),
        "lines": gettext("Commande"),
        "due": gettext("Dû"),
        "promised": gettext("Promis"),
        "method": gettext("Moyen"),
        "cheque": gettext("N° du chèque"),
        "bank": gettext("Banque"),
        "paid": gettext("Payé"),
        "refunded": gettext("Rendu"),
        "signature": gettext("Signature"),
    }


def _printed(row: ListRow) -> dict[str, Any]:
    return {
        "number": "" if row.number is None else str(row.number),
        "name": row.name,
        "notes": joined(row.notes),
        "lines": [{"words": line.words, "box": line.box} for line in row.lines],
        "short": joined(line.words for line in row.lines),
        "due": "" if row.due_cents is None else money(row.due_cents),
        "promised": list(row.promised),
    }


def sheet_rows(expected: AttendanceList) -> Sequence[tuple[str | int | None, ...]]:
    """One row per person for a sheet, in the order of `headings`; what is to be written on the day is empty."""
    empty = (None,) * 6
    return [
        (row.number, row.name, joined(line.words for line in row.lines), row.due_cents, joined((*row.promised, *row.notes)), *empty)
        for row in expected.rows
    ]
