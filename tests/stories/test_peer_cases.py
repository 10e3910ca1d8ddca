"""What the peer program is known to do: contract "Légumes", 13.00 a basket, onions 2.00."""

import csv
import datetime as dt
import io

import pytest

from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Group
from tests.cast import SEASON_START, TODAY

PRICES = {"Panier": "13.00", "Oignons": "2.00"}


def legumes(season, weeks, **terms):
    return season.contract("Légumes", PRICES, weeks=weeks, **terms)


def nothing_is_signed(season, contract):
    figures, rows = season.page(contract)
    return (figures["count"], figures["balance"], rows) == (0, "0.00", [])


def test_three_onions_and_two_baskets_over_two_distributions(season):
    subscription = season.sign(legumes(season, 2), "ADAM Pécine", {"Oignons": 3, "Panier": 2})

    calendar = season.api.get(f"/subscriptions/{subscription['id']}/calendar")["items"]
    assert [day["due"] for day in calendar] == ["32.00", "32.00"]
    assert (subscription["total"], subscription["balance"]) == ("64.00", "-64.00")


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ({"starts_on": (SEASON_START - dt.timedelta(days=1)).isoformat()}, "starts_before_contract"),
        ({"ends_on": (SEASON_START + dt.timedelta(weeks=2, days=1)).isoformat()}, "ends_after_contract"),
    ],
)
def test_a_period_outside_the_contract_is_refused(season, period, code):
    contract = legumes(season, 2)
    refused = season.try_to_sign(contract, "ADAM Pécine", **period)

    assert (refused.status, refused.code) == (422, code)
    assert nothing_is_signed(season, contract)


def test_an_unknown_alternate_is_refused(season):
    contract = legumes(season, 2)
    _, stranger = found_group(name="Ailleurs", kind=Group.Kind.AMAP, administrator=PersonalDetails("Loin"), on=TODAY)
    for member_id in (stranger.pk, 999_999):
        refused = season.try_to_sign(contract, "ADAM Pécine", alternate={"member_id": member_id})
        assert (refused.status, refused["errors"][0]["field"]) == (404, "alternate.member_id")
    gone = season.member("PARTI Jean")
    season.api.done(f"/members/{gone}/leave")
    refused = season.try_to_sign(contract, "ADAM Pécine", alternate={"member_id": gone})

    assert (refused.status, refused.code) == (422, "unknown_alternate")
    assert nothing_is_signed(season, contract)


def test_the_holder_is_not_their_own_alternate(season):
    contract = legumes(season, 2)
    refused = season.try_to_sign(contract, "ADAM Pécine", alternate={"member_id": season.member("ADAM Pécine")})

    assert (refused.status, refused.code) == (422, "alternate_is_holder")
    assert nothing_is_signed(season, contract)


def test_an_overlap_is_refused_and_the_next_day_accepted(season):
    contract = legumes(season, 5)
    middle = SEASON_START + dt.timedelta(weeks=2)
    first = season.sign(contract, "ADAM Pécine", ends_on=middle.isoformat())
    refused = season.try_to_sign(contract, "ADAM Pécine", starts_on=middle.isoformat())

    assert (refused.status, refused.code) == (422, "overlap")
    assert season.page(contract)[0]["count"] == 1
    second = season.sign(contract, "ADAM Pécine", starts_on=(middle + dt.timedelta(days=1)).isoformat())
    assert (first["total"], second["total"]) == ("39.00", "26.00")


@pytest.mark.parametrize("days_later", [10, 42], ids=["within the contract", "after its last day"])
def test_moving_one_of_five_distributions_keeps_five_and_the_total(season, days_later):
    contract = legumes(season, 5)
    subscription = season.sign(contract, "ADAM Pécine")
    later = (SEASON_START + dt.timedelta(days=days_later)).isoformat()
    moved = season.api.done(f"/deliveries/{season.days(contract)[1]['id']}/move", {"to": later})

    assert moved["delivery"]["on"] == later
    assert len(season.days(contract)) == 5
    now = season.api.get(f"/subscriptions/{subscription['id']}")
    assert (now["delivery_count"], now["total"], now["balance"]) == (5, "65.00", "-65.00")


def test_a_basket_paid_in_full_exports_with_balance_0_and_oui(season):
    contract = legumes(season, 1)
    season.pay(season.sign(contract, "ADAM Pécine"), "13.00")
    season.sign(contract, "BLANC Alphée")
    sheet = season.api.get(f"/contracts/{contract['id']}/subscriptions.csv").text

    rows = {row["userName"]: row for row in csv.DictReader(io.StringIO(sheet), delimiter=";")}
    figures = ("totalPrice", "paymentsTotal", "balance", "Payé")
    assert [rows["ADAM Pécine"][name] for name in figures] == ["13", "13", "0", "oui"]
    assert [rows["BLANC Alphée"][name] for name in figures] == ["13", "0", "-13", "non"]


def test_cycles(season):
    winter = {"starts_on": "2018-10-01", "ends_on": "2019-03-31", "producer_id": season.producer()["id"]}
    weekly = season.api.made("/contracts", {"name": "Hebdomadaire", **winter})["id"]
    days = season.plan(weekly, "weekly", dt.date(2018, 12, 24), dt.date(2019, 1, 24))
    assert days == ["2018-12-24", "2018-12-31", "2019-01-07", "2019-01-14", "2019-01-21"]

    monthly = season.api.made("/contracts", {"name": "Mensuel", **winter})["id"]
    days = season.plan(monthly, "monthly", dt.date(2018, 10, 30), dt.date(2019, 3, 31))
    assert days == ["2018-10-30", "2018-11-27", "2018-12-25", "2019-01-29", "2019-02-26", "2019-03-26"]
