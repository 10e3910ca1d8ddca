"""However many rows: the same statements, and a page that a slow line can carry."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.payments.models import Payment
from tests.cast import TODAY
from tests.web.pages import statements
from tests.web.payments.grid import Grid

MOST_TO_SAVE = 30


def subscribed(amap, count):
    """So many more rows."""
    begun = amap.vegetables.subscriptions.count()
    return [amap.subscribe(f"MEMBRE{rank:03} Prénom") for rank in range(begun, begun + count)]


def captured(act):
    with CaptureQueriesContext(connection) as statements:
        response = act()
    return len(statements), response


def test_the_page_takes_the_same_statements_at_any_size(amap, treasurer):
    url = f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/paiements-en-masse/"
    counts = []
    for size in (5, 35):
        for subscription in subscribed(amap, size):
            amap.pay(subscription, 100, number="12", bank="LCL")
        counts.append(statements(treasurer, url))
    assert counts[0] == counts[1] <= 15


def test_saving_and_refusing_take_the_same_statements_at_any_size(amap, treasurer):
    saved, refused = [], []
    amap.pay(amap.subscribe("MARTIN Zoé"), 100, number="12", bank="LCL")  # the first cheque ever opens the account "cheques in hand"
    for size in (5, 35):
        subscribed(amap, size)
        grid = Grid(treasurer, amap.vegetables)
        for rank, line in enumerate(grid.lines):
            line.update(amount="10", number=f"{size}{rank:05}", bank="LCL")
        grid.lines[0]["amount"] = "dix"
        count, response = captured(lambda grid=grid: grid.press("save"))
        assert response.status_code == 422
        refused.append(count)
        grid.lines[0]["amount"] = "10"
        count, response = captured(lambda grid=grid: grid.press("save"))
        assert response.status_code == 302
        saved.append(count)
        assert statements(treasurer, response.url) <= 15
    assert refused[0] == refused[1] <= 15
    assert saved[0] == saved[1] <= MOST_TO_SAVE
    assert Payment.objects.count() == 1 + 6 + 41


@pytest.fixture
def four_hundred(amap):
    for rank in range(400):
        details = PersonalDetails(f"Le Nom-de-Famille {rank:03}", "Marie-Françoise")
        amap.people[f"m{rank}"] = create_member(group=amap.group, details=details, on=TODAY, by=None)
        amap.subscribe(f"m{rank}")


@pytest.mark.usefixtures("four_hundred")
def test_four_hundred_rows_weigh_less_than_sixty_kilobytes(amap, treasurer):
    amap.pay(amap.vegetables.subscriptions.first(), 100, number="12", bank="LCL")
    grid = Grid(treasurer, amap.vegetables)
    assert len(grid.lines) == 400
    assert len(gzip.compress(grid.response.content)) < 60_000
    for rank, line in enumerate(grid.lines):
        line.update(amount="57,76", number=f"{rank:07}", bank="La Banque Postale", received_on="01/09/2026", label="Octobre 2026")
    count, response = captured(lambda: grid.press("save"))
    assert response.status_code == 302
    assert count <= MOST_TO_SAVE
    assert Payment.objects.count() == 401
