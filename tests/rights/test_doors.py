"""The doors themselves: sessions, addresses, invitations, where a link may lead, how often one may try, what is said to browsers and logs."""

import io
import logging
import re
import subprocess
import sys
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from escarcelle.groups.invitations import invitation_token
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.tokens import make_token
from escarcelle.people.logins import login_of
from escarcelle.people.models import Person
from tests.cast import TODAY
from tests.house.sources import ROOT
from tests.house.test_production import HOST
from tests.rights.addresses import addresses, api_operations, screens
from tests.rights.conftest import browser, written
from tests.rights.table import SCREENS

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase de dix signes"
OTHER_PASSWORD = "une tout autre phrase"


@pytest.fixture
def martine():
    return login_of("martine@exemple.fr", password=PASSWORD, first_name="Martine", last_name="Le Goff")


@pytest.fixture
def yannick():
    return login_of("yannick@exemple.fr", password=OTHER_PASSWORD, first_name="Yannick", last_name="Corre")


@pytest.fixture
def alphee(amap):
    details = PersonalDetails("Blanc", "Alphée", "alphee@exemple.fr")
    return create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer)


def sign_in(email, password, **extra):
    client = Client(**extra)
    client.post("/acces/login/", {"login": email, "password": password})
    return client


def is_signed_in(client):
    """As the server sees it: the session still leads to somebody."""
    return client.get("/").status_code == 200


def code_in_last_mail():
    return re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{2,4})$", mail.outbox[-1].body, re.MULTILINE)[1]


def reauthenticated(email, password):
    client = sign_in(email, password)
    client.post("/acces/reauthenticate/", {"password": password})
    return client


# --- Sessions ---


def test_a_changed_password_closes_the_other_sessions(martine):
    here, elsewhere = reauthenticated(martine.email, PASSWORD), sign_in(martine.email, PASSWORD)
    assert is_signed_in(elsewhere)

    here.post("/acces/password/change/", {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

    assert not is_signed_in(elsewhere)
    assert is_signed_in(sign_in(martine.email, OTHER_PASSWORD))
    assert not is_signed_in(sign_in(martine.email, PASSWORD))


def test_a_password_forgotten_and_replaced_closes_every_session(martine):
    elsewhere, client = sign_in(martine.email, PASSWORD), Client()
    client.post("/acces/password/reset/", {"email": martine.email})
    client.post("/acces/password/reset/confirm/", {"code": code_in_last_mail()})
    client.post("/acces/password/reset/complete/", {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

    assert not is_signed_in(elsewhere)


def test_a_login_that_was_closed_closes_its_sessions(martine):
    client = sign_in(martine.email, PASSWORD)
    Person.objects.filter(pk=martine.pk).update(is_active=False)

    assert not is_signed_in(client)
    assert not is_signed_in(sign_in(martine.email, PASSWORD))


def test_signing_in_gives_a_new_session_that_no_script_reads(martine):
    client = Client()
    client.get("/acces/login/?next=/aide/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.post("/acces/login/", {"login": martine.email, "password": PASSWORD})

    assert client.session.session_key != planted
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_what_a_member_reads_is_not_kept_by_the_browser(amap):
    adam = amap.subscribe("ADAM Pécine")
    for name, words in (("home", []), ("account", [adam.member_id]), ("account_pdf", [adam.account_id]), ("balances_export", ["csv"])):
        answer = browser(amap.treasurer.person).get(reverse(f"web:{name}", args=[amap.group.slug, *words]))
        assert "no-store" in answer.headers["Cache-Control"], name


# --- Whose address ---


@pytest.mark.parametrize("spelling", ["yannick@exemple.fr", "Yannick@Exemple.FR", " yannick@exemple.fr "])
def test_an_address_that_is_somebody_elses_login_cannot_be_taken(martine, yannick, spelling):
    client = reauthenticated(martine.email, PASSWORD)

    client.post("/acces/email/", {"email": spelling, "action_add": ""})
    # Even with the code, which its owner alone can read.
    client.post("/acces/confirm-email/", {"code": code_in_last_mail()})

    assert mail.outbox[-1].to == ["yannick@exemple.fr"]
    assert set(Person.objects.values_list("email", flat=True)) == {"martine@exemple.fr", "yannick@exemple.fr"}
    assert not EmailAddress.objects.filter(user=martine, email__iexact="yannick@exemple.fr", verified=True).exists()
    assert is_signed_in(sign_in("yannick@exemple.fr", OTHER_PASSWORD))


def test_two_who_ask_for_one_free_address_the_first_to_prove_it_has_it(martine, yannick):
    wanted = "nouvelle@exemple.fr"
    clients = [reauthenticated(martine.email, PASSWORD), reauthenticated(yannick.email, OTHER_PASSWORD)]
    codes = []
    for client in clients:
        client.raise_request_exception = False
        client.post("/acces/email/", {"email": wanted, "action_add": ""})
        codes.append(code_in_last_mail())

    answers = [client.post("/acces/confirm-email/", {"code": code}) for client, code in zip(clients, codes, strict=True)]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert sorted(Person.objects.values_list("email", flat=True)) == [wanted, "yannick@exemple.fr"]


# --- Invitations ---


def link_to(member):
    return reverse("web:invitation", args=[invitation_token(member)])


def test_a_forwarded_link_says_whom_it_invites_and_serves_once(amap, alphee, martine, yannick):
    link, first, second = link_to(alphee), sign_in(martine.email, PASSWORD), sign_in(yannick.email, OTHER_PASSWORD)
    page = first.get(link).text
    assert "BLANC Alphée" in page
    assert "martine@exemple.fr" in page
    alphee.refresh_from_db()
    assert alphee.person is None

    first.post(link)
    answer = second.post(link)

    alphee.refresh_from_db()
    assert alphee.person == martine
    assert answer.status_code == 410
    assert amap.group.slug not in answer.headers.get("Location", "")
    assert second.get(reverse("web:home", args=[amap.group.slug])).status_code == 404


def test_an_invitation_does_not_open_a_login_that_exists(amap, alphee, martine):
    """« Créer mon accès » with the address of somebody else, or with the invited one when it already signs in somewhere."""
    for email in (martine.email, "alphee@exemple.fr"):
        login_of(email, password=PASSWORD)
        client = Client()
        client.get(link_to(alphee))
        client.post("/acces/signup/", {"email": email, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

        assert not is_signed_in(client)
        assert not Person.objects.get(email=email).check_password(OTHER_PASSWORD)
        assert Person.objects.filter(email__iexact=email).count() == 1


def test_the_login_created_from_a_link_is_that_of_the_invited_address(alphee):
    """Another address typed there is nobody's proof: it signs nobody in."""
    client = Client()
    client.get(link_to(alphee))
    client.post("/acces/signup/", {"email": "autre@exemple.fr", "password1": PASSWORD, "password2": PASSWORD})

    assert client.session["_auth_user_id"] == str(Person.objects.get(email="alphee@exemple.fr").pk)
    assert not Person.objects.filter(email="autre@exemple.fr").exists()
    assert not is_signed_in(sign_in("autre@exemple.fr", PASSWORD))


def test_a_link_that_served_creates_no_login_any_more(alphee, martine):
    late = Client()
    late.get(link_to(alphee))
    sign_in(martine.email, PASSWORD).post(link_to(alphee))
    token = late.session["invitation"]
    assert late.get(reverse("web:invitation", args=[token])).status_code == 410

    late.post("/acces/signup/", {"email": "alphee@exemple.fr", "password1": PASSWORD, "password2": PASSWORD})

    assert not Person.objects.filter(email="alphee@exemple.fr").exists()


# --- Where a link may lead ---

ELSEWHERE = [
    "https://ailleurs.exemple/",
    "//ailleurs.exemple/",
    "http:///ailleurs.exemple",
    "/\\ailleurs.exemple",
    "javascript:alert(1)",
    "\thttps://a.exemple",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_form_of_the_door_leads_elsewhere(martine, target):
    answers = [Client().post("/acces/login/", {"login": martine.email, "password": PASSWORD, "next": target})]
    answers.append(Client().post(f"/acces/login/?{'next'}={target}", {"login": martine.email, "password": PASSWORD}))
    signed_in = sign_in(martine.email, PASSWORD)
    answers.append(signed_in.post("/acces/reauthenticate/", {"password": PASSWORD, "next": target}))
    answers.append(signed_in.get("/acces/login/", {"next": target}))
    answers += [signed_in.post(path, {"next": target, "theme": "dark", "language": "en"}) for path in ("/apparence/", "/langue/")]
    answers.append(signed_in.post("/acces/logout/", {"next": target}))

    places = [answer.headers["Location"] for answer in answers if answer.status_code in (301, 302, 303)]
    assert len(places) >= 5
    assert [place for place in places if not re.match(r"/(?![/\\])", place)] == []


# --- Forms of other sites ---


def test_no_form_of_another_site_does_anything(amap):
    """Without the token of our own page, an administrator's browser sends in vain: every screen, every operation."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(amap.admin.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    things = {**dict.fromkeys({word for address in screens() for word in address.words}, 1), "kind": "csv"}
    before = written()

    of_screens = {address.name: client.post(address.url(amap.group.slug, things)).status_code for address in screens()}
    names = {name for operation in api_operations() for name in operation.names}
    changing = [operation for operation in api_operations() if operation.method != "GET"]
    of_operations = {
        client.generic(
            one.method, one.address(amap.group.slug, dict.fromkeys(names, 1)), b"{}", content_type="application/json"
        ).status_code
        for one in changing
    }

    assert of_screens.keys() == SCREENS.keys()
    assert set(of_screens.values()) == of_operations == {403}
    assert {client.post(path).status_code for path in ("/apparence/", "/langue/", "/acces/logout/", "/acces/login/")} == {403}
    assert written() == before


# --- How often one may try ---


def tries(count, act):
    return [act() for _ in range(count)]


def test_a_code_sent_by_mail_is_not_guessed(martine):
    client = Client()
    client.post("/acces/login/code/", {"email": martine.email})
    code = code_in_last_mail()
    tries(3, lambda: client.post("/acces/login/code/confirm/", {"code": "XXXX-XXXX"}))
    client.post("/acces/login/code/confirm/", {"code": code})

    assert not is_signed_in(client)


def test_nor_is_the_code_of_a_forgotten_password(martine):
    client = Client()
    client.post("/acces/password/reset/", {"email": martine.email})
    code = code_in_last_mail()
    tries(3, lambda: client.post("/acces/password/reset/confirm/", {"code": "XXXX-XXXX"}))
    client.post("/acces/password/reset/confirm/", {"code": code})
    client.post("/acces/password/reset/complete/", {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD})

    martine.refresh_from_db()
    assert martine.check_password(PASSWORD)


def test_asking_for_too_many_new_passwords_is_held_back(martine):
    pages = tries(4, lambda: Client().post("/acces/password/reset/", {"email": martine.email}))

    assert len(mail.outbox) == 3
    assert pages[-1].status_code == 429


def test_creating_too_many_logins_is_held_back(alphee):
    def sign_up():
        client = Client()
        client.get(link_to(alphee))
        return client.post("/acces/signup/", {"email": "", "password1": "", "password2": ""}).status_code

    assert tries(21, sign_up)[-1] == 429


def test_the_second_step_is_not_guessed(martine):
    Authenticator.objects.create(user=martine, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client = Client()
    client.post("/acces/login/", {"login": martine.email, "password": PASSWORD})
    pages = tries(6, lambda: client.post("/acces/2fa/authenticate/", {"code": "000000"}).text)

    assert not is_signed_in(client)
    assert "Trop d’essais à la suite." in pages[-1]


def test_a_code_by_mail_does_not_spare_the_second_step(martine):
    Authenticator.objects.create(user=martine, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client = Client()
    client.post("/acces/login/code/", {"email": martine.email})
    answer = client.post("/acces/login/code/confirm/", {"code": code_in_last_mail()})

    assert answer.headers["Location"] == "/acces/2fa/authenticate/"
    assert not is_signed_in(client)


def test_the_password_asked_again_is_not_guessed(martine):
    client = sign_in(martine.email, PASSWORD)
    statuses = tries(11, lambda: client.post("/acces/reauthenticate/", {"password": "pas le bon"}).status_code)

    assert statuses[-1] == 429


def test_a_borrowed_header_is_not_another_address(martine):
    """Without a proxy of ours in front, X-Forwarded-For is what anybody writes: the limit by address holds."""

    def ask(rank):
        client = Client(headers={"X-Forwarded-For": f"203.0.113.{rank}"})
        return client.post("/acces/login/code/", {"email": f"personne{rank}@exemple.fr"}, follow=True).text

    assert "Trop d’essais à la suite." in [ask(rank) for rank in range(31)][-1]
    assert len(mail.outbox) == 30


def test_a_key_or_passkey_of_somebody_else_is_not_found(martine, yannick):
    theirs = Authenticator.objects.create(user=yannick, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé", "credential": {}})
    client = reauthenticated(martine.email, PASSWORD)

    for act in ("remove", "edit"):
        assert client.post(f"/acces/2fa/webauthn/keys/{theirs.pk}/{act}/", {"name": "à moi"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Clé"


# --- What is said to browsers ---


@pytest.mark.parametrize("path", ["/acces/login/", "/g/nulle-part/", "/nulle-part/", "/aide/", "/api/v1/groups", "/api/v1/docs", "/"])
def test_every_answer_says_what_a_browser_may_do(db, path):
    headers = Client().get(path).headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_over_https_browsers_are_told_to_stay_there(tmp_path):
    asked = "SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE"
    code = f"from django.conf import settings\nprint(*(int(getattr(settings, name)) for name in '{asked}'.split()))"
    environment = {**HOST, "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    year, *switches = map(int, said.split())
    assert year >= 31_536_000
    assert switches == [1] * 5


# --- What is written in the log ---


@pytest.fixture
def log():
    """What the host reads, through the handler that writes it."""
    [handler] = [one for one in logging.getLogger().handlers if one.formatter and one.formatter._fmt.startswith("{asctime}")]
    text = io.StringIO()
    stream = handler.setStream(text)
    yield text
    handler.setStream(stream)


def test_the_log_names_no_password_no_code_no_link_and_no_key(amap, alphee, martine, log, monkeypatch):
    link, key = link_to(alphee), make_token(member=amap.treasurer, name="essai", by=amap.treasurer)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.post(link)
    client.post("/acces/login/", {"login": martine.email, "password": PASSWORD})
    unguarded = Client(raise_request_exception=False)
    unguarded.get(f"/nulle-part/{key}")
    unguarded.get(f"/api/v1/groups/{amap.group.slug}/nulle-part", {"key": key}, headers={"Authorization": f"Bearer {key}"})
    monkeypatch.setattr("escarcelle.web.members.invitations.invited_member", lambda _token: 1 / 0)
    monkeypatch.setattr("escarcelle.api.group.payees_of", lambda _group: 1 / 0)
    unguarded.get(link)
    unguarded.get(f"/api/v1/groups/{amap.group.slug}/payees", headers={"Authorization": f"Bearer {key}"})
    unguarded.post("/acces/login/", {"login": martine.email, "password": f"{PASSWORD} presque"})
    unguarded.post("/acces/login/code/", {"email": martine.email})

    written_down = log.getvalue()
    assert "/invitation/…" in written_down
    assert "ZeroDivisionError" in written_down
    for secret in (link.split("/")[2], key, PASSWORD, code_in_last_mail()):
        assert secret not in written_down


def test_what_belongs_to_no_group_answers_to_anybody(db):
    """Open addresses: no error of ours, and nothing of a group."""
    client = Client(raise_request_exception=False)
    words = {"token": "x", "rest": "x"}
    for address in addresses():
        if "slug" not in address.words and "pk" not in address.words:
            url = reverse(address.full_name, kwargs={word: words[word] for word in address.words})
            for method in ("get", "post", "head", "options"):
                assert getattr(client, method)(url).status_code < 500, (method, address.full_name)


def test_an_invitation_sent_again_by_the_same_form_leaves_once(amap, alphee, django_capture_on_commit_callbacks):
    key, path = uuid4(), reverse("web:member_invite", args=[amap.group.slug, alphee.pk])
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(8):
            browser(amap.treasurer.person).post(path, {"key": key})

    assert len(mail.outbox) == 1
