"""Somebody leaves the group, and may come back: what they may do ends the same day, over the group and over contracts and producers."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.models import Coordination, ProducerAccess
from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import MemberRefused, check_another_administrator, check_over_administrators, is_email_taken, lock_membership
from escarcelle.groups.models import Member, Role


@transaction.atomic
def leave(*, member: Member, on: dt.date, by: Member) -> None:
    """End a membership: accounts stay; roles, contracts entrusted, producers' sides and keys end at once. Leaving twice changes nothing.

    Refused: `LastAdministrator`; `NotOverAdministrators` when a treasurer would put an administrator out."""
    lock_membership(member.group)
    member.refresh_from_db()
    if member.left_on is not None:
        return
    check_over_administrators(member, by)
    check_another_administrator(member)
    for given in (Role, Coordination, ProducerAccess):
        given._default_manager.filter(member=member).delete()
    member.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    member.left_on = max(on, member.joined_on)
    member.save(update_fields=["left_on", "sort_key"])
    activity, _first = begin(group=member.group, by=by, kind="member.left")
    note(activity, member=member.pk, on=member.left_on.isoformat())


@transaction.atomic
def come_back(*, member: Member, by: Member) -> None:
    """Undo `leave`: one's own page is back, roles and contracts are to be given again.

    Refused: `MemberRefused` for somebody erased, and where somebody else has their address by now."""
    lock_membership(member.group)
    member.refresh_from_db()
    if member.erased_at is not None:
        raise MemberRefused("member_erased")
    if member.left_on is None:
        return
    if is_email_taken(member.group, member.email):
        raise MemberRefused("email_taken_since")
    member.left_on = None
    member.save(update_fields=["left_on", "sort_key"])
    activity, _first = begin(group=member.group, by=by, kind="member.came_back")
    note(activity, member=member.pk)
