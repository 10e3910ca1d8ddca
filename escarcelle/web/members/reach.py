"""The members of the group that an address may name."""

from django.shortcuts import get_object_or_404

from escarcelle.groups.models import Member
from escarcelle.web.screens import GroupRequest


def member_of(request: GroupRequest, member_id: int) -> Member:
    """A person of the group, present, gone or erased, or 404."""
    people = request.group.members.filter(is_machine=False).select_related("group", "household_of", "second")
    return get_object_or_404(people, pk=member_id)
