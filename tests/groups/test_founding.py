"""A group is founded from the command line; its administrator gets in by the link that is printed."""

import re
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from escarcelle.groups.models import Group, Role

pytestmark = pytest.mark.django_db


def found(*arguments):
    printed = StringIO()
    call_command("found", *arguments, stdout=printed)
    return printed.getvalue()


def test_the_link_that_is_printed_lets_the_first_administrator_in():
    cache.clear()
    printed = found("AMAP de Houat", "anne@exemple.fr", "Tonnerre", "Anne")
    link = re.search(r"http\S+/invitation/\S+/", printed)[0]

    client = Client()
    page = client.get("/" + link.split("/", 3)[3])
    client.post(
        "/acces/signup/", {"email": "anne@exemple.fr", "password1": "une phrase de dix signes", "password2": "une phrase de dix signes"}
    )
    client.post("/" + link.split("/", 3)[3])

    group = Group.objects.get(slug="amap-de-houat")
    assert page.status_code == 200
    assert client.get(f"/g/{group.slug}/").status_code == 200
    assert group.is_amap
    assert Role.objects.get(group=group, name=Role.Name.ADMINISTRATOR).member.person.email == "anne@exemple.fr"


def test_a_market_is_founded_too():
    found("Direct Paysans", "corentin@exemple.fr", "Cloarec", "--market")

    assert not Group.objects.get(slug="direct-paysans").is_amap


@pytest.mark.parametrize("name", ["AMAP de Houat", "amap de houat"])
def test_the_same_group_is_not_founded_twice(name):
    found("AMAP de Houat", "anne@exemple.fr", "Tonnerre")

    with pytest.raises(CommandError, match="already"):
        found(name, "bob@exemple.fr", "Riou")
    assert Group.objects.count() == 1


def test_an_address_that_is_none_is_refused_in_a_sentence():
    with pytest.raises(CommandError, match="adresse"):
        found("AMAP de Houat", "anne", "Tonnerre")
    assert not Group.objects.exists()
