"""P13 — Opening balances: A +45.20, B −12.80, C 0."""

import pytest

from escarcelle.ledger.models import Account, AccountKind


@pytest.fixture
def payee_id(season):
    return season.producer()["payee_id"]


@pytest.fixture
def taken(season, payee_id):
    return take_over(season, payee_id, {"A": "45.20", "B": "-12.80", "C": "0.00"}, control_total="32.40")


def take_over(season, payee_id, amounts, **more):
    rows = [{"member_id": season.member(name), "payee_id": payee_id, "amount": amount} for name, amount in amounts.items()]
    return season.api.post("/opening-balances", {"rows": rows, **more})


def balances(season, payee_id):
    return {row["member_name"]: row["balance"] for row in season.api.every(f"/payees/{payee_id}/balances")}


def test_1_balances_are_as_given_and_the_till_does_not_move(season, payee_id, taken):
    assert (taken.status, taken["total"]) == (201, "32.40")
    assert balances(season, payee_id) == {"A": "45.20", "B": "-12.80", "C": "0.00"}
    assert season.api.get(f"/payees/{payee_id}/balances")["figures"]["total"] == "32.40"
    moved = Account.objects.exclude(balance_cents=0).values_list("kind", flat=True)
    assert set(moved) == {AccountKind.MEMBER, AccountKind.OPENING}


def test_2_an_order_and_a_cheque_bring_them_to_zero(season, payee_id, taken):
    contract = season.contract("Contrat œufs", {"Boîte": "45.20"}, weeks=1)
    season.sign(contract, "A")
    account = {opening["member_name"]: opening["account_id"] for opening in taken["items"]}["B"]
    season.api.made(f"/accounts/{account}/payments", {"amount": "12.80", "method": "cheque"})

    assert balances(season, payee_id) == {"A": "0.00", "B": "0.00", "C": "0.00"}


def test_3_a_second_take_over_is_refused(season, payee_id, taken):
    again = take_over(season, payee_id, {"D": "5.00", "A": "45.20"})

    assert (again.status, again.code) == (409, "already_taken_over")
    assert "A" in again["detail"]
    assert balances(season, payee_id) == {"A": "45.20", "B": "-12.80", "C": "0.00"}


def test_the_control_total_must_agree(season, payee_id):
    refused = take_over(season, payee_id, {"A": "45.20", "B": "-12.80"}, control_total="58.00")

    assert (refused.status, refused.code) == (422, "control_total_differs")
    assert balances(season, payee_id) == {}
