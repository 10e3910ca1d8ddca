"""Members join, change, form households, leave, and can be erased from everything but the books."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

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
        "unknown_household": gettext_noop("La première personne du foyer n’est pas un membre présent de ce groupe."),
        "household_of_a_second_person": gettext_noop("Cette personne est déjà la seconde d’un foyer\u00a0: choisissez la première."),
        "household_is_full": gettext_noop("Ce foyer compte déjà deux personnes."),
        "member_erased": gettext_noop("Les coordonnées de ce membre ont été effacées\u00a0: créez un nouveau membre."),
        "already_a_member": gettext_noop("Cette adresse e-mail se connecte déjà à ce groupe sous un autre nom."),
    }


class LastAdministrator(Refusal):
    """Somebody must be able to give roles: name another administrator first."""

    sentences: ClassVar[Mapping[str, str]] = {
        "last_administrator": gettext_noop("C’est le seul administrateur du groupe\u00a0: nommez-en d’abord un autre."),
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
    if household_of is not None:
        _check_household(group, household_of)
    if details.email and group.members.present().filter(email=details.email).exists():
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
    """Correct a member's name and contact. The address of their login, if they have one, stays theirs to change."""
    details = details.cleaned()
    activity, is_first = begin(group=member.group, by=by, kind="member.changed", key=key, content={"member": member.pk, **asdict(details)})
    if not is_first:
        return member
    if details.email and member.group.members.present().filter(email=details.email).exclude(pk=member.pk).exists():
        raise MemberRefused("email_taken", field="email")
    for name, value in asdict(details).items():
        setattr(member, name, value)
    member.save()
    note(activity, member=member.pk)
    return member


@transaction.atomic
def give_role(*, member: Member, role: str, by: Member | None) -> None:
    """Give a role over the whole group. Giving it twice changes nothing."""
    _, created = Role.objects.get_or_create(group=member.group, member=member, name=role)
    if created:
        activity, _first = begin(group=member.group, by=by, kind="role.given")
        note(activity, member=member.pk, role=str(role))


@transaction.atomic
def take_role(*, member: Member, role: str, by: Member) -> None:
    """Take a role back. Refused: `LastAdministrator`."""
    _lock(member.group)
    if role == Role.Name.ADMINISTRATOR:
        _check_another_administrator(member)
    if Role.objects.filter(member=member, name=role).delete()[0]:
        activity, _first = begin(group=member.group, by=by, kind="role.taken")
        note(activity, member=member.pk, role=str(role))


@transaction.atomic
def leave(*, member: Member, on: dt.date, by: Member) -> None:
    """End a membership: accounts stay, roles and access end at once. Refused: `LastAdministrator`. Leaving twice changes nothing."""
    _lock(member.group)
    member.refresh_from_db()
    if member.left_on is not None:
        return
    _check_another_administrator(member)
    Role.objects.filter(member=member).delete()
    member.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    member.left_on = max(on, member.joined_on)
    member.save(update_fields=["left_on", "sort_key"])
    activity, _first = begin(group=member.group, by=by, kind="member.left")
    note(activity, member=member.pk, on=member.left_on.isoformat())


@transaction.atomic
def come_back(*, member: Member, by: Member) -> None:
    """Undo `leave`: access is back, roles are to be given again. Refused: `MemberRefused` for somebody erased."""
    member.refresh_from_db()
    if member.erased_at is not None:
        raise MemberRefused("member_erased")
    if member.left_on is None:
        return
    member.left_on = None
    member.save(update_fields=["left_on", "sort_key"])
    activity, _first = begin(group=member.group, by=by, kind="member.came_back")
    note(activity, member=member.pk)


def _check_another_administrator(member: Member) -> None:
    administrators = Role.objects.filter(group=member.group, name=Role.Name.ADMINISTRATOR, member__left_on=None)
    if administrators.filter(member=member).exists() and not administrators.exclude(member=member).exists():
        raise LastAdministrator("last_administrator")


def _lock(group: Group) -> None:
    """Two administrators who leave at once must not both find the other still there."""
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
