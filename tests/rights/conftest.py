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
from tests.books import assert_books_are_right
from tests.cast import TODAY
from tests.rights.world import build


class World:
    """Two AMAPs; a browser for each role of both, seen from the first one, and the keys to the API of the same people."""

    def __init__(self):
        self.here, self.elsewhere = build("AMAP de Groix"), build("AMAP de Houat")
        members = {**self.here.roles, **{f"elsewhere_{role}": member for role, member in self.elsewhere.roles.items()}}
        self.tokens = {**self.here.tokens, **{f"elsewhere_{role}": token for role, token in self.elsewhere.tokens.items()}}
        self.browsers = {role: browser(member.person) for role, member in members.items() if member.person}
        # Their session stays open, and their key was never revoked by hand.
        leave(member=self.here.roles["gone"], on=TODAY, by=self.here.amap.admin)


def browser(person):
    """A browser signed in; an error of ours is a 500, as people would get it."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with pytest.MonkeyPatch.context() as clock, django_db_blocker.unblock(), transaction.atomic():
        clock.setattr(timezone, "localdate", lambda *_: TODAY)
        yield World()
        assert_books_are_right()
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
    return {
        model.__name__: model._default_manager.count() for model in (Operation, Transfer, Activity, Member, MemberAccount, Role, ApiToken)
    }
