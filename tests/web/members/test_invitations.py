"""From « Inviter » to a member who sees their own account."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from escarcelle.catalogs.departures import leave
from escarcelle.groups.invitations import InvitationRefused, accept_invitation, invitation_token
from escarcelle.groups.members import PersonalDetails, change_member, create_member
from escarcelle.groups.models import Activity
from escarcelle.people.logins import login_of
from escarcelle.people.models import Person
from tests.api.caller import Caller
from tests.cast import TODAY, found_amap
from tests.web.pages import browser, words

PASSWORD = "une phrase de dix signes"


@pytest.fixture(autouse=True)
def _forget_earlier_attempts():
    cache.clear()


@pytest.fixture
def alphee(amap):
    details = PersonalDetails("Blanc", "Alphée", "alphee@exemple.fr")
    return create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer)


def invitation(member):
    return reverse("web:invitation", args=[invitation_token(member)])


@pytest.fixture
def invite(amap, django_capture_on_commit_callbacks):
    def send(member, key=None, by=None, **typed):
        url = reverse("web:member_invite", args=[amap.group.slug, member.pk])
        with django_capture_on_commit_callbacks(execute=True):
            return browser(by or amap.treasurer).post(url, {"key": key or uuid4(), **typed}, follow=True)

    return send


def test_an_invitation_leaves_once_with_a_link_in_text_and_html(amap, alphee, invite):
    key = uuid4()
    for _ in range(2):
        page = invite(alphee, key)

    assert "Invitation envoyée à alphee@exemple.fr" in words(page)
    [sent] = mail.outbox
    link = re.search(r"http\S+/invitation/\S+/", sent.body)[0]
    assert sent.to == ["alphee@exemple.fr"]
    assert sent.subject == "AMAP de Groix vous invite sur Escarcelle"
    assert "LE GOFF Martine vous invite" in sent.body
    assert link in sent.alternatives[0].content
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert Activity.objects.filter(kind="member.invited").count() == 1


def test_who_reads_english_is_invited_in_english_whatever_the_treasurer_reads(amap, alphee, invite):
    invite(alphee, language="en")

    [sent] = mail.outbox
    assert sent.subject == "AMAP de Groix invites you to Escarcelle"
    assert "Hello Alphée," in sent.body
    assert "LE GOFF Martine invites you to join AMAP de Groix" in sent.body
    assert "within 14 days" in sent.body
    [page] = [part.content for part in sent.alternatives]
    assert '<html lang="en">' in page
    assert re.search(r"http\S+/invitation/\S+/", sent.body)[0] in page
    assert "invite sur" not in sent.body + page


def test_a_treasurer_who_reads_english_still_invites_in_french_unless_told_otherwise(amap, alphee, django_capture_on_commit_callbacks):
    client = browser(amap.treasurer)
    client.cookies["django_language"] = "en"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("web:member_invite", args=[amap.group.slug, alphee.pk]), {"key": uuid4()})

    assert [sent.subject for sent in mail.outbox] == ["AMAP de Groix vous invite sur Escarcelle"]


def test_the_api_invites_in_the_language_that_it_is_told(amap, alphee, django_capture_on_commit_callbacks):
    caller = Caller(amap.treasurer)
    with django_capture_on_commit_callbacks(execute=True):
        caller.done(f"/members/{alphee.pk}/invitation", {"language": "en"})
        caller.done(f"/members/{alphee.pk}/invitation")

    assert [sent.subject.split()[3] for sent in mail.outbox] == ["invites", "vous"]
    assert caller.post(f"/members/{alphee.pk}/invitation", {"language": "br"}).status == 422


def test_a_language_that_nobody_offers_is_refused(alphee, invite):
    page = invite(alphee, language="br")

    assert page.status_code == 422
    assert not mail.outbox


def test_names_with_marks_stay_what_they_are_in_the_mail(amap, invite):
    details = PersonalDetails("D’Hoëdt <b>", "O'Brien & Cie", "ob@exemple.fr")
    invite(create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer))

    [sent] = mail.outbox
    assert "Bonjour O'Brien & Cie," in sent.body
    assert "O&#x27;Brien &amp; Cie" in sent.alternatives[0].content


def test_who_cannot_be_invited(amap, alphee, invite):
    without = create_member(group=amap.group, details=PersonalDetails("Sans", "Adresse"), on=TODAY, by=amap.treasurer)
    assert "pas d’adresse e-mail" in words(invite(without))
    assert "se connecte déjà" in words(invite(amap.member))
    leave(member=alphee, on=TODAY, by=amap.admin)
    assert "a quitté le groupe" in words(invite(alphee))
    assert mail.outbox == []
    assert not Activity.objects.filter(kind="member.invited").exists()


def test_a_mail_server_that_does_not_answer_is_said(amap, alphee, monkeypatch):
    def refuse(self, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    # A test is one long transaction: what follows the commit is done at once.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act: act())

    page = browser(amap.treasurer).post(reverse("web:member_invite", args=[amap.group.slug, alphee.pk]), {"key": uuid4()})

    assert page.status_code == 422
    assert "L’e-mail n’est pas parti" in words(page)


def test_signing_up_from_the_link_opens_the_group(alphee):
    client, link = Client(), invitation(alphee)
    page = client.get(link)
    assert "Rejoindre AMAP de Groix" in words(page)
    assert "BLANC Alphée" in words(page)

    signup = client.get(page.context["signup_url"])
    assert 'value="alphee@exemple.fr"' in signup.content.decode()
    answer = client.post(
        page.context["signup_url"], {"email": "alphee@exemple.fr", "password1": PASSWORD, "password2": PASSWORD, "next": link}
    )
    assert answer.url == link
    assert "avec alphee@exemple.fr" in words(client.get(link))
    assert not alphee.person_id

    for _ in range(2):
        answer = client.post(link)
        assert answer.url == reverse("web:home", args=[alphee.group.slug])
    alphee.refresh_from_db()
    assert alphee.person.email == "alphee@exemple.fr"
    assert Activity.objects.filter(kind="member.signed_in_first", by=alphee).count() == 1
    assert client.get(answer.url).status_code == 200
    # The address was proved by the link: no code is asked, no mail leaves.
    assert mail.outbox == []


def test_signing_up_stays_closed_without_an_invitation(db):
    assert "Sur invitation" in words(Client().get("/acces/signup/"))


def test_who_has_a_login_already_signs_in_and_joins_a_second_group(amap):
    houat = found_amap("AMAP de Houat")
    person = login_of("pecine@exemple.fr", password=PASSWORD)
    here, there = (
        create_member(group=one.group, details=PersonalDetails("Adam", "Pécine", "pecine@exemple.fr"), on=TODAY, by=one.treasurer)
        for one in (amap, houat)
    )
    accept_invitation(token=invitation_token(here), person=person)
    client, link = Client(), invitation(there)

    page = client.get(link)
    assert "a déjà un accès" in words(page)
    answer = client.post(page.context["login_url"], {"login": "pecine@exemple.fr", "password": PASSWORD, "next": link})
    assert answer.url == link
    client.post(link)

    there.refresh_from_db()
    assert there.person == person


def test_somebody_who_is_in_the_group_already_is_told(amap, alphee):
    client = browser(amap.member)

    page = client.post(invitation(alphee))

    assert page.status_code == 422
    assert "sous un autre nom" in words(page)
    alphee.refresh_from_db()
    assert alphee.person_id is None


def test_joining_takes_a_click(amap, alphee):
    stranger = Client()
    stranger.force_login(login_of("autre@exemple.fr"), backend="allauth.account.auth_backends.AuthenticationBackend")
    stranger.get(invitation(alphee))
    Client().post(invitation(alphee))

    alphee.refresh_from_db()
    assert alphee.person_id is None


@pytest.mark.parametrize("token", ["x", "a:b:c", "é", "eyJtZW1iZXIiOjF9:1:1"])
def test_a_link_that_is_not_ours_has_a_clear_page(db, token):
    page = Client().get(reverse("web:invitation", args=[token]))

    assert page.status_code == 410
    assert "Ce lien ne sert plus" in words(page)


def test_a_link_serves_once_and_to_the_first(alphee):
    token = invitation_token(alphee)
    accept_invitation(token=token, person=login_of("alphee@exemple.fr"))

    with pytest.raises(InvitationRefused):
        accept_invitation(token=token, person=Person.objects.create_user("autre@exemple.fr"))
    page = Client().get(reverse("web:invitation", args=[token]))
    assert page.status_code == 410
    alphee.refresh_from_db()
    assert alphee.person.email == "alphee@exemple.fr"


def test_a_link_dies_after_fourteen_days_a_change_of_address_or_a_departure(amap, alphee, monkeypatch):
    links = [invitation(alphee)]
    later = timezone.now() + dt.timedelta(days=14, minutes=1)
    with monkeypatch.context() as clock:
        clock.setattr("time.time", later.timestamp)
        assert Client().get(links[0]).status_code == 410
    change_member(member=alphee, details=PersonalDetails("Blanc", "Alphée", "nouvelle@exemple.fr"), by=amap.treasurer)
    assert Client().get(links[0]).status_code == 410
    link = invitation(alphee)
    leave(member=alphee, on=TODAY, by=amap.admin)
    assert Client().get(link).status_code == 410
