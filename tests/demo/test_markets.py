"""The markets of the demo hold together whatever the hour at which they are built."""

import datetime as dt
from unittest.mock import patch

import pytest
from django.utils import timezone

from escarcelle.demo import direct_paysans, money_pot
from escarcelle.orders.queries import blocked_state, market_days
from escarcelle.payments.queries import payee_balances
from escarcelle.validation.opening import opens_at
from escarcelle.validation.queries import baskets_page
from tests.books import assert_books_are_right

pytestmark = pytest.mark.django_db


def local(*when):
    return timezone.make_aware(dt.datetime(*when))


NOON = local(2026, 9, 5, 12)
HOURS = [
    NOON,
    local(2026, 12, 31, 23, 50),
    local(2028, 2, 29, 23, 24, 59),
    local(2026, 9, 5, 23, 30),
    local(2027, 3, 28, 1, 50),  # the clocks go forward before it begins
    local(2026, 10, 25, 2, 50),  # and back
]


def built(builder, now):
    with patch.object(timezone, "now", lambda: now):
        return builder(now)


def days_of(group, now):
    """The distributions of a market: behind, today or tonight, ahead."""
    rows = market_days(group, now, since=dt.date(2000, 1, 1))
    begun = [row for row in rows if opens_at(row.distribution) <= now]
    return begun[:-1], begun[-1], [row for row in rows if row not in begun]


@pytest.mark.parametrize("now", HOURS, ids=str)
def test_a_distribution_of_twenty_baskets_can_be_validated_at_once(now):
    group = built(direct_paysans.build, now)
    behind, tonight, ahead = days_of(group, now)

    assert (tonight.basket_count, tonight.waiting_count) == (20, 20)
    assert tonight.distribution.starts <= now + dt.timedelta(minutes=30)
    assert tonight.distribution.ends > now
    assert [row.waiting_count == 0 for row in behind] == [True, True, False, False, False]
    assert [row.is_open for row in ahead] == [True]
    assert len(blocked_state(group, now).distributions) == 3 + (tonight.distribution.starts <= now)
    assert_books_are_right()


def test_its_baskets_are_of_every_kind():
    group = built(direct_paysans.build, NOON)
    _behind, tonight, _ahead = days_of(group, NOON)
    rows = baskets_page(tonight.distribution).rows

    assert {row.state for row in rows} == {"unnamed", "promised", "ready", "unpaid"}
    assert {promise.way for row in rows for promise in row.promises} == {"on_the_spot", "transfer"}
    assert len([row for row in rows if row.is_for_client]) == 2
    assert any(row.has_missing for row in rows)
    assert any(row.has_unweighed for row in rows)
    assert any(row.standing.balance_cents > 0 for row in rows)


def test_the_log_tells_it_in_its_order():
    group = built(direct_paysans.build, NOON)
    moments = list(group.activities.order_by("pk").values_list("at", flat=True))

    assert moments == sorted(moments)
    assert moments[-1] - moments[0] > dt.timedelta(weeks=7)
    assert moments[-1] <= NOON


@pytest.mark.parametrize("now", HOURS, ids=str)
def test_the_neighbours_of_the_pot_are_above_and_below_zero(now):
    group = built(money_pot.build, now)
    behind, last, ahead = days_of(group, now)

    assert behind == []
    assert last.waiting_count == 0
    assert [row.is_open for row in ahead] == [True]
    pots = [found.balance_cents for member in group.members.all() for found in payee_balances(member)]
    assert min(pots) < 0 < max(pots)
    assert_books_are_right()
