"""P08 — Missing eggs: credit or refund."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def basket(market):
    market.product("Œufs", "3.20")
    market.product("Légumes", "29.30")
    market.product("Suite", "18.00")
    market.ways(transfer=True, cash=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    market.sold = market.day(DAY)
    market.next = market.day(DAY + dt.timedelta(days=7))
    basket = market.order(market.sold, "Adam Pécine", {"Œufs": 1, "Légumes": 1}, "transfer")
    paid = market.receive(basket, "transfer")
    assert (paid["due"], paid["balance"]) == ("32.50", "0.00")
    market.clock.set(DAY, 18)
    removed = market.api.done(f"/distributions/{market.sold['id']}/shortages", {"product_id": market.products["Œufs"], "delivered": 0})
    assert (removed["basket_count"], removed["difference"]) == (1, "-3.20")
    return basket


def test_what_is_missing_is_a_credit(market, basket):
    assert (market.basket(basket)["due"], market.balance(basket)) == ("29.30", "3.20")


def test_the_credit_is_used_by_the_next_order(market, basket):
    following = market.order(market.next, "Adam Pécine", {"Suite": 1}, "cash")

    assert following["balance"] == "-14.80"
    assert following["promised_payments"][0]["amount"] == "14.80"
    assert market.receive(following, "cash")["balance"] == "0.00"


def test_the_credit_is_given_back_once(market, basket):
    given = market.api.made(f"/baskets/{basket['id']}/refunds", {"method": "cash", "amount": "3.20"})
    assert (given["balance"], market.money(market.sold)["net_cash"]) == ("0.00", "-3.20")

    more = market.api.post(f"/baskets/{basket['id']}/refunds", {"method": "cash", "amount": "0.01"})
    assert (more.status, more.code) == (422, "nothing_in_favour")
