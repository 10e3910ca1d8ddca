"""The members of the group, by name."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.names import fold, matches
from escarcelle.web.accounts.reach import address
from escarcelle.web.members.wording import household_of, roles_of
from escarcelle.web.screens import GroupRequest, group_screen

LEFT = "partis"


@dataclass(frozen=True)
class MemberRow:
    """One line of the list."""

    name: str
    url: str
    email: str
    phone: str
    roles: str
    household: str
    signs_in: bool


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    count: int
    current: bool


@group_screen(may=Permission.SEE_MEMBERS)
def members(request: GroupRequest) -> HttpResponse:
    text, who = request.GET.get("q", ""), request.GET.get("qui", "")
    every = _members(request)
    asked = [member for member in every if member.is_present != (who == LEFT)]
    found = [member for member in asked if not text.strip() or _is_about(member, text)]
    may = request.rights.may
    context = {
        "rows": _rows(request, found),
        "count": _count(len(found), len(asked)),
        "chips": _chips(every, who, text),
        "text": text,
        "who": who,
        "balances_url": address("balances", request.group.slug) if may(Permission.SEE_ACCOUNTS) else "",
        "activity_url": reverse("web:activity", args=[request.group.slug]) if may(Permission.SEE_ACTIVITY) else "",
        "may_manage": may(Permission.MANAGE_MEMBERS),
        "may_import": may(Permission.IMPORT),
    }
    return render(request, "members/members.html", context)


def _members(request: GroupRequest) -> list[Member]:
    """Present or gone, without the machines that call the API and without who was erased. Six statements."""
    people = request.group.members.filter(is_machine=False, erased_at=None).by_name()
    return list(
        people.select_related("household_of", "second").prefetch_related("roles", "coordinations__contract", "producer_accesses__producer")
    )


def _is_about(member: Member, text: str) -> bool:
    return matches(text, member.name) or fold(text).replace(" ", "") in fold(f"{member.email} {member.phone}").replace(" ", "")


def _rows(request: GroupRequest, found: list[Member]) -> list[MemberRow]:
    """Addresses are made from one: the router is too slow to be asked four hundred times."""
    stem = reverse("web:member", args=[request.group.slug, 0])
    return [
        MemberRow(
            name=member.name,
            url=stem.replace("/0/", f"/{member.pk}/"),
            email=member.email,
            phone=member.phone,
            roles=roles_of(member),
            household=household_of(member),
            signs_in=member.person_id is not None,
        )
        for member in found
    ]


def _chips(every: list[Member], who: str, text: str) -> list[Chip]:
    present = sum(member.is_present for member in every)
    chips = [("", _("Présents"), present), (LEFT, _("Partis"), len(every) - present)]

    def url(name: str) -> str:
        return "?" + urlencode({key: value for key, value in {"qui": name, "q": text}.items() if value})

    return [Chip(label, url(name), count, (who == LEFT) == (name == LEFT)) for name, label, count in chips]


def _count(shown: int, total: int) -> str:
    words = ngettext("{n} personne", "{n} personnes", shown).format(n=shown)
    return words if shown == total else _("{count} sur {total}").format(count=words, total=total)
