"""What the screens read: right, and in the same number of statements at any size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escarcelle.orders.queries import blocked_state, market_days, producer_sheets, stalls, supplier_dues
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.recording import Received, record_payment
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import share_out_shortage
from escarcelle.validation.queries import basket_page, baskets_page, left_behind
from escarcelle.validation.shortages import Rule
from tests.cast import TODAY
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db


def statements(read):
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_the_list_of_baskets_says_what_each_awaits(market):
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="M", transfer_iban="FR7630006000011234567890189")
    market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")
    market.order("BLANC Alphée", {market.bread: 1}, way="transfer")
    market.order("BIHAN Yann", {market.chicken: 1}, by=market.admin)
    market.order("PRIGENT Malo", {market.bread: 1}, way="transfer")
    market.order("PRIGENT Malo", {market.bread: 0})
    share_out_shortage(
        distribution=market.day, product=market.bread, delivered=1, rule=Rule.FIRST_SERVED, at=at(MARKET_DAY, 18), by=market.admin
    )

    page = baskets_page(market.day)

    states = [(row.member_name, row.state, row.has_missing, row.has_unweighed, row.is_for_client) for row in page.rows]
    assert states == [
        ("ADAM Pécine", "unnamed", False, False, False),
        ("BLANC Alphée", "ready", True, False, False),
        ("BIHAN Yann", "unpaid", False, True, True),
    ]
    assert (page.due_cents, page.paid_cents, page.waiting_count) == (280 + 0 + 2142, 0, 3)


def test_reads_take_the_same_statements_at_any_size(market):
    market.offer(cash=True, cheque=True)
    counts = []
    for size in (2, 9):
        for rank in range(size):
            basket = market.order(f"CLIENT{size}{rank} A", {market.bread: 1, market.chicken: 1, market.eggs: 2}, way="on_the_spot")
        basket = type(basket).objects.select_related("account__member", "account__group", "group", "distribution__group").get(pk=basket.pk)
        reads = (
            lambda: baskets_page(market.day),
            lambda basket=basket: basket_page(basket),
            lambda: stalls(market.day, market.client("CLIENT20 A"), market.now),
            lambda: market_days(market.group, market.now, since=TODAY),
            lambda: supplier_dues(market.day),
            lambda: producer_sheets(market.day),
            lambda: blocked_state(market.group, market.now),
            lambda: left_behind(market.day),
        )
        counts.append([statements(read) for read in reads])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def test_a_stall_shows_what_is_left_and_what_one_has_ordered(market):
    market.eggs.stock_per_delivery = 5
    market.eggs.save()
    market.order("ADAM Pécine", {market.eggs: 2, market.bread: 1})

    farm, bakery = stalls(market.day, market.client("ADAM Pécine"), market.now)

    eggs = next(product for product in farm.products if product.product == market.eggs)
    assert (farm.is_open, eggs.ordered, eggs.left, eggs.expected_cents) == (True, 2, 3, 320)
    assert [product.ordered for product in bakery.products] == [1]
    assert not stalls(market.day, market.client("ADAM Pécine"), at(MARKET_DAY, 13))[0].is_open


def test_what_each_producer_brings_and_is_owed(market):
    market.order("ADAM Pécine", {market.courgettes: 2, market.potatoes: 3})
    market.order("BLANC Alphée", {market.courgettes: 1, market.bread: 4})

    farm, bakery = producer_sheets(market.day)

    assert [(row.product.name, row.quantity, row.expected_grams) for row in farm.rows] == [
        ("Courgettes, le filet", 3, None),
        ("Pommes de terre", 3, 1500),
    ]
    assert (farm.amount_cents, bakery.amount_cents) == (1350, 1120)
    assert [(due.producer_name, due.basket_count, due.amount_cents) for due in supplier_dues(market.day)] == [
        ("Ferme du Méné", 2, 1350),
        ("Fournil de Port-Tudy", 1, 1120),
    ]


def test_what_a_day_left_does_not_change_with_what_is_paid_since(market):
    market.offer(cash=True)
    evening = at(MARKET_DAY, 18)
    paid = market.order("ADAM Pécine", {market.bread: 1}, way="cash")
    owing = market.order("BLANC Alphée", {market.courgettes: 1}, by=market.admin)
    receive(promise=paid.promised_payments.get(), named=Named("cash", MARKET_DAY, amount_cents=500), by=market.admin, today=MARKET_DAY)
    validate_basket(basket=paid, at=evening, by=market.admin, leaving="credit")
    validate_basket(basket=owing, at=evening, by=market.admin, leaving="debt")
    left = [(owing, -350), (paid, 220)]
    assert left_behind(market.day) == left

    later = Received(350, "cash", MARKET_DAY)
    record_payment(account=owing.account, received=later, on=MARKET_DAY, by=market.admin)

    assert left_behind(market.day) == left
