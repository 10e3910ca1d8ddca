"""Keys to the API. The key is shown once; only its digest is kept."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import ApiToken, Member

PREFIX = "esc_"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_token(*, member: Member, name: str, by: Member) -> str:
    """A key that acts as `member`; the only time it can be read."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(group=member.group, member=member, name=name[:80], digest=_digest(token), created_at=timezone.now())
    activity, _ = begin(group=member.group, by=by, kind="token.made")
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
        .select_related("member__group", "member__household_of")
        .first()
    )
    if row is None:
        return None
    if row.last_used_on != today:
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
    return row.member
