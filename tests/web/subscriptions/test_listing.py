"""The page Souscriptions."""

import csv
import io

import pytest
from django.urls import reverse

from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.signing import Period, take_over_subscription
from tests.cast import TODAY, found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words

TOTAL = 52 * 1333


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


@pytest.fixture
def url(amap):
    return reverse("web:subscriptions", args=[amap.group.slug, amap.vegetables.pk])


@pytest.fixture
def three(amap):
    """YVON owes everything and came first, ADAM has paid, BLANC has paid too much."""
    yvon, adam, blanc = (amap.subscribe(name) for name in ("YVON Thérèse", "ADAM Pécine", "BLANC Alphée"))
    amap.pay(adam, TOTAL)
    amap.pay(blanc, TOTAL + 2666)
    return {"yvon": yvon, "adam": adam, "blanc": blanc}


def names(page):
    return [line.member_name for line in page.context["lines"]]


def test_the_page_says_what_the_documents_say(amap, treasurer, url):
    amap.subscribe("ADAM Pécine")
    amap.subscribe("ANGOUSTAN Bernard", alternate="ADAM Pécine")

    read = words(treasurer.get(url))

    assert "Il y a 2 souscription(s) avec un solde négatif. Reste dû en tout à Ferme de Groix : 1 386,32 €." in read
    assert "Nouvelle souscription" in read
    assert "Trier par ordre chronologique" in read
    assert "Membre Engagement Période d’engagement Nbre de distributions Total commandé Solde" in read
    assert (
        "ANGOUSTAN Bernard (alterné avec ADAM Pécine) 1 x Panier de légumes à chaque distribution. "
        "du 06/09/2026 au 29/08/2027 52 693,16 € dû −693,16 €"
    ) in read
    assert "Modifier" in read
    assert "Supprimer" in read
    assert "Total des 2 souscriptions 1 386,32 € dû −1 386,32 €" in read


def test_the_sentence_counts_the_rows_below_zero_and_goes_with_the_last(amap, treasurer, url):
    adam, blanc = amap.subscribe("ADAM Pécine"), amap.subscribe("BLANC Alphée")
    assert "Il y a 2 souscription(s) avec un solde négatif." in words(treasurer.get(url))

    amap.pay(adam, TOTAL)
    assert "Il y a 1 souscription(s) avec un solde négatif." in words(treasurer.get(url))

    amap.pay(blanc, TOTAL)
    assert "solde négatif." not in words(treasurer.get(url))


def test_absences_are_deducted(amap, treasurer, url):
    blanc = amap.subscribe("BLANC Alphée")
    last = amap.vegetables.deliveries.by_day().last()
    set_absences(subscription=blanc, deliveries=[last], on=TODAY, by=amap.treasurer, may_change_past=True)

    assert "51 679,83 € dû −679,83 €" in words(treasurer.get(url))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "ADAM BLANC YVON"),
        ("?tri=date", "YVON ADAM BLANC"),
        ("?sens=desc", "YVON BLANC ADAM"),
        ("?tri=solde", "YVON ADAM BLANC"),
        ("?tri=solde&sens=desc", "BLANC ADAM YVON"),
        ("?solde=negatif", "YVON"),
        ("?solde=a-jour", "ADAM"),
        ("?solde=faveur", "BLANC"),
        ("?q=alph", "BLANC"),
        ("?q=%00bla&tri=%27&solde=%3Cb%3E", "BLANC"),
        ("?q=personne", ""),
    ],
)
def test_rows_are_sorted_filtered_and_looked_for(treasurer, url, three, query, expected):
    assert [name.split()[0] for name in names(treasurer.get(url + query))] == expected.split()


def test_the_alternate_is_found_too(amap, treasurer, url):
    amap.subscribe("ANGOUSTAN Bernard", alternate="ADAM Pécine")

    assert names(treasurer.get(url + "?q=pec")) == ["ANGOUSTAN Bernard"]


def test_a_subscription_taken_over_without_its_lines_says_so(amap, treasurer, url):
    period = Period(amap.vegetables.starts_on, amap.vegetables.ends_on)
    adam = take_over_subscription(contract=amap.vegetables, member=amap.someone("ADAM Pécine"), period=period, by=amap.admin)

    assert "ADAM Pécine repris sans détail du 06/09/2026" in words(treasurer.get(url))
    for name in ("subscription_edit", "subscription_delete", "subscription_end"):
        assert treasurer.get(reverse(f"web:{name}", args=[amap.group.slug, amap.vegetables.pk, adam.pk])).status_code == 200
    day = reverse("web:distribution", args=[amap.group.slug, amap.vegetables.deliveries.first().distribution_id])
    assert "ADAM Pécine Contrat légumes : engagement repris sans détail" in words(treasurer.get(day))


def test_chips_count_everything_and_the_foot_adds_what_is_shown(treasurer, url, three):
    page = treasurer.get(url + "?solde=faveur")

    assert [(chip.label, chip.count, chip.current) for chip in page.context["chips"]] == [
        ("Toutes", 3, False),
        ("Solde négatif", 1, False),
        ("À jour", 1, False),
        ("En faveur", 1, True),
    ]
    assert "Total de la souscription affichée 693,16 € avoir +26,66 €" in words(page)


def test_the_sorted_column_says_so(treasurer, url, three):
    html = treasurer.get(url + "?tri=solde&sens=desc").content.decode()

    assert html.count("aria-sort=") == 1
    assert 'class="money" aria-sort="descending"><a href="?tri=solde">' in html


def test_a_page_without_subscription_says_why(treasurer, url):
    assert "Aucune souscription encore" in words(treasurer.get(url))


def test_names_are_text_wherever_they_stand(amap, treasurer, url):
    amap.subscribe("<b>=1+1</b> \u202e🥕")

    html = treasurer.get(url).content.decode()

    assert "<b>=1" not in html.lower()
    assert "🥕" in html


def exported(treasurer, url, query=""):
    answer = treasurer.get(f"{url}export.csv{query}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="souscriptions-contrat-legumes.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_a_basket_paid_in_full_exports_with_zero_and_oui(treasurer, url, three):
    rows = exported(treasurer, url)

    assert [(row["Membre"], row["Paiements et reprises"], row["Solde"], row["Payé"]) for row in rows] == [
        ("ADAM Pécine", "693,16", "0,00", "oui"),
        ("BLANC Alphée", "719,82", "26,66", "oui"),
        ("YVON Thérèse", "0,00", "-693,16", "non"),
    ]
    assert rows[0]["Nbre de distributions"] == "52"
    assert rows[0]["Du"] == "06/09/2026"


def test_the_sheet_holds_what_the_page_shows(treasurer, url, three):
    assert [row["Membre"] for row in exported(treasurer, url, "?solde=negatif")] == ["YVON Thérèse"]


def test_a_formula_in_a_name_is_not_run(amap, treasurer, url):
    amap.subscribe("=HYPERLINK(1)")

    assert exported(treasurer, url)[0]["Membre"].startswith("'=")


def test_the_other_sheet_is_a_workbook_and_no_other_kind_exists(treasurer, url, three):
    assert treasurer.get(f"{url}export.xlsx").content[:2] == b"PK"
    assert treasurer.get(f"{url}export.ods").status_code == 404


def test_a_producer_reads_and_changes_nothing(amap, url):
    amap.subscribe("ADAM Pécine")
    producer = browser(amap.producer_member)

    read = words(producer.get(url))

    assert "ADAM Pécine" in read
    for act in ("Gérer", "Nouvelle souscription", "Saisie de paiements en masse"):
        assert act not in read
    assert producer.get(f"{url}export.csv").status_code == 200


def test_who_may_not_read(amap, url):
    for who, status in (("coordinator", 200), ("volunteer", 403), ("member", 403)):
        assert browser(getattr(amap, who)).get(url).status_code == status, who
        assert browser(getattr(amap, who)).get(f"{url}export.csv").status_code == status, who


def test_the_contract_of_another_group_does_not_exist(amap, treasurer):
    other = found_amap("AMAP de Houat")

    for name, args in (("subscriptions", []), ("subscriptions_export", ["csv"])):
        assert treasurer.get(reverse(f"web:{name}", args=[amap.group.slug, other.vegetables.pk, *args])).status_code == 404


def test_the_page_takes_the_same_statements_whatever_the_rows_and_shows_them_all(amap, treasurer, url):
    counts = []
    for ranks in (range(5), range(5, 40)):
        for rank in ranks:
            subscription = amap.subscribe(f"NOM{rank} Ana", alternate="ADAM Pécine")
            amap.pay(subscription, 1000 + rank)
        counts.append((statements(treasurer, url), statements(treasurer, f"{url}export.xlsx")))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_STATEMENTS
    assert len(names(treasurer.get(url))) == 40
