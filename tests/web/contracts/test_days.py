"""The calendar of the group, and the list of a day."""

import datetime as dt

import pytest
from django.urls import reverse

from escarcelle.catalogs.producers import create_producer
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import cancel_delivery
from tests.cast import TODAY, found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def eggs(amap):
    return amap.open("Contrat œufs", create_producer(group=amap.group, name="Poulailler", by=amap.admin), 320, weeks=2, product="Six œufs")


def calendar(amap):
    return reverse("web:distributions", args=[amap.group.slug])


def sheet(amap, rank=0):
    days = list(amap.vegetables.deliveries.by_day())
    return reverse("web:distribution", args=[amap.group.slug, days[rank].distribution_id])


def test_the_calendar_says_what_is_delivered_and_how_many_baskets(amap, eggs):
    amap.subscribe("ADAM Pécine")
    amap.subscribe("BLANC Alphée")
    amap.subscribe("ADAM Pécine", contract=eggs)

    page = browser(amap.volunteer).get(calendar(amap))

    assert [row.basket_count for row in page.context["rows"][:3]] == [3, 3, 2]
    assert "dim. 6 sept. 2026 Salle du Bourg 17 h 30 – 19 h Contrat légumes (2), Contrat œufs (1) 3" in words(page)


def test_past_days_are_the_last_first(amap, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2026, 9, 21))

    page = browser(amap.volunteer).get(calendar(amap) + "?quand=passees")

    assert [row.distribution.on.day for row in page.context["rows"]] == [20, 13, 6]


def test_the_list_of_a_day_is_by_who_comes(amap, eggs):
    amap.subscribe("BLANC Alphée", quantity=2)
    amap.subscribe("BLANC Alphée", contract=eggs, quantity=3)
    amap.subscribe("ADAM Pécine")

    page = browser(amap.volunteer).get(sheet(amap))

    assert "2 personnes attendues" in words(page)
    assert "ADAM Pécine 1 x Panier de légumes BLANC Alphée 2 x Panier de légumes 3 x Six œufs" in words(page)
    assert [(need.product_name, need.quantity) for need in page.context["sheet"].needed] == [("Panier de légumes", 3), ("Six œufs", 3)]


def test_two_who_alternate_come_in_turn(amap):
    amap.subscribe("ANGOUSTAN Bernard", alternate="ADAM Pécine")
    who = [[visit.member.name for visit in browser(amap.volunteer).get(sheet(amap, rank)).context["sheet"].visits] for rank in range(3)]

    assert who == [["ANGOUSTAN Bernard"], ["ADAM Pécine"], ["ANGOUSTAN Bernard"]]
    assert "(souscription d’ANGOUSTAN Bernard)" in words(browser(amap.volunteer).get(sheet(amap, 1)))


def test_a_cancelled_day_keeps_its_turn_and_feeds_nobody(amap):
    amap.subscribe("ANGOUSTAN Bernard", alternate="ADAM Pécine")
    second = amap.vegetables.deliveries.by_day()[1]
    cancel_delivery(delivery=second, reason="Tempête", on=TODAY, by=amap.treasurer)

    page = browser(amap.volunteer).get(sheet(amap, 1))
    assert page.context["sheet"].visits == []
    assert "Contrat légumes : annulée. Tempête" in words(page)
    assert [visit.member.name for visit in browser(amap.volunteer).get(sheet(amap, 2)).context["sheet"].visits] == ["ANGOUSTAN Bernard"]


def test_who_is_absent_is_not_expected(amap):
    blanc = amap.subscribe("BLANC Alphée")
    first = amap.vegetables.deliveries.by_day().first()
    set_absences(subscription=blanc, deliveries=[first], on=TODAY, by=amap.treasurer, may_change_past=True)

    found = browser(amap.volunteer).get(sheet(amap)).context["sheet"]

    assert (found.visits, [absent.member_name for absent in found.absents]) == ([], ["BLANC Alphée"])


def test_who_may_see_the_days(amap):
    for who, status in (("coordinator", 200), ("volunteer", 200), ("producer_member", 403), ("member", 403)):
        client = browser(getattr(amap, who))
        assert (client.get(calendar(amap)).status_code, client.get(sheet(amap)).status_code) == (status, status), who


def test_a_day_of_another_group_does_not_exist(amap):
    other = found_amap("AMAP de Houat")
    day = other.vegetables.deliveries.first().distribution_id

    assert browser(amap.volunteer).get(reverse("web:distribution", args=[amap.group.slug, day])).status_code == 404


def test_pages_take_the_same_statements_whatever_the_subscriptions(amap, eggs):
    volunteer = browser(amap.volunteer)
    counts = []
    for names in (range(5), range(5, 40)):
        for rank in names:
            amap.subscribe(f"NOM{rank} Ana", alternate="ADAM Pécine")
            amap.subscribe(f"NOM{rank} Ana", contract=eggs)
        counts.append((statements(volunteer, calendar(amap)), statements(volunteer, sheet(amap))))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_STATEMENTS
