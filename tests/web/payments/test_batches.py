"""The page of a batch, and « Annuler ce lot »."""

import pytest

from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import Batch, Payment
from tests.cast import TODAY, balance_of, found_amap, received
from tests.web.pages import browser, words


@pytest.fixture
def batch(grid, subscriptions):
    for subscription in subscriptions[:3]:
        grid.type(subscription, "100")
    grid.press("save")
    return Batch.objects.get()


@pytest.fixture
def url(amap, batch):
    return f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/lots/{batch.pk}/"


def undo(client, url):
    page = client.get(f"{url}annuler/")
    assert page.status_code == 200
    return client.post(f"{url}annuler/", {"key": page.context["form"]["key"].value()})


def test_the_page_says_what_was_recorded_and_where_the_contract_stands(treasurer, url):
    text = words(treasurer.get(url))
    assert "3 paiements, 300,00 €" in text
    assert "Il reste 5 souscriptions avec un solde négatif." in text
    assert "Solde du contrat envers Ferme de Groix : dû −3 165,80 €" in text
    assert "Annuler ce lot" in text


def test_the_next_page_offers_to_undo(treasurer, amap, url):
    treasurer.get(url)
    page = treasurer.get(f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/souscriptions/")
    assert f'<a href="{url}annuler/">Annuler ce lot</a>' in page.content.decode()


def test_undoing_asks_first_then_puts_every_balance_back(treasurer, url, subscriptions):
    asked = words(treasurer.get(f"{url}annuler/"))
    assert "3 paiements, 300,00 €" in asked
    assert "Rien n’est encore fait." in asked
    assert balance_of(subscriptions[0]) == -59316

    for _ in range(2):
        assert undo(treasurer, url).url == url
    assert [balance_of(subscription) for subscription in subscriptions] == [-69316] * 5
    page = treasurer.get(url)
    assert "Ce lot est annulé depuis" in words(page)
    assert "Annuler ce lot" not in words(page)
    assert Payment.objects.filter(state="cancelled").count() == 3


def test_payments_changed_since_are_named_and_left(treasurer, amap, batch, url, subscriptions):
    first, second, _third = batch.payments.order_by("pk")
    correct_payment(payment=first, received=received(6000), reason="erreur", on=TODAY, by=amap.treasurer)
    cancel_payment(payment=second, reason="erreur", on=TODAY, by=amap.treasurer)
    assert "restent tels quels : ADAM Pécine, 100,00 € · BLANC Alphée, 100,00 €." in words(treasurer.get(f"{url}annuler/"))
    undo(treasurer, url)
    assert "ADAM Pécine, 100,00 €" in words(treasurer.get(url))
    assert [balance_of(subscription) for subscription in subscriptions[:3]] == [-69316 + 6000, -69316, -69316]


def test_without_its_key_nothing_is_undone(treasurer, url, subscriptions):
    response = treasurer.post(f"{url}annuler/", {"key": "x"})
    assert response.status_code == 422
    assert balance_of(subscriptions[0]) == -59316


def test_a_batch_belongs_to_its_contract_and_group(amap, treasurer, url, batch):
    eggs = amap.open("Contrat œufs", amap.farm, 300)
    other = f"/g/{amap.group.slug}/contrats/{eggs.pk}/lots/{batch.pk}/"
    outsider = found_amap("AMAP d’ailleurs").treasurer
    for path in ("", "annuler/"):
        assert treasurer.get(other + path).status_code == 404
        assert browser(outsider).get(url + path).status_code == 404
        for member in (amap.member, amap.volunteer, amap.producer_member):
            assert browser(member).get(url + path).status_code == 403
        assert browser(amap.coordinator).get(url + path).status_code == 200
