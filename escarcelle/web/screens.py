"""The first of the four questions of a screen: who may? Everything a screen reaches starts from the tenant put here on the request."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache

from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.rights import Rights, rights_of
from escarcelle.groups.belonging import groups_of, member_in
from escarcelle.groups.models import Group, Member
from escarcelle.groups.permissions import Permission

P = ParamSpec("P")
# Beyond it no database has a row; SQLite would not even understand the question.
HIGHEST_ID = 2**63 - 1


class GroupRequest(HttpRequest):
    """A request inside a group: by one of its members, with their rights, on a day."""

    group: Group
    member: Member
    rights: Rights
    today: dt.date
    other_groups: list[Group]


class ContractRequest(GroupRequest):
    """A request about one contract of the group."""

    contract: Contract


def group_screen(
    *, may: Permission, over_some_contract: bool = False
) -> Callable[[Callable[Concatenate[GroupRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Open a screen to the members of the group in its address who hold this permission.

    Signed out: to the door. Not of this group: 404, as if it did not exist. Of the group without the right: 403.
    `over_some_contract` also lets in who holds the permission over at least one contract; the screen then shows only those."""

    def decorate(screen: Callable[Concatenate[GroupRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(screen)
        def guarded(request: Any, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            _enter(request, slug)
            allowed = request.rights.may_over_some_contract(may) if over_some_contract else request.rights.may(may)
            if not allowed:
                raise PermissionDenied
            return screen(request, *args, **kwargs)

        guarded.may = may  # type: ignore[attr-defined]  # compared with the table of rights
        return guarded

    return decorate


def contract_screen(
    *, may: Permission
) -> Callable[[Callable[Concatenate[ContractRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The same for one contract: its coordinators come in too, and its producer where that is theirs to see."""

    def decorate(screen: Callable[Concatenate[ContractRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(screen)
        def guarded(request: Any, slug: str, contract_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            _enter(request, slug)
            request.contract = get_object_or_404(request.group.contracts.select_related("producer", "group"), pk=contract_id)
            if not request.rights.may(may, request.contract):
                raise PermissionDenied
            return screen(request, *args, **kwargs)

        guarded.may = may  # type: ignore[attr-defined]  # compared with the table of rights
        return guarded

    return decorate


def _enter(request: Any, slug: str) -> None:
    """Put the tenant on the request, or answer as if it did not exist."""
    member = member_in(slug, request.user)
    if member is None or any(isinstance(word, int) and word > HIGHEST_ID for word in request.resolver_match.kwargs.values()):
        raise Http404
    request.group, request.member, request.rights = member.group, member, rights_of(member)
    request.other_groups = [group for group in groups_of(request.user) if group.pk != member.group_id]
    request.today = timezone.localdate()
