"""A contract opened in one page."""

import datetime as dt

import pytest
from django.urls import reverse

from escarcelle.catalogs.models import Contract, Producer
from escarcelle.distributions.models import Delivery
from tests.cast import found_amap
from tests.web.pages import as_sent, browser, words


@pytest.fixture
def url(amap):
    return reverse("web:contract_new", args=[amap.group.slug])


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


def typed(treasurer, url, **more):
    """A bread contract, every week of September, as somebody types it."""
    return as_sent(
        treasurer.get(url).context["form"],
        **{
            "producer_name": "Fournil du Bourg",
            "name": "Contrat pain",
            "starts_on": "3/9/26",
            "ends_on": "30.09.2026",
            "product_1": "Pain de 2 kg",
            "unit_1": "pain",
            "price_1": "8,4",
            "product_3": "Brioche",
            "price_3": "5",
            "cycle": "weekly",
            "place": "Salle du Bourg",
            "starts_at": "17h30",
            "ends_at": "19:00",
            **more,
        },
    )


def test_one_page_opens_everything(amap, treasurer, url):
    done = treasurer.post(url, typed(treasurer, url, coordinator=amap.coordinator.pk, absences_allowed="2"))

    contract = Contract.objects.get(name="Contrat pain")
    assert done.url == reverse("web:subscriptions", args=[amap.group.slug, contract.pk])
    assert contract.producer.name == contract.cheque_payable_to == "Fournil du Bourg"
    assert [(p.name, p.unit, p.prices.get().price_cents) for p in contract.products.all()] == [
        ("Pain de 2 kg", "pain", 840),
        ("Brioche", "panier", 500),
    ]
    days = contract.deliveries.by_day().values_list("distribution__on", flat=True)
    assert list(days) == [dt.date(2026, 9, day) for day in (3, 10, 17, 24)]
    assert contract.coordinations.get().member == amap.coordinator


def test_distributions_are_counted_before_anything_is_written(amap, treasurer, url):
    page = treasurer.post(url, {**typed(treasurer, url), "count": "1"})

    assert page.status_code == 200
    assert "4 distributions La première le jeu. 3 sept. 2026, la dernière le jeu. 24 sept. 2026." in words(page)
    assert not Contract.objects.filter(name="Contrat pain").exists()


def test_a_known_producer_is_chosen_and_no_cycle_plans_nothing(amap, treasurer, url):
    treasurer.post(url, typed(treasurer, url, producer=amap.farm.pk, producer_name="", cycle="", place=""))

    contract = Contract.objects.get(name="Contrat pain")
    assert contract.producer == amap.farm
    assert not contract.deliveries.exists()


def test_what_is_missing_is_said_at_once_and_what_was_typed_stays(amap, treasurer, url):
    page = treasurer.post(url, typed(treasurer, url, producer_name="", price_1="12,345", price_3="", place=""))

    form = page.context["form"]
    assert page.status_code == 422
    assert set(form.errors) == {"producer_name", "price_1", "price_3", "place"}
    assert "Est-ce 12,34 € ou 12,35 € ?" in words(page)
    assert 'value="12,345"' in page.content.decode()
    assert 'value="Pain de 2 kg"' in page.content.decode()
    assert form["key"].value()


def test_refused_half_way_nothing_is_kept(amap, treasurer, url):
    before = (Producer.objects.count(), Contract.objects.count(), Delivery.objects.count())

    page = treasurer.post(url, typed(treasurer, url, product_3="Pain de 2 kg"))

    assert page.status_code == 422
    assert "Ce contrat propose déjà un produit de ce nom." in words(page)
    assert (Producer.objects.count(), Contract.objects.count(), Delivery.objects.count()) == before


def test_a_year_typed_wrong_is_refused_before_thousands_of_days_are_planned(amap, treasurer, url):
    page = treasurer.post(url, typed(treasurer, url, ends_on="30/09/2062"))

    assert page.status_code == 422
    assert "Vérifiez les années." in words(page)


def test_sent_twice_one_contract_is_opened(amap, treasurer, url):
    data = typed(treasurer, url)

    first, second = treasurer.post(url, data), treasurer.post(url, data)

    assert first.url == second.url
    assert Contract.objects.filter(name="Contrat pain").count() == 1
    assert Contract.objects.get(name="Contrat pain").deliveries.count() == 4


def test_without_its_key_a_sending_is_refused(amap, treasurer, url):
    page = treasurer.post(url, typed(treasurer, url, key=""))

    assert page.status_code == 422
    assert "rechargez la page" in words(page)


def test_the_producer_of_another_group_is_not_offered(amap, treasurer, url):
    other = found_amap("AMAP de Houat")

    page = treasurer.post(url, typed(treasurer, url, producer=other.farm.pk, producer_name=""))

    assert page.status_code == 422
    assert not Contract.objects.filter(name="Contrat pain").exists()


@pytest.mark.parametrize("who", ["coordinator", "producer_member", "volunteer", "member"])
def test_who_may_not_open_contracts(amap, url, who):
    assert browser(getattr(amap, who)).get(url).status_code == 403
