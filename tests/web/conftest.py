import pytest
from django.db import transaction
from django.test import Client

from escarcelle.people.models import Person
from tests.market_cast import MARKET_DAY, at
from tests.web.every_form import Site, find_forms
from tests.web.world import amap_world, market_world


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """Founded once for all the sendings of a module, each of which is taken back.

    On the evening of the market's day, the day before the season of the AMAP begins."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        amap, market, elsewhere = amap_world(), market_world(), amap_world("AMAP de Houat")
        patched.setattr("django.utils.timezone.now", lambda: at(MARKET_DAY, 18, 30))
        stranger = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        stranger.force_login(Person.objects.create_user("passant@exemple.fr"), backend=backend)
        site = Site(amap, market, elsewhere, stranger)
        site.forms = find_forms(site)
        yield site
        transaction.set_rollback(True)
