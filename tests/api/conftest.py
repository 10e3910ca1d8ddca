import pytest
from django.utils import timezone

from tests.api.caller import Caller
from tests.api.world import EVENING
from tests.books import assert_books_are_right
from tests.cast import TODAY


@pytest.fixture(autouse=True)
def _on_a_fixed_day(db, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    yield
    assert_books_are_right()


@pytest.fixture
def treasurer(amap):
    return Caller(amap.treasurer)


@pytest.fixture
def administrator(amap):
    return Caller(amap.admin)


@pytest.fixture
def adam(amap):
    """ADAM Pécine's subscription to the vegetables: 693,16 € owed."""
    return amap.subscribe("ADAM Pécine")


@pytest.fixture
def evening(monkeypatch):
    """The evening of a market day."""
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
