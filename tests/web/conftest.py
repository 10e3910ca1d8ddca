import pytest
from django.db import transaction
from django.test import Client

from escarcelle.people.models import Person
from tests.cast import TODAY
from tests.web.every_form import Site, find_forms
from tests.web.pages import browser
from tests.web.world import World


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """Founded once for all the sendings of a module, each of which is taken back; the first of September, five days before the season."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        patched.setattr("django.utils.timezone.localdate", lambda: TODAY)
        elsewhere, world = World("AMAP de Houat"), World()
        stranger = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        stranger.force_login(Person.objects.create_user("passant@exemple.fr"), backend=backend)
        site = Site(world, elsewhere, browser(world.amap.admin), stranger)
        site.forms = find_forms(site)
        yield site
        transaction.set_rollback(True)
