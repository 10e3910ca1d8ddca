"""Who is already in the group: an import finds them by number, by e-mail, then by name, and takes each of them once."""

from collections import defaultdict
from dataclasses import dataclass, field

from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import Name, fold


@dataclass
class PeopleThere:
    """The members of a group while an import looks for its own. One statement to read them."""

    by_id: dict[int, Member] = field(default_factory=dict)
    by_email: dict[str, Member] = field(default_factory=dict)
    by_name: defaultdict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    claimed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, group: Group) -> "PeopleThere":
        people = cls()
        for member in group.members.filter(is_machine=False).select_related("household_of", "group").order_by("pk"):
            people._remember(member)
        return people

    def _remember(self, member: Member) -> None:
        self.by_id[member.pk] = member
        if member.is_present:
            if member.email:
                self.by_email.setdefault(member.email, member)
            self.by_name[_key(member.last_name, member.first_name)].append(member)

    def add(self, member: Member) -> None:
        """Somebody whom the import has just created."""
        self._remember(member)
        self.claimed.add(member.pk)

    def has_email(self, email: str) -> bool:
        return email in self.by_email

    def claim_id(self, member_id: int) -> Member | None:
        """The member of this number, gone or not; None when it is not of the group."""
        member = self.by_id.get(member_id)
        if member:
            self.claimed.add(member.pk)
        return member

    def claim(self, name: Name, email: str) -> Member | None:
        """A present member with this address; else the only one of this name whose address does not say otherwise.

        Each is taken once: two people of the file are never one member."""
        member = self.by_email.get(email) if email else None
        if member is None or member.pk in self.claimed:
            namesakes = [one for one in self.by_name[_key(name.last, name.first)] if one.pk not in self.claimed]
            fitting = [one for one in namesakes if not (one.email and email) or one.email == email]
            member = fitting[0] if len(fitting) == 1 else None
        if member:
            self.claimed.add(member.pk)
        return member

    def named(self, name: Name) -> Member | None:
        """The first present member of this name, taken or not."""
        return next(iter(self.by_name[_key(name.last, name.first)]), None)


def _key(last: str, first: str) -> str:
    """The same for « ADAM Pécine » and « Pécine Adam »; a name without any letter is compared as it is written."""
    return " ".join(sorted(fold(f"{last} {first}").split())) or f"{last} {first}"
