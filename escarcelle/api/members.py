"""Members join, change, form households, are given roles, leave, come back, and can be erased."""

import datetime as dt
from typing import Literal

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.answers import forget_answers
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer, Body, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import is_themself, named
from escarcelle.catalogs.departures import come_back, leave
from escarcelle.groups.invitations import invitation_token
from escarcelle.groups.members import PersonalDetails, change_member, create_member, give_role, take_role
from escarcelle.groups.models import Member, Role
from escarcelle.groups.permissions import Permission
from escarcelle.lib.names import sort_key
from escarcelle.notifications.invitations import invite
from escarcelle.payments.erasure import erase_member

operations = Operations("members")


class MemberOut(Answer):
    """A person's belonging to the group. `household_of` is the first person of their household when they are the second."""

    id: int
    name: str
    last_name: str
    first_name: str
    email: str
    phone: str
    household_of: int | None
    signs_in: bool
    roles: list[str]
    joined_on: dt.date
    left_on: dt.date | None
    is_erased: bool

    @classmethod
    def of(cls, member: Member) -> "MemberOut":
        return cls(
            id=member.pk,
            name=member.name,
            last_name=member.last_name,
            first_name=member.first_name,
            email=member.email,
            phone=member.phone,
            household_of=member.household_of_id,
            signs_in=member.person_id is not None,
            roles=sorted(role.name for role in member.roles.all()),
            joined_on=member.joined_on,
            left_on=member.left_on,
            is_erased=member.erased_at is not None,
        )


class Members(Answer):
    items: list[MemberOut]
    next: str | None


class MemberIn(Body):
    """Only the last name is needed. `household_of` makes them the second person of a household."""

    last_name: Text
    first_name: Text = ""
    email: Text = ""
    phone: Text = ""
    household_of: Id | None = None


class MemberChange(Body):
    """The fields to change."""

    last_name: Text | None = None
    first_name: Text | None = None
    email: Text | None = None
    phone: Text | None = None


class MemberFilter(Paging):
    state: Literal["present", "left", "all"] = "present"
    name: str = ""


@operations.get("/members", may=Permission.SEE_MEMBERS, returns=Members)
def list_members(request: ApiRequest, asked: Query[MemberFilter]) -> Members:
    """Members, by name.

    `name` keeps those whose last name begins so."""
    members = request.group.members.filter(is_machine=False, erased_at=None).prefetch_related("roles").order_by("sort_key", "pk")
    if asked.state != "all":
        members = members.filter(left_on__isnull=asked.state == "present")
    if asked.name:
        members = members.filter(sort_key__startswith=sort_key(asked.name, ""))
    if position := cursors.read(request, asked):
        name, pk = position
        members = members.filter(Q(sort_key__gt=name) | Q(sort_key=name, pk__gt=pk))
    page, following = cursors.cut(request, members[: asked.limit + 1], asked.limit, lambda member: (member.sort_key, member.pk))
    return Members(items=[MemberOut.of(member) for member in page], next=following)


@operations.post(
    "/members",
    may=Permission.MANAGE_MEMBERS,
    returns=MemberOut,
    status=201,
    example={"last_name": "Adam", "first_name": "Pécine", "email": "pecine.adam@exemple.fr"},
)
def create_a_member(request: ApiRequest, body: MemberIn) -> MemberOut:
    """Add a member, without a login.

    Refusals: `name_missing`, `email_taken`, `unknown_household`, `household_is_full`, `household_of_a_second_person`."""
    first = None
    if body.household_of is not None:
        # Another group's member is refused as one that does not exist.
        first = named(request.group.members.all(), body.household_of, "household_of")
    details = PersonalDetails(body.last_name, body.first_name, body.email, body.phone)
    member = create_member(group=request.group, details=details, on=request.today, by=request.member, key=request.key, household_of=first)
    return MemberOut.of(member)


@operations.get("/members/{member_id}", may=Permission.SEE_MEMBERS, theirs=is_themself, returns=MemberOut)
def read_member(request: ApiRequest) -> MemberOut:
    """One member."""
    return MemberOut.of(request.subject)


@operations.patch("/members/{member_id}", may=Permission.MANAGE_MEMBERS, returns=MemberOut, example={"phone": "06 12 34 56 78"})
def change_a_member(request: ApiRequest, body: MemberChange) -> MemberOut:
    """Correct a member's name and contact.

    The address of their login, if they have one, stays theirs to change. Refusals: `name_missing`, `email_taken`."""
    member = request.subject
    details = PersonalDetails(
        last_name=member.last_name if body.last_name is None else body.last_name,
        first_name=member.first_name if body.first_name is None else body.first_name,
        email=member.email if body.email is None else body.email,
        phone=member.phone if body.phone is None else body.phone,
    )
    change_member(member=member, details=details, by=request.member, key=request.key)
    return _afresh(request)


class InvitationIn(Body):
    """In which language the mail is written: that of whoever is invited, French unless told otherwise."""

    language: Literal["fr", "en"] = "fr"


@operations.post(
    "/members/{member_id}/invitation",
    may=Permission.MANAGE_MEMBERS,
    returns=MemberOut,
    keeps_answer=False,
    example={"language": "en"},
)
def invite_member(request: ApiRequest, body: InvitationIn | None = None) -> MemberOut:
    """Send a member, by e-mail, the link by which they sign in for the first time. Without a body, the mail is in French.

    Refusals: `no_email`, `signs_in_already`, `has_left`, `too_often`, `not_over_administrators`, `mail_failed`."""
    member = request.subject
    link = settings.SITE_URL + reverse("web:invitation", args=[invitation_token(member)])
    invite(member=member, link=link, by=request.member, key=request.key, language=(body or InvitationIn()).language)
    return MemberOut.of(member)


@operations.post("/members/{member_id}/leave", may=Permission.MANAGE_MEMBERS, returns=MemberOut)
def let_member_leave(request: ApiRequest) -> MemberOut:
    """End a membership, today.

    Accounts stay; roles, contracts entrusted, keys and access end at once. Twice changes nothing. Refusals: `last_administrator`,
    `not_over_administrators`."""
    leave(member=request.subject, on=request.today, by=request.member)
    return _afresh(request)


@operations.post("/members/{member_id}/come-back", may=Permission.MANAGE_MEMBERS, returns=MemberOut)
def let_member_come_back(request: ApiRequest) -> MemberOut:
    """Undo a departure.

    Access is back, roles are to be given again. Twice changes nothing. Refusals: `member_erased`, `email_taken_since`."""
    come_back(member=request.subject, by=request.member)
    return _afresh(request)


@operations.post("/members/{member_id}/erase", may=Permission.ERASE_MEMBERS, returns=MemberOut, keeps_answer=False)
def erase_a_member(request: ApiRequest) -> MemberOut:
    """Wipe a member's name and contact, and every word about them in the books.

    Amounts and dates stay. They leave the group first. There is no way back; twice changes nothing. Refusal: `last_administrator`."""
    erase_member(member=request.subject, on=request.today, by=request.member)
    forget_answers(request.group)
    return _afresh(request)


@operations.put("/members/{member_id}/roles/{role}", may=Permission.MANAGE_ROLES, returns=MemberOut)
def give_a_role(request: ApiRequest) -> MemberOut:
    """Give a role over the whole group: `administrator`, `treasurer` or `volunteer`.

    Refusal: `has_left`."""
    give_role(member=request.subject, role=_role(request), by=request.member)
    return _afresh(request)


@operations.delete("/members/{member_id}/roles/{role}", may=Permission.MANAGE_ROLES)
def take_a_role(request: ApiRequest) -> None:
    """Take a role back.

    Refusal: `last_administrator`."""
    take_role(member=request.subject, role=_role(request), by=request.member)


def _role(request: ApiRequest) -> str:
    assert request.resolver_match is not None  # noqa: S101  an operation has an address
    name: str = request.resolver_match.kwargs["role"]
    if name not in Role.Name.values:
        raise Http404
    return name


def _afresh(request: ApiRequest) -> MemberOut:
    return MemberOut.of(request.group.members.get(pk=request.subject.pk))
