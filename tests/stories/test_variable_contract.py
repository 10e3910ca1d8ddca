"""A variable contract, from its opening to the list of the day, all through the API."""

import datetime as dt

import pytest

from escarcelle.orders.default_orders import close_orders
from tests.api.caller import Caller
from tests.cast import SEASON_START, TODAY, signed_in
from tests.stories.market import Clock, at

PRICES = {"Tomme": "6.50", "Yaourts": "3.20"}


@pytest.fixture
def clock(_on_a_fixed_day, monkeypatch):
    return Clock(monkeypatch)


class Cheese:
    """Six weeks, ordered until two days before at 20:00."""

    def __init__(self, season, clock, **terms):
        self.season, self.clock, self.api = season, clock, season.api
        self.contract = season.contract(
            "Contrat fromages", PRICES, weeks=6, kind="variable", orders_close_days_before=2, absences_allowed=2, **terms
        )
        self.days = season.days(self.contract)
        self.products = {product["name"]: product["id"] for product in self.contract["products"]}

    def sign(self, name, default, **more):
        lines = [{"product_id": self.products[product], "quantity": count} for product, count in default.items()]
        body = {"member_id": self.season.member(name), "lines": lines, **more}
        return self.api.post(f"/contracts/{self.contract['id']}/subscriptions", body)

    def of(self, name):
        """The member at their own keyboard."""
        return Caller(signed_in(self.season.group.members.get(pk=self.season.member(name))))

    def order(self, subscription, week, wanted, by=None):
        lines = [{"product_id": self.products[product], "quantity": count} for product, count in wanted.items()]
        body = {"delivery_id": self.days[week]["id"], "lines": lines}
        return (by or self.api).post(f"/subscriptions/{subscription['id']}/orders", body)

    def closes(self, week):
        self.clock.set(SEASON_START + dt.timedelta(weeks=week, days=-2), 20)

    def balance(self, subscription):
        return self.season.balance(subscription)


def test_order_by_date_with_a_default_order(season, clock):
    cheese = Cheese(season, clock)
    adam = cheese.sign("Adam Pécine", {"Tomme": 1}).json
    blanc = cheese.sign("Blanc Alphée", {"Tomme": 1, "Yaourts": 2}).json
    dubois = cheese.sign("Dubois Jean", {"Tomme": 3}).json
    assert [cheese.balance(one) for one in (adam, blanc, dubois)] == ["0.00", "0.00", "0.00"]
    at_home = cheese.of("Adam Pécine")

    ordered = cheese.order(adam, 0, {"Tomme": 2, "Yaourts": 1}, by=at_home)
    assert (ordered.status, ordered["ordered"], cheese.balance(adam)) == (200, "16.20", "-16.20")
    cheese.order(adam, 0, {"Tomme": 1}, by=at_home)
    assert cheese.balance(adam) == "-9.70"
    season.api.done(f"/subscriptions/{dubois['id']}/absences", {"delivery_ids": [cheese.days[0]["id"]]})

    seen = season.api.get(f"/contracts/{cheese.contract['id']}/orders")["items"][0]
    assert (seen["state"], seen["taking_count"], seen["default_count"], seen["absent_count"]) == ("open", 2, 1, 1)
    assert {one["product_name"]: one["quantity"] for one in seen["needed"]} == {"Tomme": 2, "Yaourts": 3}

    cheese.closes(0)
    for given in (1, 0):
        assert season.api.done(f"/contracts/{cheese.contract['id']}/orders/close")["given_count"] == given
    assert [cheese.balance(one) for one in (adam, blanc, dubois)] == ["-9.70", "-12.90", "0.00"]
    refused = cheese.order(adam, 0, {"Tomme": 2}, by=at_home)
    assert (refused.status, refused.code) == (422, "orders_closed")

    distribution_id = season.api.get(f"/deliveries/{cheese.days[0]['id']}")["distribution_id"]
    day = season.api.get(f"/distributions/{distribution_id}")
    taken = {visit["member_name"]: [part for share in visit["shares"] for part in share["engagement"]] for visit in day["visits"]}
    assert taken == {"ADAM Pécine": ["1 x Tomme", "1 x Yaourts"], "BLANC Alphée": ["1 x Tomme", "2 x Yaourts"]}
    assert [absent["member_name"] for absent in day["absents"]] == ["DUBOIS Jean"]


def test_the_minimums_say_by_how_much(season, clock):
    cheese = Cheese(season, clock, minimum_per_delivery="8.00", minimum_total="60.00")
    refused = cheese.sign("Adam Pécine", {"Tomme": 1})
    assert (refused.status, refused.code) == (422, "default_order_too_small")
    assert "il manque 1,50\u00a0€" in refused.json["detail"]

    adam = cheese.sign("Adam Pécine", {"Tomme": 1, "Yaourts": 1}, starts_on=(SEASON_START + dt.timedelta(weeks=4)).isoformat()).json
    at_home = cheese.of("Adam Pécine")
    assert season.api.get(f"/subscriptions/{adam['id']}/orders")["minimum"] == "20.00"
    refused = cheese.order(adam, 4, {"Tomme": 1, "Yaourts": 0}, by=at_home)
    assert (refused.code, "il manque 1,50\u00a0€" in refused.json["detail"]) == ("below_delivery_minimum", True)

    cheese.closes(4)
    close_orders(at=clock.now)
    assert cheese.balance(adam) == "-9.70"
    refused = cheese.order(adam, 5, {"Tomme": 1, "Yaourts": 1}, by=at_home)
    assert (refused.code, "il manque 0,60\u00a0€" in refused.json["detail"]) == ("below_contract_minimum", True)
    cheese.order(adam, 5, {"Tomme": 1, "Yaourts": 2}, by=at_home)
    assert cheese.balance(adam) == "-22.60"


def test_a_price_changes_no_past_line_and_a_cancelled_date_comes_back_exactly(season, clock):
    cheese = Cheese(season, clock)
    adam = cheese.sign("Adam Pécine", {}).json
    cheese.order(adam, 0, {"Tomme": 1})
    cheese.order(adam, 1, {"Tomme": 1})
    tomme = cheese.products["Tomme"]
    clock.set(TODAY + dt.timedelta(days=1), 9)
    season.api.done(f"/contracts/{cheese.contract['id']}/products/{tomme}/prices", {"price": "7.00", "from_date": "2026-09-06"})
    assert cheese.balance(adam) == "-13.00"
    cheese.order(adam, 1, {"Tomme": 2})
    assert cheese.balance(adam) == "-20.00"

    delivery = f"/deliveries/{cheese.days[1]['id']}"
    [difference] = season.api.done(f"{delivery}/cancel", {"reason": "tempête"})["differences"]
    assert (difference["difference"], cheese.balance(adam)) == ("-13.50", "-6.50")
    season.api.done(f"{delivery}/restore")
    assert cheese.balance(adam) == "-20.00"
    assert at(TODAY, 10) < clock.now
