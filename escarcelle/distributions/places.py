"""Where a group meets."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Place
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop


class PlaceRefused(Refusal):
    """What was typed about a place cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name_missing": gettext_noop("Il manque le nom du lieu."),
        "name_taken": gettext_noop("Un lieu du groupe porte déjà ce nom."),
    }


@transaction.atomic
def add_place(*, group: Group, name: str, address: str, by: Member, key: UUID | None = None) -> Place:
    """Note where the group meets. Sent twice with one key, the first place comes back. Refused: `PlaceRefused`."""
    name, address = clean_text(name, max_length=120), clean_text(address, max_length=200)
    activity, is_first = begin(group=group, by=by, kind="place.added", key=key, content={"name": name, "address": address})
    if not is_first:
        return group.places.get(pk=activity.details["place"])
    _check_name(group, name)
    place = Place.objects.create(group=group, name=name, address=address)
    note(activity, place=place.pk, name=name)
    return place


@transaction.atomic
def change_place(*, place: Place, name: str, address: str, by: Member, key: UUID | None = None) -> None:
    """Correct the name or the address of a place; its distributions follow. Undone by changing back. Refused: `PlaceRefused`."""
    name, address = clean_text(name, max_length=120), clean_text(address, max_length=200)
    content = {"place": place.pk, "name": name, "address": address}
    activity, is_first = begin(group=place.group, by=by, kind="place.changed", key=key, content=content)
    if not is_first:
        return
    _check_name(place.group, name, changing=place)
    place.name, place.address = name, address
    place.save(update_fields=["name", "address"])
    note(activity, place=place.pk, name=name)


def _check_name(group: Group, name: str, changing: Place | None = None) -> None:
    if not name:
        raise PlaceRefused("name_missing", field="name")
    others = group.places.exclude(pk=changing.pk) if changing else group.places.all()
    if others.filter(name=name).exists():
        raise PlaceRefused("name_taken", field="name")
