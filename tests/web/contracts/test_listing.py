"""The list of contracts: each sees theirs."""

import pytest
from django.urls import reverse

from escarcelle.catalogs.producers import create_producer
from tests.cast import found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def url(amap):
    return reverse("web:contracts", args=[amap.group.slug])


@pytest.fixture
def bees(amap):
    producer = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    return amap.open("Contrat miel", producer, 950, weeks=4)


def test_a_treasurer_reads_what_each_contract_is_owed(amap, url, bees):
    adam = amap.subscribe("ADAM Pécine")
    amap.subscribe("BLANC Alphée")
    amap.pay(adam, 52 * 1333)

    page = browser(amap.treasurer).get(url)

    row = next(row for row in page.context["running"] if row.contract == amap.vegetables)
    assert (row.subscription_count, row.negative_count, row.owed_cents) == (2, 1, 52 * 1333)
    assert "dû −693,16 €" in words(page)


def test_finished_contracts_stand_apart(amap, url, bees, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: amap.vegetables.ends_on)

    page = browser(amap.treasurer).get(url)

    assert [row.contract for row in page.context["running"]] == [amap.vegetables]
    assert [row.contract for row in page.context["finished"]] == [bees]


@pytest.mark.parametrize("who", ["coordinator", "producer_member"])
def test_who_looks_after_one_contract_sees_that_one(amap, url, bees, who):
    page = browser(getattr(amap, who)).get(url)

    assert [row.contract for row in page.context["running"]] == [amap.vegetables]
    assert "Ouvrir un contrat" not in words(page)


@pytest.mark.parametrize("who", ["member", "volunteer"])
def test_who_looks_after_none_is_not_let_in(amap, url, who):
    assert browser(getattr(amap, who)).get(url).status_code == 403


def test_another_group_does_not_exist(amap, url):
    stranger = found_amap("AMAP de Houat").treasurer

    assert browser(stranger).get(url).status_code == 404


def test_the_list_takes_the_same_statements_whatever_the_subscriptions(amap, url):
    treasurer = browser(amap.treasurer)
    counts = []
    for names in (range(5), range(5, 40)):
        for name in names:
            amap.subscribe(f"NOM{name} Ana")
        counts.append(statements(treasurer, url))

    assert counts[0] == counts[1] <= MOST_STATEMENTS
