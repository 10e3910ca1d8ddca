"""P01 — Season contract, 60 households, 12 cheques: what concerns balances. One basket at 13.33, 52 distributions: 693.16 each."""

import pytest


@pytest.fixture
def contract(season):
    return season.contract("Légumes", {"Panier": "13.33"}, weeks=52)


@pytest.fixture
def sixty(season, contract):
    return [season.sign(contract, f"FOYER{rank:02d}") for rank in range(60)]


def test_1_sixty_households_owe_everything(season, contract, sixty):
    figures, rows = season.page(contract)

    assert {row["balance"] for row in rows} == {"-693.16"}
    assert (figures["count"], figures["negative_count"], figures["total"], figures["balance"]) == (60, 60, "41589.60", "-41589.60")


def test_3_twelve_cheques_received_settle_one_and_the_banner_says_59(season, contract, sixty):
    amounts = ["57.76"] * 11 + ["57.80"]
    rows = [
        {"subscription_id": sixty[0]["id"], "amount": amount, "method": "cheque", "cheque": {"number": str(4471200 + rank)}}
        for rank, amount in enumerate(amounts)
    ]
    batch = season.api.made(f"/contracts/{contract['id']}/batches", {"rows": rows})

    assert (batch["payment_count"], batch["total"]) == (12, "693.16")
    assert season.balance(sixty[0]) == "0.00"
    assert season.page(contract)[0]["negative_count"] == 59
    assert len(season.api.every(f"/accounts/{sixty[0]['account_id']}/payments")) == 12
