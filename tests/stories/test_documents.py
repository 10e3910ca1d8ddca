"""What the group's own documents say of a balance."""

import html

import pytest
from django.urls import reverse

from escarcelle.groups.models import Member
from tests.cast import signed_in


@pytest.fixture
def contract(season):
    return season.contract("Contrat légumes", {"Panier de légumes": "13.33"}, weeks=52)


def test_order_then_pay_then_overpay(season, contract):
    subscription = season.sign(contract, "ADAM Pécine")
    assert (subscription["total"], season.balance(subscription)) == ("693.16", "-693.16")

    season.pay(subscription, "693.16")
    assert season.balance(subscription) == "0.00"

    season.pay(subscription, "6.84")
    assert season.balance(subscription) == "6.84"


def test_fifty_two_distributions_and_no_payment_are_owed_whole(season, contract):
    subscription = season.sign(contract, "BLANC Alphée", {"Panier de légumes": 2})

    assert (subscription["delivery_count"], subscription["total"], subscription["balance"]) == (52, "1386.32", "-1386.32")
    [share] = subscription["computation"]
    assert (share["delivery_count"], share["quantity"], share["price"]) == (52, 2, "13.33")


def test_the_sentence_counts_the_rows_below_zero_and_drops_by_one(season, contract, client):
    subscriptions = [season.sign(contract, f"MEMBRE{rank:02d}") for rank in range(40)]
    for subscription in subscriptions[:6]:
        season.pay(subscription, "693.16")
    treasurer = signed_in(Member.objects.get(pk=season.api.member.pk))
    client.force_login(treasurer.person)

    for expected in (34, 33):
        figures, rows = season.page(contract)
        assert figures["negative_count"] == expected == sum(row["balance"].startswith("-") for row in rows)
        page = client.get(reverse("web:subscriptions", args=[season.group.slug, contract["id"]]))
        assert f"Il y a {expected} souscription(s) avec un solde négatif." in words(page)
        season.pay(subscriptions[6], "693.16")


def words(page):
    return " ".join(html.unescape(page.content.decode()).replace("\u00a0", " ").split())


@pytest.mark.parametrize("amount", ["20.00", "-20.00"])
def test_an_opening_balance_is_the_balance(season, amount):
    payee_id = season.producer()["payee_id"]
    row = {"member_id": season.member("ADAM Pécine"), "payee_id": payee_id, "amount": amount}
    season.api.made("/opening-balances", {"rows": [row]})

    [found] = season.api.get(f"/members/{season.member('ADAM Pécine')}/balances")["items"]
    assert (found["payee"]["id"], found["balance"]) == (payee_id, amount)


def test_an_alternated_share_says_who_collects_when(season, contract):
    bernard = season.member("ANGOUSTAN Bernard")
    subscription = season.sign(contract, "ADAM Pécine", alternate={"member_id": bernard, "begins": True})

    days = season.api.get(f"/subscriptions/{subscription['id']}/calendar")["items"]
    assert [day["collector_name"] for day in days[:3]] == ["ANGOUSTAN Bernard", "ADAM Pécine", "ANGOUSTAN Bernard"]
    assert {day["due"] for day in days} == {"13.33"}
