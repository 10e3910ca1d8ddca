"""What becomes of orders when the subscription, an absence or a date of a variable contract changes."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from escarcelle.catalogs.contracts import ContractTerms
from escarcelle.distributions.models import Distribution
from escarcelle.orders.default_orders import close_orders
from escarcelle.orders.engagements import (
    EngagementRefused,
    cancel_delivery,
    change,
    end,
    move_delivery,
    restore_delivery,
    set_absences,
)
from escarcelle.orders.models import Basket
from escarcelle.orders.ordering import OrderRefused
from escarcelle.subscriptions.absences import AbsenceRefused
from escarcelle.subscriptions.calendar import change_price, change_terms
from escarcelle.subscriptions.signing import CannotWithdraw, Change, withdraw
from tests.cast import TODAY, balance_of
from tests.variable_cast import DAYS, NOW, closing, open_cheese


@pytest.fixture
def cheese(amap):
    """ADAM has ordered for the first two dates: 13,00 € and 9,70 €."""
    found = open_cheese(amap)
    found.subscribe("ADAM Pécine", {found.tomme: 1})
    found.order("ADAM Pécine", 0, {found.tomme: 2})
    found.order("ADAM Pécine", 1, {found.tomme: 1, found.yogurt: 1})
    return found


@pytest.fixture
def adam(cheese):
    return cheese.subscriptions["ADAM Pécine"]


class TestAbsences:
    def test_an_absence_gives_the_order_back(self, cheese):
        cheese.absent("ADAM Pécine", [0])

        assert cheese.balance("ADAM Pécine") == -970

    def test_an_absence_removed_leaves_the_default_order_to_come(self, cheese):
        cheese.absent("ADAM Pécine", [0])
        cheese.absent("ADAM Pécine", [])
        assert cheese.balance("ADAM Pécine") == -970

        cheese.close(0)
        assert cheese.balance("ADAM Pécine") == -970 - 650

    def test_sent_twice_it_is_noted_once(self, cheese, adam):
        key = uuid4()
        for _ in range(2):
            set_absences(
                subscription=adam,
                deliveries=[cheese.deliveries[0]],
                when=cheese.when(),
                by=adam.member,
                key=key,
                may_change_past=False,
            )

        assert cheese.balance("ADAM Pécine") == -970

    def test_after_the_closing_a_member_keeps_the_order(self, cheese):
        with pytest.raises(OrderRefused) as refused:
            cheese.absent("ADAM Pécine", [0], now=closing(DAYS[0]))

        assert refused.value.code == "orders_closed"
        assert cheese.balance("ADAM Pécine") == -2270

    def test_a_coordinator_may_still_note_it(self, cheese):
        cheese.absent("ADAM Pécine", [0], now=closing(DAYS[0]), by=cheese.amap.coordinator)

        assert cheese.balance("ADAM Pécine") == -970

    def test_no_more_than_the_contract_allows(self, cheese):
        with pytest.raises(AbsenceRefused):
            cheese.absent("ADAM Pécine", [0, 1, 2])

        assert cheese.balance("ADAM Pécine") == -2270

    def test_in_a_contract_of_constant_baskets_nothing_is_different(self, cheese, amap):
        vegetables = amap.subscribe("BLANC Alphée")
        delivery = amap.vegetables.deliveries.by_day()[3]

        set_absences(subscription=vegetables, deliveries=[delivery], when=cheese.when(), by=amap.coordinator, may_change_past=True)

        assert balance_of(vegetables) == -51 * 1333


class TestDates:
    def test_a_cancelled_date_is_owed_by_nobody_and_restoring_it_is_the_exact_opposite(self, cheese):
        later = NOW + dt.timedelta(days=1)
        change_price(product=cheese.tomme, price_cents=700, from_date=later.date(), on=later.date(), by=cheese.amap.admin)
        by, delivery = cheese.amap.coordinator, cheese.deliveries[0]

        [difference] = cancel_delivery(delivery=delivery, reason="tempête", when=cheese.when(later), by=by)
        assert (difference.difference_cents, difference.due.total_cents) == (-1300, 970)
        assert cheese.balance("ADAM Pécine") == -970
        assert cancel_delivery(delivery=delivery, reason="tempête", when=cheese.when(later), by=by) == []

        [difference] = restore_delivery(delivery=delivery, when=cheese.when(later), by=by)
        assert difference.difference_cents == 1300
        assert cheese.balance("ADAM Pécine") == -2270

    def test_nobody_orders_at_a_cancelled_date(self, cheese):
        cancel_delivery(delivery=cheese.deliveries[0], reason="tempête", when=cheese.when(), by=cheese.amap.coordinator)

        with pytest.raises(OrderRefused) as refused:
            cheese.order("ADAM Pécine", 0, {cheese.tomme: 1})
        assert refused.value.code == "cancelled"

    def test_a_moved_date_takes_its_orders_along(self, cheese):
        to = DAYS[0] + dt.timedelta(days=2)
        move_delivery(delivery=cheese.deliveries[0], to=to, when=cheese.when(), by=cheese.amap.coordinator)

        basket = Basket.objects.get(lines__delivery=cheese.deliveries[0])
        assert basket.distribution.on == to
        assert cheese.balance("ADAM Pécine") == -2270
        assert not Distribution.objects.filter(on=DAYS[0]).exclude(deliveries__contract=cheese.amap.vegetables).exists()
        # It closes later, too.
        cheese.order("ADAM Pécine", 0, {cheese.tomme: 1}, now=closing(DAYS[0]) + dt.timedelta(hours=1))
        assert cheese.balance("ADAM Pécine") == -1620

    def test_a_moved_date_that_opens_again_gives_default_orders_again(self, cheese):
        cheese.subscribe("BLANC Alphée", {cheese.tomme: 1})
        cheese.close(0)
        cheese.take_back("BLANC Alphée", 0, by=cheese.amap.coordinator, now=closing(DAYS[0]))
        to = DAYS[0] + dt.timedelta(days=4)
        move_delivery(delivery=cheese.deliveries[0], to=to, when=cheese.when(closing(DAYS[0])), by=cheese.amap.coordinator)
        assert cheese.balance("BLANC Alphée") == 0

        cheese.deliveries[0].refresh_from_db()
        assert cheese.deliveries[0].orders_close_at == closing(to)
        assert close_orders(at=closing(to)) == 1
        assert cheese.balance("BLANC Alphée") == -650


class TestPeriods:
    def test_what_is_ordered_stays_in_the_period(self, cheese, adam):
        with pytest.raises(EngagementRefused) as refused:
            end(subscription=adam, last_day=DAYS[0], when=cheese.when(), by=cheese.amap.coordinator)

        assert refused.value.code == "ordered_outside"
        assert "20/09/2026" in str(refused.value)
        adam.refresh_from_db()
        assert adam.ends_on == DAYS[-1]

    def test_once_taken_back_it_can_end(self, cheese, adam):
        cheese.take_back("ADAM Pécine", 1)
        end(subscription=adam, last_day=DAYS[0], when=cheese.when(), by=cheese.amap.coordinator)

        adam.refresh_from_db()
        assert adam.ends_on == DAYS[0]
        assert cheese.balance("ADAM Pécine") == -1300

    def test_a_change_of_period_moves_no_money(self, cheese, adam):
        difference = change(subscription=adam, to=Change(ends_on=DAYS[3]), when=cheese.when(), by=cheese.amap.coordinator)

        assert (difference.difference_cents, difference.due.total_cents) == (0, 2270)

    def test_a_subscription_with_orders_is_not_deleted(self, cheese, adam):
        with pytest.raises(CannotWithdraw) as refused:
            withdraw(subscription=adam, on=TODAY, by=cheese.amap.treasurer)
        assert refused.value.code == "ordered"

        cheese.take_back("ADAM Pécine", 0)
        cheese.take_back("ADAM Pécine", 1)
        withdraw(subscription=adam, on=TODAY, by=cheese.amap.treasurer)
        assert cheese.balance("ADAM Pécine") == 0


class TestRule:
    def test_orders_open_and_close_by_the_rule_of_the_contract(self, cheese):
        terms = ContractTerms(
            name="Contrat fromages",
            starts_on=DAYS[0],
            ends_on=DAYS[-1],
            orders_open_days_before=10,
            orders_close_days_before=3,
            orders_close_time=dt.time(12),
        )
        change_terms(contract=cheese.contract, terms=terms, by=cheese.amap.coordinator)
        delivery = cheese.contract.deliveries.by_day()[2]

        assert delivery.orders_open_at.astimezone().date() == DAYS[2] - dt.timedelta(days=10)
        assert delivery.orders_close_at == closing(DAYS[2]) - dt.timedelta(days=1, hours=8)
        assert replace(terms, orders_open_days_before=None).cleaned(cheese.contract.producer).orders_close_days_before == 0
