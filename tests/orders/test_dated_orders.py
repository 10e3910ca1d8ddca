"""Ordering within a subscription to a variable contract: date by date, while it is open."""

import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.contracts import ContractTerms, add_product, open_contract
from escarcelle.distributions.planning import Slot
from escarcelle.groups.activity import KeyReused
from escarcelle.orders.dated_orders import BelowMinimum, DatedOrderRefused, order_for_date
from escarcelle.orders.models import Basket
from escarcelle.orders.ordering import OrderRefused
from escarcelle.subscriptions.calendar import change_price, plan
from tests.variable_cast import DAYS, NOW, closing, open_cheese


@pytest.fixture
def cheese(amap):
    """Nobody owes anything by signing; ADAM has no default order."""
    found = open_cheese(amap)
    found.subscribe("ADAM Pécine")
    return found


def test_signing_owes_nothing(cheese):
    assert cheese.balance("ADAM Pécine") == 0


def test_an_order_is_debited_at_once_from_the_subscription(cheese):
    ordered = cheese.order("ADAM Pécine", 0, {cheese.tomme: 2, cheese.yogurt: 1})

    assert ordered.difference_cents == 2 * 650 + 320
    assert cheese.balance("ADAM Pécine") == -1620


def test_each_change_is_the_difference(cheese):
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 2})
    less = cheese.order("ADAM Pécine", 0, {cheese.tomme: 1, cheese.faisselle: 1})

    assert less.difference_cents == 280 - 650
    assert cheese.balance("ADAM Pécine") == -930


def test_each_date_has_its_own_order(cheese):
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 1})
    cheese.order("ADAM Pécine", 3, {cheese.yogurt: 2})

    assert cheese.balance("ADAM Pécine") == -650 - 640


def test_sent_twice_it_is_ordered_once(cheese):
    key = uuid4()
    first = cheese.order("ADAM Pécine", 0, {cheese.tomme: 2}, key=key)
    again = cheese.order("ADAM Pécine", 0, {cheese.tomme: 2}, key=key)

    assert again == first
    assert cheese.balance("ADAM Pécine") == -1300
    with pytest.raises(KeyReused):
        cheese.order("ADAM Pécine", 0, {cheese.tomme: 3}, key=key)


def test_taken_back_it_is_as_if_nothing_had_been_said(cheese):
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 2})
    taken_back = cheese.take_back("ADAM Pécine", 0)

    assert taken_back.difference_cents == -1300
    assert cheese.balance("ADAM Pécine") == 0
    assert Basket.objects.get().origin == Basket.Origin.UNDECIDED
    assert cheese.take_back("ADAM Pécine", 1) is None


def test_orders_close_at_the_second(cheese):
    last_second = closing(DAYS[0]) - dt.timedelta(seconds=1)
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 1}, now=last_second)

    for act in (
        lambda: cheese.order("ADAM Pécine", 0, {cheese.tomme: 2}, now=closing(DAYS[0])),
        lambda: cheese.take_back("ADAM Pécine", 0, now=closing(DAYS[0])),
    ):
        with pytest.raises(OrderRefused) as refused:
            act()
        assert refused.value.code == "orders_closed"
    assert cheese.balance("ADAM Pécine") == -650


def test_a_coordinator_orders_after_the_closing_and_the_line_says_so(cheese):
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 1}, by=cheese.amap.coordinator, now=closing(DAYS[0]))

    assert Basket.objects.get().lines.get().for_client
    assert cheese.balance("ADAM Pécine") == -650


def test_a_line_keeps_the_price_of_its_moment(cheese):
    cheese.order("ADAM Pécine", 4, {cheese.tomme: 1})
    later = NOW + dt.timedelta(days=10)
    change_price(product=cheese.tomme, price_cents=700, from_date=later.date(), on=later.date(), by=cheese.amap.admin)
    assert cheese.balance("ADAM Pécine") == -650

    cheese.order("ADAM Pécine", 4, {cheese.tomme: 2}, now=later)
    assert cheese.balance("ADAM Pécine") == -650 - 700
    cheese.order("ADAM Pécine", 4, {cheese.tomme: 1}, now=later)
    assert cheese.balance("ADAM Pécine") == -650


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("not_variable", "vegetables"),
        ("another_contract", "delivery"),
        ("outside_subscription", "period"),
        ("absent", "absent"),
        ("not_open_yet", "early"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_what_cannot_be_ordered(cheese, code, act):
    subscription, delivery, now = cheese.subscriptions["ADAM Pécine"], cheese.deliveries[1], NOW
    if act == "vegetables":
        subscription = cheese.amap.subscribe("BLANC Alphée")
    elif act == "delivery":
        delivery = cheese.amap.vegetables.deliveries.first()
    elif act == "period":
        subscription = cheese.subscribe("BLANC Alphée", ends_on=DAYS[0])
    elif act == "absent":
        cheese.absent("ADAM Pécine", [1])
    elif act == "early":
        delivery.orders_open_at = NOW + dt.timedelta(seconds=1)
        delivery.save()
    else:
        subscription.withdrawn_at = NOW
        subscription.save()

    with pytest.raises(DatedOrderRefused) as refused:
        order_for_date(
            subscription=subscription, delivery=delivery, quantities={cheese.tomme.pk: 1}, at=now, by=subscription.member, key=uuid4()
        )

    assert refused.value.code == code


def test_products_of_another_contract_of_the_producer_are_not_its_to_pay(cheese):
    other = open_cheese_again(cheese)

    with pytest.raises(OrderRefused) as refused:
        cheese.order("ADAM Pécine", 0, {other: 1})

    assert refused.value.code == "unknown_product"


def open_cheese_again(cheese):
    """The same producer delivers milk on the same days."""
    amap, day = cheese.amap, cheese.deliveries[0].distribution
    terms = ContractTerms(name="Contrat lait", starts_on=DAYS[0], ends_on=DAYS[-1])
    milk = open_contract(group=amap.group, producer=cheese.contract.producer, terms=terms, kind="variable", by=amap.admin)
    bottle = add_product(contract=milk, name="Lait", price_cents=120, by=amap.admin)
    plan(contract=milk, slot=Slot(day.place, day.starts_at, day.ends_at), days=DAYS, on=NOW.date(), by=amap.admin)
    return bottle


class TestMinimums:
    """At least 8,00 € at each date, and 60,00 € over the six."""

    @pytest.fixture
    def cheese(self, amap):
        found = open_cheese(amap, minimum_per_delivery_cents=800, minimum_total_cents=6000)
        found.subscribe("ADAM Pécine", {found.tomme: 1, found.yogurt: 1})
        return found

    def test_less_is_refused_and_the_sentence_says_by_how_much(self, cheese):
        with pytest.raises(BelowMinimum) as refused:
            cheese.order("ADAM Pécine", 0, {cheese.tomme: 1})

        assert refused.value.code == "below_delivery_minimum"
        assert "au moins 8,00\u00a0€" in str(refused.value)
        assert "il manque 1,50\u00a0€" in str(refused.value)
        assert cheese.balance("ADAM Pécine") == 0

    def test_exactly_the_minimum_is_enough(self, cheese):
        cheese.order("ADAM Pécine", 0, {cheese.yogurt: 2, cheese.faisselle: 1})  # 9,20 €
        cheese.order("ADAM Pécine", 0, {cheese.yogurt: 1, cheese.faisselle: 0, cheese.tomme: 1})

        assert cheese.balance("ADAM Pécine") == -970

    def test_nothing_at_all_is_an_absence(self, cheese):
        with pytest.raises(BelowMinimum) as refused:
            cheese.order("ADAM Pécine", 0, {cheese.tomme: 0})

        assert refused.value.code == "nothing_ordered"

    def test_a_coordinator_may_note_less(self, cheese):
        cheese.order("ADAM Pécine", 0, {cheese.tomme: 1}, by=cheese.amap.coordinator)

        assert cheese.balance("ADAM Pécine") == -650

    def test_over_the_contract_it_is_asked_at_the_last_open_date(self, cheese):
        for rank in range(5):
            cheese.order("ADAM Pécine", rank, {cheese.tomme: 1, cheese.yogurt: 1})  # 9,70 € each, 48,50 €
        last = closing(DAYS[4])
        with pytest.raises(BelowMinimum) as refused:
            cheese.order("ADAM Pécine", 5, {cheese.tomme: 1, cheese.yogurt: 1}, now=last)
        assert refused.value.code == "below_contract_minimum"
        assert "60,00\u00a0€" in str(refused.value)
        assert "il manque 1,80\u00a0€" in str(refused.value)

        cheese.order("ADAM Pécine", 5, {cheese.tomme: 1, cheese.yogurt: 2}, now=last)
        assert cheese.balance("ADAM Pécine") == -4850 - 1290

    def test_who_joins_late_has_a_part_of_it(self, cheese):
        cheese.subscribe("BLANC Alphée", {cheese.tomme: 1, cheese.yogurt: 1}, starts_on=DAYS[4])  # 2 of 6: 20,00 €
        cheese.order("BLANC Alphée", 4, {cheese.tomme: 1, cheese.yogurt: 1})
        with pytest.raises(BelowMinimum) as refused:
            cheese.order("BLANC Alphée", 5, {cheese.tomme: 1, cheese.yogurt: 1}, now=closing(DAYS[4]))
        assert "au moins 20,00\u00a0€" in str(refused.value)
        assert "il manque 0,60\u00a0€" in str(refused.value)
