"""A member without a login is invited by e-mail: a signed link, good for fourteen days and for one person."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.core import signing
from django.db import transaction

from escarcelle.groups.members import link_person
from escarcelle.groups.models import Member
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.people.models import Person

_SALT = "escarcelle.invitation"
VALID_FOR = dt.timedelta(days=14)


class InvitationRefused(Refusal):
    """The link is not ours, is too old, was already used, or the member has left or changed address since."""

    sentences: ClassVar[Mapping[str, str]] = {
        "invitation_refused": gettext_noop(
            "Ce lien d’invitation n’est plus valable\u00a0: il a servi, ou il date de plus de quatorze jours. Demandez-en un nouveau à votre groupe."
        ),
    }


def invitation_token(member: Member) -> str:
    """The signed part of the link sent to this member's present address."""
    return signing.dumps({"member": member.pk, "email": member.email}, salt=_SALT)


def invited_member(token: str) -> Member:
    """Whom a link invites. Refused: `InvitationRefused`."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
        member = Member.objects.select_related("group").get(pk=content["member"])
    except (signing.BadSignature, Member.DoesNotExist, KeyError, TypeError):
        raise InvitationRefused("invitation_refused") from None
    if not member.is_present or member.person_id is not None or member.email != content["email"]:
        raise InvitationRefused("invitation_refused")
    return member


@transaction.atomic
def accept_invitation(*, token: str, person: Person) -> Member:
    """Give the member whom a link invites this person's login. Two people with one link: the first gets it.

    A link serves once. Refused: `InvitationRefused`, `MemberRefused` (already in the group as somebody else)."""
    member = invited_member(token)
    # Looked at again once nobody else can be accepting it.
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    member = invited_member(token)
    link_person(member=member, person=person)
    return member
