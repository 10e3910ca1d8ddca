"""The pages of a failure. They say what happened to what was typed; a trace is for the log alone."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html

from .language import reader_language
from .middleware import reference_of

logger = logging.getLogger("escarcelle.errors")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error of ours, with the reference under which the log has its trace."""
    reference = reference_of(request)
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    try:
        page = render_to_string("500.html", {"reference": reference, "language": reader_language()})
    except Exception:  # whatever failed may fail again: a missing static file, a broken template
        logger.exception("reference %s: the page of the error failed too", reference)
        page = format_html("<!doctype html><title>Escarcelle</title><p>Une erreur de notre part. Référence\u00a0: {}</p>", reference)
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent from a page that was open too long. Nothing was saved; the browser still has what was typed."""
    return render(request, "403_csrf.html", status=403)
