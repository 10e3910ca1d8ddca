"""P14 — Money pot."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)


@pytest.fixture
def pot(market):
    for price in ("32.40", "17.61", "17.60", "28.15", "31.40", "22.95"):
        market.product(price, price)
    market.sold = market.day(DAY)
    return market


def test_1_no_negative(pot):
    pot.ways(money_pot=True)
    client = pot.client("Adam Pécine")
    payee_id = pot.api.get("/payees")["items"][-1]["id"]
    rows = [{"member_id": client.member.pk, "payee_id": payee_id, "amount": "50.00"}]
    pot.api.made("/opening-balances", {"rows": rows})

    basket = pot.order(pot.sold, "Adam Pécine", {"32.40": 1})
    assert (basket["balance"], basket["promised_payments"]) == ("17.60", [])
    refused = pot.try_to_order(pot.sold, "Adam Pécine", {"17.61": 1})
    assert (refused.status, refused.code) == (422, "money_pot_short")
    assert pot.order(pot.sold, "Adam Pécine", {"17.60": 1})["balance"] == "0.00"
    pot.api.made(f"/accounts/{basket['account_id']}/payments", {"amount": "100.00", "method": "cheque"})
    assert pot.balance(basket) == "100.00"


def test_2_negative_allowed(pot):
    pot.ways(money_pot=True, negative_money_pot=True)
    for price in ("28.15", "31.40", "22.95"):
        basket = pot.order(pot.sold, "Adam Pécine", {price: 1})
    assert basket["balance"] == "-82.50"
    pot.api.made(f"/accounts/{basket['account_id']}/payments", {"amount": "82.50", "method": "cheque"})
    assert pot.balance(basket) == "0.00"


def test_3_nothing_goes_with_it(pot):
    refused = pot.ways(money_pot=True, cheque=True)
    assert (refused.status, refused.code) == (422, "money_pot_excludes")

    pot.ways(cheque=True, cash=True)
    assert pot.ways(money_pot=True).status == 200
    now = pot.api.get("/ways-to-pay")
    assert (now["money_pot"], now["cheque"], now["cash"], now["choices"]) == (True, False, False, [])
