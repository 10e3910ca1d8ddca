"""Refusals and failures as `application/problem+json` (RFC 9457): a stable `code`, and a sentence that says what to do.

422: what was sent cannot be kept; other values may be. 409: the state of things forbids it, whatever is sent."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError, ValidationErrorContext

from escarcelle.api.frame.fields import Answer
from escarcelle.groups.activity import KeyReused
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.batches import BatchRefused

logger = logging.getLogger("escarcelle.errors")

CONTENT_TYPE = "application/problem+json"
DEADLOCK = "40P01"  # as PostgreSQL numbers it
Detail: TypeAlias = Mapping[str, str]

CONFLICTS = frozenset(
    {
        "already_counted",
        "already_taken_over",
        "already_validated",
        "basket_validated",
        "cancelled",
        "day_closed",
        "distribution_validated",
        "group_blocked",
        "email_taken_since",
        "has_subscriptions",
        "key_reused",
        "has_left",
        "last_administrator",
        "member_erased",
        "not_finished",
        "not_open_yet",
        "not_standing",
        "not_validated",
        "ordered",
        "ordered_outside",
        "not_over_administrators",
        "nothing_to_move",
        "nothing_to_validate",
        "promise_not_pending",
        "still_ordered",
        "validated",
        "past_delivery",
        "shown_already",
        "signs_in_already",
        "payment",
        "opening_not_standing",
        "payment_not_standing",
        "withdrawn",
    }
)

TITLES = {
    400: gettext_noop("Demande illisible"),
    401: gettext_noop("Clé absente ou refusée"),
    403: gettext_noop("Droit manquant"),
    404: gettext_noop("Introuvable"),
    405: gettext_noop("Méthode refusée"),
    409: gettext_noop("En conflit avec l’état des comptes"),
    413: gettext_noop("Envoi trop gros"),
    415: gettext_noop("Format inconnu"),
    422: gettext_noop("Données refusées"),
    500: gettext_noop("Erreur de notre part"),
}

# Of pydantic's many words, those a person can meet here.
_SENTENCES = {
    "bool_type": gettext_noop("Il faut vrai ou faux."),
    "dict_type": gettext_noop("Il faut un objet JSON."),
    "enum": gettext_noop("Valeur inconnue."),
    "extra_forbidden": gettext_noop("Ce champ n’existe pas."),
    "greater_than_equal": gettext_noop("Valeur trop petite."),
    "int_parsing": gettext_noop("Il faut un nombre entier."),
    "int_type": gettext_noop("Il faut un nombre entier."),
    "less_than_equal": gettext_noop("Valeur trop grande."),
    "list_type": gettext_noop("Il faut une liste."),
    "literal_error": gettext_noop("Valeur inconnue."),
    "missing": gettext_noop("Ce champ est obligatoire."),
    "model_attributes_type": gettext_noop("Il faut un objet JSON."),
    "model_type": gettext_noop("Il faut un objet JSON."),
    "string_too_long": gettext_noop("Ce texte est trop long."),
    "string_type": gettext_noop("Il faut un texte."),
    "string_unicode": gettext_noop("Ce texte contient un caractère impossible."),
    "too_long": gettext_noop("Cette liste est trop longue."),
    "too_short": gettext_noop("Cette liste est trop courte."),
}
_ANY_SENTENCE = gettext_noop("Cette valeur ne peut pas être gardée.")


# Said here rather than by a verb.
OUR_OWN: Mapping[str, int] = {
    "unreadable": 400,
    "idempotency_key_required": 400,
    "idempotency_key_unreadable": 400,
    "not_authenticated": 401,
    "forbidden": 403,
    "csrf": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "too_large": 413,
    "not_json": 415,
    "invalid_request": 422,
    "batch_refused": 422,
    "failure": 500,
}
# Packages whose refusals a person meets on a screen only.
_NOT_OURS = ("escarcelle.web.", "escarcelle.people.")


@dataclass(frozen=True)
class Known:
    """A code that may be answered, with which status, in which words."""

    code: str
    status: int
    sentences: tuple[str, ...]


def known_refusals() -> list[Known]:
    """Every refusal of the verbs behind the API, by code; one code may have several sentences."""
    found: dict[str, set[str]] = {}
    for kind in _descendants(Refusal):
        if kind.__module__.startswith("escarcelle.") and not kind.__module__.startswith(_NOT_OURS):
            for code, sentence in kind.sentences.items():
                found.setdefault(code, set()).add(sentence)
    return [Known(code, status_of(code), tuple(sorted(sentences))) for code, sentences in sorted(found.items())]


def _descendants(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def status_of(code: str) -> int:
    """409 when the state of things forbids it, else 422."""
    return 409 if code in CONFLICTS else 422


class ProblemError(Answer):
    """One refused field."""

    field: str
    code: str
    detail: str


class Problem(Answer):
    """Why nothing was done."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemError]
    reference: str | None = None


class Stop(Exception):
    """Answer with this problem, from wherever we are."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail


class NotThere(Http404):
    """Something that was named in what was sent is not in this group; `field` is where."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def problem(status: int, code: str, detail: str, errors: Sequence[Detail] = (), **more: str) -> HttpResponse:
    """An answer that says why not."""
    content = {
        "type": f"urn:escarcelle:problem:{code}",
        "title": _(TITLES[status]),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [dict(error) for error in errors],
        **more,
    }
    # ASCII: a lone surrogate sent to us would have no UTF-8.
    response = HttpResponse(json.dumps(content), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Escarcelle"'
    return response


def not_found() -> HttpResponse:
    """Also what another group's things answer: as if they were not."""
    return problem(404, "not_found", _("Cela n’existe pas, ou pas dans ce groupe."))


def _not_there(missing: NotThere) -> HttpResponse:
    detail = _("Cela n’existe pas, ou pas dans ce groupe.")
    return problem(404, "not_found", detail, [{"field": missing.field, "code": "not_found", "detail": detail}])


def method_not_allowed(response: HttpResponse) -> HttpResponse:
    """The same answer, as a problem; `Allow` says which methods exist."""
    answer = problem(405, "method_not_allowed", _("Cette adresse ne connaît pas cette méthode."))
    answer.headers["Allow"] = ", ".join(sorted(response.headers["Allow"].split(", ")))
    return answer


def _of_refusal(refusal: Refusal) -> HttpResponse:
    status = status_of(refusal.code)
    sentence = refusal.sentence(_)
    if isinstance(refusal, KeyReused):
        sentence = _("Cette clé (Idempotency-Key) a déjà servi pour un autre envoi\u00a0: rien n’a été enregistré. Prenez-en une nouvelle.")
    errors = [{"field": refusal.field, "code": refusal.code, "detail": sentence}] if refusal.field else []
    return problem(status, refusal.code, sentence, errors)


def _of_batch(refused: BatchRefused) -> HttpResponse:
    """Every bad row at once: `rows[3].amount`, counted from 0."""
    errors = [
        {"field": f"rows[{position}].{why.field}".rstrip("."), "code": why.code, "detail": why.sentence(_)}
        for position, why in refused.refusals
    ]
    return problem(422, "batch_refused", _("Des lignes sont refusées\u00a0: aucun paiement n’est enregistré."), errors)


def _of_validation(error: ValidationError) -> HttpResponse:
    errors: list[dict[str, str]] = error.errors  # made by `field_errors`
    only = errors[0] if len(errors) == 1 else None
    if only and only.pop("is_refusal", ""):
        return problem(422, only["code"], only["detail"], errors)
    for one in errors:
        one.pop("is_refusal", None)
    return problem(422, "invalid_request", _("Des champs manquent ou ne peuvent pas être lus\u00a0: voyez «\u00a0errors\u00a0»."), errors)


def field_errors(contexts: Sequence[ValidationErrorContext[Any]]) -> ValidationError:
    """What pydantic says, in our words: where, a code, a sentence. What was sent is not repeated."""
    found: list[dict[str, str]] = []
    for context in contexts:
        names = getattr(context.model, "__ninja_flatten_map_reverse__", {})
        for error in context.pydantic_validation_error.errors(include_url=False, include_input=False):
            place = names.get(error["loc"], error["loc"])
            found.append({"field": _place(place), **_say(error)})
    return ValidationError(found)


def _say(error: Mapping[str, Any]) -> dict[str, str]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Refusal):
        return {"code": cause.code, "detail": cause.sentence(_), "is_refusal": "yes"}
    return {"code": error["type"], "detail": _(_SENTENCES.get(error["type"], _ANY_SENTENCE))}


def _place(parts: Sequence[str | int]) -> str:
    """("body", "rows", 3, "amount") → "rows[3].amount"."""
    if len(parts) > 1 and parts[0] in ("body", "query", "path", "header"):
        parts = parts[1:]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.lstrip(".")[:200]


def _of_failure(request: HttpRequest) -> HttpResponse:
    reference = str(getattr(request, "reference", ""))
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    detail = _("Une erreur de notre part\u00a0: rien n’est à moitié enregistré. Donnez-nous cette référence\u00a0: {reference}.")
    return problem(500, "failure", detail.format(reference=reference), reference=reference)


def _of_http_error(error: HttpError) -> HttpResponse:
    # Ninja raises it for a body that its parser refused, and for nothing else here.
    return problem(400, "unreadable", _("Le corps de la demande n’est pas du JSON."))


def _of_integrity(request: HttpRequest) -> HttpResponse:
    logger.warning("two acts met: %s %s", request.method, request.path, exc_info=True)
    return problem(409, "conflict", _("Deux demandes se sont croisées\u00a0: rien n’est enregistré, recommencez."))


def _of_database(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """Each of two acts held what the other waited for, and the database ended one: it may simply be sent again."""
    return _of_integrity(request) if getattr(error.__cause__, "sqlstate", "") == DEADLOCK else _of_failure(request)


def _of_no_key() -> HttpResponse:
    return problem(401, "not_authenticated", _("Donnez une clé valable dans l’en-tête Authorization, ou connectez-vous."))


def _of_no_right() -> HttpResponse:
    return problem(403, "forbidden", _("Votre rôle ne le permet pas. Demandez à un administrateur du groupe."))


def _of_size() -> HttpResponse:
    return problem(413, "too_large", _("Cet envoi dépasse douze mégaoctets."))


# The nearest class wins, as for `except`.
ANSWERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refusal: lambda _request, refusal: _of_refusal(refusal),
    BatchRefused: lambda _request, refused: _of_batch(refused),
    ValidationError: lambda _request, error: _of_validation(error),
    Stop: lambda _request, stop: problem(stop.status, stop.code, stop.detail),
    AuthenticationError: lambda _request, _error: _of_no_key(),
    NotThere: lambda _request, missing: _not_there(missing),
    Http404: lambda _request, _error: not_found(),
    PermissionDenied: lambda _request, _error: _of_no_right(),
    RequestDataTooBig: lambda _request, _error: _of_size(),
    HttpError: lambda _request, error: _of_http_error(error),
    IntegrityError: lambda request, _error: _of_integrity(request),
    OperationalError: _of_database,
    Exception: lambda request, _error: _of_failure(request),
}


def install(api: NinjaAPI) -> None:
    """Every exception of an operation ends as a problem."""
    for kind, answer in ANSWERS.items():
        api.add_exception_handler(kind, answer)
