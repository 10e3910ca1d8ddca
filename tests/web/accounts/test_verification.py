"""Vérifier les comptes: everything read again, said in plain words."""

import pytest
from django.urls import reverse

from escarcelle.ledger.models import Book
from escarcelle.ledger.verification import Report
from escarcelle.web.accounts import verification
from tests.cast import found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def url(amap):
    return reverse("web:verify", args=[amap.group.slug])


def test_right_books_show_their_seals(amap, url):
    amap.pay(amap.subscribe("ADAM Pécine"), 5775)
    head = bytes(Book.objects.get(pk=amap.farm.book_id).last_hash).hex()
    client = browser(amap.treasurer)

    assert head not in client.get(url).content.decode()
    page = client.post(url)

    assert "Les comptes sont justes" in words(page)
    assert "2 écritures relues" in words(page)
    assert head in page.content.decode()
    assert "aucune écriture encore" in words(page)


def test_a_fault_is_named_and_what_to_do_is_said(amap, url, monkeypatch):
    def faulty(book_ids):
        return Report(book_count=2, transfer_count=2, heads=dict.fromkeys(book_ids, "ab"), faults=["book 1, transfer 2: its hash"])

    monkeypatch.setattr(verification, "verify_books", faulty)

    text = words(browser(amap.treasurer).post(url))

    assert "Les comptes ne sont pas justes" in text
    assert "N’enregistrez plus rien" in text
    assert "book 1, transfer 2: its hash" in text


def test_only_the_groups_own_books_are_read(amap, url, monkeypatch):
    found_amap("AMAP de Belle-Île")
    seen = []

    def spy(book_ids):
        seen.extend(book_ids)
        return Report(heads=dict.fromkeys(book_ids, ""))

    monkeypatch.setattr(verification, "verify_books", spy)
    browser(amap.treasurer).post(url)

    assert set(seen) == {amap.farm.book_id, amap.group.book_id}


def test_books_too_long_to_wait_for_are_left_to_the_host(amap, url, monkeypatch):
    amap.subscribe("ADAM Pécine")
    monkeypatch.setattr(verification, "MOST_TRANSFERS", 0)

    page = browser(amap.treasurer).post(url)

    assert page.context["report"] is None
    assert "manage.py ledger verify" in words(page)


def test_only_who_may_verify(amap, url):
    for member in (amap.coordinator, amap.volunteer, amap.producer_member, amap.member):
        assert browser(member).post(url).status_code == 403


def test_a_page_of_few_statements(amap, url):
    assert statements(browser(amap.treasurer), url) <= MOST_STATEMENTS
