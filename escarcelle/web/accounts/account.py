"""« Compte »: the same page, with the same figures, for the member, the treasurer, the coordinator and the producer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.lib.dates import format_day
from escarcelle.payments.queries import PayeeBalance, accounts_of, accounts_with_balance, by_payee
from escarcelle.payments.statements import NoSuchPage, Statement, day_balances, statement_of
from escarcelle.web.accounts.reach import address, contract_of, may_over, payee_icon, payments_url
from escarcelle.web.language import of_name
from escarcelle.web.plots import balance_plot
from escarcelle.web.screens import GroupRequest, group_screen


@dataclass(frozen=True)
class PayeeLink:
    """« Avec qui ? »: one payee, the contracts with them, the balance."""

    name: str
    is_group: bool
    about: str
    balance_cents: int
    url: str
    current: bool


@dataclass(frozen=True)
class AccountLink:
    """One of several accounts with the same payee."""

    name: str
    period: str
    balance_cents: int
    url: str
    current: bool


@group_screen(may=Permission.SEE_ACCOUNTS)
def account(request: GroupRequest, member_id: int) -> HttpResponse:
    accounts = accounts_of(request.group, member_id)
    holder = accounts[0].member if accounts else get_object_or_404(request.group.members, pk=member_id).holder
    return _page(request, accounts, {"member_name": holder.name, "heading": account_heading(holder.name), "holder": holder})


@group_screen(may=Permission.BELONG)
def my_account(request: GroupRequest) -> HttpResponse:
    accounts = accounts_of(request.group, request.member.holder_id)
    is_second = request.member.household_of is not None
    return _page(
        request, accounts, {"heading": _("Mon compte"), "is_mine": True, "household_of": request.member.holder.name if is_second else ""}
    )


@group_screen(may=Permission.SEE_CONTRACT, over_some_contract=True)
def subscription_account(request: GroupRequest, contract_id: int, subscription_id: int) -> HttpResponse:
    """The account of one subscription, for who sees its contract: nothing else of the member."""
    found = get_object_or_404(accounts_with_balance(request.group), subscription=subscription_id, subscription__contract=contract_id)
    if not may_over(request, Permission.SEE_CONTRACT, found):
        raise PermissionDenied
    name = found.member.name
    return _page(request, [found], {"member_name": name, "heading": account_heading(name), "contract": contract_of(found)})


def account_heading(name: str) -> str:
    """« Compte d’ADAM Pécine », « Compte de LE GOFF Martine »"""
    return _("Compte {of_name}").format(of_name=of_name(name))


def _page(request: GroupRequest, accounts: Sequence[Any], context: dict[str, Any]) -> HttpResponse:
    payees = by_payee(request.group, accounts)
    context |= {
        "payees": [],
        "may_take_over": request.rights.may(Permission.TAKE_OVER_BALANCES),
        "members_url": address("members", request.group.slug),
    }
    if not payees:
        return render(request, "accounts/account.html", context)
    payee, chosen = _chosen(request, payees)
    try:
        statement = statement_of(chosen, on=request.today, before=request.GET.get("avant", ""))
    except NoSuchPage as error:
        raise Http404 from error
    context |= {
        "payees": [_payee_link(found, current=found is payee) for found in payees],
        "payee": payee,
        "payee_icon": payee_icon(payee.payee),
        "account": chosen,
        "account_name": account_name(chosen),
        "period": period_of(chosen),
        "accounts": [_account_link(found, current=found is chosen) for found in payee.accounts],
        **_statement_context(request, statement),
        **_acts(request, payee, chosen),
    }
    return render(request, "accounts/account.html", context)


def _statement_context(request: GroupRequest, statement: Statement) -> dict[str, Any]:
    plot = balance_plot(
        day_balances(statement),
        carried_cents=statement.carried_cents,
        until=request.today if statement.is_newest or not statement.rows else statement.rows[-1].value_date,
    )
    query = request.GET.copy()
    query["avant"] = statement.older
    newest = request.GET.copy()
    newest.pop("avant", None)
    return {
        "statement": statement,
        "plot": plot,
        "older_url": f"?{query.urlencode()}" if statement.older else "",
        "newest_url": "" if statement.is_newest else f"?{newest.urlencode()}",
    }


def _acts(request: GroupRequest, payee: PayeeBalance, chosen: MemberAccount) -> dict[str, str]:
    """The addresses of what may be done from here; empty for what may not."""
    slug = request.group.slug
    may_move = may_over(request, Permission.MOVE_BALANCES, chosen) and len(payee.accounts) > 1
    return {
        "payments_url": payments_url(request, chosen),
        "move_url": reverse("web:balance_transfer", args=[slug, chosen.pk]) if may_move else "",
        "move_back_stem": reverse("web:balance_transfer", args=[slug, chosen.pk])
        if may_over(request, Permission.MOVE_BALANCES, chosen)
        else "",
        "correct_opening_url": _correct_opening_url(request, chosen),
        "pdf_url": reverse("web:account_pdf", args=[slug, chosen.pk]),
        "export_url": reverse("web:account_export", args=[slug, chosen.pk, "csv"]),
    }


def _correct_opening_url(request: GroupRequest, chosen: Any) -> str:
    """Where the balance taken over on this account is corrected; empty when there is none, or when they may not."""
    if not chosen.opening_id or not request.rights.may(Permission.TAKE_OVER_BALANCES):
        return ""
    return reverse("web:opening_balance_correct", args=[request.group.slug, chosen.opening_id])


def _chosen(request: GroupRequest, payees: Sequence[PayeeBalance]) -> tuple[PayeeBalance, MemberAccount]:
    """What the address asks for, among the accounts that the page is about; 404 for anything else."""
    book_id, account_id = request.GET.get("beneficiaire", ""), request.GET.get("compte", "")
    for payee in payees:
        for found in payee.accounts:
            if account_id in ("", str(found.pk)) and book_id in ("", str(payee.payee.book_id)):
                return payee, found
    raise Http404


def _payee_link(found: PayeeBalance, *, current: bool) -> PayeeLink:
    return PayeeLink(
        name=found.payee.name,
        is_group=found.payee.producer_id is None,
        about=about_of(found),
        balance_cents=found.balance_cents,
        url="?" + urlencode({"beneficiaire": found.payee.book_id}),
        current=current,
    )


def about_of(found: PayeeBalance) -> str:
    """What a balance is made of: the accounts that are not at zero, or else the newest one."""
    moved = [account for account in found.accounts if account.balance_cents]  # type: ignore[attr-defined]  # read by `accounts_of`
    return ", ".join(dict.fromkeys(account_name(account) for account in moved or found.accounts[:1]))


def _account_link(found: Any, *, current: bool) -> AccountLink:
    url = "?" + urlencode({"beneficiaire": found.book_id, "compte": found.pk})
    return AccountLink(account_name(found), period_of(found), found.balance_cents, url, current)


def account_name(account: MemberAccount) -> str:
    """What people call an account: its contract, or the payee's general account."""
    return _("Compte général") if account.is_general else account.subscription.contract.name


def period_of(account: MemberAccount) -> str:
    """What it covers: the days of the subscription, and with whom it is alternated."""
    if account.is_general:
        return _("solde repris, et paiements hors contrat")
    subscription = account.subscription
    words = _("du {first} au {last}").format(first=format_day(subscription.starts_on), last=format_day(subscription.ends_on))
    if subscription.alternate:
        words = _("{period}, alterné avec {name}").format(period=words, name=subscription.alternate.name)
    return _("{period}, supprimée").format(period=words) if subscription.withdrawn_at else words
