"""The same request sent again gets the same answer: what was done is kept with its key, in the transaction that did it."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.problems import Stop
from escarcelle.api.models import IdempotentAnswer
from escarcelle.groups.activity import KeyReused
from escarcelle.groups.models import Group

# Answers name people: they are not kept longer than a client tries again. The acts' own keys are kept for ever (`groups.activity`),
# so that the same key, even years later, still changes nothing.
KEPT_FOR = dt.timedelta(days=7)
LONGEST_KEY = 255
_KEYS = uuid.UUID("6f0f3a0e-5c0d-5b0a-9a53-8a2f9a6d7c11")

Act = Callable[[], BaseModel | HttpResponse | None]


def read_key(request: ApiRequest, *, required: bool) -> uuid.UUID | None:
    """The Idempotency-Key as our verbs take it: a UUID as it is, any other text by its own UUID."""
    header = request.headers.get("Idempotency-Key")
    if header is None and not required:
        return None
    typed = (header or "").strip()
    if not typed:
        sentence = _("Ce qui touche à l’argent porte une clé\u00a0: donnez un UUID neuf dans l’en-tête Idempotency-Key.")
        raise Stop(400, "idempotency_key_required", sentence)
    if len(typed) > LONGEST_KEY or not typed.isprintable():
        raise Stop(400, "idempotency_key_unreadable", _("La clé Idempotency-Key a 255 caractères lisibles au plus."))
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.uuid5(_KEYS, typed)


def answer(result: BaseModel | HttpResponse | None, status: int) -> HttpResponse:
    """A result as it is sent."""
    if isinstance(result, HttpResponse):
        return result
    if result is None:
        return HttpResponse(status=204)
    return _json(result.model_dump_json(by_alias=True), status)


@transaction.atomic
def answer_once(request: ApiRequest, status: int, act: Act, *, keeps: bool) -> HttpResponse:
    """Do `act` unless its key was answered already; with a key, its answer is kept where it `keeps` answers.

    Two senders at once: the later one waits for the earlier to end, then gets the same. Refused: `KeyReused` when the request
    differs. A refusal of the act itself undoes everything, the key too."""
    if request.key is None or not keeps:
        return answer(act(), status)
    key, digest = request.key, _digest(request.body)
    IdempotentAnswer.objects.filter(group=request.group, created_at__lt=timezone.now() - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            kept = IdempotentAnswer.objects.create(
                group=request.group,
                member=request.member,
                key=key,
                method=request.method or "",
                path=request.path[:300],
                body_sha256=digest,
                created_at=timezone.now(),
            )
    except IntegrityError:
        return _again(request, key, digest)
    response = answer(act(), status)
    kept.status, kept.body = response.status_code, response.content.decode()
    kept.save(update_fields=["status", "body"])
    return response


def _again(request: ApiRequest, key: uuid.UUID, digest: str) -> HttpResponse:
    kept = IdempotentAnswer.objects.get(group=request.group, key=key)
    same = (kept.member_id, kept.method, kept.path, kept.body_sha256)
    if same != (request.member.pk, request.method, request.path[:300], digest):
        raise KeyReused("key_reused")
    response = _json(kept.body, kept.status) if kept.body else HttpResponse(status=kept.status)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _json(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def _digest(body: bytes) -> str:
    """The same content is the same body, however it is spaced."""
    canonical = json.dumps(json.loads(body), sort_keys=True).encode() if body else b""
    return hashlib.sha256(canonical).hexdigest()


def forget_answers(group: Group) -> None:
    """Answers of the last days may name somebody who asked to be forgotten."""
    IdempotentAnswer.objects.filter(group=group).delete()
