import pytest

from tests.books import assert_books_are_right
from tests.cast import TODAY
from tests.market_cast import at


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The screens ask what day it is: the first of September, five days before the season."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY, 10))


@pytest.fixture(autouse=True)
def books_stay_right(db):
    yield
    assert_books_are_right()
