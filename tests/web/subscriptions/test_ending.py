"""Supprimer, and the way out."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.cast import balance_of
from tests.web.pages import as_sent, browser, shown_then_done, words


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


@pytest.fixture
def adam(amap):
    return amap.subscribe("ADAM Pécine")


def address(amap, name, subscription):
    return reverse(f"web:{name}", args=[amap.group.slug, amap.vegetables.pk, subscription.pk])


def test_a_subscription_from_which_nothing_followed_is_deleted_once(amap, treasurer, adam):
    url = address(amap, "subscription_delete", adam)
    data = as_sent(treasurer.get(url).context["form"])

    for _ in range(2):
        assert treasurer.post(url, data).status_code == 302

    adam.refresh_from_db()
    assert adam.withdrawn_at
    assert balance_of(adam) == 0
    assert treasurer.get(url).status_code == 404


def test_looking_deletes_nothing(amap, treasurer, adam):
    assert "Aucune distribution n’a eu lieu" in words(treasurer.get(address(amap, "subscription_delete", adam)))

    adam.refresh_from_db()
    assert adam.withdrawn_at is None
    assert balance_of(adam) == -52 * 1333


def test_money_on_the_account_forbids_it_and_shows_the_way_out(amap, treasurer, adam):
    amap.pay(adam, 1000)
    url = address(amap, "subscription_delete", adam)

    asked = treasurer.get(url)

    assert "De l’argent a été noté sur cette souscription" in words(asked)
    assert address(amap, "subscription_end", adam) in asked.content.decode()
    assert treasurer.post(url, as_sent(asked.context["form"])).status_code == 422
    adam.refresh_from_db()
    assert adam.withdrawn_at is None


def test_a_past_distribution_forbids_it(amap, treasurer, adam, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2026, 9, 7))

    assert "Une distribution a déjà eu lieu" in words(treasurer.get(address(amap, "subscription_delete", adam)))


def test_ending_at_a_date_shows_then_gives_back(amap, treasurer, adam, monkeypatch):
    amap.pay(adam, 52 * 1333)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2027, 3, 1))
    url = address(amap, "subscription_end", adam)
    data = as_sent(treasurer.get(url).context["form"], last_day="7/3/2027")

    shown = treasurer.post(url, data)
    assert "Nbre de distributions 52 27" in words(shown)
    assert "avoir +333,25 €" in words(shown)

    assert shown_then_done(treasurer, url, data).status_code == 302
    assert treasurer.post(url, data).status_code == 302
    assert balance_of(adam) == 25 * 1333


@pytest.mark.parametrize("last_day", ["30/08/2027", "01/09/2026", "demain", ""])
def test_a_last_day_that_will_not_do_is_refused_and_stays_typed(amap, treasurer, adam, last_day):
    url = address(amap, "subscription_end", adam)

    page = treasurer.post(url, as_sent(treasurer.get(url).context["form"], last_day=last_day))

    assert page.status_code == 422
    assert page.context["form"].errors["last_day"]
    assert page.context["form"]["last_day"].value() == last_day


@pytest.mark.parametrize("who", ["producer_member", "volunteer", "member"])
def test_who_may_not_end(amap, adam, who):
    client = browser(getattr(amap, who))

    for name in ("subscription_delete", "subscription_end"):
        assert client.get(address(amap, name, adam)).status_code == 403
        assert client.post(address(amap, name, adam), {}).status_code == 403
