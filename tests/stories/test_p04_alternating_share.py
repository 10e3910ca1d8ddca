"""P04 — Alternating share: a half-share each, or one subscription and somebody who collects in turn."""

import datetime as dt

import pytest

from tests.cast import SEASON_START


def half_share(season, name, dates, *, begins=True):
    """Every other week of a season of so many dates, by one of the two who share."""
    first = SEASON_START if begins else SEASON_START + dt.timedelta(weeks=1)
    last = SEASON_START + dt.timedelta(weeks=dates - 1)
    body = {"producer_id": season.producer()["id"], "name": f"Demi-part de {name}"}
    contract_id = season.api.made("/contracts", {**body, "starts_on": first.isoformat(), "ends_on": last.isoformat()})["id"]
    season.api.made(f"/contracts/{contract_id}/products", {"name": "Panier", "price": "13.33"})
    season.plan(contract_id, "every_two_weeks", first, last)
    return season.sign(season.api.get(f"/contracts/{contract_id}").json, name)


@pytest.mark.parametrize(
    ("dates", "shares", "total"),
    [(52, [(26, "-346.58"), (26, "-346.58")], 69316), (51, [(26, "-346.58"), (25, "-333.25")], 67983)],
)
def test_1_and_2_a_half_share_each(season, dates, shares, total):
    adam, bernard = half_share(season, "ADAM Pécine", dates), half_share(season, "ANGOUSTAN Bernard", dates, begins=False)

    assert [(one["delivery_count"], one["balance"]) for one in (adam, bernard)] == shares
    assert sum(int(one["total"].replace(".", "")) for one in (adam, bernard)) == total


def test_3_the_partner_brings_cheques_and_owes_nothing(season):
    contract = season.contract("Légumes", {"Panier": "13.33"}, weeks=52)
    bernard = season.member("ANGOUSTAN Bernard")
    subscription = season.sign(contract, "ADAM Pécine", alternate={"member_id": bernard})
    assert (subscription["alternate_name"], subscription["balance"]) == ("ANGOUSTAN Bernard", "-693.16")

    for _ in range(6):
        season.pay(subscription, "57.76")
    for amount in ["57.76"] * 5 + ["57.80"]:
        season.pay(subscription, amount, cheque={"drawer": "Bernard Angoustan"})

    assert season.balance(subscription) == "0.00"
    assert season.api.get(f"/members/{bernard}/balances")["items"] == []
    drawers = [payment["cheque"]["drawer"] for payment in season.api.every(f"/accounts/{subscription['account_id']}/payments")]
    assert drawers == ["Bernard Angoustan"] * 6 + [""] * 6
