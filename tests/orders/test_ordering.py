"""Orders at a market: what is due, at which price, until when, and how it will be paid."""

import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.catalogues import ProductTerms, change_product
from escarcelle.catalogs.models import Product
from escarcelle.groups.activity import KeyReused
from escarcelle.ledger.models import Operation
from escarcelle.orders.models import OrderLine
from escarcelle.orders.ordering import OrderRefused, drop_line
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.recording import record_payment
from escarcelle.payments.ways import Offer, WaysRefused, offer_ways, switch_payments_off
from tests.cast import received
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db


def promised(basket):
    return {promise.way: promise.amount_cents for promise in basket.promised_payments.filter(state="pending")}


def operations_about(basket):
    return Operation.objects.filter(book=basket.account.book, about=f"basket:{basket.pk}").count()


def test_an_order_is_a_debit_at_once_and_its_payment_a_promise(market):
    market.offer(cash=True, cheque=True)

    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="on_the_spot")

    assert (market.balance("ADAM Pécine"), promised(basket)) == (-350, {"on_the_spot": 350})


def test_two_orders_on_one_day_are_one_basket_one_promise_and_two_operations(market):
    market.offer(cash=True, cheque=True)

    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="on_the_spot")
    again = market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")

    assert again == basket
    assert (market.balance("ADAM Pécine"), promised(basket), operations_about(basket)) == (-630, {"on_the_spot": 630}, 2)


@pytest.mark.parametrize(("offered", "way"), [({"cheque": True}, "cheque"), ({"cash": True, "cheque": True}, "on_the_spot")])
def test_one_on_site_method_is_set_at_once_two_stay_undetermined(market, offered, way):
    market.offer(**offered)

    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way=way)

    assert promised(basket) == {way: 350}


def test_a_way_that_is_not_offered_is_refused_and_nothing_is_ordered(market):
    market.offer(cash=True, cheque=True)

    for way in ("transfer", "cash", "cheque", "money_pot"):
        with pytest.raises(WaysRefused):
            market.order("ADAM Pécine", {market.courgettes: 1}, way=way)
    assert market.balance("ADAM Pécine") == 0
    assert not market.group.baskets.exists()


def test_a_line_keeps_the_price_at_which_it_was_ordered(market):
    basket = market.order("ADAM Pécine", {market.courgettes: 2})
    change_product(product=market.courgettes, terms=ProductTerms("Courgettes, le filet", 400), on=market.now.date(), by=market.admin)

    market.order("ADAM Pécine", {market.courgettes: 3})

    assert [(line.quantity, line.price_cents) for line in basket.lines.all()] == [(2, 350), (1, 400)]
    assert market.balance("ADAM Pécine") == -1100
    market.order("ADAM Pécine", {market.courgettes: 1})
    assert [(line.quantity, line.price_cents) for line in basket.lines.all()] == [(1, 350), (0, 400)]
    assert market.balance("ADAM Pécine") == -350


def test_pieces_that_are_weighed_have_a_line_each(market):
    basket = market.order("ADAM Pécine", {market.chicken: 1})
    market.order("ADAM Pécine", {market.chicken: 3})

    assert [(line.quantity, line.amount_cents) for line in basket.lines.all()] == [(1, 2142)] * 3
    market.order("ADAM Pécine", {market.chicken: 1})
    assert [line.quantity for line in basket.lines.all()] == [1, 0, 0]


def test_what_is_sold_by_weight_is_one_line_at_the_price_of_a_kilogram(market):
    basket = market.order("ADAM Pécine", {market.potatoes: 3})

    assert [(line.expected_grams, line.amount_cents) for line in basket.lines.all()] == [(1500, 300)]


def test_cancelling_leaves_lines_at_zero_and_every_operation(market):
    basket = market.order("ADAM Pécine", {market.courgettes: 2, market.bread: 1})
    line = basket.lines.first()
    with pytest.raises(OrderRefused):
        drop_line(line=line, by=market.admin)

    market.order("ADAM Pécine", {market.courgettes: 0, market.bread: 0})
    drop_line(line=line, by=market.admin)

    assert market.balance("ADAM Pécine") == 0
    assert [line.quantity for line in basket.lines.all()] == [0]
    assert operations_about(basket) == 2


def test_each_producer_is_credited_with_their_part_and_the_market_with_its_fee(market):
    market.bakery.fee_basis_points = 500
    market.bakery.save()

    market.order("ADAM Pécine", {market.courgettes: 2, market.bread: 3})

    credits = dict(market.group.book.accounts.filter(balance_cents__gt=0).values_list("kind", "balance_cents"))
    suppliers = sorted(market.group.book.accounts.filter(kind="supplier").values_list("balance_cents", flat=True))
    assert suppliers == [700, 840]
    assert credits["sales"] == 42
    assert market.balance("ADAM Pécine") == -(700 + 840 + 42)


def test_the_window_counts_for_clients_and_not_for_coordinators(market):
    assert market.order("ADAM Pécine", {market.bread: 1}, now=at(MARKET_DAY, 11, 59, 59))
    for refused_at in (at(MARKET_DAY, 12), at(MARKET_DAY, 17)):
        with pytest.raises(OrderRefused) as refusal:
            market.order("ADAM Pécine", {market.bread: 2}, now=refused_at)
        assert refusal.value.code == "orders_closed"

    basket = market.order("ADAM Pécine", {market.bread: 2}, now=at(MARKET_DAY, 17), by=market.admin)

    assert [(line.quantity, line.for_client) for line in basket.lines.all()] == [(1, False), (1, True)]


def test_stock_is_never_oversold(market):
    Product.objects.filter(pk=market.eggs.pk).update(stock_per_delivery=3)
    market.order("ADAM Pécine", {market.eggs: 2})

    with pytest.raises(OrderRefused) as refusal:
        market.order("BLANC Alphée", {market.eggs: 2})
    assert (refusal.value.code, refusal.value.fields["left"]) == ("not_enough_stock", 1)
    market.order("BLANC Alphée", {market.eggs: 1})
    with pytest.raises(OrderRefused) as refusal:
        market.order("ANGOUSTAN Bernard", {market.eggs: 1})
    assert refusal.value.code == "sold_out"
    market.order("ADAM Pécine", {market.eggs: 0})
    market.order("ANGOUSTAN Bernard", {market.eggs: 2})
    assert sum(OrderLine.objects.filter(product=market.eggs).values_list("quantity", flat=True)) == 3


def test_numbers_of_baskets_follow_each_other_on_each_day(market):
    other = market.plan(MARKET_DAY + dt.timedelta(days=7))

    numbers = [market.order(name, {market.bread: 1}).number for name in ("ADAM Pécine", "BLANC Alphée", "ADAM Pécine")]

    assert numbers == [1, 2, 1]
    assert market.order("BLANC Alphée", {market.bread: 1}, day=other).number == 1


def test_the_same_order_sent_twice_counts_once(market):
    adam, key = market.client("ADAM Pécine"), uuid4()

    def send(count):
        return order(distribution=market.day, member=adam, wish=Wish({market.bread.pk: count}), at=market.now, by=adam, key=key)

    assert send(1) == send(1)
    assert market.balance("ADAM Pécine") == -280
    with pytest.raises(KeyReused):
        send(2)


@pytest.mark.parametrize(
    ("quantities", "code"),
    [({"courgettes": 1001}, "quantity_out_of_range"), ({"courgettes": -1}, "quantity_out_of_range"), ({10**9: 1}, "unknown_product")],
)
def test_absurd_quantities_and_products_are_refused(market, quantities, code):
    adam = market.client("ADAM Pécine")
    wish = Wish({market.courgettes.pk if name == "courgettes" else name: count for name, count in quantities.items()})

    with pytest.raises(OrderRefused) as refusal:
        order(distribution=market.day, member=adam, wish=wish, at=market.now, by=adam)

    assert refusal.value.code == code
    assert market.balance("ADAM Pécine") == 0


def test_a_received_payment_is_never_touched_again(market):
    market.offer(cheque=True)
    basket = market.order("ADAM Pécine", {market.courgettes: 2}, way="cheque")

    receive(promise=basket.promised_payments.get(), named=Named("cheque", MARKET_DAY), by=market.admin, today=MARKET_DAY)
    market.order("ADAM Pécine", {market.courgettes: 1})

    assert market.balance("ADAM Pécine") == 350
    assert basket.payments.get().amount_cents == 700
    market.order("ADAM Pécine", {market.courgettes: 3}, way="cheque")
    assert promised(basket) == {"cheque": 350}


def test_money_left_from_before_is_not_promised_again(market):

    market.offer(cheque=True)
    record_payment(account=market.account("ADAM Pécine"), received=received(320), on=market.now.date(), by=market.admin)

    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="cheque")

    assert (market.balance("ADAM Pécine"), promised(basket)) == (-30, {"cheque": 30})


# --- The money pot ---


def test_a_money_pot_may_be_emptied_and_not_a_cent_more(market):
    market.offer(money_pot=True)
    record_payment(account=market.account("ADAM Pécine"), received=received(630), on=market.now.date(), by=market.admin)

    with pytest.raises(WaysRefused) as refusal:
        market.order("ADAM Pécine", {market.courgettes: 1, market.bread: 1, market.eggs: 1})
    assert refusal.value.code == "money_pot_short"
    market.order("ADAM Pécine", {market.courgettes: 1, market.bread: 1})
    assert market.balance("ADAM Pécine") == 0


def test_a_negative_money_pot_is_the_group_s_choice(market):
    market.offer(money_pot=True, negative_money_pot=True)

    market.order("ADAM Pécine", {market.courgettes: 1})

    assert market.balance("ADAM Pécine") == -350


@pytest.mark.parametrize("other", ["cheque", "cash", "transfer", "card_terminal", "online_card"])
def test_a_money_pot_goes_with_nothing_else(market, other):
    with pytest.raises(WaysRefused) as refusal:
        offer_ways(group=market.group, offer=Offer(money_pot=True, **{other: True}), by=market.admin)
    assert refusal.value.code == "money_pot_excludes"


@pytest.mark.parametrize(
    ("iban", "is_right"),
    [("FR76 3000 6000 0112 3456 7890 189", True), ("FR7630006000011234567890188", False), ("", False), ("<b>", False)],
)
def test_the_iban_of_transfers_is_checked(market, iban, is_right):
    offer = Offer(transfer=True, transfer_holder="Direct Paysans", transfer_iban=iban)
    if is_right:
        assert offer_ways(group=market.group, offer=offer, by=market.admin).transfer_iban == "FR7630006000011234567890189"
    else:
        with pytest.raises(WaysRefused):
            offer_ways(group=market.group, offer=offer, by=market.admin)


@pytest.mark.parametrize("count", [0, 3])
def test_less_is_accepted_of_what_was_limited_since(market, count):
    market.order("ADAM Pécine", {market.eggs: 4})
    market.order("BLANC Alphée", {market.eggs: 6})
    terms = ProductTerms(name=market.eggs.name, price_cents=320, stock_per_delivery=5)
    change_product(product=market.eggs, terms=terms, on=market.now.date(), by=market.admin)

    market.order("ADAM Pécine", {market.eggs: count})

    assert market.balance("ADAM Pécine") == -320 * count
    with pytest.raises(OrderRefused) as refusal:
        market.order("ADAM Pécine", {market.eggs: 4})
    assert refusal.value.code in ("not_enough_stock", "sold_out")


@pytest.mark.parametrize("turn", ["off", "money_pot"])
def test_what_was_promised_follows_what_is_left_whatever_the_group_offers_now(market, turn):
    market.offer(cash=True)
    basket = market.order("ADAM Pécine", {market.courgettes: 3}, way="cash")
    if turn == "off":
        switch_payments_off(group=market.group, by=market.admin)
    else:
        market.offer(money_pot=True)

    market.order("ADAM Pécine", {market.courgettes: 1})
    assert promised(basket) == {"cash": 350}
    market.order("ADAM Pécine", {market.courgettes: 0})
    assert (promised(basket), market.balance("ADAM Pécine")) == ({}, 0)


def test_with_a_money_pot_nothing_else_pays_an_order(market):
    market.offer(money_pot=True, negative_money_pot=True)

    with pytest.raises(WaysRefused) as refusal:
        market.order("ADAM Pécine", {market.courgettes: 1}, way="cash")

    assert (refusal.value.code, market.balance("ADAM Pécine")) == ("not_offered", 0)
