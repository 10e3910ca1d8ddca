"""Two treasurers, two tabs: what the second one is told, and that nothing is recorded twice unless they say so."""

import pytest

from escarcelle.payments.models import Batch, Payment
from tests.cast import balance_of
from tests.web.pages import browser, words
from tests.web.payments.grid import Grid


@pytest.fixture
def herve(amap, grid):
    """The coordinator's page, opened at the same moment as the treasurer's."""
    return Grid(browser(amap.coordinator), amap.vegetables)


def both_type(grid, herve, subscription, amount="45", **cells):
    for page in (grid, herve):
        page.type(subscription, amount, **cells)


def told(response):
    return "Depuis que vous avez ouvert cette page" in words(response)


def test_the_same_pile_entered_twice_is_said_to_the_second_and_taken_out(grid, herve, subscriptions):
    for subscription in subscriptions[:3]:
        both_type(grid, herve, subscription)
    herve.type(subscriptions[3], "60")
    assert grid.press("save").status_code == 302

    response = herve.press("save")
    assert response.status_code == 409
    assert (
        "3 paiements semblables ont été enregistrés par LE GOFF Martine : ADAM Pécine, 45,00 € · BLANC Alphée, 45,00 € · CARIOU Maëlle, 45,00 €."
    ) in words(response)
    assert "Rien n’est encore enregistré ici." in words(response)
    assert Batch.objects.count() == 1

    assert "3 lignes sont retirées de la grille." in words(herve.press("drop"))
    assert [line["amount"] for line in herve.lines] == ["", "", "", "60", ""]
    assert herve.press("save").status_code == 302
    assert [balance_of(subscription) for subscription in subscriptions[:4]] == [-69316 + 4500] * 3 + [-69316 + 6000]


def test_saved_again_they_were_other_payments(grid, herve, subscriptions):
    both_type(grid, herve, subscriptions[0])
    grid.press("save")
    assert told(herve.press("save"))
    response = herve.press("save")
    assert response.status_code == 302
    assert Payment.objects.count() == 2
    text = words(herve.client.get(response.url))
    assert "1 paiement de ce lot semble enregistré deux fois." in text
    assert "ADAM Pécine : 45,00 €, reçus le" in text
    assert "étaient déjà enregistrés." in text


def test_what_came_after_the_question_is_asked_about_too(amap, grid, herve, subscriptions):
    third = Grid(browser(amap.admin), amap.vegetables)
    both_type(grid, herve, subscriptions[0])
    third.type(subscriptions[1], "60")
    herve.type(subscriptions[1], "60")
    grid.press("save")
    assert "ADAM Pécine" in words(herve.press("save"))
    third.press("save")
    assert "BLANC Alphée, 60,00 €" in words(herve.press("save"))
    assert herve.press("save").status_code == 302


@pytest.mark.parametrize(
    ("theirs", "mine", "asked"),
    [
        ({"amount": "45"}, {"amount": "46"}, False),
        ({"amount": "45"}, {"amount": "45", "method": "transfer"}, False),
        ({"amount": "45"}, {"amount": "45", "received_on": "31/08/2026"}, False),
        ({"amount": "45", "number": "1"}, {"amount": "45", "number": "2"}, False),
        ({"amount": "45", "number": "1"}, {"amount": "45", "number": "1", "received_on": "31/08/2026"}, True),
        ({"amount": "45", "number": "1"}, {"amount": "45"}, True),
        ({"amount": "45"}, {"amount": "45,00"}, True),
    ],
)
def test_alike_is_the_amount_the_method_and_the_number_or_the_day(grid, herve, subscriptions, theirs, mine, asked):
    grid.of(subscriptions[0])[0].update(theirs)
    herve.of(subscriptions[0])[0].update(mine)
    grid.press("save")
    assert told(herve.press("save")) is asked


def test_each_recorded_payment_stands_for_one_line(grid, herve, subscriptions):
    grid.type(subscriptions[0], "45")
    herve.type(subscriptions[0], "3×45")
    herve.press("check")
    grid.press("save")
    assert "1 paiement semblable a été enregistré" in words(herve.press("save"))
    herve.press("drop")
    assert [line["amount"] for line in herve.of(subscriptions[0])] == ["45,00", "45,00"]


def test_payments_of_others_that_resemble_nothing_are_not_spoken_of(amap, grid, herve, subscriptions):
    grid.type(subscriptions[0], "45")
    herve.type(subscriptions[1], "45")
    grid.press("save")
    assert herve.press("save").status_code == 302


def test_a_payment_cancelled_since_is_not_in_the_way(grid, herve, subscriptions):
    both_type(grid, herve, subscriptions[0])
    page = grid.client.get(grid.press("save").url + "annuler/")
    grid.client.post(page.wsgi_request.path, {"key": page.context["form"]["key"].value()})
    assert herve.press("save").status_code == 302
    assert balance_of(subscriptions[0]) == -69316 + 4500


def test_a_page_sent_twice_is_not_its_own_double(grid, subscriptions):
    grid.type(subscriptions[0], "45")
    urls = {grid.press("save").url for _ in range(2)}
    assert len(urls) == 1
