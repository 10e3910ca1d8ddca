"""What the peer's own tests say of a market, through the API."""

import datetime as dt

import pytest

DAY = dt.date(2026, 9, 5)
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def stalls(market):
    market.product("Courgettes", "3.50")
    market.product("Pain", "2.80", producer="Fournil")
    market.product("Pommes de terre", "2.00", sold_by="weighed_piece", step_grams=1000)
    market.sold = market.day(DAY)
    return market


def test_two_orders_paid_by_cheque_validated_to_zero(stalls):
    stalls.ways(cheque=True)
    baskets = [stalls.order(stalls.sold, name, {"Courgettes": count}, "cheque") for name, count in (("A A", 1), ("B B", 3))]
    stalls.clock.set(DAY, 18)
    for basket in baskets:
        stalls.receive(basket, "cheque")
        stalls.api.done(f"/baskets/{basket['id']}/validate", {})

    assert [stalls.basket(basket)["state"] for basket in baskets] == ["validated", "validated"]
    assert [stalls.balance(basket) for basket in baskets] == ["0.00", "0.00"]
    assert stalls.api.get(f"/market-days/{stalls.sold['id']}")["validated_at"] is not None


def test_a_second_order_tops_up_the_promise(stalls):
    stalls.ways(cash=True, cheque=True)
    stalls.order(stalls.sold, "A A", {"Courgettes": 1}, "on_the_spot")
    basket = stalls.order(stalls.sold, "A A", {"Pain": 1}, "on_the_spot")

    assert [promise["amount"] for promise in basket["promised_payments"]] == ["6.30"]
    assert (basket["due"], basket["balance"]) == ("6.30", "-6.30")
    lines = stalls.api.every(f"/accounts/{basket['account_id']}/statement")
    assert [line["amount"] for line in lines] == ["-2.80", "-3.50"]


@pytest.mark.parametrize(("ways", "way"), [({"cash": True}, "cash"), ({"cash": True, "card_terminal": True}, "on_the_spot")])
def test_one_on_site_method_is_set_at_once(stalls, ways, way):
    stalls.ways(**ways)
    basket = stalls.order(stalls.sold, "A A", {"Courgettes": 1})
    assert [promise["way"] for promise in basket["promised_payments"]] == [way]


def test_lines_at_zero_leave_one_basket_at_zero(stalls):
    basket = stalls.order(stalls.sold, "A A", {"Courgettes": 1, "Pain": 1})
    kept = stalls.api.send("DELETE", f"/order-lines/{basket['lines'][0]['id']}")
    assert (kept.status, kept.code) == (409, "still_ordered")

    emptied = stalls.order(stalls.sold, "A A", {"Courgettes": 0, "Pain": 0})
    assert (emptied["id"], emptied["due"], emptied["balance"]) == (basket["id"], "0.00", "0.00")
    assert stalls.api.send("DELETE", f"/order-lines/{basket['lines'][0]['id']}").status == 204
    assert len(stalls.api.every(f"/accounts/{basket['account_id']}/statement")) == 2


def test_potatoes_weighed_one_by_one(stalls):
    stalls.order(stalls.sold, "A A", {"Pommes de terre": 1})
    basket = stalls.order(stalls.sold, "A A", {"Pommes de terre": 3})
    assert [line["quantity"] for line in basket["lines"]] == [1, 1, 1]


def test_the_qr_of_a_transfer(stalls):
    """P17, first step: what the code says, with the basket's own reference."""
    stalls.ways(transfer=True, transfer_holder="AMAP DES QUATRE SAISONS", transfer_iban=IBAN)
    basket = stalls.order(stalls.sold, "A A", {"Courgettes": 1}, "transfer")

    details = stalls.client("A A").get(f"/baskets/{basket['id']}/transfer")

    said = f"BCD\n002\n1\nSCT\n\nAMAP DES QUATRE SAISONS\n{IBAN}\nEUR3.50\n\n{details['reference']}"
    assert (details["epc"], details["amount"]) == (said, "3.50")
    assert details["reference"].startswith("RF")
    assert stalls.client("B B").get(f"/baskets/{basket['id']}/transfer").status == 403
