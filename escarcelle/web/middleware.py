"""Each request has a reference: a person who meets an error reads it to us, and we find it in the log."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Responder = Callable[[HttpRequest], HttpResponse]


class RequestReference:
    """Puts `request.reference` on every request, and in the header X-Request-Id of its response."""

    def __init__(self, respond: Responder) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = reference_of(request)
        response = self.respond(request)
        response.headers["X-Request-Id"] = reference
        return response


def reference_of(request: HttpRequest) -> str:
    """Short enough to be read on the telephone: `4f9a-02c7`. Always the same for one request."""
    known: str | None = getattr(request, "reference", None)
    if known:
        return known
    made = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    request.reference = made  # type: ignore[attr-defined]
    return made
