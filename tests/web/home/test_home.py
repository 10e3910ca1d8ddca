"""Accueil: what awaits each of them, only what is true; when they collect next; how their balances stand."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.distributions.models import Delivery
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, change_member, link_person
from escarcelle.groups.models import Group
from escarcelle.payments.batches import BatchRow, cancel_batch, record_batch
from escarcelle.payments.models import Method
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import cancel_delivery
from tests.cast import TODAY, found_amap, received
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def url(amap):
    return reverse("web:home", args=[amap.group.slug])


def subscribed(amap, member, **details):
    amap.people[member.name] = member
    return amap.subscribe(member.name, **details)


def titles(response):
    return [task.title for task in response.context["tasks"]]


def test_a_treasurer_finds_what_is_owed_and_what_is_to_be_named(amap, url):
    adam = amap.subscribe("ADAM Pécine")
    amap.subscribe("BLANC Alphée")
    amap.pay(adam, 10000, method=Method.UNKNOWN)

    page = browser(amap.treasurer).get(url)

    assert titles(page) == ["Un paiement à préciser", "2 souscriptions avec un solde négatif"]
    text = words(page)
    assert "Bonjour Martine" in text
    assert "ADAM Pécine. 100,00 €, reçu le mar. 1er sept. 2026" in text
    assert "Contrat légumes, −1 286,32 € dus à Ferme de Groix" in text
    subscriptions = reverse("web:subscriptions", args=[amap.group.slug, amap.vegetables.pk])
    assert f'href="{subscriptions}?solde=negatif"' in page.content.decode()
    assert '<span class="count">2<' in page.content.decode()


def test_paying_takes_the_task_away(amap, url):
    amap.pay(amap.subscribe("ADAM Pécine"), 52 * 1333)

    page = browser(amap.treasurer).get(url)

    assert titles(page) == []
    assert "Aucun solde négatif, aucun paiement à préciser." in words(page)


def test_a_coordinator_is_told_of_their_contracts_only(amap, url):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    honey = amap.subscribe("ADAM Pécine", contract=amap.open("Contrat miel", bees, 950, weeks=4))
    amap.pay(honey, 100, method=Method.UNKNOWN)
    amap.subscribe("ADAM Pécine")

    page = browser(amap.coordinator).get(url)

    assert titles(page) == ["Une souscription avec un solde négatif"]
    assert "miel" not in words(page)
    assert len(titles(browser(amap.treasurer).get(url))) == 3


def test_todays_batches_can_be_undone_from_here(amap, url, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: timezone.localtime(timezone.now()).date())
    adam = amap.subscribe("ADAM Pécine")
    batch = record_batch(
        contract=amap.vegetables,
        rows=[BatchRow(adam.pk, received(5775)), BatchRow(adam.pk, received(5775))],
        on=TODAY,
        by=amap.treasurer,
        key=uuid4(),
    )

    page = browser(amap.treasurer).get(url)
    assert "2 paiements, 115,50 € aujourd’hui, pour Ferme de Groix, Contrat légumes" in words(page)
    assert reverse("web:batch_cancel", args=[amap.group.slug, amap.vegetables.pk, batch.pk]) in page.content.decode()
    assert "115,50" in words(browser(amap.coordinator).get(url))
    assert "115,50" not in words(browser(amap.member).get(url))
    cancel_batch(batch=batch, on=TODAY, by=amap.treasurer)
    assert "115,50" not in words(browser(amap.treasurer).get(url))
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)
    assert "115,50" not in words(browser(amap.treasurer).get(url))


def test_members_with_an_address_who_never_signed_in_can_be_invited(amap, url):
    someone = amap.someone("ADAM Pécine")
    assert titles(browser(amap.treasurer).get(url)) == []
    change_member(member=someone, details=PersonalDetails("Adam", "Pécine", "pecine@exemple.fr"), by=amap.admin)

    assert titles(browser(amap.treasurer).get(url)) == ["Un membre ne s’est jamais connecté"]
    assert titles(browser(amap.coordinator).get(url)) == []


def test_a_member_reads_their_debts_their_balances_and_no_one_elses(amap, url):
    mine = subscribed(amap, amap.member)
    amap.subscribe("ADAM Pécine")

    page = browser(amap.member).get(url)

    assert titles(page) == ["693,16\u00a0€ à régler"]
    text = words(page)
    assert "Vous payez : Ferme de Groix. Contrat légumes" in text
    assert "ADAM" not in text
    assert [(found.name, found.balance_cents) for found in page.context["mine"]] == [("Ferme de Groix", -69316)]
    amap.pay(mine, 69316)
    assert "Tous vos soldes sont à zéro ou en votre faveur." in words(browser(amap.member).get(url))


def test_nothing_yet_is_said_with_its_reason(amap, url):
    text = words(browser(amap.member).get(url))

    assert "Votre compte s’ouvre avec votre première souscription." in text
    assert "Vous ne récupérez rien ce jour-là." in text
    empty = found_amap("AMAP de Belle-Île")
    Delivery.objects.filter(group=empty.group).update(cancelled_at=timezone.now())
    assert "Aucune distribution prévue" in words(browser(empty.member).get(reverse("web:home", args=[empty.group.slug])))


def test_the_next_distribution_says_where_when_and_what(amap, url):
    subscribed(amap, amap.member, quantity=2)

    page = browser(amap.member).get(url)

    assert page.context["distribution"].on == dt.date(2026, 9, 6)
    assert "dim. 6 sept. 17 h 30 à 19 h, Salle du Bourg Vous récupérez : 2 x Panier de légumes (Contrat légumes)" in words(page)


def test_alternation_is_reckoned_absences_and_cancellations_too(amap, url):
    amap.people[amap.member.name] = amap.member
    shared = amap.subscribe("ADAM Pécine", alternate=amap.member.name)
    client = browser(amap.member)

    assert client.get(url).context["distribution"].on == dt.date(2026, 9, 13)
    assert "panier partagé avec ADAM Pécine" in words(client.get(url))
    second = amap.vegetables.deliveries.get(distribution__on=dt.date(2026, 9, 13))
    set_absences(subscription=shared, deliveries=[second], on=TODAY, by=amap.treasurer, may_change_past=False)
    assert client.get(url).context["distribution"].on == dt.date(2026, 9, 27)
    fourth = amap.vegetables.deliveries.get(distribution__on=dt.date(2026, 9, 27))
    cancel_delivery(delivery=fourth, reason="tempête", on=TODAY, by=amap.treasurer)
    assert client.get(url).context["distribution"].on == dt.date(2026, 10, 11)


def test_the_last_distribution_is_behind(amap, url, monkeypatch):
    subscribed(amap, amap.member)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2028, 1, 1))

    assert "Aucune distribution prévue" in words(browser(amap.member).get(url))


def test_a_producer_finds_their_contracts_and_nobody_elses(amap, url):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    amap.open("Contrat miel", bees, 950, weeks=4)
    amap.subscribe("ADAM Pécine")

    page = browser(amap.producer_member).get(url)

    [found] = page.context["to_bring"]
    assert (found.contract.name, found.subscription_count, found.next_delivery.distribution.on) == (
        "Contrat légumes",
        1,
        dt.date(2026, 9, 6),
    )
    give_producer_access(producer=bees, member=amap.producer_member, by=amap.admin)
    assert len(browser(amap.producer_member).get(url).context["to_bring"]) == 2


def test_a_producer_reads_what_to_bring_and_what_is_owed(amap, url):
    adam = amap.subscribe("ADAM Pécine", quantity=2)
    amap.pay(adam, 2 * 52 * 1333)
    first = amap.vegetables.deliveries.get(distribution__on=dt.date(2026, 9, 6))
    amap.subscribe("LE GOFF Martine")
    away = amap.subscribe("CORRE Yannick", quantity=5)
    set_absences(subscription=away, deliveries=[first], on=TODAY, by=amap.treasurer, may_change_past=False)
    amap.subscribe("BLANC Alphée", starts_on=dt.date(2026, 9, 13))

    text = words(browser(amap.producer_member).get(url))

    assert "À apporter 3 x Panier de légumes dim. 6 sept. 2026, 17 h 30, Salle du Bourg" in text
    assert "Contrat légumes, 4 souscriptions. Reste dû : −4 772,14 €, par 3 personnes." in text


def test_a_new_group_is_told_what_to_begin_with(amap, url):
    details = PersonalDetails("TONNERRE", "Anne")
    houat, founder = found_group(name="AMAP de Houat", kind=Group.Kind.AMAP, administrator=details, on=TODAY)
    link_person(member=founder, person=amap.admin.person)

    page = browser(founder).get(reverse("web:home", args=[houat.slug]))

    assert titles(page) == ["Ajouter les membres", "Ouvrir le premier contrat", "Ou arriver de CAMAP"]
    for task in page.context["tasks"]:
        assert browser(founder).get(task.url).status_code == 200
    assert "Ouvrir le premier contrat" not in titles(browser(amap.admin).get(url))


def test_who_may_read_the_list_of_the_day_finds_it_from_here(amap, url):
    link = "Voir qui vient"

    assert link in words(browser(amap.volunteer).get(url))
    assert link not in words(browser(amap.member).get(url))


def test_another_groups_home_does_not_exist(amap, url):
    stranger = found_amap("AMAP de Belle-Île").admin

    assert browser(stranger).get(url).status_code == 404


@pytest.mark.parametrize("role", ["treasurer", "coordinator", "producer_member", "member", "volunteer", "admin"])
def test_statements_do_not_depend_on_how_much_there_is(amap, url, role):
    subscribed(amap, getattr(amap, role))
    client = browser(getattr(amap, role))
    amap.pay(amap.subscribe("ADAM Pécine"), 100, method=Method.UNKNOWN)
    few = statements(client, url)
    for rank in range(10):
        amap.pay(amap.subscribe(f"NOMBREUX Numéro{rank}"), 100 + rank, method=Method.UNKNOWN)
    producer = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    subscribed(amap, getattr(amap, role), contract=amap.open("Contrat miel", producer, 950, weeks=4))

    assert statements(client, url) == few <= MOST_STATEMENTS
