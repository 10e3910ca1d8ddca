"""Solde des adhérents: everybody with one payee, debtors first, on one scale."""

import re

import pytest
from django.urls import reverse

from escarcelle.catalogs.departures import leave
from escarcelle.catalogs.producers import create_producer
from escarcelle.groups.accounts import general_account
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group
from escarcelle.payments.opening_balances import TakeOver, take_over
from tests.cast import TODAY, found_amap, signed_in
from tests.web.pages import MOST_STATEMENTS, browser, statements, words

TOTAL_CENTS = 52 * 1333


@pytest.fixture
def url(amap):
    return reverse("web:balances", args=[amap.group.slug])


@pytest.fixture
def three(amap):
    """ADAM owes everything, BLANC nothing, KERVELLA paid too much."""
    found = [amap.subscribe(name) for name in ("KERVELLA Nolwenn", "BLANC Alphée", "ADAM Pécine")]
    amap.pay(found[0], TOTAL_CENTS + 2666)
    amap.pay(found[1], TOTAL_CENTS)
    return found


def names(response):
    return [line.row.member_name for line in response.context["lines"]]


def test_debtors_first_with_the_figures_of_the_payee(amap, url, three):
    page = browser(amap.treasurer).get(url)

    assert names(page) == ["ADAM Pécine", "BLANC Alphée", "KERVELLA Nolwenn"]
    text = words(page)
    for figure in ("−693,16 €", "dû par un adhérent", "+26,66 €", "avoir d’un adhérent", "adhérent à jour", "3 adhérents", "dû −666,50 €"):
        assert figure in text, figure
    assert "aucun paiement" in text
    assert "Chèque de 719,82 € le mar. 1er sept. 2026" in text


def test_one_bar_each_on_one_scale_around_zero(amap, url, three):
    html = browser(amap.treasurer).get(url).content.decode()

    bars = re.findall(r'<svg class="zero (\w+)".*?</svg>', html)
    widths = re.findall(r'<rect x="([-\d.]+)" y="1" width="([\d.]+)"', html)
    assert bars == ["owed", "even", "good"]
    assert widths == [("-100.0", "100.0"), ("0", "3.8")]


def test_filters_and_search_keep_the_figures_and_the_scale(amap, url, three):
    client = browser(amap.treasurer)

    assert names(client.get(f"{url}?solde=du")) == ["ADAM Pécine"]
    assert names(client.get(f"{url}?solde=a-jour")) == ["BLANC Alphée"]
    favoured = client.get(f"{url}?solde=avoir")
    assert names(favoured) == ["KERVELLA Nolwenn"]
    assert favoured.context["found"].largest_cents == TOTAL_CENTS
    assert "dû par un adhérent" in words(favoured)
    assert "1 adhérent sur 3" in words(favoured)
    assert names(client.get(f"{url}?q=bla")) == ["BLANC Alphée"]
    assert "Personne ici" in words(client.get(f"{url}?q=zzz"))
    assert names(client.get(f"{url}?solde=n-importe-quoi&beneficiaire=0")) == names(client.get(url))


def test_each_row_leads_to_the_account_and_to_the_payment_of_the_debt(amap, url, three):
    adam = three[2]
    general_account(group=amap.group, member=adam.member, book_id=amap.farm.book_id)

    line = browser(amap.treasurer).get(url).context["lines"][0]

    assert line.account_url == reverse("web:account", args=[amap.group.slug, adam.member_id])
    assert line.payments_url == f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/souscriptions/{adam.pk}/paiements/"


def test_payees_are_tabs_and_balances_never_meet(amap, url, three):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    amap.subscribe("ADAM Pécine", contract=amap.open("Contrat miel", bees, 950, weeks=4))
    client = browser(amap.treasurer)

    page = client.get(url)
    assert [tab.label for tab in page.context["subtabs"]] == ["Ferme de Groix", "Rucher de Kerlard"]
    assert page.context["found"].shown_cents == 2666 - TOTAL_CENTS
    honey = client.get(url + page.context["subtabs"][1].url)
    assert [line.row.balance_cents for line in honey.context["lines"]] == [-3800]


def test_who_left_still_owes(amap, url, three):
    leave(member=three[2].member, on=TODAY, by=amap.admin)

    assert "a quitté le groupe" in words(browser(amap.treasurer).get(url))


def test_a_market_has_clients_of_the_market(db):
    market = found_amap("Direct Paysans")
    Group.objects.filter(pk=market.group.pk).update(kind=Group.Kind.MARKET)
    account = general_account(group=market.group, member=market.member, book_id=market.group.book_id)
    take_over(group=market.group, balances=[TakeOver(account, -1250)], on=TODAY, today=TODAY, by=market.treasurer)

    page = browser(market.treasurer).get(reverse("web:balances", args=[market.group.slug]))

    text = words(page)
    assert "Solde des clients" in text
    assert "dû par un client" in text
    assert "adhérent" not in text.replace("adhérente", "")
    assert page.context["lines"][0].payments_url.endswith(f"/comptes/{account.pk}/paiements/")


def test_an_empty_group_says_when_accounts_open(amap, url):
    assert "Aucun compte encore" in words(browser(amap.treasurer).get(url))


def test_the_export_is_what_is_shown(amap, url, three):
    export = reverse("web:balances_export", args=[amap.group.slug, "csv"])
    sheet = browser(amap.treasurer).get(f"{export}?solde=du").content.decode("utf-8-sig").splitlines()

    assert sheet[1:] == ["ADAM Pécine;Ferme de Groix;-693,16;;"]
    assert browser(amap.treasurer).get(reverse("web:balances_export", args=[amap.group.slug, "exe"])).status_code == 404


def test_only_who_may_see_accounts(amap, url):
    for member in (amap.coordinator, amap.volunteer, amap.producer_member, amap.member):
        assert browser(member).get(url).status_code == 403
    assert browser(amap.admin).get(url).status_code == 200
    stranger = found_amap("AMAP de Belle-Île").treasurer
    assert browser(stranger).get(url).status_code == 404


def test_statements_do_not_depend_on_how_many_accounts_there_are(amap, url):
    for rank in range(5):
        amap.pay(amap.subscribe(f"PREMIER Numéro{rank}"), 100)
    client = browser(amap.treasurer)
    few = statements(client, url)
    for rank in range(35):
        amap.pay(amap.subscribe(f"SECOND Numéro{rank}"), 100)

    assert statements(client, url) == few <= MOST_STATEMENTS


def test_a_name_cannot_write_html(amap, url):
    amap.subscribe("<script>alert(1)</script> Zoé")

    assert "<script>alert" not in browser(amap.treasurer).get(url).content.decode()


def test_second_persons_have_no_row(amap, url, three):
    signed_in(
        create_member(group=amap.group, details=PersonalDetails("Adam", "Mathurin"), on=TODAY, by=amap.admin, household_of=three[2].member)
    )

    assert len(names(browser(amap.treasurer).get(url))) == 3
