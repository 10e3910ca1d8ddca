"""Sending anything twice changes nothing: Idempotency-Key."""

import base64
import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from escarcelle.api.frame.answers import KEPT_FOR
from escarcelle.api.models import IdempotentAnswer
from escarcelle.payments.models import Payment
from escarcelle.validation.baskets import validate_basket
from tests.api.caller import Caller
from tests.api.operations import operations
from tests.api.world import EVENING, MarketWorld, World
from tests.books import assert_baskets_agree_with_the_books, figures
from tests.cast import balance_of
from tests.market_cast import at
from tests.rights.table import OPERATIONS
from tests.variable_cast import open_cheese

pytestmark = pytest.mark.django_db

CAMAP = Path(__file__).parents[1] / "importers" / "files" / "camap-subscriptions.csv"
TEN = {"amount": "10.00", "method": "cheque"}


@pytest.fixture
def pay(treasurer, adam):
    """Send a payment on ADAM's account."""
    return lambda body=TEN, **options: treasurer.post(f"/accounts/{adam.account_id}/payments", body, **options)


@pytest.mark.parametrize("key", [uuid4(), "4471201", "remise du 8 septembre", "x" * 255])
def test_the_same_key_and_body_give_the_same_answer(pay, adam, key):
    first, second = pay(key=key), pay(key=key)

    assert (first.status, second.status) == (201, 201)
    assert first.response.content == second.response.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert balance_of(adam) == -69316 + 1000


def test_the_spacing_of_a_body_does_not_matter(treasurer, adam):
    path = f"/accounts/{adam.account_id}/payments"
    bodies = (b'{"amount": "10.00", "method": "cheque"}', b'{"method":"cheque","amount":"10.00"}')
    assert {treasurer.send("POST", path, body, key="k")["id"] for body in bodies} == {Payment.objects.get().pk}


def test_the_same_key_with_another_body_is_refused(pay, adam):
    pay(key="k")
    refused = pay({**TEN, "amount": "20.00"}, key="k")

    assert (refused.status, refused.code) == (409, "key_reused")
    assert balance_of(adam) == -69316 + 1000


def test_the_same_key_at_another_address_is_refused(pay, treasurer):
    pay(key="k")
    assert treasurer.post("/members", {"last_name": "Adam"}, key="k").code == "key_reused"


def test_somebody_elses_key_gives_nothing_away(pay, adam, amap):
    pay(key="k")
    refused = Caller(amap.admin).post(f"/accounts/{adam.account_id}/payments", TEN, key="k")
    assert (refused.status, refused.code) == (409, "key_reused")


def test_a_refusal_does_not_use_the_key_up(pay, adam):
    refused = pay({**TEN, "received_on": "2026-09-02"}, key="k")
    assert (refused.status, refused.code) == (422, "received_in_future")
    assert not IdempotentAnswer.objects.exists()

    assert pay(key="k").status == 201


@pytest.mark.parametrize(("key", "code"), [("", "idempotency_key_required"), ("x" * 256, "idempotency_key_unreadable")])
def test_money_needs_a_key(pay, adam, key, code):
    refused = pay(key=key)
    assert (refused.status, refused.code) == (400, code)
    assert balance_of(adam) == -69316


# Acts on the orders of a variable contract.
OF_CHEESE = {"close_orders_of_contract", "order_at_a_date", "take_back_a_dated_order"}


def test_every_post_that_moves_money_needs_one():
    needing = {operation.id for operation in operations() if operation.needs_key}
    assert needing == {
        "add_a_line_on_the_spot",
        "cancel_a_batch",
        "cancel_a_delivery",
        "cancel_a_market_day",
        "cancel_a_payment",
        "cancel_a_promised_payment",
        "cancel_a_refund",
        "cancel_balance_transfer",
        "carry_balance",
        "change_a_price",
        "change_a_price_that_day",
        "change_subscription",
        "correct_a_payment",
        "count_the_till",
        "correct_an_opening_balance",
        "end_subscription",
        "make_an_order",
        "move_a_delivery",
        "note_undelivered",
        "pay_for_a_basket",
        "plan_deliveries",
        "receive_a_promised_payment",
        "record_a_batch",
        "record_a_payment",
        "refund_a_basket",
        "reopen_a_basket",
        "reopen_a_distribution",
        "restore_a_delivery",
        "set_absences_of_subscription",
        "share_out_a_shortage",
        "sign_subscription",
        "take_over_balances",
        "take_over_camap",
        "take_over_members",
        "undo_the_count",
        "validate_a_basket",
        "validate_everything",
        "weigh_a_line",
        "withdraw_subscription",
        *OF_CHEESE,
    }


def test_elsewhere_the_key_is_a_courtesy(treasurer):
    body = {"last_name": "Adam"}
    assert treasurer.made("/members", body, key="").json["id"] != treasurer.made("/members", body, key="k")["id"]
    assert treasurer.made("/members", body, key="k")["id"] == treasurer.made("/members", body, key="k")["id"]


def test_answers_are_forgotten_after_a_while_but_the_act_knows_its_key(pay, adam):
    first = pay(key="k")
    IdempotentAnswer.objects.update(created_at=timezone.now() - KEPT_FOR - dt.timedelta(minutes=1))
    pay({**TEN, "amount": "1.00"}, key="another")
    assert IdempotentAnswer.objects.count() == 1

    assert pay(key="k").json == first.json
    assert balance_of(adam) == -69316 + 1100
    assert pay({**TEN, "amount": "20.00"}, key="k").status == 409


def test_no_secret_is_kept(treasurer):
    secret = treasurer.made("/tokens", {"name": "tableur"}, key="k")["token"]
    assert not IdempotentAnswer.objects.filter(body__contains=secret).exists()


def test_erasing_somebody_forgets_the_answers_that_name_them(treasurer, administrator):
    member_id = treasurer.made("/members", {"last_name": "Adam"}, key="k")["id"]
    administrator.done(f"/members/{member_id}/erase")
    assert not IdempotentAnswer.objects.exists()


def bodies(world, ids):
    """For every act that moves money: what is sent, and something else that could have been."""
    product, days = ids["product_id"], list(world.amap.vegetables.deliveries.by_day())
    period = {"place_id": ids["place_id"], "starts_at": "17:30", "ends_at": "19:00"}
    eggs = world.amap.subscribe("HAMON Denise", contract=world.eggs)
    camap = {"file_name": "souscriptions.csv", "content": base64.b64encode(CAMAP.read_bytes()).decode()}
    sheet = {"file_name": "adherents.csv", "content": base64.b64encode("Nom;Prénom\nMADEC;Rozenn\n".encode()).decode()}
    general = world.amap.group.accounts.get(member=ids["member_id"], is_general=True)
    return {
        "cancel_a_batch": (None, {}),
        "cancel_a_delivery": ({"reason": "tempête"}, {"reason": "canicule"}),
        "cancel_a_payment": ({"reason": "rendu"}, {"reason": "perdu"}),
        "cancel_balance_transfer": ({"reason": "erreur"}, {}),
        "carry_balance": ({"target_account_id": general.pk}, {"target_account_id": eggs.account_id}),
        "change_a_price": ({"price": "14.00", "from_date": "2026-10-04"}, {"price": "15.00", "from_date": "2026-10-04"}),
        "change_subscription": ({"lines": [{"product_id": product, "quantity": 2}]}, {"lines": [{"product_id": product, "quantity": 3}]}),
        "correct_a_payment": ({**TEN, "reason": "mal lu"}, {**TEN, "reason": "mal écrit"}),
        "correct_an_opening_balance": ({"amount": "54.20", "reason": "mal lu"}, {"amount": "54.20", "reason": "mal écrit"}),
        "end_subscription": ({"last_day": "2026-10-04"}, {"last_day": "2026-10-11"}),
        "move_a_delivery": ({"to": "2026-09-09"}, {"to": "2026-09-10"}),
        "plan_deliveries": ({**period, "dates": ["2026-09-09"]}, {**period, "dates": ["2026-09-10"]}),
        "record_a_batch": ({"rows": [{"subscription_id": ids["subscription_id"], **TEN}]}, {"rows": []}),
        "record_a_payment": (TEN, {**TEN, "amount": "10.01"}),
        "restore_a_delivery": (None, {}),
        "set_absences_of_subscription": ({"delivery_ids": [days[1].pk]}, {"delivery_ids": []}),
        "sign_subscription": (
            {"member_id": world.amap.volunteer.pk, "lines": [{"product_id": product, "quantity": 1}]},
            {"member_id": world.amap.volunteer.pk, "lines": [{"product_id": product, "quantity": 2}]},
        ),
        "take_over_balances": (
            {"rows": [{"account_id": ids["account_id"], "amount": "5.00"}]},
            {"rows": [{"account_id": ids["account_id"], "amount": "6.00"}]},
        ),
        "take_over_camap": (camap, {**camap, "file_name": "autre.csv"}),
        "take_over_members": (sheet, {**sheet, "file_name": "autre.csv"}),
        "withdraw_subscription": (None, {}),
        "close_orders_of_contract": (None, {}),
        "order_at_a_date": tuple({"delivery_id": ids["delivery_id"], "lines": [{"product_id": product, "quantity": n}]} for n in (1, 2)),
        "take_back_a_dated_order": ({"delivery_id": ids["delivery_id"]}, {"delivery_id": ids["delivery_id"] + 1}),
    }


def things_of_cheese(amap):
    """A variable contract whose orders are open until 2099, and one order of ADAM's."""
    cheese = open_cheese(amap)
    amap.group.deliveries.filter(contract=cheese.contract).update(orders_close_at=at(dt.date(2099, 1, 1), 20))
    cheese.deliveries[0].refresh_from_db()
    cheese.subscribe("ADAM Pécine", {cheese.tomme: 1})
    cheese.order("ADAM Pécine", 0, {cheese.yogurt: 1})
    return {
        "contract_id": cheese.contract.pk,
        "subscription_id": cheese.subscriptions["ADAM Pécine"].pk,
        "delivery_id": cheese.deliveries[0].pk,
        "product_id": cheese.tomme.pk,
    }


def market_bodies(world, ids):
    """The same on the evening of a market."""
    product, member_id = {"product_id": ids["product_id"]}, world.market.client("BLANC Alphée").pk
    float_and_cash = {"opening_float": "80.00", "cash": "80.00", "kept_float": "80.00"}
    why = ({"reason": "erreur"}, {"reason": "oubli"})
    return {
        "add_a_line_on_the_spot": ({**product, "quantity": 1}, {**product, "quantity": 2}),
        "cancel_a_market_day": why,
        "cancel_a_promised_payment": why,
        "cancel_a_refund": why,
        "change_a_price_that_day": ({**product, "price": "3.00"}, {**product, "price": "3.10"}),
        "count_the_till": (float_and_cash, {**float_and_cash, "cash": "90.00", "comment": "dix de trop"}),
        "make_an_order": tuple({"member_id": member_id, "lines": [{**product, "quantity": count}]} for count in (1, 2)),
        "note_undelivered": ({"count": 1}, {"count": 0}),
        "pay_for_a_basket": ({**TEN, "method": "cash"}, TEN),
        "receive_a_promised_payment": ({"method": "transfer"}, {"method": "transfer", "amount": "1.00"}),
        "refund_a_basket": ({"method": "cash", "amount": "3.20"}, {"method": "cash", "amount": "3.21"}),
        "reopen_a_basket": why,
        "reopen_a_distribution": why,
        "share_out_a_shortage": ({**product, "delivered": 1}, {**product, "delivered": 0}),
        "undo_the_count": why,
        "validate_a_basket": ({"leaving": "credit"}, {"leaving": "debt"}),
        "validate_everything": ({"method": "cash"}, {"method": "cheque"}),
        "weigh_a_line": ({"grams": 1652}, {"grams": 1653}),
    }


def about_to_in_a_market(name):
    world = MarketWorld()
    ids = world.things_of("ADAM Pécine")
    if name in ("reopen_a_basket", "reopen_a_distribution"):
        basket = world.market.group.baskets.get(pk=ids["basket_id"])
        validate_basket(basket=basket, at=EVENING, by=world.market.admin, leaving="credit")
    if name == "count_the_till":
        ids["distribution_id"] = world.empty_day.pk
    caller = world.administrator
    return caller, MOVING[name].address(world.slug, ids).removeprefix(caller.root), *market_bodies(world, ids)[name]


def about_to(name):
    """Somebody who may, the address, what they send, and something else."""
    if OPERATIONS[name].in_market:
        return about_to_in_a_market(name)
    world = World()
    ids = world.things_of("ADAM Pécine")
    untouched = world.amap.subscribe("BLANC Alphée")
    if name in OF_CHEESE:
        ids |= things_of_cheese(world.amap)
    if name == "withdraw_subscription":
        ids["subscription_id"] = untouched.pk
    if name == "carry_balance":
        world.amap.pay(world.amap.vegetables.subscriptions.get(pk=ids["subscription_id"]), 700)
    caller = world.callers["administrator"]
    return caller, MOVING[name].address(world.slug, ids).removeprefix(caller.root), *bodies(world, ids)[name]


MOVING = {operation.id: operation for operation in operations() if operation.needs_key}


@pytest.mark.parametrize("name", sorted(MOVING))
@pytest.mark.usefixtures("evening")
def test_every_act_that_moves_money_is_done_once_per_key(name):
    caller, path, sent, other = about_to(name)
    before = figures()
    without = caller.post(path, sent, key="")
    assert (without.status, without.code, figures()) == (400, "idempotency_key_required", before)

    first = caller.post(path, sent, key="k")
    assert first.status in (200, 201), first
    after = figures()
    again = caller.post(path, sent, key="k")
    assert (again.status, again.response.content, figures()) == (first.status, first.response.content, after)

    another = caller.post(path, other, key="k")
    assert (another.status, another.code, figures()) == (409, "key_reused", after)
    assert_baskets_agree_with_the_books()


@pytest.mark.parametrize("name", sorted(MOVING))
@pytest.mark.usefixtures("evening")
def test_the_act_itself_knows_its_key_when_the_answer_is_forgotten(name):
    caller, path, sent, _ = about_to(name)
    first = caller.post(path, sent, key="k")
    assert first.status in (200, 201), first
    after = figures()
    IdempotentAnswer.objects.all().delete()

    assert (caller.post(path, sent, key="k").status, figures()) == (first.status, after)
