"""P09 — Till closing with a shortage."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)
# 3 × 50, 11 × 20, 9 × 10, 12 × 5, 10 × 2, 9 × 1, 8 × 0.50, 12 × 0.20, 6 × 0.10, 3 × 0.05
BOX = {"50.00": 3, "20.00": 11, "10.00": 9, "5.00": 12, "2.00": 10, "1.00": 9, "0.50": 8, "0.20": 12, "0.10": 6, "0.05": 3}


@pytest.fixture
def day(market):
    """412.35 received in cash, 3.20 given back, everything validated."""
    market.product("Œufs", "3.20")
    market.product("Tout le reste", "409.15")
    market.ways(cash=True)
    day = market.day(DAY)
    basket = market.order(day, "Adam Pécine", {"Œufs": 1, "Tout le reste": 1}, "cash")
    market.clock.set(DAY, 18)
    market.receive(basket, "cash")
    market.api.done(f"/distributions/{day['id']}/shortages", {"product_id": market.products["Œufs"], "delivered": 0})
    market.api.made(f"/baskets/{basket['id']}/refunds", {"method": "cash", "amount": "3.20"})
    market.api.done(f"/baskets/{basket['id']}/validate", {})
    market.basket_id, market.account_id = basket["id"], basket["account_id"]
    return day


def box(**more):
    pieces = [{"value": value, "count": count} for value, count in BOX.items()]
    return {"opening_float": "150.00", "pieces": pieces, "kept_float": "150.00", **more}


def test_three_euros_are_missing(market, day):
    address = f"/distributions/{day['id']}/till-counts"
    assert market.money(day)["net_cash"] == "409.15"

    unexplained = market.api.post(address, box())
    assert (unexplained.status, unexplained.code) == (422, "comment_missing")

    count = market.api.made(address, box(comment="trois euros de moins")).json

    assert (count["expected_cash"], count["counted_cash"], count["cash_gap"]) == ("559.15", "556.15", "-3.00")
    assert (count["kept_float"], count["dropped"]) == ("150.00", "406.15")
    assert {piece["value"]: piece["count"] for piece in count["pieces"]} == BOX


def test_the_sum_and_the_notes_must_agree(market, day):
    address = f"/distributions/{day['id']}/till-counts"
    for body, code in (
        (box(cash="559.15"), "pieces_differ"),
        (box(pieces=[{"value": "0.03", "count": 1}]), "not_a_count"),
        (box(pieces=[]), "cash_missing"),
    ):
        refused = market.api.post(address, body)
        assert (refused.status, refused.code) == (422, code)
    assert market.api.made(address, box(cash="556.15", comment="trois euros de moins")).json["cash_gap"] == "-3.00"


def test_after_closing_no_cash_of_that_day(market, day):
    market.api.made(f"/distributions/{day['id']}/till-counts", box(comment="trois euros de moins"))

    refused = market.api.post(f"/baskets/{market.basket_id}/payments", {"method": "cash", "amount": "1.00", "received_on": DAY.isoformat()})
    assert refused.status == 409

    # It goes to the next one: on the client's account, outside that day.
    paid = market.api.post(f"/accounts/{market.account_id}/payments", {"method": "cash", "amount": "1.00", "received_on": DAY.isoformat()})
    assert paid.status == 201
    assert market.money(day)["count"]["counted_cash"] == "556.15"
