"""What producers bring to a distribution, one page each, « bon de commande »: product by product, with the baskets it goes in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext

from escarcelle.documents.typesetting import typeset
from escarcelle.documents.wording import DayHead, language, money, weight
from escarcelle.lib.csv_cells import Cell, Column
from escarcelle.orders.models import OrderLine
from escarcelle.orders.queries import ProducerSheet, SheetRow

# How many of a product go in which basket: {product: {basket number: quantity}}.
Shares = dict[int, Counter[int]]


def shares_of(lines: Iterable[OrderLine]) -> Shares:
    """From the lines of a distribution, read with their baskets. It asks the database nothing."""
    shares: Shares = defaultdict(Counter)
    for line in lines:
        shares[line.product_id][line.basket.number] += line.quantity
    return shares


def order_sheets(head: DayHead, sheets: Sequence[ProducerSheet], shares: Shares) -> bytes:
    """The PDF, a page for each producer. It asks the database nothing."""
    content = {
        "language": language(),
        "title": gettext("Bon de commande"),
        "group": head.group_name,
        "about": head.about,
        "footer": head.footer,
        "headings": [gettext("Produit"), gettext("Quantité"), gettext("Poids prévu"), gettext("Pour les paniers"), gettext("Montant")],
        "total_word": gettext("Ensemble"),
        "note": gettext(
            "Montants aux prix de la commande, sans les frais du marché\u202f; ce qui n’est pas encore pesé est compté au poids prévu."
        ),
        "nothing": gettext("Rien n’est commandé."),
        "sheets": [_printed(sheet, shares) for sheet in sheets],
    }
    return typeset("order_sheet", content)


def _printed(sheet: ProducerSheet, shares: Shares) -> dict[str, Any]:
    rows = [
        {
            "product": row.product.name,
            "quantity": str(row.quantity),
            "weight": "" if row.expected_grams is None else weight(row.expected_grams),
            "baskets": _baskets(row, shares),
            "amount": money(row.amount_cents),
        }
        for row in sheet.rows
    ]
    return {"producer": sheet.producer_name, "rows": rows, "total": money(sheet.amount_cents)}


def _baskets(row: SheetRow, shares: Shares) -> str:
    """« n° 1, n° 4 (× 2) »"""
    found = sorted(shares[row.product.pk].items())
    return ", ".join(
        gettext("n°\u00a0{number}").format(number=number) + (f"\u00a0(×\u00a0{count})" if count > 1 else "") for number, count in found
    )


def sheet_columns() -> list[Column]:
    """The columns of the same as a sheet."""
    return [
        Column(gettext("Producteur"), width=24),
        Column(gettext("Produit"), width=30),
        Column(gettext("Quantité"), "number"),
        Column(gettext("Poids prévu (g)"), "number"),
        Column(gettext("Pour les paniers"), width=40),
        Column(gettext("Montant"), "amount_cents"),
    ]


def sheet_rows(sheets: Sequence[ProducerSheet], shares: Shares) -> list[tuple[Cell, ...]]:
    """One row per product. It asks the database nothing."""
    return [
        (sheet.producer_name, row.product.name, row.quantity, row.expected_grams, _baskets(row, shares), row.amount_cents)
        for sheet in sheets
        for row in sheet.rows
    ]
