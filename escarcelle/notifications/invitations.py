"""« Le groupe vous invite »: a member gets the link by which they sign in for the first time."""

import logging
from collections.abc import Mapping
from smtplib import SMTPException
from typing import ClassVar
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from escarcelle.groups.activity import begin, note
from escarcelle.groups.invitations import VALID_FOR
from escarcelle.groups.models import Member
from escarcelle.lib.refusals import Refusal, gettext_noop

logger = logging.getLogger("escarcelle.notifications")


class InvitationNotSent(Refusal):
    """This member cannot be invited, or the mail did not leave."""

    sentences: ClassVar[Mapping[str, str]] = {
        "no_email": gettext_noop("Ce membre n’a pas d’adresse e-mail\u00a0: ajoutez-la, puis invitez-le."),
        "signs_in_already": gettext_noop("Ce membre se connecte déjà\u00a0: il n’a pas besoin d’invitation."),
        "has_left": gettext_noop("Ce membre a quitté le groupe\u00a0: faites-le d’abord revenir."),
        "mail_failed": gettext_noop(
            "L’e-mail n’est pas parti\u00a0: le serveur de courrier ne répond pas. Réessayez dans quelques minutes."
        ),
    }


@transaction.atomic
def invite(*, member: Member, link: str, by: Member, key: UUID | None = None) -> None:
    """Send a member `link`, the way to their first sign-in, once the act is written. Sent twice with one key, one mail leaves.

    Refused: `InvitationNotSent`; with `mail_failed` the act is written and can be done again under another key."""
    activity, is_first = begin(group=member.group, by=by, kind="member.invited", key=key, content={"member": member.pk})
    if not is_first:
        return
    if not member.is_present:
        raise InvitationNotSent("has_left")
    if member.person_id is not None:
        raise InvitationNotSent("signs_in_already")
    if not member.email:
        raise InvitationNotSent("no_email")
    note(activity, member=member.pk)
    transaction.on_commit(lambda: _send(member, link, by))


def _send(member: Member, link: str, by: Member) -> None:
    words = {"member": member, "group": member.group, "by": by, "link": link, "days": VALID_FOR.days}
    mail = EmailMultiAlternatives(
        subject=f"{member.group.name} vous invite sur Escarcelle",
        body=render_to_string("notifications/invitation.txt", words),
        to=[member.email],
    )
    mail.attach_alternative(render_to_string("notifications/invitation.html", words), "text/html")
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        logger.warning("the invitation of member %s did not leave: %s", member.pk, error)
        raise InvitationNotSent("mail_failed") from error
