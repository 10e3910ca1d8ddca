"""A group is founded with its book and its first administrator."""

import datetime as dt

from django.db import transaction
from django.utils.text import slugify

from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import PersonalDetails, create_member, give_role
from escarcelle.groups.models import Group, Member, Role
from escarcelle.ledger.books import open_book


@transaction.atomic
def found_group(*, name: str, kind: str, administrator: PersonalDetails, on: dt.date) -> tuple[Group, Member]:
    """Create a group, its own book and its administrator. The address is made from the name; a taken one gets a number."""
    group = Group.objects.create(name=name, kind=kind, slug=_free_slug(name), book=open_book())
    member = create_member(group=group, details=administrator, on=on, by=None)
    give_role(member=member, role=Role.Name.ADMINISTRATOR, by=None)
    activity, _ = begin(group=group, by=member, kind="group.founded")
    note(activity, name=name)
    return group, member


def is_there_a_group(name: str) -> bool:
    """Whether a group was founded under this name, or one that makes the same address."""
    return Group.objects.filter(slug=slugify(name)[:50]).exists()


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "groupe"
    taken = set(Group.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if slug not in taken)
