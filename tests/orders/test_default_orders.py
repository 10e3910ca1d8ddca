"""The default order: at the closing, for whoever said nothing and is not absent."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escarcelle.distributions.planning import Slot
from escarcelle.groups.models import Activity
from escarcelle.orders.default_orders import close_orders
from escarcelle.orders.engagements import Moment, cancel_delivery, change, restore_delivery
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.subscriptions.calendar import change_price, plan
from escarcelle.subscriptions.signing import Change, SubscriptionRefused
from tests.market_cast import at
from tests.variable_cast import DAYS, NOW, closing, open_cheese


@pytest.fixture
def cheese(amap):
    """ADAM orders; BLANC has a default order; DUBOIS too, and is away on the first date; HAMON has none."""
    found = open_cheese(amap)
    found.subscribe("ADAM Pécine", {found.tomme: 1})
    found.subscribe("BLANC Alphée", {found.tomme: 1, found.yogurt: 2})
    found.subscribe("DUBOIS Jean", {found.tomme: 3})
    found.subscribe("HAMON Denise")
    found.order("ADAM Pécine", 0, {found.faisselle: 2})
    found.absent("DUBOIS Jean", [0])
    return found


def balances(cheese):
    return [cheese.balance(name) for name in ("ADAM Pécine", "BLANC Alphée", "DUBOIS Jean", "HAMON Denise")]


def test_only_who_said_nothing_and_is_not_away(cheese):
    assert cheese.close(0) == 1

    assert balances(cheese) == [-560, -1290, 0, 0]
    assert Basket.objects.get(account=cheese.subscriptions["BLANC Alphée"].account).origin == Basket.Origin.DEFAULT


def test_not_one_second_before(cheese):
    assert close_orders(at=closing(DAYS[0]) - dt.timedelta(seconds=1)) == 0
    assert cheese.balance("BLANC Alphée") == 0


def test_coming_by_twice_changes_nothing(cheese):
    cheese.close(0)
    activities = Activity.objects.count()

    assert cheese.close(0) == 0
    assert balances(cheese) == [-560, -1290, 0, 0]
    assert Activity.objects.count() == activities


def test_coming_by_late_gives_what_the_closing_would_have(cheese):
    cheese.close(0)
    change_price(product=cheese.tomme, price_cents=900, from_date=DAYS[1], on=DAYS[1], by=cheese.amap.admin)

    close_orders(at=at(DAYS[1] + dt.timedelta(days=3), 9))

    assert cheese.balance("BLANC Alphée") == -2 * 1290
    assert {line.ordered_at for line in OrderLine.objects.filter(basket__origin="default")} == {closing(DAYS[0]), closing(DAYS[1])}


def test_nothing_on_purpose_is_an_order(cheese):
    cheese.order("BLANC Alphée", 0, {cheese.tomme: 0})

    assert cheese.close(0) == 0
    assert cheese.balance("BLANC Alphée") == 0


def test_an_order_taken_back_leaves_room_for_it(cheese):
    cheese.take_back("ADAM Pécine", 0)

    assert cheese.close(0) == 2
    assert cheese.balance("ADAM Pécine") == -650


def test_it_can_be_corrected_afterwards_and_does_not_come_back(cheese):
    cheese.close(0)
    late = closing(DAYS[0]) + dt.timedelta(hours=1)
    cheese.take_back("BLANC Alphée", 0, by=cheese.amap.coordinator, now=late)

    assert cheese.balance("BLANC Alphée") == 0
    assert close_orders(at=late) == 0


def test_any_act_on_the_contract_gives_what_is_due_first(cheese):
    """Nobody came by for the closing: the next order of anybody finds the default orders given."""
    cheese.order("ADAM Pécine", 1, {cheese.tomme: 1}, now=closing(DAYS[0]))

    assert balances(cheese) == [-560 - 650, -1290, 0, 0]


def test_who_signs_after_the_closing_is_given_nothing_for_it(cheese):
    cheese.subscribe("LE BRIS Anna", {cheese.tomme: 1}, now=closing(DAYS[0]))

    close_orders(at=closing(DAYS[1]) - dt.timedelta(seconds=1))
    assert cheese.balance("LE BRIS Anna") == 0
    cheese.close(1)
    assert cheese.balance("LE BRIS Anna") == -650


def test_a_date_planned_after_its_closing_gives_nothing(cheese):
    day, slot = DAYS[0] + dt.timedelta(days=1), cheese.deliveries[0].distribution
    plan(contract=cheese.contract, slot=slot_of(slot), days=[day], on=DAYS[0], by=cheese.amap.admin)

    close_orders(at=closing(DAYS[0]) + dt.timedelta(days=2))

    assert cheese.balance("BLANC Alphée") == -1290


def slot_of(distribution):
    return Slot(distribution.place, distribution.starts_at, distribution.ends_at)


def test_another_default_order_counts_from_its_day(cheese):
    when = Moment(NOW.date(), NOW)
    to = Change(quantities={cheese.faisselle.pk: 1}, quantities_from=DAYS[1])
    change(subscription=cheese.subscriptions["BLANC Alphée"], to=to, when=when, by=cheese.amap.coordinator)

    cheese.close(0)
    assert cheese.balance("BLANC Alphée") == -1290
    cheese.close(1)
    assert cheese.balance("BLANC Alphée") == -1290 - 280


def test_a_cancelled_date_gives_nothing(cheese):
    cancel_delivery(delivery=cheese.deliveries[0], reason="tempête", when=cheese.when(), by=cheese.amap.coordinator)
    assert cheese.close(0) == 0

    restore_delivery(delivery=cheese.deliveries[0], when=cheese.when(closing(DAYS[0])), by=cheese.amap.coordinator)
    assert close_orders(at=closing(DAYS[0])) + cheese.close(0) == 1
    assert balances(cheese) == [-560, -1290, 0, 0]


def test_where_each_date_has_a_minimum_the_default_order_reaches_it(amap):
    cheese = open_cheese(amap, minimum_per_delivery_cents=800)

    with pytest.raises(SubscriptionRefused) as refused:
        cheese.subscribe("ADAM Pécine", {cheese.tomme: 1})

    assert refused.value.code == "default_order_too_small"
    assert "fait 6,50\u00a0€" in str(refused.value)
    assert "il manque 1,50\u00a0€" in str(refused.value)
    cheese.subscribe("ADAM Pécine", {cheese.tomme: 1, cheese.yogurt: 1})


def test_forty_members_cost_no_more_statements_than_five(amap):
    counts = []
    cheese = open_cheese(amap)
    for size in (5, 40):
        for number in range(size):
            cheese.subscribe(f"MEMBRE {size} Numéro {number}", {cheese.tomme: 1})
        with CaptureQueriesContext(connection) as captured:
            assert cheese.close(0 if size == 5 else 1) in (5, 45)
        counts.append(len(captured))
    # The first closing opens the producer's accounts besides.
    assert counts[1] <= counts[0] <= 40
