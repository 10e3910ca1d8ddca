import pytest
from django.utils import timezone

from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Group
from tests.api.caller import Caller
from tests.books import assert_books_are_right
from tests.cast import TODAY
from tests.stories.market import Clock, Market
from tests.stories.season import Season


@pytest.fixture(autouse=True)
def _on_a_fixed_day(db, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    yield
    assert_books_are_right()


@pytest.fixture
def season(_on_a_fixed_day):
    """An AMAP with its administrator; everything else is done through the API."""
    group, administrator = found_group(name="AMAP de Groix", kind=Group.Kind.AMAP, administrator=PersonalDetails("Admin", "Anne"), on=TODAY)
    return Season(Caller(administrator), group)


@pytest.fixture
def market(_on_a_fixed_day, monkeypatch):
    """A market whose clock the story sets."""
    return Market(Clock(monkeypatch))
