"""P15 — Unvalidated distributions lock."""

import datetime as dt

import pytest

FIRST = dt.date(2026, 9, 5)


@pytest.fixture
def days(market):
    """Five weekly distributions at 15:00, each with a basket; an empty one and a cancelled one that do not count."""
    market.product("Pain", "3.00")
    market.product("Pain de seigle", "3.00")
    market.ways(cash=True, cheque=True)
    days = [market.day(FIRST + dt.timedelta(weeks=week), "15:00") for week in range(6)]
    market.day(FIRST + dt.timedelta(days=1), "15:00")
    cancelled = market.day(FIRST + dt.timedelta(days=2), "15:00")
    for day in [*days[:5], cancelled]:
        market.order(day, "Adam Pécine", {"Pain": 2}, "on_the_spot")
    market.api.done(f"/market-days/{cancelled['id']}/cancel", {"reason": "tempête"})
    return days


def test_the_fourth_one_blocks_and_one_validation_lifts_it(market, days):
    fourth, fifth = FIRST + dt.timedelta(weeks=3), days[4]
    market.clock.set(fourth, 14, 59)
    assert market.api.get("/blocking")["is_near"]
    market.order(fifth, "Blanc Alphée", {"Pain": 1}, "on_the_spot")

    market.clock.set(fourth, 15)
    blocked = market.try_to_order(fifth, "Blanc Alphée", {"Pain": 2}, "on_the_spot")
    assert (blocked.status, blocked.code) == (409, "group_blocked")
    state = market.api.get("/blocking")
    assert (state["is_blocked"], [day["id"] for day in state["distributions"]]) == (True, [day["id"] for day in days[:4]])
    assert market.try_to_order(fifth, "Blanc Alphée", {"Pain": 0}).status == 201
    assert market.try_to_order(fifth, "Bernard Angoustan", {"Pain": 1}, by_admin=True).status == 201

    market.api.done(f"/distributions/{days[1]['id']}/validate", {"method": "cash"})
    assert not market.api.get("/blocking")["is_blocked"]
    market.order(fifth, "Blanc Alphée", {"Pain": 2}, "on_the_spot")


def test_validation_opens_at_half_past_two(market, days):
    path = f"/distributions/{days[0]['id']}/validate"
    market.clock.set(FIRST, 14, 29, 59)
    refused = market.api.post(path, {"method": "cash"})
    assert (refused.status, refused.code) == (409, "not_open_yet")

    market.clock.set(FIRST, 14, 30)
    market.api.done(path, {"method": "cash"})
