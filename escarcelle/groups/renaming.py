"""What a group is called. Its address stays: links already sent must still lead there."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop


class GroupRefused(Refusal):
    """What was typed about the group cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {"name_missing": gettext_noop("Il manque le nom du groupe.")}


@transaction.atomic
def rename_group(*, group: Group, name: str, by: Member, key: UUID | None = None) -> None:
    """Call a group otherwise. The same name again changes nothing. Undone by renaming back. Refused: `GroupRefused`."""
    name = clean_text(name, max_length=120)
    if not name:
        raise GroupRefused("name_missing", field="name")
    if name == group.name:
        return
    activity, is_first = begin(group=group, by=by, kind="group.renamed", key=key, content={"name": name})
    if not is_first:
        return
    note(activity, name=name, old_name=group.name)
    group.name = name
    group.save(update_fields=["name"])
