"""Acts shown before they are done: done, looked at, and taken back, so that a preview has exactly the refusals and figures of the act."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from escarcelle.groups.models import Group

T = TypeVar("T")


def rehearse(act: Callable[[], T]) -> T:
    """What an act would give; nothing of it stays. Its refusals are raised as they would be.

    The act reads for itself what it changes: objects of the caller would keep in memory what the database has forgotten."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def is_answered(group: Group, key: UUID) -> bool:
    """Whether this key was sent before: the act is then to be replayed, there is nothing left to show first."""
    return group.activities.filter(key=key).exists()
