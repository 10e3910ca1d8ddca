"""The receipt of a basket that was collected and validated: what was taken, how it was paid, what remains."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext

from escarcelle.documents.typesetting import typeset
from escarcelle.documents.wording import DayHead, language, long_day, money, weight
from escarcelle.orders.models import OrderLine
from escarcelle.payments.models import Method, Payment, Refund
from escarcelle.validation.queries import BasketPage


def receipt(head: DayHead, shown: BasketPage) -> bytes:
    """The PDF of a validated basket, from what its page shows. It asks the database nothing."""
    return typeset("receipt", _content(head, shown))


def _content(head: DayHead, shown: BasketPage) -> dict[str, Any]:
    basket, standing = shown.row.basket, shown.row.standing
    lines = [line for line in shown.lines if line.quantity]
    return {
        "language": language(),
        "title": gettext("Reçu, panier n°\u00a0{number}").format(number=basket.number),
        "group": head.group_name,
        "client": shown.row.member_name,
        "about": head.about,
        "validated": _validated(basket.validated_at),
        "footer": head.footer,
        "headings": [gettext("Produit"), gettext("Producteur"), gettext("TVA"), gettext("Montant")],
        "lines": [_line(line) for line in lines],
        "total_word": gettext("À payer au marché"),
        "total": money(standing.due_cents),
        "settled": [*map(_payment, shown.payments), *map(_refund, shown.refunds)],
        "left": list(_left(standing.due_cents, standing.paid_cents)),
        "note": gettext("Prix toutes taxes comprises. Ce reçu n’est pas une facture\u00a0: demandez-la au producteur."),
    }


def _validated(validated_at: dt.datetime | None) -> str:
    return gettext("validé le {day}").format(day=long_day(localdate(validated_at))) if validated_at else ""


def _line(line: OrderLine) -> dict[str, str]:
    return {
        "product": line.product.name,
        "words": _computation(line),
        "producer": line.product.contract.producer.name,
        "vat": f"{line.vat_basis_points / 100:g}".replace(".", "," if language() == "fr" else ".") + "\u00a0%",
        "amount": money(line.total_cents),
    }


def _computation(line: OrderLine) -> str:
    """How the amount comes about."""
    price = money(line.price_cents)
    if not line.delivered:
        return gettext("non livré, rien à payer")
    if line.expected_grams is None:
        words = f"{line.delivered}\u00a0× {price}"
    else:
        grams = line.expected_grams if line.weighed_grams is None else line.weighed_grams
        words = gettext("{weight} à {price} le kilo").format(weight=weight(grams), price=price)
    if line.undelivered:
        words += ngettext(", {count} non livré", ", {count} non livrés", line.undelivered).format(count=line.undelivered)
    return words + (gettext(", dont {fee} de frais").format(fee=money(line.fee_cents)) if line.fee_cents else "")


def _payment(payment: Payment) -> dict[str, str]:
    words = gettext("Reçu, {method}").format(method=payment.get_method_display())
    if payment.method == Method.CHEQUE and payment.cheque.number:
        words += gettext(" n°\u00a0{number}").format(number=payment.cheque.number)
    return {"words": words, "amount": money(payment.amount_cents)}


def _refund(refund: Refund) -> dict[str, str]:
    return {"words": gettext("Rendu, {method}").format(method=refund.get_method_display()), "amount": money(-refund.amount_cents)}


def _left(due_cents: int, paid_cents: int) -> Iterable[dict[str, str]]:
    """What this basket moved on the client's account beyond what was paid for it."""
    if paid_cents < due_cents:
        yield {"words": gettext("Pris sur le compte du client"), "amount": money(due_cents - paid_cents)}
    if paid_cents > due_cents:
        yield {"words": gettext("Laissé sur le compte du client"), "amount": money(paid_cents - due_cents)}
