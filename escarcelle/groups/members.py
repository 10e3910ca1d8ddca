"""Members join, change, form households, are given roles and a login. They leave in `catalogs.departures`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member, Role
from escarcelle.lib.names import clean_email, clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.people.models import Person


class MemberRefused(Refusal):
    """What was typed about a member cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name_missing": gettext_noop("Il manque un nom."),
        "email_taken": gettext_noop("Cette adresse e-mail est déjà celle d’un membre du groupe."),
        "email_taken_since": gettext_noop(
            "L’adresse e-mail de ce membre est devenue celle d’un autre\u00a0: corrigez d’abord l’une des deux."
        ),
        "unknown_household": gettext_noop("La première personne du foyer n’est pas un membre présent de ce groupe."),
        "household_of_a_second_person": gettext_noop("Cette personne est déjà la seconde d’un foyer\u00a0: choisissez la première."),
        "household_is_full": gettext_noop("Ce foyer compte déjà deux personnes."),
        "member_erased": gettext_noop("Les coordonnées de ce membre ont été effacées\u00a0: créez un nouveau membre."),
        "has_left": gettext_noop("Ce membre a quitté le groupe\u00a0: faites-le d’abord revenir."),
        "already_a_member": gettext_noop("Cette adresse e-mail se connecte déjà à ce groupe sous un autre nom."),
    }


class LastAdministrator(Refusal):
    """Somebody must be able to give roles: name another administrator first."""

    sentences: ClassVar[Mapping[str, str]] = {
        "last_administrator": gettext_noop("C’est le seul administrateur du groupe qui se connecte\u00a0: nommez-en d’abord un autre."),
    }


class NotOverAdministrators(Refusal):
    """Letting an administrator in or out is giving or taking the role: a treasurer has no say in it."""

    sentences: ClassVar[Mapping[str, str]] = {
        "not_over_administrators": gettext_noop("Ce membre est administrateur du groupe\u00a0: seul un administrateur peut le faire."),
    }


@dataclass(frozen=True)
class PersonalDetails:
    """What is known of a person. Only the last name is needed: treasurers note people long before they sign in."""

    last_name: str
    first_name: str = ""
    email: str = ""
    phone: str = ""

    def cleaned(self) -> "PersonalDetails":
        """The same, tidied. Refused: `MemberRefused`, `NotAnEmail`, `TextRefused`."""
        details = PersonalDetails(
            last_name=clean_text(self.last_name, max_length=80),
            first_name=clean_text(self.first_name, max_length=80),
            email=clean_email(self.email) if self.email.strip() else "",
            phone=clean_text(self.phone, max_length=30),
        )
        if not details.last_name:
            raise MemberRefused("name_missing", field="last_name")
        return details


@transaction.atomic
def create_member(
    *, group: Group, details: PersonalDetails, on: dt.date, by: Member | None, key: UUID | None = None, household_of: Member | None = None
) -> Member:
    """Add somebody to the group, without a login; `household_of` makes them the second person of a household.

    Refused: `MemberRefused`. Sent twice with one key, the first member comes back."""
    details = details.cleaned()
    content = {**asdict(details), "household_of": household_of and household_of.pk}
    activity, is_first = begin(group=group, by=by, kind="member.created", key=key, content=content)
    if not is_first:
        return group.members.get(pk=activity.details["member"])
    if household_of is not None or details.email:
        lock_membership(group)
    if household_of is not None:
        _check_household(group, household_of)
    if is_email_taken(group, details.email):
        raise MemberRefused("email_taken", field="email")
    member = Member.objects.create(group=group, household_of=household_of, joined_on=on, **asdict(details))
    note(activity, member=member.pk)
    return member


def _check_household(group: Group, first: Member) -> None:
    if first.group_id != group.pk or not first.is_present:
        raise MemberRefused("unknown_household", field="household_of")
    if first.household_of_id is not None:
        raise MemberRefused("household_of_a_second_person", field="household_of")
    if Member.objects.filter(household_of=first).exists():
        raise MemberRefused("household_is_full", field="household_of")


@transaction.atomic
def change_member(*, member: Member, details: PersonalDetails, by: Member, key: UUID | None = None) -> Member:
    """Correct a member's name and contact. The address of their login, if they have one, stays theirs to change.

    Refused: `MemberRefused`; nothing is written again about somebody erased."""
    if member.erased_at is not None:
        raise MemberRefused("member_erased")
    details = details.cleaned()
    activity, is_first = begin(group=member.group, by=by, kind="member.changed", key=key, content={"member": member.pk, **asdict(details)})
    if not is_first:
        return member
    if details.email:
        lock_membership(member.group)
    if is_email_taken(member.group, details.email, but=member):
        raise MemberRefused("email_taken", field="email")
    for name, value in asdict(details).items():
        setattr(member, name, value)
    member.save()
    note(activity, member=member.pk)
    return member


@transaction.atomic
def give_role(*, member: Member, role: str, by: Member | None) -> None:
    """Give a role over the whole group. Giving it twice changes nothing. Refused: `MemberRefused` to who has left."""
    if not member.is_present:
        raise MemberRefused("has_left")
    _, created = Role.objects.get_or_create(group=member.group, member=member, name=role)
    if created:
        activity, _first = begin(group=member.group, by=by, kind="role.given")
        note(activity, member=member.pk, role=str(role))


@transaction.atomic
def take_role(*, member: Member, role: str, by: Member) -> None:
    """Take a role back. Refused: `LastAdministrator`."""
    lock_membership(member.group)
    if role == Role.Name.ADMINISTRATOR:
        check_another_administrator(member)
    if Role.objects.filter(member=member, name=role).delete()[0]:
        activity, _first = begin(group=member.group, by=by, kind="role.taken")
        note(activity, member=member.pk, role=str(role))


def check_another_administrator(member: Member) -> None:
    """Refuse (`LastAdministrator`) that the only administrator who can sign in stops being one. A machine cannot give the role back."""
    administrators = Role.objects.filter(group=member.group, name=Role.Name.ADMINISTRATOR, member__left_on=None, member__is_machine=False)
    others = administrators.exclude(member=member).filter(member__person__is_active=True)
    if administrators.filter(member=member).exists() and not others.exists():
        raise LastAdministrator("last_administrator")


def check_over_administrators(member: Member, by: Member | None) -> None:
    """Refuse (`NotOverAdministrators`) that somebody else than an administrator decides who is one."""
    administrators = Role.objects.filter(group=member.group, name=Role.Name.ADMINISTRATOR)
    if by is not None and administrators.filter(member=member).exists() and not administrators.filter(member=by).exists():
        raise NotOverAdministrators("not_over_administrators")


def is_email_taken(group: Group, email: str, *, but: Member | None = None) -> bool:
    """Whether a present member, another one than `but`, has this address. Nobody has the empty one."""
    others = group.members.present().exclude(pk=but.pk) if but else group.members.present()
    return bool(email) and others.filter(email=email).exists()


def lock_membership(group: Group) -> None:
    """Two administrators who leave at once must not both find the other still there; nor two people who take one address find it free."""
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)


@transaction.atomic
def link_person(*, member: Member, person: Person) -> None:
    """Give a member a login. Refused: `MemberRefused` when the person already belongs to the group as somebody else."""
    if Member.objects.filter(group=member.group, person=person).exclude(pk=member.pk).exists():
        raise MemberRefused("already_a_member")
    member.person = person
    member.save(update_fields=["person", "sort_key"])
    activity, _first = begin(group=member.group, by=member, kind="member.signed_in_first")
    note(activity, member=member.pk)
