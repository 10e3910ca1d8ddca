"""« Solde des adhérents », in a market « Solde des clients »: everybody at a glance, one payee at a time."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.permissions import Permission
from escarcelle.lib.csv_cells import Column
from escarcelle.payments.queries import BalanceRow, BalancesPage, balances_page
from escarcelle.web.accounts.reach import address, payee_icon
from escarcelle.web.exports import sheet_response
from escarcelle.web.screens import GroupRequest, group_screen

# As addresses say it → as the query says it.
FILTERS = {"du": "negative", "avoir": "positive", "a-jour": "even"}


@dataclass(frozen=True)
class Chip:
    """A filter by balance."""

    label: str
    url: str
    count: int
    icon: str
    current: bool


@dataclass(frozen=True)
class Subtab:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Line:
    """A row of the table with its addresses, made without asking the router for each."""

    row: BalanceRow
    account_url: str
    payments_url: str


@dataclass(frozen=True)
class Asked:
    """What the address asks: a payee, a filter, a search."""

    payee: Payee
    balance: str
    text: str

    def query(self, **changes: str) -> str:
        wanted = {"beneficiaire": str(self.payee.book_id), "solde": self.balance, "q": self.text, **changes}
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    def page(self, request: GroupRequest) -> BalancesPage:
        return balances_page(request.group, self.payee, balance=FILTERS.get(self.balance, ""), text=self.text)


@group_screen(may=Permission.SEE_ACCOUNTS)
def balances(request: GroupRequest) -> HttpResponse:
    payees = _payees(request)
    asked = _asked(request, payees)
    found = asked.page(request)
    slug = request.group.slug
    context = {
        "asked": asked,
        "found": found,
        "payee_icon": payee_icon(asked.payee),
        "lines": _lines(request, found.rows),
        "chips": _chips(asked, found),
        "subtabs": [
            Subtab(_tab_label(request, payee), asked.query(beneficiaire=str(payee.book_id)), payee == asked.payee) for payee in payees
        ],
        "export_url": reverse("web:balances_export", args=[slug, "csv"]) + asked.query(),
        "opening_url": reverse("web:opening_balances", args=[slug]) + f"?beneficiaire={asked.payee.book_id}",
        "may_take_over": request.rights.may(Permission.TAKE_OVER_BALANCES),
        "is_filtered": bool(asked.balance or asked.text),
        "members_url": address("members", slug),
        "words": _words(request, found),
    }
    return render(request, "accounts/balances.html", context)


@group_screen(may=Permission.SEE_ACCOUNTS)
def balances_export(request: GroupRequest, kind: str) -> HttpResponse:
    asked = _asked(request, _payees(request))
    columns = [
        Column(_("Membre"), width=32),
        Column(_("Bénéficiaire"), width=28),
        Column(_("Solde"), "amount_cents"),
        Column(_("Dernier paiement"), "amount_cents"),
        Column(_("Reçu le"), "date"),
    ]
    rows = [
        (
            row.member_name,
            asked.payee.name,
            row.balance_cents,
            row.last_payment.amount_cents if row.last_payment else None,
            row.last_payment.received_on if row.last_payment else None,
        )
        for row in asked.page(request).rows
    ]
    return sheet_response(kind, columns, rows, name=_("Soldes {payee}").format(payee=asked.payee.name))


def _payees(request: GroupRequest) -> list[Payee]:
    """Those with whom somebody has an account. In a market clients pay the market first of all."""
    with_accounts = set(request.group.accounts.order_by().values_list("book_id", flat=True).distinct())
    every = payees_of(request.group)
    payees = [payee for payee in every if payee.book_id in with_accounts] or every[-1:]
    return payees if request.group.is_amap else sorted(payees, key=lambda payee: payee.producer_id is not None)


def _asked(request: GroupRequest, payees: list[Payee]) -> Asked:
    """A payee who is not of this group is nobody: the first one is shown."""
    wanted = request.GET.get("beneficiaire", "")
    payee = next((payee for payee in payees if str(payee.book_id) == wanted), payees[0])
    balance = request.GET.get("solde", "")
    return Asked(payee, balance if balance in FILTERS else "", " ".join(request.GET.get("q", "").split())[:80])


def _tab_label(request: GroupRequest, payee: Payee) -> str:
    if payee.producer_id is None and request.group.is_amap:
        return _("{group}, adhésions").format(group=payee.name)
    return payee.name


def _words(request: GroupRequest, found: BalancesPage) -> dict[str, str]:
    """What stands under the figures: a market has clients, an AMAP has members."""
    shown, total = len(found.rows), found.count
    if request.group.is_amap:
        words = {
            "owed": ngettext("dû par un adhérent", "dû par {n} adhérents", found.owing_count).format(n=found.owing_count),
            "favour": ngettext("avoir d’un adhérent", "avoir de {n} adhérents", found.favoured_count).format(n=found.favoured_count),
            "even": ngettext("adhérent à jour", "adhérents à jour", found.even_count),
            "count": ngettext("{n} adhérent", "{n} adhérents", shown).format(n=shown),
        }
    else:
        words = {
            "owed": ngettext("dû par un client", "dû par {n} clients", found.owing_count).format(n=found.owing_count),
            "favour": ngettext("avoir d’un client", "avoir de {n} clients", found.favoured_count).format(n=found.favoured_count),
            "even": ngettext("client à jour", "clients à jour", found.even_count),
            "count": ngettext("{n} client", "{n} clients", shown).format(n=shown),
        }
    return words if shown == total else {**words, "count": _("{count} sur {total}").format(count=words["count"], total=total)}


def _chips(asked: Asked, found: BalancesPage) -> list[Chip]:
    chips = [
        ("", _("Tous"), found.count, ""),
        ("du", _("Reste dû"), found.owing_count, "owed"),
        ("avoir", _("Avoir"), found.favoured_count, "favour"),
        ("a-jour", _("À jour"), found.even_count, "even"),
    ]
    return [Chip(label, asked.query(solde=name), count, icon, asked.balance == name) for name, label, count, icon in chips]


def _lines(request: GroupRequest, rows: list[BalanceRow]) -> list[Line]:
    """Addresses are made from one of each: the router is too slow to be asked eight hundred times."""
    slug, may_record = request.group.slug, request.rights.may(Permission.RECORD_PAYMENTS)
    account_stem = reverse("web:account", args=[slug, 0])
    contracts_stem = address("contracts", slug) if may_record else ""
    general_stem = address("account_payments", slug, 0) if may_record else ""
    lines = []
    for row in rows:
        if row.subscription is None:
            payments_url = general_stem.replace("/0/", f"/{row.account_id}/")
        else:
            stem = f"{contracts_stem}{row.subscription.contract_id}/souscriptions/{row.subscription.pk}/paiements/"
            payments_url = stem if contracts_stem else ""
        lines.append(Line(row, account_stem.replace("/0/", f"/{row.member_id}/"), payments_url))
    return lines
