"""A machine that calls the API on its own: a member without a person, with one role."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import MemberRefused, give_role
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text


@transaction.atomic
def add_machine(*, group: Group, name: str, role: str, on: dt.date, by: Member, key: UUID | None = None) -> Member:
    """A machine of the group with one role over it; its keys are made apart. Sent twice with one key, the first comes back.

    Refused: `MemberRefused("name_missing")`. Undone by `members.leave`, which also ends its keys."""
    name = clean_text(name, max_length=80)
    activity, is_first = begin(group=group, by=by, kind="machine.added", key=key, content={"name": name, "role": role})
    if not is_first:
        return group.members.get(pk=activity.details["member"])
    if not name:
        raise MemberRefused("name_missing", field="name")
    machine = Member.objects.create(group=group, last_name=name, is_machine=True, joined_on=on)
    give_role(member=machine, role=role, by=by)
    note(activity, member=machine.pk)
    return machine
