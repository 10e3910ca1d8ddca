"""From a person who signed in to the member they are in a group."""

from escarcelle.groups.models import Group, Member
from escarcelle.people.models import Person


def member_in(slug: str, person: Person) -> Member | None:
    """Who a person is in the group of this address; None for strangers and for who has left. Two statements."""
    return (
        Member.objects.present()
        .filter(group__slug=slug, person=person)
        .select_related("group", "household_of")
        .prefetch_related("roles")
        .first()
    )


def groups_of(person: Person) -> list[Group]:
    """The groups a person belongs to, by name. One statement."""
    return list(Group.objects.filter(members__in=Member.objects.present().filter(person=person)).distinct().order_by("name", "pk"))
