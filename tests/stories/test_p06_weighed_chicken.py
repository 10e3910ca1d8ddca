"""P06 — On-the-spot payment, weighed chicken."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)


@pytest.fixture
def basket(market):
    market.product("Poulet", "11.90", sold_by="weighed_piece", step_grams=1800)
    market.product("Pain", "3.20", producer="Fournil")
    market.product("Œufs", "3.20")
    market.ways(cash=True, cheque=True)
    market.sold = market.day(DAY)
    return market.order(market.sold, "Adam Pécine", {"Poulet": 1, "Pain": 2, "Œufs": 1}, "on_the_spot")


def line(basket, product):
    return next(line for line in basket["lines"] if line["product_name"] == product)


def test_from_the_order_to_the_receipt(market, basket):
    assert (basket["due"], basket["balance"], basket["expected_balance"]) == ("31.02", "-31.02", "0.00")
    [promise] = basket["promised_payments"]
    assert (promise["way"], promise["amount"]) == ("on_the_spot", "31.02")
    market.clock.set(DAY, 18)

    weighed = market.api.done(f"/order-lines/{line(basket, 'Poulet')['id']}/weigh", {"grams": 1652}).json
    assert (line(weighed, "Poulet")["amount"], weighed["due"], weighed["balance"]) == ("19.66", "29.26", "-29.26")
    assert weighed["promised_payments"][0]["amount"] == "29.26"

    refused = market.api.post(f"/baskets/{basket['id']}/validate", {})
    assert (refused.status, refused.code) == (422, "undetermined")

    paid = market.receive(basket, "cash")
    assert (paid["balance"], market.money(market.sold)["net_cash"]) == ("0.00", "29.26")

    validated = market.api.done(f"/baskets/{basket['id']}/validate", {}).json
    assert validated["state"] == "validated"
    again = market.api.post(f"/order-lines/{line(basket, 'Poulet')['id']}/weigh", {"grams": 1700})
    assert (again.status, again.code) == (409, "already_validated")


def test_an_unlikely_weight_asks(market, basket):
    market.clock.set(DAY, 18)
    path = f"/order-lines/{line(basket, 'Poulet')['id']}/weigh"

    for grams in (899, 3601):
        refused = market.api.post(path, {"grams": grams})
        assert (refused.status, refused.code) == (422, "weight_unlikely")
    for grams in (900, 3600):
        market.api.done(path, {"grams": grams})
    market.api.done(path, {"grams": 3601, "is_sure": True})
