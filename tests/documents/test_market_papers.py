"""The papers of a market day: who comes, what each producer brings, the receipt of a basket."""

import io
import zipfile
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from escarcelle.catalogs.catalogues import ProductTerms, offer_product
from escarcelle.catalogs.producers import give_producer_access
from escarcelle.groups.members import give_role
from escarcelle.groups.models import Role
from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.promises import Named, receive
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import set_undelivered, weigh
from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right
from tests.market_cast import MARKET_DAY, at
from tests.web.pages import browser, statements

EVENING = at(MARKET_DAY, 18)


@pytest.fixture(autouse=True)
def _the_books_are_right_afterwards(db):
    yield
    assert_books_are_right()
    assert_baskets_agree_with_the_books()


@pytest.fixture
def ordered(market):
    """ADAM will say on the spot how they pay; BLANC announced a transfer; the coordinator ordered for PARIS."""
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban="FR7630006000011234567890189")
    market.order("PARIS Éric", {market.bread: 1}, by=market.admin)
    market.order("BLANC Alphée", {market.bread: 2, market.potatoes: 3}, way="transfer")
    market.order("ADAM Pécine", {market.courgettes: 2, market.chicken: 1}, way="on_the_spot")
    return market


@pytest.fixture
def url(market):
    return lambda name, *args: reverse(f"web:{name}", args=[market.group.slug, *args])


def basket_of(market, name):
    return market.day.baskets.get(account__member=market.client(name))


def text_of(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def cells_of(response):
    """The words of a workbook, and its numbers."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return archive.read("xl/sharedStrings.xml").decode(), archive.read("xl/worksheets/sheet1.xml").decode()


# --- Liste d’émargement ---


@pytest.mark.parametrize("layout", ["attendance_pdf", "attendance_compact_pdf"])
def test_the_list_says_who_comes_what_they_take_and_owe(ordered, url, layout):
    text = text_of(browser(ordered.admin).get(url(layout, ordered.day.pk)))

    assert "Liste d’émargement" in text
    assert "3 personnes attendues" in text
    assert text.index("ADAM Pécine") < text.index("BLANC Alphée") < text.index("PARIS Éric")
    for words in ("2 × Courgettes, le filet", "1 × Poulet fermier (1,800 kg)", "28,42 €", "Paiement sur place 28,42 €", "Virement 8,60 €"):
        assert words in text, words
    assert "commande faite pour le client" in text


@pytest.mark.parametrize(
    ("layout", "boxes"),
    [
        ("attendance_pdf", ["Promis", "Moyen", "N° du chèque", "Banque", "Payé", "Rendu", "Signature"]),
        ("attendance_compact_pdf", ["Promis", "Moyen", "N° du chèque", "Payé", "Rendu", "Signature"]),
    ],
)
def test_boxes_to_fill_follow_the_order_of_the_screen(ordered, url, layout, boxes):
    text = text_of(browser(ordered.admin).get(url(layout, ordered.day.pk)))

    assert " ".join(boxes) in text
    assert "Espèces" in text


def test_many_people_repeat_the_headings_and_none_is_cut(market, url):
    market.offer(cash=True, cheque=True)
    for rank in range(40):
        market.order(f"CLIENT{rank:02d} A", {market.bread: 1, market.eggs: 2, market.chicken: 1}, way="on_the_spot")

    pages = PdfReader(io.BytesIO(browser(market.admin).get(url("attendance_pdf", market.day.pk)).content)).pages

    assert len(pages) > 2
    assert all("Signature" in page.extract_text() for page in pages)
    everything = " ".join(page.extract_text() for page in pages)
    assert all(f"CLIENT{rank:02d} A" in everything for rank in range(40))


def test_typed_words_are_words(ordered, url):
    nasty = '#read("/etc/passwd") $x^2$ *gras* // fin'
    terms = ProductTerms(name=nasty, price_cents=100)
    ordered.order("ADAM Pécine", {offer_product(catalogue=ordered.bakery, terms=terms, by=ordered.admin): 1}, way="on_the_spot")

    for name in ("attendance_pdf", "attendance_compact_pdf"):
        text = text_of(browser(ordered.admin).get(url(name, ordered.day.pk)))
        assert '#read("/etc/passwd")' in text.replace(" ", "")  # a narrow column cuts the line
        assert "root:" not in text


def test_the_list_as_a_sheet_has_amounts_and_runs_nothing(ordered, url):
    ordered.order("=HYPERLINK(1)", {ordered.bread: 1}, by=ordered.admin)

    response = browser(ordered.admin).get(url("attendance_xlsx", ordered.day.pk))
    words, sheet = cells_of(response)

    assert "emargement-2026-09-05.xlsx" in response["Content-Disposition"]
    assert "ADAM Pécine" in words
    assert "28.42" in sheet
    assert "<f>" not in sheet


def test_nobody_expected_is_said(market, url):
    assert "Personne n’est attendu." in text_of(browser(market.admin).get(url("attendance_pdf", market.day.pk)))


def test_in_an_amap_the_list_has_who_collects_and_who_is_away(amap):
    amap.subscribe("ADAM Pécine", alternate="BLANC Alphée")
    delivery = amap.vegetables.deliveries.by_day().first()
    address = reverse("web:attendance_pdf", args=[amap.group.slug, delivery.distribution_id])

    text = text_of(browser(amap.admin).get(address))

    assert ("ADAM Pécine" in text) or ("BLANC Alphée" in text)
    assert "Promis" not in text
    assert "Signature" in text


# --- Bons de commande ---


def test_each_producer_has_a_page_with_what_they_bring(ordered, url):
    response = browser(ordered.admin).get(url("order_sheets_pdf", ordered.day.pk))

    farm, bakery = PdfReader(io.BytesIO(response.content)).pages
    text = " ".join(bakery.extract_text().replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "Ferme du Méné" in farm.extract_text()
    assert "Pain de campagne 3 n° 1, n° 2 (× 2) 8,40 €" in text


def test_one_producer_alone(ordered, url):
    text = text_of(browser(ordered.admin).get(url("order_sheet_pdf", ordered.day.pk, ordered.bakery.producer_id)))

    assert "Fournil de Port-Tudy" in text
    assert "Courgettes" not in text


def test_a_sheet_of_all_producers(ordered, url):
    words, sheet = cells_of(browser(ordered.admin).get(url("order_sheets_xlsx", ordered.day.pk)))
    alone, _ = cells_of(browser(ordered.admin).get(url("order_sheet_xlsx", ordered.day.pk, ordered.bakery.producer_id)))

    assert "Pommes de terre" in words
    assert "1500" in sheet
    assert "Pommes de terre" not in alone


def test_a_producer_sees_their_own_sheet_and_no_other(ordered, url):
    baker = ordered.client("LE GOFF Martine")
    give_producer_access(producer=ordered.bakery.producer, member=baker, by=ordered.admin)
    page = browser(baker)

    everything = text_of(page.get(url("order_sheets_pdf", ordered.day.pk)))
    assert "Pain de campagne" in everything
    assert "Courgettes" not in everything
    assert page.get(url("order_sheet_pdf", ordered.day.pk, ordered.bakery.producer_id)).status_code == 200
    assert page.get(url("order_sheet_pdf", ordered.day.pk, ordered.vegetables.producer_id)).status_code == 403
    assert page.get(url("order_sheet_xlsx", ordered.day.pk, ordered.vegetables.producer_id)).status_code == 403
    assert page.get(url("attendance_pdf", ordered.day.pk)).status_code == 403


def test_a_volunteer_reads_the_papers_and_a_client_does_not(ordered, url):
    volunteer, client = ordered.client("HAMON Denise"), ordered.client("ADAM Pécine")
    give_role(member=volunteer, role=Role.Name.VOLUNTEER, by=ordered.admin)

    for name in ("attendance_pdf", "attendance_compact_pdf", "attendance_xlsx", "order_sheets_pdf", "order_sheets_xlsx"):
        assert browser(volunteer).get(url(name, ordered.day.pk)).status_code == 200, name
        assert browser(client).get(url(name, ordered.day.pk)).status_code == 403, name


def test_another_groups_distribution_or_producer_does_not_exist(ordered, url, amap):
    elsewhere = amap.vegetables.deliveries.first().distribution_id
    page = browser(ordered.admin)

    assert page.get(url("attendance_pdf", elsewhere)).status_code == 404
    assert page.get(url("order_sheets_pdf", elsewhere)).status_code == 404
    assert page.get(url("order_sheet_pdf", ordered.day.pk, amap.farm.pk)).status_code == 404


# --- Reçu ---


@pytest.fixture
def collected(ordered):
    """ADAM's chicken weighs 1,652 kg, one of the two courgettes did not come; paid by cheque, validated."""
    basket = basket_of(ordered, "ADAM Pécine")
    courgettes, chicken = basket.lines.get(product=ordered.courgettes), basket.lines.get(product=ordered.chicken)
    weigh(line=chicken, grams=1652, at=EVENING, by=ordered.admin)
    set_undelivered(line=courgettes, count=1, at=EVENING, by=ordered.admin)
    promise = basket.promised_payments.get(state=PromisedPayment.State.PENDING)
    receive(promise=promise, named=Named("cash", MARKET_DAY), by=ordered.admin, today=MARKET_DAY, key=uuid4())
    validate_basket(basket=basket, at=EVENING, by=ordered.admin)
    return basket_of(ordered, "ADAM Pécine")


def test_a_receipt_says_what_was_taken_and_how_it_was_paid(ordered, collected, url):
    text = text_of(browser(ordered.client("ADAM Pécine")).get(url("receipt_pdf", collected.pk)))

    for words in (
        "Reçu, panier n° 3",
        "ADAM Pécine, validé le sam. 5 sept. 2026",
        "Poulet fermier 1,652 kg à 11,90 € le kilo Ferme du Méné 5,5 % 19,66 €",
        "Courgettes, le filet 1 × 3,50 €, 1 non livré Ferme du Méné 5,5 % 3,50 €",
        "À payer au marché 23,16 €",
        "Reçu, Espèces 23,16 €",
    ):
        assert words in text, words


def test_a_receipt_is_for_its_household_and_for_who_handles_baskets(ordered, collected, url):
    address = url("receipt_pdf", collected.pk)

    assert browser(ordered.admin).get(address).status_code == 200
    assert browser(ordered.client("BLANC Alphée")).get(address).status_code == 403


def test_there_is_no_receipt_before_the_basket_is_validated(ordered, url):
    basket = basket_of(ordered, "BLANC Alphée")

    assert browser(ordered.client("BLANC Alphée")).get(url("receipt_pdf", basket.pk)).url == url("order", basket.pk)
    assert browser(ordered.admin).get(url("receipt_pdf", basket.pk)).url == url("basket", basket.pk)


# --- Cost ---


def test_papers_take_the_same_statements_at_any_size(market, url):
    market.offer(cash=True, cheque=True)
    admin, counts = browser(market.admin), []
    for size in (2, 9):
        for rank in range(size):
            market.order(f"CLIENT{size}{rank} A", {market.bread: 1, market.chicken: 2, market.eggs: 2}, way="on_the_spot")
        names = ("attendance_pdf", "attendance_compact_pdf", "attendance_xlsx", "order_sheets_pdf", "order_sheets_xlsx")
        counts.append([statements(admin, url(name, market.day.pk)) for name in names])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20
