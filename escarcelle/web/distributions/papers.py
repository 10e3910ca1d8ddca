"""The papers of a distribution: who comes, what each producer brings, and the receipt of a basket; as sheets too."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from escarcelle.distributions.models import Distribution
from escarcelle.documents import attendance_list as attendance
from escarcelle.documents import order_sheet
from escarcelle.documents.receipt import receipt
from escarcelle.documents.wording import DayHead
from escarcelle.groups.permissions import Permission
from escarcelle.lib.csv_cells import Column
from escarcelle.orders.dated_queries import day_sheet
from escarcelle.orders.models import OrderLine
from escarcelle.orders.queries import ProducerSheet, lines_of, producer_sheets
from escarcelle.validation.queries import basket_page, baskets_page
from escarcelle.web.exports import XLSX, sheet_response
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.reach import basket_of, distribution_of


def _head(request: GroupRequest, found: Distribution) -> DayHead:
    return DayHead(request.group.name, found.on, found.starts_at, found.ends_at, found.place.name, request.today)


def _pdf(content: bytes, *, name: str) -> HttpResponse:
    """Shown by the browser, which prints it; its name counts when it is kept."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{slugify(name)}.pdf") or "inline"
    return response


def _lines(request: GroupRequest, found: Distribution) -> Sequence[OrderLine]:
    """What is ordered for a distribution, product by product. One statement."""
    lines = lines_of(request.group).filter(basket__distribution=found, quantity__gt=0).select_related("product", "basket")
    return list(lines.order_by("product__contract__name", "product__position", "product_id", "pk"))


# --- Who comes ---


def _expected(request: GroupRequest, found: Distribution) -> attendance.AttendanceList:
    if request.group.is_amap:
        return attendance.of_shares(day_sheet(found))
    return attendance.of_baskets(baskets_page(found), _lines(request, found))


def _attendance(request: GroupRequest, distribution_id: int, *, is_compact: bool) -> HttpResponse:
    found = distribution_of(request, distribution_id)
    content = attendance.attendance_list(_head(request, found), _expected(request, found), is_compact=is_compact)
    return _pdf(content, name=f"emargement {found.on}")


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def attendance_pdf(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """With a line for each product."""
    return _attendance(request, distribution_id, is_compact=False)


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def attendance_compact_pdf(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """With one line for each person."""
    return _attendance(request, distribution_id, is_compact=True)


@group_screen(may=Permission.SEE_DISTRIBUTIONS)
def attendance_xlsx(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """The same as a sheet."""
    found = distribution_of(request, distribution_id)
    kinds = {"number": "number", "due": "amount_cents", "paid": "amount_cents", "refunded": "amount_cents"}
    widths = {"name": 26, "lines": 60, "promised": 36}
    columns = [
        Column(heading, kinds.get(name, "text"), widths.get(name, 14))  # type: ignore[arg-type]  # the words above are kinds
        for name, heading in attendance.headings().items()
    ]
    rows = attendance.sheet_rows(_expected(request, found))
    return sheet_response(XLSX, columns, rows, name=f"emargement {found.on}")


# --- What each producer brings ---


def _producers(request: GroupRequest, producer_id: int | None) -> list[int] | None:
    """Whose sheets: those asked for, None for everybody's; for a producer only their own."""
    producer = get_object_or_404(request.group.producers, pk=producer_id) if producer_id is not None else None
    if request.rights.may(Permission.SEE_DISTRIBUTIONS):
        return [producer.pk] if producer else None
    theirs = request.rights.producer_ids
    if not theirs or (producer and producer.pk not in theirs):
        raise PermissionDenied
    return [producer.pk] if producer else sorted(theirs)


def _sheets(request: GroupRequest, found: Distribution, producer_id: int | None) -> tuple[list[ProducerSheet], order_sheet.Shares]:
    producer_ids = _producers(request, producer_id)
    return producer_sheets(found, producer_ids), order_sheet.shares_of(_lines(request, found))


@group_screen(may=Permission.BELONG)
def order_sheet_pdf(request: GroupRequest, distribution_id: int, producer_id: int | None = None) -> HttpResponse:
    """A page for each producer, or that of one."""
    found = distribution_of(request, distribution_id)
    sheets, shares = _sheets(request, found, producer_id)
    return _pdf(order_sheet.order_sheets(_head(request, found), sheets, shares), name=f"bon de commande {found.on}")


@group_screen(may=Permission.BELONG)
def order_sheet_xlsx(request: GroupRequest, distribution_id: int, producer_id: int | None = None) -> HttpResponse:
    """The same as a sheet."""
    found = distribution_of(request, distribution_id)
    rows = order_sheet.sheet_rows(*_sheets(request, found, producer_id))
    return sheet_response(XLSX, order_sheet.sheet_columns(), rows, name=f"bon de commande {found.on}")


# --- What was collected and paid ---


@group_screen(may=Permission.BELONG)
def receipt_pdf(request: GroupRequest, basket_id: int) -> HttpResponse:
    """For the household whose basket it is, and for who handles baskets, once it is validated."""
    found = basket_of(request, basket_id)
    if found.account.member_id != request.member.holder_id and not request.rights.may(Permission.HANDLE_BASKETS):
        raise PermissionDenied
    if not found.is_validated:
        messages.info(request, _("Le reçu sera prêt quand le panier sera validé."))
        is_helping = request.rights.may(Permission.HANDLE_BASKETS)
        return redirect("web:basket" if is_helping else "web:order", request.group.slug, found.pk)
    content = receipt(_head(request, found.distribution), basket_page(found))
    return _pdf(content, name=f"recu {found.distribution.on} panier {found.number}")
