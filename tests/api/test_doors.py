"""By a key or by the session of the screens; and into one group only."""

import pytest
from django.test import Client

from escarcelle.groups.models import ApiToken
from escarcelle.groups.tokens import revoke_token
from tests.api.caller import Caller, Said

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(amap):
    return f"/api/v1/groups/{amap.group.slug}"


def test_a_key_says_who_one_is(treasurer, amap):
    me = treasurer.get("/me")

    assert me.status == 200
    assert (me["name"], me["roles"]) == ("LE GOFF Martine", ["treasurer"])
    assert "record_payments" in me["permissions"]
    assert "manage_roles" not in me["permissions"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer esc_nothing", "Bearer nothing", "Basic dTpw", "Bearer esc_é", "esc_x"])
def test_a_key_that_opens_nothing(client, address, header):
    said = Said(client.get(address, headers={"Authorization": header} if header else {}))

    assert (said.status, said.code) == (401, "not_authenticated")
    assert said.headers["WWW-Authenticate"].startswith("Bearer")
    assert said.headers["Content-Type"] == "application/problem+json"


def test_a_revoked_key_opens_nothing(treasurer, amap):
    revoke_token(token=ApiToken.objects.get(member=amap.treasurer), by=amap.admin)
    assert treasurer.get("/me").status == 401


def test_a_wrong_key_is_told_even_to_who_is_signed_in(client, amap, address):
    client.force_login(amap.treasurer.person)
    assert client.get(address, headers={"Authorization": "Bearer esc_nothing"}).status_code == 401


def test_the_session_of_the_screens_opens_too(client, amap, address):
    client.force_login(amap.treasurer.person)

    assert Said(client.get(f"{address}/me"))["member_id"] == amap.treasurer.pk
    assert [group["slug"] for group in Said(client.get("/api/v1/groups"))["items"]] == [amap.group.slug]


def test_the_session_needs_the_csrf_token_to_change_something(amap, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(amap.treasurer.person)
    body = {"last_name": "Adam"}
    refused = Said(client.post(f"{address}/members", body, content_type="application/json"))
    assert (refused.status, refused.code) == (403, "csrf")

    client.get("/api/v1/docs")
    token = client.cookies["csrftoken"].value
    said = Said(client.post(f"{address}/members", body, content_type="application/json", headers={"X-CSRFToken": token}))
    assert said.status == 201


def test_a_key_needs_no_csrf_token(treasurer):
    treasurer.client = Client(enforce_csrf_checks=True)
    treasurer.made("/members", {"last_name": "Adam"})


def test_a_group_that_is_not_there_looks_like_another_persons(amap, treasurer):
    for slug in ("nowhere", "%00", "é", "a" * 300):
        treasurer.root = f"/api/v1/groups/{slug}"
        assert treasurer.get("/me").status == 404


def test_answers_are_for_nobody_to_keep(treasurer):
    assert treasurer.get("/me").headers["Cache-Control"] == "no-store"


def test_a_key_is_shown_once_and_acts_as_who_made_it(amap):
    member = Caller(amap.member)
    made = member.made("/tokens", {"name": "mon tableur"})
    member.headers = {"Authorization": f"Bearer {made['token']}"}

    assert member.get("/me")["member_id"] == amap.member.pk
    assert made["token"] not in member.get("/tokens").text
    assert made["key"]["id"] in [key["id"] for key in member.get("/tokens")["items"]]


def test_a_key_sent_for_twice_is_made_once_and_not_shown_again(amap):
    member = Caller(amap.member)
    member.made("/tokens", {"name": "mon tableur"}, key="k")
    again = member.post("/tokens", {"name": "mon tableur"}, key="k")

    assert (again.status, again.code) == (409, "shown_already")
    assert amap.member.api_tokens.filter(name="mon tableur").count() == 1


def test_one_sees_ones_own_keys_the_administrator_all(amap, administrator, treasurer):
    assert {key["member_id"] for key in treasurer.get("/tokens")["items"]} == {amap.treasurer.pk}
    assert {key["member_id"] for key in administrator.get("/tokens")["items"]} == {amap.treasurer.pk, amap.admin.pk}


def test_a_machine_has_one_role_and_a_key(amap, administrator, adam):
    made = administrator.made("/machines", {"name": "import bancaire", "role": "treasurer"})
    machine = Caller(amap.treasurer)
    machine.headers = {"Authorization": f"Bearer {made['token']}"}

    assert (machine.get("/me")["is_machine"], machine.get("/me")["roles"]) == (True, ["treasurer"])
    payment = machine.made(f"/accounts/{adam.account_id}/payments", {"amount": "10.00", "method": "transfer"})
    assert payment["recorded_by"] == "IMPORT BANCAIRE"
    assert made["key"]["member_id"] not in [member["id"] for member in administrator.every("/members", state="all")]
