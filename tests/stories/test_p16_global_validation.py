"""P16 — Global validation with an admin-made order."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)
IBAN = "FR7630006000011234567890189"
# Eighteen undetermined baskets: 512.40 in all; the first seven are re-typed: 201.10.
FIRST_SEVEN = ["28.73"] * 6 + ["28.72"]
ELEVEN = ["28.30"] * 10 + ["28.30"]


@pytest.fixture
def twenty(market):
    amounts = [*FIRST_SEVEN, *ELEVEN]
    for price in sorted({*amounts, "30.00", "22.50"}):
        market.product(price, price)
    market.ways(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    market.sold = market.day(DAY)
    market.baskets = [market.order(market.sold, f"Client{rank:02} A", {price: 1}, "on_the_spot") for rank, price in enumerate(amounts)]
    market.order(market.sold, "Gallo Bruno", {"30.00": 1}, "transfer")
    market.made = market.order(market.sold, "Morvan Aline", {"22.50": 1}, by_admin=True)
    market.clock.set(DAY, 18, 30)
    return market


def test_the_button_its_effect_and_the_methods_named_afterwards(twenty):
    market, path = twenty, f"/distributions/{twenty.sold['id']}"
    preview = market.api.get(f"{path}/validation")
    assert (preview["basket_count"], preview["undetermined_count"], preview["undetermined_total"]) == (20, 18, "512.40")
    assert (preview["confirmed_count"], preview["confirmed_total"], preview["methods"][0]) == (1, "30.00", "cash")
    assert [(debt["member_name"], debt["is_for_client"]) for debt in preview["debts"]] == [("MORVAN Aline", True)]

    forced = market.api.done(f"{path}/validate", {})
    assert (forced["basket_count"], forced["payment_count"], forced["received"], forced["debt"]) == (20, 19, "542.40", "22.50")
    baskets = market.api.get(f"{path}/baskets")["items"]
    assert {row["state"] for row in baskets} == {"validated"}
    assert {row["member_name"]: row["balance"] for row in baskets if row["balance"] != "0.00"} == {"MORVAN Aline": "-22.50"}
    assert market.money(market.sold)["net_cash"] == "512.40"  # with a float of 80.00 the box holds 592.40

    for basket in market.baskets[:7]:
        [payment] = market.basket(basket)["payments"]
        body = {"amount": payment["amount"], "method": "cheque", "reason": "c’était un chèque"}
        market.api.made(f"/payments/{payment['id']}/correct", body)
    money = market.money(market.sold)
    received = {row["method"]: (row["count"], row["total"]) for row in money["received"]}
    assert (money["net_cash"], received["cheque"], received["cash"]) == ("311.30", (7, "201.10"), (11, "311.30"))
    assert all(market.balance(basket) == "0.00" for basket in market.baskets[:7])


def test_it_is_undone_exactly(twenty):
    market, path = twenty, f"/distributions/{twenty.sold['id']}"
    before = market.api.get(f"{path}/baskets")["items"]
    market.api.done(f"{path}/validate", {"method": "cheque"})

    reopened = market.api.done(f"{path}/reopen", {"reason": "mauvais moyen"})

    assert (reopened["basket_count"], reopened["taken_back_count"], reopened["left_alone_count"]) == (20, 19, 0)
    assert market.api.get(f"{path}/baskets")["items"] == before
