"""P02 — Bulk entry, 34 negative balances: 40 subscriptions at 693.16, 6 already settled."""

from uuid import uuid4

import pytest


@pytest.fixture
def contract(season):
    return season.contract("Contrat légumes", {"Panier de légumes": "13.33"}, weeks=52)


@pytest.fixture
def forty(season, contract):
    subscriptions = [season.sign(contract, f"MEMBRE{rank:02d} Prénom") for rank in reversed(range(40))]
    for subscription in subscriptions[:6]:
        season.pay(subscription, "693.16")
    return subscriptions


@pytest.fixture
def grid(season, contract, forty):
    """What is typed: 30 × 693.16, 1 × 300.00, 1 × 57.76, two lines left blank."""
    owing = [row for row in season.page(contract)[1] if row["balance"] == "-693.16"]
    amounts = ["693.16"] * 30 + ["300.00", "57.76"]
    return [
        {"subscription_id": row["id"], "amount": amount, "method": "cheque", "cheque": {"number": str(4471200 + rank)}}
        for rank, (row, amount) in enumerate(zip(owing, amounts, strict=False))
    ]


def record(season, contract, rows, key=None):
    return season.api.post(f"/contracts/{contract['id']}/batches", {"rows": rows}, key=key)


def test_1_the_page_says_34_and_sorts_by_name(season, contract, forty):
    figures, rows = season.page(contract)

    assert figures["negative_count"] == 34
    assert (figures["owed"], figures["balance"]) == ("23567.44", "-23567.44")
    names = [row["member_name"] for row in rows]
    assert len(names) == 40
    assert names == sorted(names)


def test_2_and_3_thirty_two_payments_are_recorded(season, contract, grid):
    batch = record(season, contract, grid)

    assert batch.status == 201
    assert (batch["payment_count"], batch["total"], len(batch["payments"])) == (32, "21152.56", 32)
    figures, rows = season.page(contract)
    assert (figures["negative_count"], figures["owed"], figures["balance"]) == (4, "2414.88", "-2414.88")
    assert sorted(row["balance"] for row in rows if row["balance"] != "0.00") == ["-393.16", "-635.40", "-693.16", "-693.16"]


def test_4_pressing_twice_records_once(season, contract, grid):
    key = uuid4()
    first, second = (record(season, contract, grid, key) for _ in range(2))

    assert (second.status, second.json) == (first.status, first.json)
    assert len(season.api.every("/payments")) == 6 + 32
    assert season.page(contract)[0]["owed"] == "2414.88"
    # Without the key nothing can be sent at all: a pile is never recorded by accident a second time.
    assert season.api.post(f"/contracts/{contract['id']}/batches", {"rows": grid}, key="").code == "idempotency_key_required"


def test_5_a_row_of_minus_ten_is_named_and_nothing_is_lost(season, contract, grid):
    key, wrong = uuid4(), [*grid]
    wrong[7] = {**grid[7], "amount": "-10.00"}
    refused = record(season, contract, wrong, key)

    assert (refused.status, refused.code) == (422, "batch_refused")
    [error] = refused["errors"]
    assert (error["field"], error["code"]) == ("rows[7].amount", "amount_not_positive")
    assert error["detail"].startswith("Un paiement est supérieur à zéro.")
    assert season.page(contract)[0]["owed"] == "23567.44"

    # The same form, mended and sent under the same key: a refusal uses up nothing.
    assert record(season, contract, grid, key)["payment_count"] == 32


def test_the_batch_is_undone_exactly(season, contract, grid):
    batch = record(season, contract, grid)
    undone = season.api.done(f"/batches/{batch['id']}/cancel")

    assert len(undone["cancelled_payment_ids"]) == 32
    assert undone["batch"]["is_cancelled"]
    assert season.page(contract)[0]["owed"] == "23567.44"
