"""The catalogues of a market: opened, changed, and what they offer."""

import pytest
from django.urls import reverse

from escarcelle.catalogs.catalogues import CatalogueRefused
from escarcelle.catalogs.contracts import ContractRefused, ContractTerms, open_contract
from escarcelle.catalogs.producers import give_producer_access
from escarcelle.orders.prices import prices_on
from tests.books import assert_books_are_right
from tests.cast import TODAY
from tests.market_cast import MARKET_DAY
from tests.web.pages import MOST_STATEMENTS, as_sent, browser, statements, words


@pytest.fixture(autouse=True)
def _on_the_day(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    yield
    assert_books_are_right()


@pytest.fixture
def url(market):
    return lambda name, *args: reverse(f"web:{name}", args=[market.group.slug, *args])


@pytest.fixture
def page(market):
    return browser(market.admin)


def typed_in(page, address, **typed):
    """What is sent of the form at this address."""
    return as_sent(page.get(address).context["form"], **typed)


def test_in_a_market_the_tab_of_contracts_is_that_of_catalogues(market, page, url):
    assert page.get(url("contracts")).url == url("catalogues")
    assert page.get(url("contract_new")).url == url("catalogue_new")
    text = words(page.get(url("catalogues")))
    assert "Légumes et volailles" in text
    assert "Fournil de Port-Tudy" in text
    assert f'href="{url("catalogues")}"' in page.get(url("home")).content.decode()


def test_an_amap_has_contracts(amap):
    admin, slug = browser(amap.admin), amap.group.slug

    assert admin.get(reverse("web:catalogues", args=[slug])).url == reverse("web:contracts", args=[slug])
    assert admin.get(reverse("web:catalogue_new", args=[slug])).url == reverse("web:contract_new", args=[slug])
    assert admin.get(reverse("web:catalogue", args=[slug, amap.vegetables.pk])).status_code == 404


def test_a_market_opens_no_contract(market):
    terms = ContractTerms("Contrat", TODAY, MARKET_DAY)

    with pytest.raises(ContractRefused) as refused:
        open_contract(group=market.group, producer=market.bakery.producer, terms=terms, by=market.admin)

    assert refused.value.code == "an_amap_only"
    assert not isinstance(refused.value, CatalogueRefused)


def test_a_catalogue_is_opened_with_a_new_producer_once(market, page, url):
    typed = typed_in(page, url("catalogue_new"), name="Miel", producer_name="Rucher", ends_on="31/12/2026", fee="2,5 %")
    typed |= {"starts_on": "01/09/2026", "producer": ""}

    first, again = page.post(url("catalogue_new"), typed), page.post(url("catalogue_new"), typed)

    opened = market.group.contracts.get(name="Miel")
    assert first.url == again.url == url("catalogue", opened.pk)
    assert (opened.producer.name, opened.fee_basis_points) == ("Rucher", 250)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"ends_on": "01/01/2020"}, "Le dernier jour vient avant le premier."),
        ({"fee": "beaucoup"}, "n’est pas un pourcentage"),
        ({"fee": "101"}, "Les frais du marché vont de 0 à 100 %."),
        ({"producer_name": ""}, "Choisissez un producteur, ou écrivez le nom d’un nouveau."),
        ({"producer_name": "Ferme du Méné"}, "Un producteur du groupe porte déjà ce nom."),
    ],
)
def test_what_is_refused_is_said_and_kept(market, page, url, typed, sentence):
    good = {"name": "Miel", "producer": "", "producer_name": "Rucher", "starts_on": "01/09/2026", "ends_on": "31/12/2026", "fee": ""}
    sent = typed_in(page, url("catalogue_new"), **{**good, **typed})

    response = page.post(url("catalogue_new"), sent)

    assert response.status_code == 422
    assert sentence in words(response)
    assert {name: response.context["form"][name].value() for name in good} == {**good, **typed}
    assert not market.group.producers.filter(name="Rucher").exists()


def test_a_catalogue_is_changed(market, page, url):
    address = url("catalogue_edit", market.bakery.pk)

    assert page.post(address, typed_in(page, address, fee="150")).status_code == 422
    done = page.post(address, typed_in(page, address, name="Pains et brioches", fee="3"))

    market.bakery.refresh_from_db()
    assert done.url == url("catalogue", market.bakery.pk)
    assert (market.bakery.name, market.bakery.fee_basis_points) == ("Pains et brioches", 300)


def test_a_weighed_piece_is_offered(market, page, url):
    address = url("catalogue_product_new", market.vegetables.pk)
    typed = typed_in(page, address, name="Pintade", sold_by="weighed_piece", price="13,50", step_grams="1,4", stock="12", vat="550")

    assert page.post(address, typed).url == page.post(address, typed).url

    guinea_fowl = market.vegetables.products.get(name="Pintade")
    assert (guinea_fowl.step_grams, guinea_fowl.stock_per_delivery, guinea_fowl.is_offered) == (1400, 12, True)
    assert "13,50 € le kilo" in words(page.get(url("catalogue", market.vegetables.pk)))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"sold_by": "weight", "step_grams": ""}, "Indiquez le poids prévu"),
        ({"step_grams": "lourd"}, "n’est pas un poids"),
        ({"price": ""}, "Il manque un montant."),
        ({"stock": "1e3"}, "Écrivez un nombre entier"),
        ({"stock": "9" * 30}, "Un stock va de 0 à 100 000."),
        ({"vat": "700"}, "700"),
        ({"name": "Pain de campagne"}, "déjà un produit de ce nom"),
    ],
)
def test_a_product_that_cannot_be_offered_so(market, page, url, typed, sentence):
    address = url("catalogue_product_new", market.bakery.pk)
    good = {"name": "Brioche", "sold_by": "piece", "price": "4,20", "unit": "pièce", "step_grams": "", "stock": "", "vat": "550"}

    response = page.post(address, typed_in(page, address, **{**good, **typed}))

    assert response.status_code == 422
    assert sentence in words(response)
    assert response.context["form"]["name"].value() == {**good, **typed}["name"]
    assert market.bakery.products.count() == 1


def test_another_price_counts_from_today_and_no_stock_is_no_limit(market, page, url):
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")
    address = url("catalogue_product_edit", market.bakery.pk, market.bread.pk)

    assert page.post(address, typed_in(page, address, price="3,00")).status_code == 302

    market.bread.refresh_from_db()
    assert prices_on(TODAY, [market.bread])[market.bread.pk] == 300
    assert basket.lines.get().price_cents == 280
    assert market.bread.stock_per_delivery is None


def test_what_was_ordered_by_the_piece_does_not_become_kilograms(market, page, url):
    market.offer(cash=True, cheque=True)
    market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")
    address = url("catalogue_product_edit", market.bakery.pk, market.bread.pk)

    response = page.post(address, typed_in(page, address, sold_by="weight", step_grams="500 g"))

    assert response.status_code == 422
    assert "proposez plutôt un nouveau produit" in words(response)


def test_a_product_is_no_longer_offered(market, page, url):
    address = url("catalogue_product_edit", market.bakery.pk, market.bread.pk)
    typed = typed_in(page, address)
    typed.pop("is_offered")

    assert page.post(address, typed).status_code == 302

    assert "pas proposé en ce moment" in words(page.get(url("catalogue", market.bakery.pk)))


def test_a_producer_reads_their_catalogue_and_changes_nothing(market, url):
    baker = market.client("LE GOFF Martine")
    give_producer_access(producer=market.bakery.producer, member=baker, by=market.admin)
    page = browser(baker)

    text = words(page.get(url("catalogues")))
    assert "Pains" in text
    assert "Légumes et volailles" not in text
    mine = page.get(url("catalogue", market.bakery.pk))
    assert url("order_sheet_pdf", market.day.pk, market.bakery.producer_id) in mine.content.decode()
    assert page.get(url("catalogue", market.vegetables.pk)).status_code == 403
    for refused in (
        url("catalogue_new"),
        url("catalogue_edit", market.bakery.pk),
        url("catalogue_product_new", market.bakery.pk),
        url("catalogue_product_edit", market.bakery.pk, market.bread.pk),
    ):
        assert page.post(refused).status_code == 403


def test_a_product_of_another_catalogue_is_not_there(market, page, url):
    assert page.get(url("catalogue_product_edit", market.bakery.pk, market.eggs.pk)).status_code == 404


def test_pages_take_the_same_statements_at_any_size(market, page, url):
    pages = [url("catalogues"), url("catalogue", market.bakery.pk)]
    before = [statements(page, one) for one in pages]
    for rank in range(6):
        address = url("catalogue_product_new", market.bakery.pk)
        page.post(address, typed_in(page, address, name=f"Pain {rank}", price="2"))
    market.plan(MARKET_DAY.replace(day=12))

    assert [statements(page, one) for one in pages] == before
    assert max(before) <= MOST_STATEMENTS
