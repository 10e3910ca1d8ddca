"""The door: password, code by e-mail, second step, and everything about one's own login, in our look and in French."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.template.loader import get_template
from django.test import Client
from django.urls import include, path

from escarcelle.people.models import Person

PASSWORD = "une phrase de dix signes"
# The screens of the sign-in alone: they must not depend on those of the product.
urlpatterns = [path("acces/", include("allauth.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

OFFERED_BY_ALLAUTH_BUT_CLOSED_HERE = {
    "account/base_manage_phone.html",  # no telephone number serves to sign in
    "account/confirm_phone_verification_code.html",
    "account/phone_change.html",
    "account/messages/phone_verification_sent.txt",
    "account/messages/phone_verified.txt",
    "account/signup_by_passkey.html",  # a login is created from an invitation, with a password
    "mfa/webauthn/signup_form.html",
    "mfa/trust.html",  # no browser is trusted for longer than a session
}


@pytest.fixture(autouse=True)
def _forget_earlier_attempts():
    cache.clear()


@pytest.fixture
def martine():
    person = Person.objects.create_user("martine@exemple.fr", PASSWORD, first_name="Martine", last_name="Le Goff")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(client: Client, password: str = PASSWORD, email: str = "martine@exemple.fr"):
    return client.post("/acces/login/", {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_in_last_mail() -> str:
    return re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{2,4})$", mail.outbox[-1].body, re.MULTILINE)[1]


def current_totp(secret: str) -> str:
    counters = [*yield_hotp_counters_from_time()]
    now = counters[len(counters) // 2]
    return format_hotp_value(hotp_value(secret, now))


# --- Nothing is left in another look or another language ---


def allauth_templates() -> list[str]:
    folder = Path(allauth.__file__).parent / "templates"
    files = [file for part in ("account", "mfa") for file in (folder / part).rglob("*") if file.suffix in {".html", ".txt"}]
    return sorted(str(file.relative_to(folder)) for file in files)


@pytest.mark.parametrize("name", allauth_templates())
def test_every_screen_and_mail_of_the_sign_in_is_ours(name):
    ours = str(settings.BASE_DIR / "escarcelle" / "web" / "templates")

    assert get_template(name).origin.name.startswith(ours) or name in OFFERED_BY_ALLAUTH_BUT_CLOSED_HERE


SIGNED_OUT = ["login/", "login/code/", "password/reset/", "password/reset/done/", "signup/", "inactive/"]
SIGNED_IN = ["email/", "password/change/", "2fa/", "2fa/webauthn/", "logout/", "reauthenticate/"]
ENGLISH = re.compile(r"\b(sign|password|email address|code expires|confirm access|security key|your account|the)\b", re.IGNORECASE)


def visible_text(page: str) -> str:
    body = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<(script|form)[^>]*>|<[^>]+>", " ", body)


@pytest.mark.parametrize("screen", SIGNED_OUT)
def test_the_door_speaks_french(client, screen):
    page = client.get(f"/acces/{screen}").text

    assert 'lang="fr"' in page
    assert not ENGLISH.search(visible_text(page))
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("screen", SIGNED_IN)
def test_the_screens_of_ones_own_login_speak_french(client, martine, screen):
    sign_in(client)
    page = client.get(f"/acces/{screen}").text

    assert not ENGLISH.search(visible_text(page))
    assert page.count("<h1>") == 1


# --- Signing in ---


def test_the_right_password_opens(client, martine):
    sign_in(client)

    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals(client, martine):
    sign_in(client, email="Martine@Exemple.FR")

    assert is_signed_in(client)


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(client, martine):
    page = sign_in(client, "pas le bon du tout").text

    assert "Ce mot de passe ne va pas avec cette adresse." in page
    assert 'value="martine@exemple.fr"' in page
    assert not is_signed_in(client)


def test_an_unknown_address_is_answered_like_a_wrong_password(client, martine):
    unknown, wrong = sign_in(client, email="personne@exemple.fr").text, sign_in(client, "pas le bon du tout").text

    assert "Ce mot de passe ne va pas avec cette adresse." in unknown
    assert "Ce mot de passe ne va pas avec cette adresse." in wrong


def test_too_many_wrong_passwords_are_held_back_even_when_the_right_one_follows(client, martine):
    for _attempt in range(5):
        sign_in(client, "pas le bon du tout")

    assert "Trop d’essais à la suite." in sign_in(client).text
    assert not is_signed_in(client)


def test_asking_for_too_many_codes_is_held_back_in_french(client, martine):
    pages = [Client().post("/acces/login/code/", {"email": martine.email}).text for _attempt in range(4)]

    assert len(mail.outbox) == 3
    assert "Trop d’essais à la suite." in pages[-1]


def test_a_code_by_mail_replaces_the_password(client, martine):
    page = client.post("/acces/login/code/", {"email": martine.email}, follow=True).text
    assert "Un code est parti à <b>martine@exemple.fr</b>" in page
    assert mail.outbox[-1].subject == "Escarcelle\u00a0: Votre code de connexion"
    assert mail.outbox[-1].body.startswith("Bonjour,\n")

    client.post("/acces/login/code/confirm/", {"code": code_in_last_mail()})

    assert is_signed_in(client)


def test_a_wrong_code_does_not_open(client, martine):
    client.post("/acces/login/code/", {"email": martine.email})
    page = client.post("/acces/login/code/confirm/", {"code": "XXXX-XXXX"}).text

    assert "Ce code n’est pas le bon." in page
    assert not is_signed_in(client)


def test_an_unknown_address_receives_no_code_but_the_same_page(client, martine):
    page = client.post("/acces/login/code/", {"email": "personne@exemple.fr"}, follow=True).text

    assert "Un code est parti à <b>personne@exemple.fr</b>" in page
    assert mail.outbox[-1].subject == "Escarcelle\u00a0: Aucun accès à cette adresse"


def test_signing_out_is_one_press(client, martine):
    sign_in(client)
    page = client.post("/acces/logout/", follow=True).text

    assert not is_signed_in(client)
    assert "La session est fermée." in page


# --- Creating a login ---


def new_login() -> dict[str, str]:
    return {"email": "paul@exemple.fr", "password1": PASSWORD, "password2": PASSWORD}


def test_without_invitation_no_login_is_created(client):
    page = client.post("/acces/signup/", new_login()).text

    assert "Sur invitation" in page
    assert not Person.objects.exists()


def test_an_invitation_opens_the_screen_once_the_address_is_verified(client):
    session = client.session
    session["invitation"] = "a signed link"
    session.save()

    page = client.post("/acces/signup/", new_login(), follow=True).text
    assert "Vérifier votre adresse e-mail" in page
    assert not is_signed_in(client)

    client.post("/acces/confirm-email/", {"code": code_in_last_mail()})
    assert is_signed_in(client)
    assert Person.objects.get().email == "paul@exemple.fr"


# --- One's own login ---


def test_a_forgotten_password_is_replaced_with_a_code(client, martine):
    client.post("/acces/password/reset/", {"email": martine.email})
    client.post("/acces/password/reset/confirm/", {"code": code_in_last_mail()})
    client.post("/acces/password/reset/complete/", {"password1": "une autre phrase", "password2": "une autre phrase"})

    martine.refresh_from_db()
    assert martine.check_password("une autre phrase")
    assert "Le mot de passe de votre accès est changé, avec un code reçu par e-mail." in mail.outbox[-1].body


def test_a_new_password_too_short_is_refused_with_a_sentence(client, martine):
    sign_in(client)
    client.post("/acces/reauthenticate/", {"password": PASSWORD})
    page = client.post("/acces/password/change/", {"oldpassword": PASSWORD, "password1": "court", "password2": "court"}).text

    assert "Ce mot de passe est trop court." in page
    martine.refresh_from_db()
    assert martine.check_password(PASSWORD)


def test_a_new_address_replaces_the_old_one_only_once_verified(client, martine):
    sign_in(client)
    client.post("/acces/reauthenticate/", {"password": PASSWORD})
    client.post("/acces/email/", {"email": "martine.legoff@exemple.fr", "action_add": ""})
    martine.refresh_from_db()
    assert martine.email == "martine@exemple.fr"

    client.post("/acces/confirm-email/", {"code": code_in_last_mail()})
    martine.refresh_from_db()
    assert martine.email == "martine.legoff@exemple.fr"


def test_what_protects_the_login_asks_for_the_password_again(client, martine):
    sign_in(client)

    assert client.get("/acces/2fa/totp/activate/")["Location"].startswith("/acces/reauthenticate/")


def protect(client: Client) -> str:
    """Turn the application of codes on, and give its secret."""
    sign_in(client)
    client.post("/acces/reauthenticate/", {"password": PASSWORD})
    page = client.get("/acces/2fa/totp/activate/").text
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)[1]
    client.post("/acces/2fa/totp/activate/", {"code": current_totp(secret)})
    return secret


def test_with_the_application_of_codes_the_password_is_no_longer_enough(client, martine):
    secret = protect(client)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}

    other = Client()
    assert sign_in(other)["Location"] == "/acces/2fa/authenticate/"
    assert not is_signed_in(other)
    assert "Une étape encore" in other.get("/acces/2fa/authenticate/").text
    assert "Ce code n’est pas le bon." in other.post("/acces/2fa/authenticate/", {"code": "nope"}).text

    cache.clear()  # a code serves once: the one just used to turn it on would be refused
    other.post("/acces/2fa/authenticate/", {"code": current_totp(secret)})
    assert is_signed_in(other)


def test_a_recovery_code_opens_once(client, martine):
    protect(client)
    page = client.get("/acces/2fa/recovery-codes/").text
    [code, *_others] = re.findall(r"<li><code>(\w+)</code></li>", page)

    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser)
        browser.post("/acces/2fa/authenticate/", {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_passkey_needs_no_inline_script(client, martine):
    page = client.get("/acces/login/").text

    assert 'src="/static/mfa/js/webauthn.js"' in page
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == [
        '<script data-allauth-onload="allauth.webauthn.forms.loginForm" type="application/json">'
    ]
