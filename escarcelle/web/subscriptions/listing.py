"""The page Souscriptions of a contract, and the same rows as a sheet."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.csv_cells import Cell, Column
from escarcelle.lib.dates import format_day
from escarcelle.subscriptions.queries import SubscriptionRow, SubscriptionsPage, subscriptions_page
from escarcelle.web.contracts.pages import contract_page
from escarcelle.web.exports import sheet_response
from escarcelle.web.language import money
from escarcelle.web.screens import ContractRequest, contract_screen

ROWS_PER_PAGE = 500

# What the address says → what the query calls it.
ORDERS = {"": "name", "date": "chronological", "periode": "period", "distributions": "distributions", "total": "total", "solde": "balance"}
BALANCES = {"negatif": "negative", "a-jour": "even", "faveur": "positive"}


@dataclass(frozen=True)
class Asked:
    """What the address asks: an order and its direction, a balance, some letters of a name."""

    order: str
    descending: bool
    balance: str
    text: str

    def page(self, request: ContractRequest) -> SubscriptionsPage:
        return subscriptions_page(
            request.contract,
            on=request.today,
            order=ORDERS[self.order],
            descending=self.descending,
            balance=BALANCES.get(self.balance, ""),
            text=self.text,
        )

    def query(self, **changes: str) -> str:
        """The end of an address that asks the same, but for these changes."""
        now = {"tri": self.order, "sens": "desc" if self.descending else "", "solde": self.balance, "q": self.text}
        return "?" + urlencode({name: value for name, value in {**now, **changes}.items() if value})


def _asked(request: ContractRequest) -> Asked:
    asked = request.GET
    order = asked.get("tri", "")
    balance = asked.get("solde", "")
    return Asked(
        order=order if order in ORDERS else "",
        descending=asked.get("sens") == "desc",
        balance=balance if balance in BALANCES else "",
        text=" ".join(asked.get("q", "").split())[:80],
    )


@dataclass(frozen=True)
class Heading:
    """A column by which the rows can be sorted; `direction` is what aria-sort says of the current one."""

    label: str
    url: str
    direction: str
    style: str


@dataclass(frozen=True)
class Chip:
    """A filter by balance."""

    label: str
    url: str
    count: int
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table, every string ready: four hundred of them are drawn at once."""

    member_name: str
    alternate_name: str | None
    engagement: str
    starts_on: str
    ends_on: str
    delivery_count: int
    total: str
    balance_cents: int
    orders_url: str
    payments_url: str
    edit_url: str
    delete_url: str


@contract_screen(may=Permission.SEE_CONTRACT)
def subscriptions(request: ContractRequest) -> HttpResponse:
    asked = _asked(request)
    found = asked.page(request)
    page = Paginator(found.rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "page": page,
        "lines": _lines(request, list(page.object_list)),
        "headings": _headings(asked),
        "chips": _chips(asked, found),
        "asked": asked,
        "owing_url": asked.query(solde="negatif", q=""),
        "other_order_url": asked.query(tri="" if asked.order == "date" else "date", sens=""),
        "is_filtered": bool(asked.balance or asked.text),
        "exports": [(kind.upper(), _url(request, "subscriptions_export", kind) + asked.query()) for kind in ("csv", "xlsx")],
    }
    return contract_page(request, "subscriptions/subscriptions.html", context, tab="subscriptions")


def _url(request: ContractRequest, name: str, *args: Any) -> str:
    return reverse(f"web:{name}", args=[request.group.slug, request.contract.pk, *args])


def _lines(request: ContractRequest, rows: list[SubscriptionRow]) -> list[Line]:
    payments, edit, delete = (_row_url(request, name) for name in ("subscription_payments", "subscription_edit", "subscription_delete"))
    orders = reverse("web:dated_orders", args=[request.group.slug, 0]).replace("/0/", "/{}/") if request.contract.is_variable else ""
    return [
        Line(
            member_name=row.member_name,
            alternate_name=row.alternate_name,
            engagement=_engagement(row),
            starts_on=format_day(row.starts_on),
            ends_on=format_day(row.ends_on),
            delivery_count=row.delivery_count,
            total=money(row.total_cents),
            balance_cents=row.balance_cents,
            orders_url=orders.format(row.id),
            payments_url=payments.format(row.id),
            edit_url=edit.format(row.id),
            delete_url=delete.format(row.id),
        )
        for row in rows
    ]


def _engagement(row: SubscriptionRow) -> str:
    """« 1 x Panier de légumes, 2 x Oignons »"""
    return ", ".join(str(part) for part in row.engagement)


def _row_url(request: ContractRequest, name: str) -> str:
    """The address of a screen of one subscription with {} for its key: the router is asked once, not once a row."""
    try:
        return _url(request, name, 0).replace("/0/", "/{}/")
    except NoReverseMatch:
        return ""


def _headings(asked: Asked) -> dict[str, Heading]:
    labels = {
        "": (_("Membre"), ""),
        "periode": (_("Période d’engagement"), ""),
        "distributions": (_("Nbre de distributions"), "figure"),
        "total": (_("Total commandé"), "money first"),
        "solde": (_("Solde"), "money"),
    }
    return {name or "nom": _heading(asked, name, label, style) for name, (label, style) in labels.items()}


def _heading(asked: Asked, name: str, label: str, style: str) -> Heading:
    is_current = asked.order == name
    turned = "desc" if is_current and not asked.descending else ""
    direction = ("descending" if asked.descending else "ascending") if is_current else ""
    return Heading(label, asked.query(tri=name, sens=turned), direction, style)


def _chips(asked: Asked, found: SubscriptionsPage) -> list[Chip]:
    chips = [
        ("", _("Toutes"), found.count, ""),
        ("negatif", _("Solde négatif"), found.negative_count, "owed"),
        ("a-jour", _("À jour"), found.even_count, "even"),
        ("faveur", _("En faveur"), found.positive_count, "favour"),
    ]
    return [Chip(label, asked.query(solde=name), count, icon, asked.balance == name) for name, label, count, icon in chips]


@contract_screen(may=Permission.SEE_CONTRACT)
def subscriptions_export(request: ContractRequest, kind: str) -> HttpResponse:
    """The rows of the page, in its order and with its filter."""
    rows = _asked(request).page(request).rows
    name = _("Souscriptions {contract}").format(contract=request.contract.name)
    return sheet_response(kind, _columns(), (_cells(row) for row in rows), name=name)


def _columns() -> list[Column]:
    return [
        Column(_("Membre"), width=28),
        Column(_("Alterné avec"), width=28),
        Column(_("Engagement"), width=36),
        Column(_("Du"), "date"),
        Column(_("Au"), "date"),
        Column(_("Nbre de distributions"), "number"),
        Column(_("Total commandé"), "amount_cents"),
        Column(_("Paiements et reprises"), "amount_cents"),
        Column(_("Solde"), "amount_cents"),
        Column(_("Payé"), width=8),
    ]


def _cells(row: SubscriptionRow) -> list[Cell]:
    return [
        row.member_name,
        row.alternate_name,
        _engagement(row),
        row.starts_on,
        row.ends_on,
        row.delivery_count,
        row.total_cents,
        # Payments, and the balance taken over or carried: all that makes the balance besides the total.
        row.balance_cents + row.total_cents,
        row.balance_cents,
        _("non") if row.balance_cents < 0 else _("oui"),
    ]
