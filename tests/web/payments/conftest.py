import pytest

from tests.books import assert_books_are_right
from tests.web.pages import browser
from tests.web.payments.grid import Grid


@pytest.fixture(autouse=True)
def _books_are_right(db):
    yield
    assert_books_are_right()


@pytest.fixture
def subscriptions(amap):
    names = ("ADAM Pécine", "BLANC Alphée", "CARIOU Maëlle", "ÉVENOU Gwenaël", "LE DREN Anaïg")
    return [amap.subscribe(name) for name in names]


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


@pytest.fixture
def grid(amap, subscriptions, treasurer):
    return Grid(treasurer, amap.vegetables)
