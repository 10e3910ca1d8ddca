"""Keys to the API. The key is shown once; only its digest is kept."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import ApiToken, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop

PREFIX = "esc_"


class TokenRefused(Refusal):
    """A key to the API cannot be made so, or cannot be shown again."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name_missing": gettext_noop("Dites à quoi servira cette clé."),
        "shown_already": gettext_noop("Cette clé a déjà été montrée\u00a0: si elle n’a pas été notée, révoquez-la et créez-en une autre."),
    }


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_token(*, member: Member, name: str, by: Member, key: UUID | None = None) -> str:
    """A key that acts as `member`; the only time it can be read. Sent twice with one `key`, one is made.

    Refused: `TokenRefused`, for want of a name, and when the act is replayed: what was shown once is not kept."""
    name = clean_text(name, max_length=80)
    if not name:
        raise TokenRefused("name_missing", field="name")
    activity, is_first = begin(group=member.group, by=by, kind="token.made", key=key, content={"member": member.pk, "name": name})
    if not is_first:
        raise TokenRefused("shown_already")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(group=member.group, member=member, name=name, digest=_digest(token), created_at=timezone.now())
    note(activity, token=row.pk, member=member.pk)
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Member) -> None:
    """The key opens nothing any more. Twice changes nothing; there is no way back, make another."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        activity, _ = begin(group=token.group, by=by, kind="token.revoked")
        note(activity, token=token.pk)


def member_of_token(token: str, today: dt.date) -> Member | None:
    """Whom a key acts for; None when it opens nothing. Writes at most once a day that it was used."""
    row = (
        ApiToken.objects.filter(digest=_digest(token), revoked_at=None, member__left_on=None, member__erased_at=None)
        .exclude(member__person__is_active=False)
        .select_related("member__group", "member__household_of")
        .first()
    )
    if row is None:
        return None
    if row.last_used_on != today:
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
    return row.member
