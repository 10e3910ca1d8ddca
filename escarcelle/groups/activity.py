"""The log of acts, which also makes every act safe to send twice."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from escarcelle.groups.models import Activity, Group, Member
from escarcelle.lib.refusals import Refusal, gettext_noop


class KeyReused(Refusal):
    """This key was already sent with another content: one of the two is a mistake, so nothing is done."""

    sentences: ClassVar[Mapping[str, str]] = {
        "key_reused": gettext_noop(
            "Cet envoi porte la clé d’un autre, dont le contenu diffère\u00a0: rien n’a été enregistré. Rechargez la page, puis recommencez."
        ),
    }


def begin(
    *, group: Group, by: Member | None, kind: str, key: UUID | None = None, content: Mapping[str, Any] | None = None
) -> tuple[Activity, bool]:
    """Write that `by` does `kind`, in the caller's transaction; give the row and whether this is the first time.

    The second time, the row of the first comes back with False, and the caller answers from its `details`. Two senders at once: the
    later one waits for the earlier one to commit. Refused: `KeyReused`, when the content differs."""
    digest = _digest(kind, content or {})
    key = key or uuid4()
    try:
        with transaction.atomic():
            return Activity.objects.create(group=group, by=by, kind=kind, key=key, content_digest=digest, at=timezone.now()), True
    except IntegrityError:
        first = Activity.objects.filter(group=group, key=key).first()
        if first is None:
            raise
        if first.content_digest != digest:
            raise KeyReused("key_reused") from None
        return first, False


def note(activity: Activity, **details: Any) -> None:
    """Complete the row of an act with what it was about, before its transaction ends."""
    activity.details = {**activity.details, **details}
    activity.save(update_fields=["details"])


def _digest(kind: str, content: Mapping[str, Any]) -> str:
    canonical = json.dumps([kind, content], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
