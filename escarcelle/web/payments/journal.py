"""Paiements: what was entered in the group, the newest first, and the batches with their way back."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.payments.journal import batches_of, journal_page
from escarcelle.payments.models import Batch, Method
from escarcelle.payments.recording import methods_of
from escarcelle.web.language import money
from escarcelle.web.payments.grid_words import ANY, count_words
from escarcelle.web.payments.rows import ICONS, payment_rows
from escarcelle.web.screens import GroupRequest, group_screen

# What the address says → the method it asks for.
METHODS = {
    "cheque": Method.CHEQUE,
    "especes": Method.CASH,
    "virement": Method.TRANSFER,
    "carte": Method.CARD_TERMINAL,
    "a-preciser": Method.UNKNOWN,
}
MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class BatchLine:
    """A batch in the list, with its page and its way back."""

    batch: Batch
    in_words: str
    url: str
    cancel_url: str


@dataclass(frozen=True)
class MethodChip:
    label: str
    url: str
    icon: str
    current: bool


@group_screen(may=Permission.RECORD_PAYMENTS, over_some_contract=True)
def payments(request: GroupRequest) -> HttpResponse:
    """All of the group for who records everywhere; the coordinator of a contract sees that contract."""
    contract_ids = None if request.rights.may(Permission.RECORD_PAYMENTS) else request.rights.coordinated_contract_ids
    asked, before_id = request.GET.get("moyen", ""), _before(request)
    page = journal_page(request.group, contract_ids=contract_ids, method=METHODS.get(asked, ""), before_id=before_id)
    is_first = before_id is None and asked not in METHODS
    context = {
        "rows": payment_rows(request, page.payments),
        "batches": _batches(request, contract_ids) if is_first else [],
        "chips": _chips(request, asked),
        "newest_url": _query(asked) if before_id else "",
        "older_url": _query(asked, page.older_than) if page.older_than else "",
        "is_filtered": asked in METHODS,
    }
    return render(request, "payments/payments.html", context)


def _before(request: GroupRequest) -> int | None:
    """The payment before which the page begins; 404 for what no page ever gave."""
    typed = request.GET.get("avant", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 20 and int(typed) <= MAX_ID):
        raise Http404
    return int(typed)


def _query(method: str, before_id: int | None = None) -> str:
    return "?" + urlencode({name: value for name, value in {"moyen": method, "avant": before_id}.items() if value})


def _chips(request: GroupRequest, asked: str) -> list[MethodChip]:
    offered = {word: method for word, method in METHODS.items() if method in methods_of(request.group)}
    labels = [("", _("Tous"), ""), *((word, str(method.label), ICONS[method]) for word, method in offered.items())]
    current = asked if asked in offered else ""
    return [MethodChip(label, _query(word), icon, word == current) for word, label, icon in labels]


def _batches(request: GroupRequest, contract_ids: Collection[int] | None) -> list[BatchLine]:
    return [_batch_line(request, found) for found in batches_of(request.group, contract_ids=contract_ids)]


def _batch_line(request: GroupRequest, found: Batch) -> BatchLine:
    arguments = [request.group.slug, found.contract_id, found.pk]
    may_cancel = found.cancelled_at is None and request.rights.may(Permission.CORRECT_PAYMENTS, found.contract)
    return BatchLine(
        batch=found,
        in_words=f"{count_words(ANY, found.payment_count)}, {money(found.total_cents)}",
        url=reverse("web:batch", args=arguments),
        cancel_url=reverse("web:batch_cancel", args=arguments) if may_cancel else "",
    )
