"""One member: contact, household, roles, what they subscribed to, what they coordinate."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from escarcelle.groups.models import Member, Role
from escarcelle.groups.permissions import Permission
from escarcelle.payments.queries import PayeeBalance, payee_balances
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.accounts.reach import address
from escarcelle.web.members.reach import member_of
from escarcelle.web.members.wording import second_of
from escarcelle.web.screens import GroupRequest, group_screen


@dataclass(frozen=True)
class Choice:
    """A role or a producer's side that this member has, or could be given."""

    name: str
    value: str
    label: str
    is_given: bool
    id: str = field(default="")


@group_screen(may=Permission.SEE_MEMBERS)
def member(request: GroupRequest, member_id: int) -> HttpResponse:
    return member_page(request, member_of(request, member_id))


def member_page(request: GroupRequest, found: Member, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """The page of a member, with what was refused on it."""
    may, slug = request.rights.may, request.group.slug
    sees_accounts = may(Permission.SEE_ACCOUNTS)
    may_give_roles = may(Permission.MANAGE_ROLES) and found.is_present
    context: dict[str, Any] = {
        "member": found,
        "first": found.household_of,
        "second": second_of(found),
        "refusal": refusal,
        "subscriptions": _subscriptions(request, found),
        "coordinations": list(found.coordinations.select_related("contract").order_by("-contract__starts_on", "contract_id")),
        "balances": balances_of(found) if sees_accounts else [],
        "account_url": address("account", slug, found.holder_id) if sees_accounts else "",
        "choices": [choice for choice in role_choices(request, found) if may_give_roles or choice.is_given],
        "may_manage": may(Permission.MANAGE_MEMBERS),
        "may_give_roles": may_give_roles,
        "may_erase": may(Permission.ERASE_MEMBERS),
        "new_second_url": f"{reverse('web:member_new', args=[slug])}?foyer={found.pk}",
        "languages": settings.LANGUAGES,
        "key": uuid4(),
    }
    return render(request, "members/member.html", context, status=status)


def balances_of(found: Member) -> list[PayeeBalance]:
    """Their balance with each payee; never added up."""
    return payee_balances(found)


def _subscriptions(request: GroupRequest, found: Member) -> list[Subscription]:
    """Those of the household that the reader may see: a coordinator sees those of their contracts."""
    of_household = request.group.subscriptions.standing().filter(member=found.holder_id)
    subscriptions = of_household.select_related("contract__producer", "alternate").order_by("-starts_on", "-pk")
    return [subscription for subscription in subscriptions if request.rights.may(Permission.SEE_CONTRACT, subscription.contract)]


def role_choices(request: GroupRequest, found: Member) -> list[Choice]:
    """Roles over the whole group, then the producers whose side they may look after."""
    given = {role.name for role in found.roles.all()}
    roles = [Choice("role", str(name), str(label), name in given, f"role_{name}") for name, label in Role.Name.choices]
    if not request.rights.may(Permission.MANAGE_ROLES):
        return [choice for choice in roles if choice.is_given]
    accesses = {access.producer_id for access in found.producer_accesses.all()}
    producers = request.group.producers.order_by("name", "pk")
    return roles + [Choice("producer", str(one.pk), one.name, one.pk in accesses, f"producer_{one.pk}") for one in producers]
