"""Producers of a group, and who looks after their side."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.catalogs.models import Producer, ProducerAccess
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.ledger.books import open_book
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop


class ProducerRefused(Refusal):
    """What was typed about a producer cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name_missing": gettext_noop("Il manque le nom du producteur."),
        "name_taken": gettext_noop("Un producteur du groupe porte déjà ce nom."),
        "another_group": gettext_noop("Ce membre n’appartient pas au groupe."),
    }


@transaction.atomic
def create_producer(*, group: Group, name: str, by: Member | None, email: str = "", phone: str = "", key: UUID | None = None) -> Producer:
    """Add a producer, with the book of what members owe and have paid them. Refused: `ProducerRefused`."""
    name, email, phone = clean_text(name, max_length=120), clean_text(email, max_length=254), clean_text(phone, max_length=30)
    activity, is_first = begin(group=group, by=by, kind="producer.created", key=key, content={"name": name, "email": email, "phone": phone})
    if not is_first:
        return group.producers.get(pk=activity.details["producer"])
    if not name:
        raise ProducerRefused("name_missing")
    if group.producers.filter(name=name).exists():
        raise ProducerRefused("name_taken")
    producer = Producer.objects.create(group=group, name=name, email=email, phone=phone, book=open_book())
    note(activity, producer=producer.pk)
    return producer


@transaction.atomic
def give_producer_access(*, producer: Producer, member: Member, by: Member | None) -> None:
    """Let a member see the producer's side. Twice changes nothing. Refused: `ProducerRefused` for another group's member, or who has left."""
    if member.group_id != producer.group_id or not member.is_present:
        raise ProducerRefused("another_group")
    _, created = ProducerAccess.objects.get_or_create(group=producer.group, producer=producer, member=member)
    if created:
        activity, _first = begin(group=producer.group, by=by, kind="producer_access.given")
        note(activity, producer=producer.pk, member=member.pk)


@transaction.atomic
def take_producer_access(*, producer: Producer, member: Member, by: Member) -> None:
    """The opposite of `give_producer_access`. Twice changes nothing."""
    if ProducerAccess.objects.filter(producer=producer, member=member).delete()[0]:
        activity, _first = begin(group=producer.group, by=by, kind="producer_access.taken")
        note(activity, producer=producer.pk, member=member.pk)
