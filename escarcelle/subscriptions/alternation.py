"""Who collects an alternated share: computed from who begins and the rank of the distribution, never stored."""

import datetime as dt
from collections.abc import Sequence

from escarcelle.groups.models import Member
from escarcelle.subscriptions.models import Subscription


def collector(subscription: Subscription, planned_days: Sequence[dt.date], day: dt.date) -> Member:
    """Who comes on `day`: holder and alternate in turn, over the days planned in the subscription's period.

    `planned_days`, sorted, includes cancelled ones and absences, so that a storm does not swap everybody's turns until the summer."""
    if subscription.alternate is None:
        return subscription.member
    rank = sum(1 for planned in planned_days if subscription.starts_on <= planned < day)
    is_alternates_turn = (rank % 2 == 0) == subscription.alternate_begins
    return subscription.alternate if is_alternates_turn else subscription.member
