"""Which accounts a person may open, and what they may do there. Asked again by every screen, whatever the page before offered."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.payees import Payee
from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.payments.queries import accounts_with_balance
from escarcelle.web.screens import GroupRequest


def contract_of(account: MemberAccount) -> Contract | None:
    """The contract that an account is about; None for a general one."""
    return None if account.is_general else account.subscription.contract


def may_over(request: GroupRequest, permission: Permission, account: MemberAccount) -> bool:
    """Whether they hold a permission over the whole group, or over the contract of this account."""
    return request.rights.may(permission, contract_of(account))


def may_see(request: GroupRequest, account: MemberAccount) -> bool:
    """One's own household's accounts, everybody's for who may see accounts, a contract's for its coordinator and its producer."""
    is_theirs = account.member_id == request.member.holder_id
    return is_theirs or request.rights.may(Permission.SEE_ACCOUNTS) or may_over_contract(request, Permission.SEE_CONTRACT, account)


def may_over_contract(request: GroupRequest, permission: Permission, account: MemberAccount) -> bool:
    """As `may_over`, but a general account belongs to no contract."""
    contract = contract_of(account)
    return contract is not None and request.rights.may(permission, contract)


def account_of(request: GroupRequest, account_id: int) -> Any:
    """An account of the group with its `balance_cents`: 404 for another group's, 403 for one they may not see."""
    account = get_object_or_404(accounts_with_balance(request.group), pk=account_id)
    if not may_see(request, account):
        raise PermissionDenied
    return account


def payee_icon(payee: Payee) -> str:
    """A producer is drawn as a farm, the group as its members."""
    return "farm" if payee.producer_id else "members"


def payments_url(request: GroupRequest, account: MemberAccount) -> str:
    """Where the payments of an account are entered; empty when they may not, or where this installation has no such screen."""
    if not may_over(request, Permission.RECORD_PAYMENTS, account):
        return ""
    if account.is_general:
        return address("account_payments", request.group.slug, account.pk)
    stem = address("subscriptions", request.group.slug, account.subscription.contract_id)
    return f"{stem}{account.subscription.pk}/paiements/" if stem else ""


def address(name: str, *args: object) -> str:
    """The address of a screen, or nothing when this installation has not got it."""
    try:
        return reverse(f"web:{name}", args=args)
    except NoReverseMatch:
        return ""
