"""What each of them is led to: no link of any page ends at a closed door, and nothing that one may do is out of reach."""

import datetime as dt
import re
from collections import defaultdict
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import resolve, reverse

from escarcelle.groups.members import PersonalDetails, create_member
from tests.cast import TODAY, found_amap, signed_in
from tests.market_cast import MARKET_DAY, at, found_market
from tests.web.pages import browser
from tests.web.world import amap_world, market_world, screens

DAY = dt.timedelta(days=1)

# One page of each kind is walked through for each contract: the next member's page has the same links.
SAME_FOR_ALL = {
    "member_id",
    "subscription_id",
    "account_id",
    "delivery_id",
    "distribution_id",
    "payment_id",
    "product_id",
    "place_id",
    "count_id",
    "opening_id",
}


@pytest.fixture
def world(db):
    return amap_world()


@pytest.fixture(autouse=True)
def _on_the_first_of_september(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY, 12))


def kind_of(url):
    """Two addresses of one kind show the same links: the name of the screen, its contract, what the query asks for."""
    match, parts = resolve(urlsplit(url).path), urlsplit(url)
    words = tuple((word, value) for word, value in match.kwargs.items() if word not in SAME_FOR_ALL)
    return (match.view_name, *words, *sorted(re.findall(r"(\w+)=", parts.query)))


def links_of(response, url):
    html = response.content.decode()
    found = {urldefrag(urljoin(url, unescape(link)))[0] for link in re.findall(r'<a [^>]*?href="([^"]*)"', html)}
    return sorted(link for link in found if link.startswith("/"))


def walk(client, start, *, of_each_kind=1):
    """Follow every link from a page: each kind of page that is met, and each link that ends badly with the page it stands on."""
    met, bad, to_see = defaultdict(set), [], [("", start)]
    while to_see:
        page, url = to_see.pop()
        kind = kind_of(url)
        if url in met[kind] or len(met[kind]) == of_each_kind:
            continue
        response = client.get(url)
        met[kind].add(url)
        if response.status_code not in (200, 302):
            bad.append((page, url, response.status_code))
        elif response.status_code == 302:
            to_see.append((url, response["Location"]))
        elif response["Content-Type"].startswith("text/html"):
            to_see += [(url, link) for link in links_of(response, url)]
    return {kind[0] for kind in met}, bad


ROLES = ["admin", "treasurer", "coordinator", "volunteer", "producer_member", "member"]
LANDMARKS = {
    "admin": {"web:settings", "web:tokens", "web:member_erase", "web:bulk_payments", "web:activity", "web:import_camap", "web:verify"},
    "treasurer": {"web:bulk_payments", "web:balances", "web:opening_balances", "web:activity", "web:import_members", "web:contract_new"},
    "coordinator": {"web:bulk_payments", "web:subscription_new", "web:distribution", "web:contract_settings", "web:balance_transfer"},
    "volunteer": {"web:distribution", "web:my_account"},
    "producer_member": {"web:subscriptions", "web:contract_distributions", "web:my_account"},
    "member": {"web:my_account", "web:account_pdf", "web:help", "account_email"},
}


@pytest.mark.parametrize("role", ROLES)
def test_no_link_ends_at_a_closed_door(world, role):
    person = getattr(world.cast, role)
    world.cast.people[person.name] = person
    world.cast.subscribe(person.name)

    met, bad = walk(browser(person), reverse("web:home", args=[world.cast.group.slug]))

    assert bad == []
    assert LANDMARKS[role] <= met


def test_the_second_person_of_a_household_walks_like_the_first(world):
    amap = world.cast
    amap.people[amap.member.name] = amap.member
    amap.subscribe(amap.member.name)
    details = PersonalDetails("Hamon", "Mathurin")
    second = signed_in(create_member(group=amap.group, details=details, on=TODAY, by=amap.admin, household_of=amap.member))

    met, bad = walk(browser(second), reverse("web:home", args=[amap.group.slug]))

    assert bad == []
    assert met == walk(browser(amap.member), reverse("web:home", args=[amap.group.slug]))[0]


def test_somebody_in_two_groups_goes_from_one_to_the_other(world):
    houat = found_amap("AMAP de Houat")
    houat.member.person = world.cast.treasurer.person
    houat.member.save()

    met, bad = walk(browser(world.cast.treasurer), "/")

    assert bad == []
    pages = browser(world.cast.treasurer).get(reverse("web:home", args=[world.cast.group.slug])).content.decode()
    assert f'href="{reverse("web:home", args=[houat.group.slug])}"' in pages
    assert "web:start" in met


def test_an_administrator_finds_every_page_from_the_home_page(world, monkeypatch):
    """Nothing is only for who knows its address."""
    sent_or_fetched = {"cheques_recorded", "theme", "set_language", "group_rename", "place_new", "token_revoke", "member_invite"}
    sent_or_fetched |= {"member_come_back", "member_roles", "contract_terms", "product_new", "coordinator_appoint", "coordinator_dismiss"}
    sent_or_fetched |= {"basket_act", "force_validation", "payments_off"}
    sent_or_fetched |= {"contract_orders_close", "dated_absence", "dated_order_take_back"}
    by_other_ways = {
        "invitation",  # from a mail
        "import_done",  # once a file was taken over
        "subscription_account",  # for who sees one contract and no more
    }
    met, _bad = walk(browser(world.cast.admin), reverse("web:home", args=[world.cast.group.slug]), of_each_kind=4)
    for market, evening in ((market_world().cast, MARKET_DAY), (late_market(), MARKET_DAY + DAY)):
        monkeypatch.setattr("django.utils.timezone.now", lambda on=evening: at(on, 18, 30))
        found, bad = walk(browser(market.admin), reverse("web:home", args=[market.group.slug]), of_each_kind=4)
        assert bad == []
        met |= found

    found_elsewhere = set(screens()) - {name.removeprefix("web:") for name in met} - sent_or_fetched
    assert found_elsewhere - by_other_ways == set()
    assert by_other_ways - found_elsewhere == set()


def late_market():
    """A market that has forgotten four days: nobody can order any more."""
    market = found_market("Marché en retard")
    market.offer(cash=True, cheque=True)
    for day in (market.day, *(market.plan(MARKET_DAY - days * DAY) for days in (1, 2, 3))):
        market.order("ADAM Pécine", {market.bread: 1}, day=day, way="on_the_spot")
    return market
