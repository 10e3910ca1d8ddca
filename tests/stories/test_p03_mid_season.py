"""P03 — Mid-season join, absences, carry-over."""

import datetime as dt

import pytest

from tests.cast import SEASON_START


@pytest.fixture
def contract(season):
    return season.contract("Contrat légumes", {"Panier de légumes": "13.33"}, weeks=52, absences_allowed=2)


@pytest.fixture
def joined(season, contract):
    """With 20 distributions left."""
    starts_on = SEASON_START + dt.timedelta(weeks=32)
    return season.sign(contract, "ADAM Pécine", starts_on=starts_on.isoformat())


@pytest.fixture
def with_avoir(season, contract, joined):
    """Paid in full, then absent twice."""
    for _ in range(5):
        season.pay(joined, "53.32")
    days = [delivery["id"] for delivery in season.days(contract)][-2:]
    return season.api.done(f"/subscriptions/{joined['id']}/absences", {"delivery_ids": days}).json


@pytest.fixture
def following(season):
    """Next season: 52 × 13.60."""
    starts_on = SEASON_START + dt.timedelta(weeks=52)
    contract = season.contract("Contrat légumes, saison suivante", {"Panier": "13.60"}, weeks=52, starts_on=starts_on)
    return season.sign(contract, "ADAM Pécine")


def carry(season, source, target):
    return season.api.post(f"/accounts/{source['account_id']}/transfers", {"target_account_id": target["account_id"]})


def test_1_five_cheques_settle_twenty_distributions(season, joined):
    assert (joined["delivery_count"], joined["balance"]) == (20, "-266.60")
    for _ in range(5):
        season.pay(joined, "53.32")
    assert season.balance(joined) == "0.00"


def test_2_two_absences_make_an_avoir(with_avoir):
    assert with_avoir["delivery_count"] == 18
    assert (with_avoir["total"], with_avoir["balance"]) == ("239.94", "26.66")


def test_3_the_next_season_is_owed_whole(following):
    assert following["balance"] == "-707.20"


def test_4_the_old_balance_goes_to_the_new_season(season, with_avoir, following):
    transfer = carry(season, with_avoir, following)

    assert (transfer.status, transfer["amount"]) == (201, "26.66")
    assert (season.balance(with_avoir), season.balance(following)) == ("0.00", "-680.54")
    assert transfer["source_operation_no"] != transfer["target_operation_no"]
    for subscription, no in ((with_avoir, "source_operation_no"), (following, "target_operation_no")):
        newest = season.api.get(f"/accounts/{subscription['account_id']}/statement")["items"][0]
        assert (newest["operation_no"], newest["kind"]) == (transfer[no], "balance_moved")


def test_4_and_comes_back_exactly(season, with_avoir, following):
    transfer = carry(season, with_avoir, following)
    for _ in range(2):
        season.api.done(f"/balance-transfers/{transfer['id']}/cancel", {"reason": "mauvaise saison"})
    assert (season.balance(with_avoir), season.balance(following)) == ("26.66", "-707.20")


def test_4_a_debt_is_carried_too(season, joined, following):
    """CAMAP allows it, and so do we: either sign, never between payees."""
    transfer = carry(season, joined, following)

    assert transfer["amount"] == "-266.60"
    assert (season.balance(joined), season.balance(following)) == ("0.00", "-973.80")


def test_5_never_to_another_producer(season, with_avoir):
    eggs = season.contract("Contrat œufs", {"Boîte": "3.20"}, weeks=10, producer="Poulailler de Locmaria")
    other = season.sign(eggs, "ADAM Pécine")
    refused = carry(season, with_avoir, other)

    assert (refused.status, refused.code) == (422, "another_payee")
    assert (season.balance(with_avoir), season.balance(other)) == ("26.66", "-32.00")
