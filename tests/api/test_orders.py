"""Who orders for whom, and what an AMAP answers to acts of a market."""

import pytest
from django.utils import timezone

from escarcelle.groups.machines import add_machine
from escarcelle.groups.members import give_role
from escarcelle.groups.models import Activity, MemberAccount, Role
from escarcelle.orders.models import Basket, OrderLine
from tests.api.caller import Caller
from tests.api.operations import operations
from tests.api.world import IBAN, World
from tests.books import figures
from tests.cast import TODAY
from tests.market_cast import at, found_market
from tests.rights.table import OPERATIONS

pytestmark = pytest.mark.django_db
MORNING = at(TODAY, 10)


@pytest.fixture
def market(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    market = found_market()
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    return market


@pytest.fixture
def order(market):
    """What somebody sends to order so many nets of courgettes."""

    def sent(caller, quantity=1, **more):
        lines = [{"product_id": market.courgettes.pk, "quantity": quantity}]
        return caller.post(f"/distributions/{market.day.pk}/orders", {"lines": lines, **more})

    return sent


def machine(market, role):
    return Caller(add_machine(group=market.group, name="tableur", role=role, on=TODAY, by=market.admin))


def nothing_was_ordered():
    return not (Basket.objects.exists() or OrderLine.objects.exists() or MemberAccount.objects.exists())


@pytest.mark.parametrize("role", [Role.Name.ADMINISTRATOR, Role.Name.TREASURER, Role.Name.VOLUNTEER])
def test_a_machine_orders_nothing_for_itself(market, order, role):
    tableur = machine(market, role)

    for named in ({}, {"member_id": tableur.member.pk}):
        refused = order(tableur, way="on_the_spot", **named)
        assert (refused.status, refused.code, refused["errors"][0]["field"]) == (422, "machine", "member")
    assert nothing_was_ordered()


def test_a_machine_orders_for_whom_it_names_and_the_line_says_so(market, order):
    adam = market.client("ADAM Pécine")

    basket = order(machine(market, Role.Name.TREASURER), member_id=adam.pk)

    assert (basket.status, basket["member_id"], basket["due"]) == (201, adam.pk, "3.50")
    [line] = basket["lines"]
    assert (line["ordered_by"], line["ordered_at"], line["for_client"]) == ("TABLEUR", "2026-09-01T08:00:00Z", True)


def test_a_treasurer_orders_for_a_client_and_the_log_says_who_and_when(market, order):
    adam, martine = market.client("ADAM Pécine"), market.client("LE GOFF Martine")
    give_role(member=martine, role=Role.Name.TREASURER, by=market.admin)

    [line] = order(Caller(martine), member_id=adam.pk)["lines"]

    assert (line["ordered_by"], line["ordered_at"], line["for_client"]) == ("LE GOFF Martine", "2026-09-01T08:00:00Z", True)
    act = Activity.objects.get(kind="order.changed")
    assert (act.by, act.at, act.details["member"]) == (martine, MORNING, adam.pk)
    assert market.balance("ADAM Pécine") == -350


def test_a_client_orders_for_nobody_else(market, order):
    adam, blanc = market.client("ADAM Pécine"), market.client("BLANC Alphée")

    assert order(Caller(adam), way="on_the_spot", member_id=blanc.pk).status == 403
    assert order(Caller(adam), way="on_the_spot", member_id=adam.pk)["member_id"] == adam.pk
    assert not order(Caller(blanc), way="on_the_spot")["lines"][0]["for_client"]


def test_nor_does_a_volunteer_nor_a_machine_that_may_only_hand_baskets_over(market, order):
    blanc, yannick = market.client("BLANC Alphée"), market.client("CORRE Yannick")
    give_role(member=yannick, role=Role.Name.VOLUNTEER, by=market.admin)

    for caller in (Caller(yannick), machine(market, Role.Name.VOLUNTEER)):
        assert order(caller, member_id=blanc.pk).status == 403
    assert nothing_was_ordered()


def test_another_groups_member_a_machine_and_nobody_are_not_there(market, order):
    elsewhere, tableur = found_market("Ailleurs").client("ADAM Pécine"), machine(market, Role.Name.VOLUNTEER).member

    for pk in (elsewhere.pk, tableur.pk, 999_999):
        refused = order(Caller(market.admin), member_id=pk)
        assert (refused.status, refused.code) == (404, "not_found")
    assert nothing_was_ordered()


def test_a_first_order_of_nothing_uses_no_number_up(market, order):
    adam = Caller(market.client("ADAM Pécine"))

    refused = order(adam, 0, way="on_the_spot")
    assert (refused.status, refused.code) == (422, "nothing_ordered")
    assert adam.post(f"/distributions/{market.day.pk}/orders", {"lines": []}).code == "nothing_ordered"
    assert nothing_was_ordered()

    assert order(Caller(market.client("BLANC Alphée")), way="on_the_spot")["number"] == 1
    assert order(adam, way="on_the_spot")["number"] == 2


def test_an_order_is_cancelled_by_ordering_nothing_and_stays_so(market, order):
    adam = Caller(market.client("ADAM Pécine"))
    first = order(adam, way="on_the_spot")

    for _ in range(2):
        cancelled = order(adam, 0)
        assert (cancelled.status, cancelled["id"], cancelled["due"], cancelled["balance"]) == (201, first["id"], "0.00", "0.00")


def test_an_amap_answers_every_act_of_a_market_with_a_refusal_and_changes_nothing(evening):
    world = World()
    amap, caller = world.things_of("ADAM Pécine"), world.callers["administrator"]
    nothing = dict.fromkeys(("basket_id", "line_id", "promise_id", "refund_id", "count_id", "catalogue_id", "catalogue_product_id"), 1)
    acts = [operation for operation in operations() if OPERATIONS[operation.id].in_market and operation.method != "GET"]
    sent = {
        "plan_a_market_day": {
            "place_id": amap["place_id"],
            "on": "2026-09-08",
            "starts_at": "18:00",
            "ends_at": "20:00",
            "catalogue_ids": [amap["contract_id"]],
            "orders": {"closes_at": "2026-09-08T12:00:00+02:00"},
        },
        "change_the_window": {"closes_at": "2026-09-04T12:00:00+02:00"},
        "cancel_a_market_day": {"reason": "tempête"},
        "count_the_till": {"opening_float": "0.00", "cash": "5.00", "kept_float": "0.00", "comment": "x"},
        "make_an_order": {"lines": [{"product_id": amap["product_id"], "quantity": 1}]},
        "open_a_catalogue": {"producer_id": amap["producer_id"], "name": "x", "starts_on": "2026-09-06", "ends_on": "2026-10-06"},
        "set_ways_to_pay": {"cash": True},
    }
    before, codes = figures(), {}

    for act in acts:
        if act.id == "switch_off_payments":
            continue  # they are off: nothing to change
        path = act.address(world.slug, {**nothing, **amap}).removeprefix(caller.root)
        said = caller.send(act.method, path, sent.get(act.id, {}), key=act.id)
        assert said.status in (404, 409, 422), (act, said)
        codes[act.id] = said.code

    assert {name: codes[name] for name in sent} == dict.fromkeys(sent, "a_market_only")
    assert figures() == before


def test_a_market_answers_every_act_of_a_season_contract_with_a_refusal(market):
    caller, catalogue = Caller(market.admin), f"/contracts/{market.vegetables.pk}"
    delivery, before = market.vegetables.deliveries.get(), figures()
    slot = {"place_id": market.day.place_id, "starts_at": "17:30", "ends_at": "19:00", "dates": ["2026-09-09"]}
    lines = [{"product_id": market.courgettes.pk, "quantity": 1}]
    sent = {
        f"{catalogue}/subscriptions": {"member_id": market.client("ADAM Pécine").pk, "lines": lines},
        f"{catalogue}/deliveries": slot,
        f"{catalogue}/products/{market.courgettes.pk}/prices": {"price": "14.00", "from_date": "2026-09-04"},
        f"/deliveries/{delivery.pk}/cancel": {"reason": "tempête"},
        f"/deliveries/{delivery.pk}/move": {"to": "2026-09-09"},
    }
    before = figures()

    said = {path: caller.post(path, body) for path, body in sent.items()}
    deleted = caller.send("DELETE", f"/deliveries/{delivery.pk}")

    assert {(answer.status, answer.code) for answer in (*said.values(), deleted)} == {(422, "an_amap_only")}
    assert figures() == before
