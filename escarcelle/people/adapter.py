"""What django-allauth asks of us: who may create a login, and what it says when it refuses, in the words of our screens."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from escarcelle.people.languages import remember_language
from escarcelle.people.models import Person

BRAND = "Escarcelle"

_REAUTHENTICATION_WORDS = {
    "reauthenticate": gettext_lazy("Donner mon mot de passe"),
    "mfa_reauthenticate": gettext_lazy("Donner un code de l’application, ou de secours"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Utiliser ma clé d’accès"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Logins are created from an invitation only."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("Cet accès est fermé. Pour le rouvrir, écrivez à votre groupe."),
        "cannot_remove_primary_email": gettext_lazy("L’adresse principale ne se retire pas\u00a0: choisissez-en d’abord une autre."),
        "duplicate_email": gettext_lazy("Cette adresse est déjà celle de votre accès."),
        "email_password_mismatch": gettext_lazy(
            "Ce mot de passe ne va pas avec cette adresse. Vérifiez les majuscules, ou recevez un code par e-mail."
        ),
        "email_taken": gettext_lazy("Cette adresse sert déjà à un accès."),
        "enter_current_password": gettext_lazy("Ce n’est pas le mot de passe actuel."),
        "incorrect_code": gettext_lazy("Ce code n’est pas le bon. Recopiez le plus récent, sans les espaces."),
        "incorrect_password": gettext_lazy("Ce mot de passe n’est pas le bon. Vérifiez les majuscules."),
        "invalid_or_expired_key": gettext_lazy("Cette clé ne sert plus."),
        "invalid_login": gettext_lazy("Cette adresse e-mail n’est pas complète."),
        "invalid_password_reset": gettext_lazy("Ce lien ne sert plus\u00a0: demandez-en un autre."),
        "max_email_addresses": gettext_lazy("Un accès a %d adresses e-mail au plus."),
        "rate_limited": gettext_lazy("Trop de demandes à la suite. Attendez quelques minutes, puis recommencez."),
        "same_as_current": gettext_lazy("C’est déjà votre adresse\u00a0: indiquez-en une autre."),
        "select_only_one": gettext_lazy("Choisissez-en une seule."),
        "too_many_login_attempts": gettext_lazy(
            "Trop d’essais à la suite. Attendez quelques minutes, puis recommencez\u00a0: votre accès n’est pas bloqué."
        ),
        "unknown_email": gettext_lazy("Aucun accès n’a cette adresse e-mail."),
        "unverified_primary_email": gettext_lazy("L’adresse principale doit d’abord être vérifiée."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only somebody who has followed an invitation, which its screen keeps in the session."""
        return bool(request.session.get("invitation"))

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        remember_language(user, get_language())

    def get_reauthentication_methods(self, user: Person | AnonymousUser) -> list[dict[str, Any]]:
        """The ways to confirm that it is really you, in plain words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": _REAUTHENTICATION_WORDS.get(method["id"], method["description"])} for method in methods]

    def format_email_subject(self, subject: str) -> str:
        return _("{brand}\u00a0: {subject}").format(brand=BRAND, subject=subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {**context, "site_url": settings.SITE_URL})


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second step of the sign-in: codes of an application, passkeys, recovery codes."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": gettext_lazy("Avec la protection renforcée, un accès garde une seule adresse e-mail. Désactivez-la d’abord."),
        "cannot_delete_authenticator": gettext_lazy("La protection renforcée ne peut pas être désactivée ici."),
        "cannot_generate_recovery_codes": gettext_lazy("Activez d’abord une application de codes ou une clé d’accès."),
        "incorrect_code": gettext_lazy(
            "Ce code n’est pas le bon. Il change toutes les trente secondes\u00a0: recopiez celui qui s’affiche."
        ),
        "unverified_email": gettext_lazy("Vérifiez d’abord votre adresse e-mail\u00a0: elle sert à retrouver votre accès."),
    }

    def get_totp_issuer(self) -> str:
        return BRAND

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": BRAND}

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        """« Clé d’accès », then « Clé d’accès 2 »: a name to start from, which the person may change."""
        already = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Clé d’accès") if not already else _("Clé d’accès {number}").format(number=already + 1)
