"""One world for a whole module: built once, inside a transaction that is taken back at the end."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver
from django.utils import timezone

from escarcelle.catalogs.departures import leave
from escarcelle.groups.models import Activity, ApiToken, Member, MemberAccount, Role
from escarcelle.ledger.models import Operation, Transfer
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import PromisedPayment
from escarcelle.tills.models import TillCount
from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right
from tests.cast import TODAY
from tests.rights.world import ON_MARKET_DAY, build_amap, build_market


class Side:
    """Two groups of one kind; a browser for each role of both, seen from the first one, and the keys to the API of the same people."""

    def __init__(self, here, elsewhere):
        self.here, self.elsewhere = here, elsewhere
        members = {**here.roles, **{f"elsewhere_{role}": member for role, member in elsewhere.roles.items()}}
        self.tokens = {**here.tokens, **{f"elsewhere_{role}": token for role, token in elsewhere.tokens.items()}}
        self.browsers = {role: browser(member.person) for role, member in members.items() if member.person}
        # Their session stays open, and their key was never revoked by hand.
        leave(member=here.roles["gone"], on=TODAY, by=here.roles["administrator"])


class World:
    """Two AMAPs and two markets."""

    def __init__(self):
        self.amaps = Side(build_amap("AMAP de Groix"), build_amap("AMAP de Houat"))
        self.markets = Side(build_market("Marché de Groix"), build_market("Marché de Houat"))

    def side(self, line):
        """Where an address of the table is asked."""
        return self.markets if line.in_market else self.amaps


def browser(person):
    """A browser signed in; an error of ours is a 500, as people would get it."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with pytest.MonkeyPatch.context() as clock, django_db_blocker.unblock(), transaction.atomic():
        clock.setattr(timezone, "localdate", lambda *_: TODAY)
        found = World()
        clock.setattr(timezone, "now", lambda: ON_MARKET_DAY)
        yield found
        assert_books_are_right()
        assert_baskets_agree_with_the_books()
        transaction.set_rollback(True)


@pytest.fixture
def plain_refusals(monkeypatch):
    """Thousands of refusals: their status alone, without the page that says it to people."""
    monkeypatch.setattr(URLResolver, "resolve_error_handler", lambda _self, code: lambda *_, **__: HttpResponse(status=code))


@pytest.fixture(autouse=True)
def _forget_earlier_attempts():
    cache.clear()


def written():
    """How much is written down: what was refused leaves every count as it was."""
    kinds = (Operation, Transfer, Activity, Member, MemberAccount, Role, ApiToken, Basket, OrderLine, PromisedPayment, TillCount)
    return {model.__name__: model._default_manager.count() for model in kinds}
