"""Where to go first, help, and what is kept about people."""

import pytest
from django.test import Client
from django.urls import reverse

from escarcelle.groups.members import PersonalDetails, create_member, link_person
from escarcelle.people.models import Person
from tests.cast import TODAY, found_amap
from tests.web.pages import browser, words


def test_signed_out_the_first_page_is_the_door(db):
    response = Client().get("/")

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_one_group_is_entered_at_once(amap):
    assert browser(amap.member).get("/")["Location"] == reverse("web:home", args=[amap.group.slug])


def test_several_groups_are_offered(amap):
    other = found_amap("AMAP de Belle-Île")
    twin = create_member(group=other.group, details=PersonalDetails("Hamon", "Denise"), on=TODAY, by=other.admin)
    link_person(member=twin, person=amap.member.person)

    page = browser(amap.member).get("/")

    assert [group.name for group in page.context["groups"]] == ["AMAP de Belle-Île", "AMAP de Groix"]
    assert reverse("web:home", args=[other.group.slug]) in page.content.decode()


def test_nobodys_member_is_told_what_to_do(db):
    person = Person.objects.create_user("seul@exemple.fr", "escarcelle-2026", last_name="Seul")
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    text = words(client.get("/"))

    assert "Votre connexion n’est reliée à aucun groupe" in text
    assert "seul@exemple.fr" in text


@pytest.mark.parametrize(("name", "sentence"), [("help", "Lire un solde"), ("privacy", "Ce qui est gardé")])
def test_help_and_privacy_are_open_to_everybody(amap, name, sentence):
    assert sentence in words(Client().get(reverse(f"web:{name}")))
    assert sentence in words(browser(amap.member).get(reverse(f"web:{name}")))


def test_every_role_has_its_help(db):
    html = Client().get(reverse("web:help")).content.decode()

    for role in ("adherent", "tresorier", "coordinateur", "benevole", "producteur", "administrateur"):
        assert f'href="#{role}"' in html
        assert f'id="{role}"' in html
