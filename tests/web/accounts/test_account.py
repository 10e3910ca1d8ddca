"""Compte: the same lines and figures for whoever may see them, nothing for whoever may not."""

import datetime as dt
import re
from io import BytesIO
from itertools import pairwise
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.distributions.models import Delivery
from escarcelle.groups.accounts import general_account
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import record_payment
from escarcelle.subscriptions.calendar import cancel_delivery, change_price
from escarcelle.subscriptions.signing import withdraw
from tests.cast import TODAY, found_amap, received, signed_in
from tests.web.pages import MOST_STATEMENTS, browser, statements, words

TOTAL_CENTS = 52 * 1333


def url(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *args])


def account_url(amap, subscription):
    return url(amap, "account", subscription.member_id)


def rows(response):
    return response.context["statement"].rows


def dd(part):
    """The computation of an amount as its figures."""
    return [found.amount_cents for found in part]


@pytest.fixture
def adam(amap):
    return amap.subscribe("ADAM Pécine")


def test_a_signature_is_explained_by_its_distributions_and_prices(amap, adam):
    change_price(product=amap.basket, price_cents=1400, from_date=dt.date(2027, 1, 1), on=TODAY, by=amap.treasurer)
    blanc = amap.subscribe("BLANC Alphée")

    page = browser(amap.treasurer).get(account_url(amap, blanc))

    [row] = rows(page)
    assert row.amount_cents == -(17 * 1333 + 35 * 1400)
    assert dd(row.why.parts) == [17 * 1333, 35 * 1400]
    assert row.why.total.amount_cents == -row.amount_cents
    text = words(page)
    assert "Compte de BLANC Alphée" in text
    assert "17 distributions du 06/09/2026 au 27/12/2026, 1 x Panier de légumes à 13,33 €" in text
    assert "1 x Panier de légumes à chaque distribution. 52 distributions" in text
    assert "Martine Le Goff" in text


def test_each_change_is_explained_by_the_step_it_made(amap, adam):
    delivery = Delivery.objects.filter(contract=amap.vegetables).by_day().first()
    cancel_delivery(delivery=delivery, reason="tempête", on=TODAY, by=amap.treasurer)

    page = browser(amap.treasurer).get(account_url(amap, adam))

    signed, cancelled = rows(page)
    assert dd(signed.why.parts) == [0, TOTAL_CENTS]
    assert signed.why.total.amount_cents == -TOTAL_CENTS
    assert dd(cancelled.why.parts) == [51 * 1333, 51 * 1333, TOTAL_CENTS]
    assert cancelled.why.total.amount_cents == 1333 == cancelled.amount_cents
    assert signed.details == ()
    assert "Distribution du 06/09/2026 annulée" in words(page)
    assert "tempête" in words(page)


def test_a_withdrawn_subscription_says_so_and_comes_back_to_zero(amap, adam):
    withdraw(subscription=adam, on=TODAY, by=amap.treasurer)

    page = browser(amap.treasurer).get(account_url(amap, adam))

    assert [row.amount_cents for row in rows(page)] == [-TOTAL_CENTS, TOTAL_CENTS]
    assert dd(rows(page)[-1].why.parts) == [TOTAL_CENTS, 0]
    assert page.context["statement"].balance_cents == 0
    assert "supprimée" in words(page)


def test_a_correction_is_one_line_that_opens(amap, adam):
    payment = amap.pay(adam, 7575, number="4471204")
    correct_payment(payment=payment, received=received(5775, number="4471204"), reason="chiffres inversés", on=TODAY, by=amap.treasurer)

    page = browser(amap.treasurer).get(account_url(amap, adam))

    _signed, paid, corrected = rows(page)
    assert (paid.amount_cents, paid.balance_cents) == (7575, -TOTAL_CENTS + 7575)
    assert "Corrigé ensuite" in paid.details
    assert corrected.is_correction
    assert (corrected.amount_cents, corrected.balance_cents) == (-1800, -TOTAL_CENTS + 5775)
    assert dd(corrected.parts) == [-7575, 5775]
    assert corrected.reason == "chiffres inversés"
    assert re.search(r"<details>\s*<summary[^>]*>.*?Correction du paiement du", page.content.decode(), re.DOTALL)


def test_a_cancelled_payment_says_what_it_takes_back(amap, adam):
    payment = amap.pay(adam, 5775)
    cancel_payment(payment=payment, reason="chèque rendu", on=TODAY, by=amap.treasurer)

    _signed, paid, cancelled = rows(browser(amap.treasurer).get(account_url(amap, adam)))

    assert "Annulé ensuite" in paid.details
    assert (cancelled.amount_cents, dd(cancelled.parts)) == (-5775, [-5775])
    assert cancelled.parts[0].words.startswith("Annulé")


def test_member_treasurer_coordinator_and_producer_read_the_same(amap):
    mine = _subscribed(amap, amap.member)
    record_payment(account=mine.account, received=received(5775), on=TODAY, by=amap.treasurer)
    contract_page = url(amap, "subscription_account", amap.vegetables.pk, mine.pk)

    pages = [
        browser(amap.member).get(url(amap, "my_account")),
        browser(amap.treasurer).get(account_url(amap, mine)),
        browser(amap.coordinator).get(contract_page),
        browser(amap.producer_member).get(contract_page),
    ]

    assert {page.status_code for page in pages} == {200}
    assert {(rows(page), page.context["statement"].balance_cents) for page in pages} == {(rows(pages[0]), -TOTAL_CENTS + 5775)}


def _subscribed(amap, member):
    amap.people[member.name] = member
    return amap.subscribe(member.name)


def test_the_second_person_of_a_household_sees_the_household(amap):
    _subscribed(amap, amap.member)
    second = signed_in(
        create_member(group=amap.group, details=PersonalDetails("Hamon", "Louis"), on=TODAY, by=amap.admin, household_of=amap.member)
    )

    page = browser(second).get(url(amap, "my_account"))

    assert page.context["statement"].balance_cents == -TOTAL_CENTS
    assert "au nom de HAMON Denise" in words(page)


def test_payees_are_never_added_up(amap, adam):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    honey = amap.subscribe("ADAM Pécine", contract=amap.open("Contrat miel", bees, 950, weeks=4))
    record_payment(account=honey.account, received=received(5000), on=TODAY, by=amap.treasurer)

    page = browser(amap.treasurer).get(account_url(amap, adam))

    assert [(link.name, link.balance_cents) for link in page.context["payees"]] == [
        ("Ferme de Groix", -TOTAL_CENTS),
        ("Rucher de Kerlard", 5000 - 4 * 950),
    ]
    assert "ces soldes ne s’additionnent pas" in words(page)
    other = browser(amap.treasurer).get(f"{account_url(amap, adam)}?beneficiaire={bees.book_id}")
    assert other.context["statement"].balance_cents == 1200


def test_accounts_with_one_payee_are_added_up(amap, adam):
    general = general_account(group=amap.group, member=adam.member, book_id=amap.farm.book_id)
    take_over(group=amap.group, balances=[TakeOver(general, 2000)], on=TODAY, today=TODAY, by=amap.treasurer)

    page = browser(amap.treasurer).get(account_url(amap, adam))

    assert [(link.name, link.balance_cents) for link in page.context["accounts"]] == [
        ("Contrat légumes", -TOTAL_CENTS),
        ("Compte général", 2000),
    ]
    assert page.context["payee"].balance_cents == -TOTAL_CENTS + 2000
    opened = browser(amap.treasurer).get(f"{account_url(amap, adam)}?compte={general.pk}")
    assert [row.amount_cents for row in rows(opened)] == [2000]


def test_the_plot_says_what_it_shows_and_its_figures_stand_beside_it(amap, adam):
    amap.pay(adam, 10000)
    page = browser(amap.treasurer).get(account_url(amap, adam))
    html = page.content.decode()

    plot = re.search(r'<svg class="plot"[^>]*role="img" aria-label="([^"]+)"', html)
    assert plot
    assert "−593,16" in plot[1].replace("\u202f", "")
    table = html[html.index("Les chiffres du tracé") : html.index("</figure>")]
    assert "−593,16" in table
    assert "style=" not in html


def test_pages_carry_their_balance_forward_and_keep_corrections_whole(amap, adam):
    for rank in range(60):
        payment = amap.pay(adam, 100 + rank)
        if rank % 7 == 0:
            correct_payment(payment=payment, received=received(50), reason="erreur", on=TODAY, by=amap.treasurer)
    client, found, query = browser(amap.treasurer), [], ""
    while True:
        page = client.get(account_url(amap, adam) + query)
        assert page.status_code == 200
        found.append(page.context["statement"])
        if not page.context["older_url"]:
            break
        query = page.context["older_url"]

    assert len(found) > 1
    for newer, older in pairwise(found):
        assert older.balance_cents == newer.carried_cents
    for statement in found:
        running = statement.carried_cents
        for row in statement.rows:
            running += row.amount_cents
            assert row.balance_cents == running
        assert running == statement.balance_cents
    every = [row for statement in reversed(found) for row in statement.rows]
    assert found[-1].carried_cents == 0
    assert sum(len(row.parts) == 2 for row in every) == 9
    assert not [row for row in every if len(row.parts) == 1]
    assert dd(every[0].why.parts)[-1] == TOTAL_CENTS


@pytest.mark.parametrize("token", ["x", "1:2:3", "WzEsMiwzLDQsdHJ1ZV0:1abc:def"])
def test_an_invented_page_does_not_exist(amap, adam, token):
    assert browser(amap.treasurer).get(f"{account_url(amap, adam)}?avant={token}").status_code == 404


def test_a_page_of_one_account_does_not_open_another(amap, adam):
    for rank in range(60):
        amap.pay(adam, 100 + rank)
    older = browser(amap.treasurer).get(account_url(amap, adam)).context["older_url"]
    blanc = amap.subscribe("BLANC Alphée")

    assert browser(amap.treasurer).get(account_url(amap, adam) + older).status_code == 200
    assert browser(amap.treasurer).get(account_url(amap, blanc) + older).status_code == 404


def test_a_member_who_edits_the_address_is_refused(amap, adam):
    mine = _subscribed(amap, amap.member)
    client = browser(amap.member)

    assert client.get(account_url(amap, adam)).status_code == 403
    assert client.get(f"{url(amap, 'my_account')}?compte={adam.account_id}").status_code == 404
    assert client.get(url(amap, "account_pdf", adam.account_id)).status_code == 403
    assert client.get(url(amap, "account_export", adam.account_id, "csv")).status_code == 403
    assert client.get(url(amap, "subscription_account", amap.vegetables.pk, adam.pk)).status_code == 403
    assert client.get(url(amap, "account_pdf", mine.account_id)).status_code == 200


def test_a_producer_sees_their_contract_and_nothing_else_of_the_member(amap, adam):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    honey = amap.subscribe("ADAM Pécine", contract=amap.open("Contrat miel", bees, 950, weeks=4))
    client = browser(amap.producer_member)

    page = client.get(url(amap, "subscription_account", amap.vegetables.pk, adam.pk))
    assert page.status_code == 200
    assert "miel" not in words(page)
    assert client.get(url(amap, "subscription_account", honey.contract_id, honey.pk)).status_code == 403
    assert client.get(url(amap, "account_pdf", honey.account_id)).status_code == 403
    assert client.get(url(amap, "account_pdf", adam.account_id)).status_code == 200
    give_producer_access(producer=bees, member=amap.producer_member, by=amap.admin)
    assert client.get(url(amap, "subscription_account", honey.contract_id, honey.pk)).status_code == 200


def test_another_groups_accounts_do_not_exist(amap, adam):
    elsewhere = found_amap("AMAP de Belle-Île")
    theirs = elsewhere.subscribe("MOREAU Jean")
    client = browser(amap.treasurer)

    assert client.get(url(amap, "account", theirs.member_id)).status_code == 404
    assert client.get(url(amap, "account_pdf", theirs.account_id)).status_code == 404
    assert client.get(url(amap, "account_export", theirs.account_id, "csv")).status_code == 404
    assert client.get(url(amap, "subscription_account", theirs.contract_id, theirs.pk)).status_code == 404
    assert client.get(url(amap, "subscription_account", amap.vegetables.pk, theirs.pk)).status_code == 404
    assert client.get(account_url(elsewhere, theirs)).status_code == 404


def test_statements_do_not_depend_on_the_history(amap, adam):
    amap.pay(adam, 100)
    client, page = browser(amap.treasurer), account_url(amap, adam)
    pages = [
        page,
        url(amap, "subscription_account", amap.vegetables.pk, adam.pk),
        url(amap, "account_pdf", adam.account_id),
        url(amap, "account_export", adam.account_id, "csv"),
    ]
    for rank in range(10):
        amap.pay(adam, 100 + rank)
    few = [statements(client, found) for found in pages]
    for rank in range(190):
        amap.pay(adam, 10 + rank)

    assert [statements(client, found) for found in pages] == few
    assert max(few) <= MOST_STATEMENTS


def test_the_paper_says_what_the_screen_says(amap, adam):
    payment = amap.pay(adam, 7575, number="4471204")
    correct_payment(payment=payment, received=received(5775, number="4471204"), reason="chiffres inversés", on=TODAY, by=amap.treasurer)

    response = browser(amap.treasurer).get(url(amap, "account_pdf", adam.account_id))

    assert response["Content-Type"] == "application/pdf"
    assert "releve-adam-pecine-contrat-legumes.pdf" in response["Content-Disposition"]
    text = _text(response.content)
    for words_of_the_screen in (
        "ADAM Pécine",
        "Ferme de Groix",
        "Contrat légumes",
        "−635,41 €",
        "−693,16 €",
        "−18,00 €",
        "chiffres inversés",
        "Martine Le Goff",
    ):
        assert words_of_the_screen in text, words_of_the_screen


def _text(pdf):
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_names_and_words_cannot_write_formulas_or_typst(amap):
    evil = amap.subscribe('=CMD #read("/etc/passwd") $x$ <b>')
    record_payment(account=evil.account, received=received(100, bank="=1+1"), on=TODAY, by=amap.treasurer)
    client = browser(amap.treasurer)

    assert client.get(url(amap, "account_pdf", evil.account_id)).status_code == 200
    sheet = client.get(url(amap, "account_export", evil.account_id, "csv")).content.decode("utf-8-sig")
    assert all(not cell.startswith("=") for line in sheet.splitlines() for cell in line.split(";"))
    assert "<b>" not in client.get(account_url(amap, evil)).content.decode().replace("<b>Ferme de Groix</b>", "").replace(
        "<b>−", ""
    ).replace("<b>Esc", "")


def test_no_account_is_said_plainly(amap):
    assert "Votre compte s’ouvre avec votre première souscription" in words(browser(amap.member).get(url(amap, "my_account")))
    page = browser(amap.treasurer).get(url(amap, "account", amap.member.pk))
    assert page.status_code == 200
    assert "Un compte s’ouvre avec une souscription" in words(page)


def test_the_same_key_pays_once_and_shows_once(amap, adam):
    key = uuid4()
    for _ in range(2):
        record_payment(account=adam.account, received=received(5775), on=TODAY, by=amap.treasurer, key=key)

    assert [row.amount_cents for row in rows(browser(amap.treasurer).get(account_url(amap, adam)))] == [-TOTAL_CENTS, 5775]
