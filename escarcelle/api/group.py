"""The group, who one is in it, whom one pays."""

from typing import cast

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer, Body, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.catalogs.payees import Payee, payees_of
from escarcelle.groups.belonging import groups_of
from escarcelle.groups.models import Group, Member
from escarcelle.groups.permissions import Permission
from escarcelle.groups.renaming import rename_group
from escarcelle.payments.recording import methods_of
from escarcelle.people.models import Person

operations = Operations("group")


class PayeeOut(Answer):
    """Whom members pay. `producer_id` is null for the group itself."""

    id: int
    name: str
    producer_id: int | None

    @classmethod
    def of(cls, payee: Payee) -> "PayeeOut":
        return cls(id=payee.book_id, name=payee.name, producer_id=payee.producer_id)


class GroupOut(Answer):
    """An AMAP or a market, and the payment methods that may be entered there."""

    slug: str
    name: str
    kind: str
    methods: list[str]

    @classmethod
    def of(cls, group: Group) -> "GroupOut":
        return cls(slug=group.slug, name=group.name, kind=group.kind, methods=[str(method) for method in methods_of(group)])


class GroupChange(Body):
    name: Text


class Groups(Answer):
    items: list[GroupOut]


class Payees(Answer):
    items: list[PayeeOut]


class MeOut(Answer):
    """Who one is here, and what one may do: over the group, and as coordinator or producer."""

    member_id: int
    name: str
    household_member_id: int
    is_machine: bool
    roles: list[str]
    permissions: list[str]
    coordinated_contract_ids: list[int]
    producer_ids: list[int]


@operations.get("/groups", may=None, returns=Groups, of_group=False)
def list_groups(request: ApiRequest) -> Groups:
    """The groups one belongs to.

    One for a key; for the session of a person, every group they are a member of."""
    who = cast("Member | Person", request.auth)  # type: ignore[attr-defined]  # ninja puts there whom the door let in
    groups = [who.group] if isinstance(who, Member) else groups_of(who)
    return Groups(items=[GroupOut.of(group) for group in groups])


@operations.get("", may=Permission.BELONG, returns=GroupOut)
def read_group(request: ApiRequest) -> GroupOut:
    """The group."""
    return GroupOut.of(request.group)


@operations.patch("", may=Permission.MANAGE_GROUP, returns=GroupOut, example={"name": "AMAP de Groix"})
def rename_a_group(request: ApiRequest, body: GroupChange) -> GroupOut:
    """Call the group otherwise.

    Its address stays, so that links already sent still lead there. Refusal: `name_missing`."""
    rename_group(group=request.group, name=body.name, by=request.member, key=request.key)
    return GroupOut.of(request.group)


@operations.get("/me", may=Permission.BELONG, returns=MeOut)
def read_me(request: ApiRequest) -> MeOut:
    """Who one is, and what one may do."""
    member, rights = request.member, request.rights
    return MeOut(
        member_id=member.pk,
        name=member.name,
        household_member_id=member.holder_id,
        is_machine=member.is_machine,
        roles=sorted(role.name for role in member.roles.all()),
        permissions=sorted(permission.name.lower() for permission in rights.in_group),
        coordinated_contract_ids=sorted(rights.coordinated_contract_ids),
        producer_ids=sorted(rights.producer_ids),
    )


@operations.get("/payees", may=Permission.BELONG, returns=Payees)
def list_payees(request: ApiRequest) -> Payees:
    """Whom members of the group pay: producers by name, then the group itself.

    A balance is always with one of them."""
    return Payees(items=[PayeeOut.of(payee) for payee in payees_of(request.group)])
