"""Whatever is sent: a sentence that says what is wrong and where, nothing half-saved, never a 500."""

import json
import re

import pytest
from django.test import Client

from escarcelle.payments.models import Payment
from tests.api.caller import Caller, Said
from tests.api.operations import operations
from tests.api.world import MarketWorld, World
from tests.cast import balance_of
from tests.rights.table import OPERATIONS

pytestmark = pytest.mark.django_db

PROBLEM = {"type", "title", "status", "code", "detail", "errors"}


def is_problem(said):
    return said.headers["Content-Type"] == "application/problem+json" and said.json.keys() >= PROBLEM and said["status"] == said.status


@pytest.fixture
def pay(treasurer, adam):
    return lambda **body: treasurer.post(f"/accounts/{adam.account_id}/payments", {"amount": "10.00", "method": "cheque", **body})


@pytest.mark.parametrize(
    "amount",
    [
        10,
        10.0,
        1e3,
        "1e3",
        "10",
        "10.0",
        "10.000",
        "10,00",
        " 10.00",
        "+10.00",
        "010.00",
        "NaN",
        "٣.٠٠",
        "",
        None,
        True,
        [],
        {},
        "9" * 400,
        -1,
    ],
)
def test_an_amount_is_a_string_with_two_decimals_or_nothing(pay, adam, amount):
    refused = pay(amount=amount)

    assert (refused.status, refused.code) == (422, "api_format")
    assert refused["errors"][0]["field"] == "amount"
    assert balance_of(adam) == -69316


@pytest.mark.parametrize(
    ("amount", "code"), [("0.00", "amount_not_positive"), ("-1.00", "amount_not_positive"), ("1000000.01", "amount_too_large")]
)
def test_an_amount_that_cannot_be_a_payment(pay, amount, code):
    refused = pay(amount=amount)
    assert (refused.status, refused.code) == (422, code)


@pytest.mark.parametrize(
    "day",
    ["0001-01-01", "9999-12-31", "2026-02-30", "2026-9-1", "01/09/2026", "2026-09-01T00:00", 20260901, "", [], "\ud800", "1999-12-31"],
)
def test_a_day_out_of_range_or_of_shape(pay, day):
    refused = pay(received_on=day)
    assert refused.status == 422, refused
    assert refused["errors"][0]["field"] == "received_on"


def test_a_method_the_group_does_not_offer(pay):
    assert pay(method="cash").code == "method_not_offered"
    assert pay(method="gold")["errors"][0]["code"] == "literal_error"


def test_a_field_we_do_not_know_is_refused_rather_than_forgotten(pay):
    refused = pay(recieved_on="2026-09-01")
    assert refused["errors"] == [{"field": "recieved_on", "code": "extra_forbidden", "detail": "Ce champ n’existe pas."}]


def test_every_fault_is_named_at_once(treasurer, adam):
    refused = treasurer.post(f"/accounts/{adam.account_id}/payments", {"amount": "x", "cheque": {"number": 7}})
    assert {error["field"] for error in refused["errors"]} == {"amount", "method", "cheque.number"}


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "\ud800",
        "\u202egauche",
        "<script>alert(1)</script>",
        "👩‍🌾" * 5,
        '"guillemets" & ’apostrophes’',
        "'; DROP TABLE members; --",
        "\t\r\n",
        "x" * 2000,
        "x" * 2001,
    ],
)
def test_any_text_is_kept_tidied_or_refused(treasurer, adam, pay, text):
    for said in (treasurer.post("/members", {"last_name": text}), pay(label=text), pay(cheque={"number": text, "bank": text})):
        assert said.status in (201, 422), said
        assert said.status == 201 or is_problem(said)


@pytest.mark.parametrize("pk", ["0", "-1", "9223372036854775808", "9" * 60, "1.5", "abc", "%00", "٣", "+1", "1_0", "1%20", "é"])
def test_an_address_that_names_nothing(treasurer, pk):
    for path in (f"/accounts/{pk}", f"/members/{pk}", f"/contracts/{pk}/subscriptions", f"/payees/{pk}/balances"):
        said = treasurer.get(path)
        assert (said.status, said.code) == (404, "not_found"), (path, said)


@pytest.mark.parametrize("pk", [0, -1, 2**63, 10**40, 1.5, "7", None, True, [], {}])
def test_an_id_in_a_body_that_is_none(treasurer, amap, adam, pk):
    refused = treasurer.post(f"/accounts/{adam.account_id}/transfers", {"target_account_id": pk})
    assert (refused.status, refused["errors"][0]["field"]) == (422, "target_account_id")


def test_an_id_in_a_body_of_another_group_is_not_there(treasurer, amap, adam):
    elsewhere = World("AMAP d’ailleurs").things_of("BLANC Alphée")
    contract = f"/contracts/{amap.vegetables.pk}"
    sent = {
        f"/accounts/{adam.account_id}/transfers": {"target_account_id": elsewhere["account_id"]},
        f"{contract}/subscriptions": {"member_id": elsewhere["member_id"], "lines": []},
        "/contracts": {"producer_id": elsewhere["producer_id"], "name": "x", "starts_on": "2026-09-06", "ends_on": "2026-10-06"},
        "/opening-balances": {"rows": [{"member_id": elsewhere["member_id"], "payee_id": amap.farm.book_id, "amount": "1.00"}]},
        "/members": {"last_name": "x", "household_of": elsewhere["member_id"]},
        f"/subscriptions/{adam.pk}/absences": {"delivery_ids": [elsewhere["delivery_id"]]},
    }
    statuses = {path: treasurer.post(path, body).status for path, body in sent.items()}
    assert set(statuses.values()) == {404}, statuses

    batch = treasurer.post(
        f"{contract}/batches", {"rows": [{"subscription_id": elsewhere["subscription_id"], "amount": "1.00", "method": "cheque"}]}
    )
    assert batch["errors"][0]["code"] == "unknown_subscription"
    product = treasurer.post(
        f"{contract}/subscriptions", {"member_id": amap.member.pk, "lines": [{"product_id": elsewhere["product_id"], "quantity": 1}]}
    )
    assert product.code == "unknown_product"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b"\xff\xfe",
        b'{"amount": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 10_000,
    ],
)
def test_a_body_that_is_not_what_was_asked(treasurer, adam, body):
    said = treasurer.send("POST", f"/accounts/{adam.account_id}/payments", body, key="k")
    assert said.status in (400, 422), said
    assert is_problem(said)


def test_unreadable_json_says_so(treasurer, adam):
    said = treasurer.send("POST", f"/accounts/{adam.account_id}/payments", b"{", key="k")
    assert (said.status, said.code) == (400, "unreadable")


def test_a_body_too_big_for_anybody(treasurer, adam, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    said = treasurer.send("POST", f"/accounts/{adam.account_id}/payments", b'{"label": "' + b"x" * 20_000 + b'"}', key="k")
    assert (said.status, said.code) == (413, "too_large")


def test_another_format_than_json(treasurer, adam):
    path = f"{treasurer.root}/accounts/{adam.account_id}/payments"
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        headers = {**treasurer.headers, "Idempotency-Key": "k"}
        said = Said(treasurer.client.generic("POST", path, b"amount=1", content_type=content_type, headers=headers))
        assert (said.status, said.code) == (415, "not_json")


def test_another_method_or_another_address(treasurer):
    refused = treasurer.send("DELETE", "/members")
    assert (refused.status, refused.code, refused.headers["Allow"]) == (405, "method_not_allowed", "GET, POST")
    for path in ("/nothing", "/members/", "/members/1/nothing"):
        assert is_problem(treasurer.get(path))
        assert treasurer.get(path).status == 404
    assert Said(Client().post("/api/v1/nothing/at/all")).code == "not_found"


def test_a_refusal_speaks_english_to_who_asks(treasurer, adam):
    path = f"/accounts/{adam.account_id}/payments"
    french, english = (
        treasurer.post(path, {"amount": "0.00", "method": "cheque"}, **{"Accept-Language": language}) for language in ("fr", "en")
    )
    assert french.code == english.code == "amount_not_positive"
    assert french["detail"].startswith("Un paiement est supérieur à zéro.")
    assert (french.headers["Content-Language"], english.headers["Content-Language"]) == ("fr", "en")


def test_a_state_that_forbids_is_409_a_value_that_cannot_be_kept_422(treasurer, amap, adam):
    payment = amap.pay(adam, 1000)
    treasurer.done(f"/payments/{payment.pk}/cancel", {"reason": "rendu"})
    again = treasurer.post(f"/payments/{payment.pk}/cancel", {"reason": "rendu"})
    assert (again.status, again.code) == (409, "payment_not_standing")
    assert treasurer.post(f"/payments/{payment.pk}/cancel", {"reason": " "}).status == 422

    amap.pay(adam, 1000)
    withdrawn = treasurer.post(f"/subscriptions/{adam.pk}/withdraw")
    assert (withdrawn.status, withdrawn.code) == (409, "payment")


def test_a_failure_of_ours_gives_a_reference_and_saves_nothing(treasurer, adam, monkeypatch, caplog):
    def breaks(*_args, **_kwargs):
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("escarcelle.api.payments.PaymentOut.of", breaks)
    said = treasurer.post(f"/accounts/{adam.account_id}/payments", {"amount": "10.00", "method": "cheque"})

    assert (said.status, said.code) == (500, "failure")
    assert is_problem(said)
    assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}", said["reference"])
    assert said["reference"] in caplog.text
    assert "secret" not in said.text
    assert not Payment.objects.exists()


# What anybody may put where an id, a text, an amount, a day is awaited.
STRANGE = [
    None,
    True,
    0,
    -1,
    2**63,
    10**40,
    1.5,
    "",
    "\x00",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[]],
    "9999-12-31",
    "0001-01-01",
    "-0.00",
    "9999999999.99",
]


def test_no_operation_breaks_whatever_its_fields_hold():
    world = World("AMAP étrange")
    assert_nothing_breaks(world.slug, Caller(world.amap.admin), world.things_of("ADAM Pécine"), in_market=False)


@pytest.mark.usefixtures("evening")
def test_nor_does_one_of_a_market():
    world = MarketWorld("Marché étrange")
    assert_nothing_breaks(world.slug, world.administrator, world.things_of("ADAM Pécine"), in_market=True)


def assert_nothing_breaks(slug, administrator, ids, *, in_market):
    writing = [operation for operation in operations() if operation.method in ("POST", "PATCH", "PUT")]
    names = sorted(field_names())
    assert {"quantities_from", "catalogue_ids"} <= set(names)

    statuses = set()
    for operation in writing:
        if operation.id in ("let_member_leave", "erase_a_member") or OPERATIONS[operation.id].in_market != in_market:
            continue
        for value in STRANGE:
            path = operation.address(slug, ids).removeprefix(administrator.root)
            for body in (dict.fromkeys(names, value), {"rows": [dict.fromkeys(names, value)]}, value):
                said = administrator.send(operation.method, path, json.dumps(body).encode(), key=f"{operation.id}{value!r:.20}")
                statuses.add(said.status)
                assert said.status < 500, (operation, body, said)
    assert 422 in statuses


def field_names():
    from tests.api.operations import document

    return {name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})}
