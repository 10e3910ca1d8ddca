"""« Mes commandes » and « Commandes » of a variable contract, as members and coordinators meet them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import signed_in
from tests.variable_cast import DAYS, NOW, closing, open_cheese


@pytest.fixture
def cheese(amap, monkeypatch):
    """It is the first of September, ten o'clock; ADAM may sign in."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    found = open_cheese(amap)
    signed_in(amap.someone("ADAM Pécine"))
    found.subscribe("ADAM Pécine", {found.tomme: 1})
    return found


@pytest.fixture
def adam(cheese, client):
    client.force_login(cheese.subscriptions["ADAM Pécine"].member.person)
    return client


@pytest.fixture
def coordinator(cheese, client):
    client.force_login(cheese.amap.coordinator.person)
    return client


def address(cheese, rank=None, end=""):
    stem = f"/g/{cheese.amap.group.slug}/mes-commandes/{cheese.subscriptions['ADAM Pécine'].pk}/"
    return stem if rank is None else f"{stem}{cheese.deliveries[rank].pk}/{end}"


def typed(cheese, **quantities):
    products = {"tomme": cheese.tomme, "yogurt": cheese.yogurt, "faisselle": cheese.faisselle}
    return {"key": str(uuid4()), **{f"quantity_{products[name].pk}": str(count) for name, count in quantities.items()}}


def test_home_leads_to_the_next_date(adam, cheese):
    page = adam.get(f"/g/{cheese.amap.group.slug}/").content.decode()

    assert "Contrat fromages\u00a0: commander pour le" in page
    assert address(cheese, 0) in page
    assert address(cheese) in page


def test_the_dates_say_what_is_taken_and_until_when(adam, cheese):
    cheese.order("ADAM Pécine", 1, {cheese.yogurt: 2})
    page = adam.get(address(cheese)).content.decode()

    assert "2 x Yaourts, les quatre" in page
    assert "ce sera la commande par défaut" in page
    assert "Vous pouvez changer d’avis jusqu’au" in page


def test_ordering_changing_taking_back(adam, cheese):
    said = adam.post(address(cheese, 0), typed(cheese, tomme=2, yogurt=1), follow=True)
    assert "Commande du 06/09/2026 enregistrée." in said.content.decode()
    assert cheese.balance("ADAM Pécine") == -1620

    adam.post(address(cheese, 0), typed(cheese, tomme=1))
    assert cheese.balance("ADAM Pécine") == -650
    adam.post(address(cheese, 0, "annuler/"), {"key": str(uuid4())})
    assert cheese.balance("ADAM Pécine") == 0


def test_a_refusal_keeps_what_was_typed(adam, cheese):
    cheese.contract.minimum_per_delivery_cents = 800
    cheese.contract.save()
    said = adam.post(address(cheese, 0), typed(cheese, tomme=1))

    page = said.content.decode()
    assert said.status_code == 422
    assert "il manque 1,50\u00a0€ à cette commande" in page
    assert 'value="1"' in page
    assert adam.post(address(cheese, 0), typed(cheese, tomme="beaucoup")).status_code == 422
    assert cheese.balance("ADAM Pécine") == 0


def test_sent_twice_it_is_ordered_once(adam, cheese):
    body = typed(cheese, tomme=2)
    for _ in range(2):
        assert adam.post(address(cheese, 0), body).status_code == 302

    assert cheese.balance("ADAM Pécine") == -1300


def test_absent_and_present_again(adam, cheese):
    adam.post(address(cheese, 0), typed(cheese, tomme=2))
    adam.post(address(cheese, 0, "absence/"), {"key": str(uuid4()), "absent": "1"})
    assert "Finalement, présent ce jour-là" in adam.get(address(cheese, 0)).content.decode()
    assert cheese.balance("ADAM Pécine") == 0

    adam.post(address(cheese, 0, "absence/"), {"key": str(uuid4()), "absent": "0"})
    assert cheese.close(0) == 1


def test_after_the_closing_the_page_says_so(adam, cheese, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: closing(DAYS[0]))
    page = adam.get(address(cheese, 0)).content.decode()

    assert "Les commandes de cette date sont fermées." in page
    assert "Enregistrer la commande" not in page
    assert adam.post(address(cheese, 0), typed(cheese, tomme=2)).status_code == 422


def test_another_member_does_not_look(cheese, client):
    client.force_login(cheese.amap.member.person)

    assert client.get(address(cheese)).status_code == 403
    assert client.post(address(cheese, 0), typed(cheese, tomme=2)).status_code == 403


def test_constant_baskets_are_not_ordered(cheese, client):
    vegetables = cheese.amap.subscribe("ADAM Pécine")
    client.force_login(vegetables.member.person)

    assert client.get(f"/g/{cheese.amap.group.slug}/mes-commandes/{vegetables.pk}/").status_code == 404


def test_the_coordinator_sees_what_to_bring(coordinator, cheese):
    cheese.subscribe("BLANC Alphée", {cheese.yogurt: 3})
    cheese.order("ADAM Pécine", 0, {cheese.tomme: 2})
    stem = f"/g/{cheese.amap.group.slug}/contrats/{cheese.contract.pk}/commandes/"
    page = coordinator.get(stem).content.decode()
    assert "2 x Tomme" in page
    assert "3 x Yaourts" in page

    page = coordinator.get(f"{stem}{cheese.deliveries[0].pk}/").content.decode()
    assert "BLANC Alphée" in page
    assert "ce sera la commande par défaut" in page


def test_the_coordinator_gives_the_default_orders_at_once(coordinator, cheese, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: closing(DAYS[0]))
    stem = f"/g/{cheese.amap.group.slug}/contrats/{cheese.contract.pk}/commandes/"
    assert "Les passer maintenant" in coordinator.get(stem).content.decode()

    said = coordinator.post(f"{stem}par-defaut/", follow=True)
    assert "1 commande par défaut est passée." in said.content.decode()
    assert cheese.balance("ADAM Pécine") == -650


def test_the_list_of_the_day_shows_what_was_ordered(coordinator, cheese):
    cheese.subscribe("BLANC Alphée", {cheese.yogurt: 3})
    cheese.subscribe("DUBOIS Jean")
    cheese.order("ADAM Pécine", 0, {cheese.faisselle: 2})
    day = cheese.deliveries[0].distribution_id

    page = coordinator.get(f"/g/{cheese.amap.group.slug}/distributions/{day}/").content.decode()

    assert "2 x Faisselle" in page
    assert "3 x Yaourts" in page
    assert "DUBOIS" not in page


def test_a_contract_is_opened_with_its_minimums(cheese, client):
    client.force_login(cheese.amap.admin.person)
    body = {
        "key": str(uuid4()),
        "kind": "variable",
        "producer": cheese.contract.producer_id,
        "name": "Contrat lait",
        "starts_on": "06/09/2026",
        "ends_on": "06/12/2026",
        "absences_allowed": "2",
        "minimum_per_delivery_cents": "8,00",
        "minimum_total_cents": "60",
        "orders_open_days_before": "14",
        "orders_close_days_before": "3",
        "orders_close_time": "12:00",
        "product_1": "Lait",
        "unit_1": "litre",
        "price_1": "1,20",
    }
    assert client.post(f"/g/{cheese.amap.group.slug}/contrats/nouveau/", body).status_code == 302

    milk = cheese.amap.group.contracts.get(name="Contrat lait")
    assert (milk.kind, milk.minimum_per_delivery_cents, milk.minimum_total_cents) == ("variable", 800, 6000)
    settings = client.get(f"/g/{cheese.amap.group.slug}/contrats/{milk.pk}/reglages/").content.decode()
    assert "Minimum à chaque distribution" in settings


@pytest.mark.parametrize("page", ["mine", "contract", "date", "day", "home"])
def test_more_members_and_dates_cost_no_more_statements(client, cheese, page):
    amap, stem = cheese.amap, f"/g/{cheese.amap.group.slug}"
    url = {
        "mine": address(cheese),
        "contract": f"{stem}/contrats/{cheese.contract.pk}/commandes/",
        "date": f"{stem}/contrats/{cheese.contract.pk}/commandes/{cheese.deliveries[0].pk}/",
        "day": f"{stem}/distributions/{cheese.deliveries[0].distribution_id}/",
        "home": f"{stem}/",
    }[page]
    person = cheese.subscriptions["ADAM Pécine"].member.person if page in ("mine", "home") else amap.coordinator.person
    client.force_login(person)
    counts = []
    for size in (2, 12):
        for number in range(size):
            cheese.subscribe(f"MEMBRE {size} Numéro {number}", {cheese.tomme: 1})
            cheese.order(f"MEMBRE {size} Numéro {number}", 0, {cheese.yogurt: 1})
        if size == 12:
            for rank in range(6):
                cheese.order("ADAM Pécine", rank, {cheese.yogurt: 1, cheese.tomme: 2})
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25
