"""Payments one by one: the journal of the group, those of an account, a correction, a cancellation."""

import pytest
from django.utils import timezone

from escarcelle.groups.accounts import general_account
from escarcelle.payments.models import Payment
from tests.cast import balance_of, found_amap
from tests.web.pages import as_sent, browser, statements, words


@pytest.fixture
def home(amap):
    return f"/g/{amap.group.slug}/"


@pytest.fixture
def url(amap, home, subscriptions):
    return f"{home}contrats/{amap.vegetables.pk}/souscriptions/{subscriptions[0].pk}/paiements/"


def test_a_payment_is_proposed_with_the_debt_and_recorded_once(treasurer, url, subscriptions):
    page = treasurer.get(url)
    form = page.context["form"]
    assert form["amount"].value() == "693,16"
    sent = as_sent(form, number="4471201", bank="LCL", drawer="Tante Jeanne")
    for _ in range(2):
        assert treasurer.post(url, sent).url == url
    assert balance_of(subscriptions[0]) == 0
    payment = Payment.objects.get()
    assert (payment.cheque.number, payment.cheque.drawer, payment.cheque.written_on) == ("4471201", "Tante Jeanne", timezone.localdate())
    text = words(treasurer.get(url))
    assert "Chèque n° 4471201, LCL tiré par Tante Jeanne" in text
    assert "Total reçu 693,16 €" in text


@pytest.mark.parametrize(
    ("box", "typed", "sentence"),
    [
        ("amount", "12,345", "trois chiffres"),
        ("amount", "", "Il manque un montant."),
        ("amount", "-5", "est négatif"),
        ("amount", "0", "supérieur à zéro"),
        ("received_on", "31/12/2098", "n’est pas encore passé"),
        ("method", "cash", "cash"),
        ("number", "9" * 21, "trop long"),
        ("planned_on", "jamais", "n’est pas une date"),
    ],
)
def test_a_refusal_is_said_beside_its_box(treasurer, url, box, typed, sentence):
    sent = as_sent(treasurer.get(url).context["form"], bank="Banque <b>d’ici</b>", **{box: typed})
    response = treasurer.post(url, sent)
    assert response.status_code == 422
    assert sentence in words(response)
    assert f'id="id_{box}_error"' in response.content.decode()
    assert "Banque &lt;b&gt;d’ici&lt;/b&gt;" in response.content.decode()
    assert not Payment.objects.exists()


def test_a_correction_gives_its_reason_and_both_stay_to_be_seen(treasurer, amap, home, url, subscriptions):
    payment = amap.pay(subscriptions[0], 6000, number="77")
    change = f"{home}paiements/{payment.pk}/corriger/"
    form = treasurer.get(change).context["form"]
    assert form["amount"].value() == "60,00"
    assert treasurer.post(change, as_sent(form, amount="66", reason="")).status_code == 422
    sent = as_sent(form, amount="66", reason="chiffre mal lu")
    for _ in range(2):
        assert treasurer.post(change, sent).url == url
    assert balance_of(subscriptions[0]) == -69316 + 6600
    text = words(treasurer.get(url))
    assert "corrigé" in text
    assert "remplace le paiement du" in text
    late = treasurer.post(change, as_sent(treasurer.get(change).context["form"], amount="67", reason="encore"))
    assert late.status_code == 422
    assert "Ce paiement a déjà été annulé ou corrigé." in words(late)


def test_a_cancellation_gives_its_reason(treasurer, amap, home, url, subscriptions):
    payment = amap.pay(subscriptions[0], 6000)
    cancel = f"{home}paiements/{payment.pk}/annuler/"
    form = treasurer.get(cancel).context["form"]
    assert treasurer.post(cancel, as_sent(form, reason=" ")).status_code == 422
    for _ in range(2):
        assert treasurer.post(cancel, as_sent(form, reason="rendu au guichet")).url == url
    assert balance_of(subscriptions[0]) == -69316
    assert "annulé" in words(treasurer.get(url))


def test_the_journal_goes_page_by_page_without_losing_one(treasurer, amap, home, subscriptions):
    for cents in range(101, 221):
        amap.pay(subscriptions[cents % 5], cents)
    seen, address = [], f"{home}paiements/"
    while address:
        page = treasurer.get(address)
        seen += [row.payment.amount_cents for row in page.context["rows"]]
        address = page.context["older_url"] and f"{home}paiements/{page.context['older_url']}"
    assert seen == list(range(220, 100, -1))
    for odd in ("x", "-1", "9" * 30, "²"):
        assert treasurer.get(f"{home}paiements/", {"avant": odd}).status_code == 404


def test_the_journal_finds_what_is_to_be_named(treasurer, amap, home, subscriptions):
    amap.pay(subscriptions[0], 100)
    amap.pay(subscriptions[1], 200, method="unknown")
    page = treasurer.get(f"{home}paiements/", {"moyen": "a-preciser"})
    assert [row.payment.amount_cents for row in page.context["rows"]] == [200]
    assert "Espèces" not in words(page)
    assert len(treasurer.get(f"{home}paiements/", {"moyen": "tout et rien"}).context["rows"]) == 2


def test_a_coordinator_sees_and_changes_the_payments_of_their_contracts_only(amap, home, subscriptions):
    eggs = amap.open("Contrat œufs", amap.farm, 300)
    theirs = amap.pay(subscriptions[0], 100)
    others = amap.pay(amap.subscribe("ADAM Pécine", contract=eggs), 200)
    coordinator = browser(amap.coordinator)
    assert [row.payment for row in coordinator.get(f"{home}paiements/").context["rows"]] == [theirs]
    for act in ("corriger", "annuler"):
        assert coordinator.get(f"{home}paiements/{theirs.pk}/{act}/").status_code == 200
        assert coordinator.get(f"{home}paiements/{others.pk}/{act}/").status_code == 403


def test_nobody_reaches_the_payments_of_another_group(amap, home, subscriptions, url):
    payment = amap.pay(subscriptions[0], 100)
    outsider = found_amap("AMAP d’ailleurs")
    client = browser(outsider.treasurer)
    there = f"/g/{outsider.group.slug}/"
    for path in ("corriger", "annuler"):
        assert client.get(f"{there}paiements/{payment.pk}/{path}/").status_code == 404
        assert client.get(f"{home}paiements/{payment.pk}/{path}/").status_code == 404
    assert client.get(f"{there}comptes/{payment.account_id}/paiements/").status_code == 404
    assert client.get(url).status_code == 404
    for member in (amap.member, amap.volunteer, amap.producer_member):
        assert browser(member).get(url).status_code == 403
        assert browser(member).get(f"{home}paiements/").status_code == 403


def test_a_general_account_takes_payments_too(amap, treasurer, home, subscriptions):
    account = general_account(group=amap.group, member=subscriptions[0].member, book_id=amap.farm.book_id)
    url = f"{home}comptes/{account.pk}/paiements/"
    form = treasurer.get(url).context["form"]
    assert treasurer.post(url, as_sent(form, amount="12")).url == url
    assert "Total reçu 12,00 €" in words(treasurer.get(url))
    assert treasurer.get(f"{home}comptes/{subscriptions[0].account_id}/paiements/").status_code == 404
    payment = Payment.objects.get()
    cancel = f"{home}paiements/{payment.pk}/annuler/"
    assert treasurer.post(cancel, as_sent(treasurer.get(cancel).context["form"], reason="erreur")).url == url
    assert browser(amap.coordinator).get(cancel).status_code == 403


@pytest.mark.parametrize("path", ["paiements/", "one"])
def test_statements_do_not_depend_on_the_number_of_payments(amap, treasurer, home, url, subscriptions, path):
    address = url if path == "one" else f"{home}{path}"
    amap.pay(subscriptions[0], 100)
    few = statements(treasurer, address)
    for cents in range(1, 30):
        amap.pay(subscriptions[0 if path == "one" else cents % 5], cents)
    assert statements(treasurer, address) == few <= 15


def test_a_cheque_entered_again_is_recorded_and_said(treasurer, amap, url, subscriptions):
    amap.pay(subscriptions[1], 5775, number="4471202", bank="Crédit Mutuel")
    sent = as_sent(treasurer.get(url).context["form"], amount="57,75", number="4471202", bank="Crédit mutuel")
    assert treasurer.post(url, sent).url == url
    assert "Le n° 4471202 (Crédit mutuel) est déjà enregistré pour BLANC Alphée, 57,75 €, reçu le 01/09/2026." in words(treasurer.get(url))
    assert Payment.objects.count() == 2


def test_as_much_on_the_same_day_is_said_other_numbers_are_not(treasurer, amap, url, subscriptions):
    for number, said in (("1", False), ("2", False), ("", True)):
        sent = as_sent(treasurer.get(url).context["form"], amount="10", number=number)
        treasurer.post(url, sent)
        assert ("étaient déjà enregistrés" in words(treasurer.get(url))) is said
