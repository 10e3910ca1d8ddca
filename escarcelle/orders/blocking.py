"""A group that does not validate its distributions cannot take orders: their balances would tell nothing (documents 001 and 004).

Counted: distributions that have started, are not cancelled, and where a basket with something in it waits to be validated."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Group
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders.models import Basket


class GroupBlocked(Refusal):
    """Too many distributions wait to be validated. Lifted at once when one is."""

    sentences: ClassVar[Mapping[str, str]] = {
        "group_blocked": gettext_noop(
            "Les commandes sont fermées\u00a0: {count} distributions passées ne sont pas validées. Elles rouvriront dès qu’un administrateur du groupe en aura validé une."
        ),
    }


def unvalidated_distributions(group: Group, at: dt.datetime) -> QuerySet[Distribution]:
    """The distributions that count against the group at this instant, the oldest first."""
    return unvalidated(group.distributions.all(), at)


def unvalidated(distributions: QuerySet[Distribution], at: dt.datetime) -> QuerySet[Distribution]:
    """Those among these, of whichever group, that count against theirs at this instant, the oldest first."""
    here = timezone.localtime(at)
    started = Q(on__lt=here.date()) | Q(on=here.date(), starts_at__lte=here.time())
    waiting = Basket.objects.to_validate().filter(distribution=OuterRef("pk"))
    standing = Delivery.objects.standing().filter(distribution=OuterRef("pk"))
    return distributions.filter(started, Exists(waiting), Exists(standing), validated_at=None).order_by("on", "starts_at", "pk")


def limit() -> int:
    """So many unvalidated distributions close the orders: the host's setting."""
    return settings.MAX_UNVALIDATED_DISTRIBUTIONS


def check_not_blocked(group: Group, at: dt.datetime) -> None:
    """Refuse (`GroupBlocked`) while too many distributions wait."""
    count = unvalidated_distributions(group, at).count()
    if count >= limit():
        raise GroupBlocked("group_blocked", count=count)
