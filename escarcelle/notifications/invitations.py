"""« Le groupe vous invite »: a member gets the link by which they sign in for the first time."""

import datetime as dt
import logging
from collections.abc import Mapping
from smtplib import SMTPException
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.invitations import VALID_FOR, invitation_token
from escarcelle.groups.members import check_over_administrators
from escarcelle.groups.models import Member
from escarcelle.lib.languages import ENGLISH, FRENCH, spoken
from escarcelle.lib.refusals import Refusal, gettext_noop

# Nobody’s mailbox is filled from here, whatever address is typed.
MOST_A_DAY = 5

# The screens are translated by the catalogue, as their reader reads; whoever is invited reads none of them yet.
_SUBJECTS = {FRENCH: "{group} vous invite sur Escarcelle", ENGLISH: "{group} invites you to Escarcelle"}

logger = logging.getLogger("escarcelle.notifications")


class InvitationNotSent(Refusal):
    """This member cannot be invited, or the mail did not leave."""

    sentences: ClassVar[Mapping[str, str]] = {
        "no_email": gettext_noop("Ce membre n’a pas d’adresse e-mail\u00a0: ajoutez-la, puis invitez-le."),
        "signs_in_already": gettext_noop("Ce membre se connecte déjà\u00a0: il n’a pas besoin d’invitation."),
        "has_left": gettext_noop("Ce membre a quitté le groupe\u00a0: faites-le d’abord revenir."),
        "too_often": gettext_noop(
            "Ce membre a déjà reçu plusieurs invitations depuis hier\u00a0: vérifiez son adresse, et réessayez demain."
        ),
        "mail_failed": gettext_noop(
            "L’e-mail n’est pas parti\u00a0: le serveur de courrier ne répond pas. Réessayez dans quelques minutes."
        ),
    }


def invitation_link(member: Member) -> str:
    """The way to a member's first sign-in, good for fourteen days."""
    return settings.SITE_URL + reverse("web:invitation", args=[invitation_token(member)])


@transaction.atomic
def invite(*, member: Member, link: str, by: Member, key: UUID | None = None, language: str = FRENCH) -> None:
    """Send a member `link`, the way to their first sign-in, once the act is written. Sent twice with one key, one mail leaves.

    `language` is the one that this member reads: who invites them knows it, we do not yet.

    Refused: `InvitationNotSent`, `NotOverAdministrators` (who takes the place of an administrator is theirs to say); with `mail_failed` the act is written and can be done again under another key."""
    activity, is_first = begin(
        group=member.group, by=by, kind="member.invited", key=key, content={"member": member.pk, "language": language}
    )
    if not is_first:
        return
    if not member.is_present:
        raise InvitationNotSent("has_left")
    check_over_administrators(member, by)
    if member.person_id is not None:
        raise InvitationNotSent("signs_in_already")
    if not member.email:
        raise InvitationNotSent("no_email")
    if _sent_today(member) >= MOST_A_DAY:
        raise InvitationNotSent("too_often")
    note(activity, member=member.pk)
    transaction.on_commit(lambda: _send(member, link, by, spoken(language)))


def _sent_today(member: Member) -> int:
    """How many invitations of the last twenty-four hours are for this member, whoever sent them."""
    since = timezone.now() - dt.timedelta(days=1)
    return member.group.activities.filter(kind="member.invited", at__gte=since, details__member=member.pk).count()


def _send(member: Member, link: str, by: Member, language: str) -> None:
    words = {"member": member, "group": member.group, "by": by, "link": link, "days": VALID_FOR.days}
    mail = EmailMultiAlternatives(
        subject=_SUBJECTS[language].format(group=member.group.name),
        body=render_to_string(f"notifications/invitation.{language}.txt", words),
        to=[member.email],
    )
    mail.attach_alternative(render_to_string(f"notifications/invitation.{language}.html", words), "text/html")
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        logger.warning("the invitation of member %s did not leave: %s", member.pk, error)
        raise InvitationNotSent("mail_failed") from error
