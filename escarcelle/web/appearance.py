"""Light, dark, or as the device, and the language: kept in cookies, so that they also hold before anyone signs in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from escarcelle.people.languages import remember_language
from escarcelle.people.models import Person

from .shell import THEMES

ONE_YEAR_SECONDS = 60 * 60 * 24 * 365


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme on this device and go back to the page; anything but light or dark follows the device."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if is_ours else "/")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        # Not http-only: static/js/shell.js writes it too, to change the page without loading it again.
        response.set_cookie("theme", theme, max_age=ONE_YEAR_SECONDS, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language on this device, and write to whoever is signed in in the same one from now on."""
    if request.method == "POST" and isinstance(request.user, Person):
        remember_language(request.user, request.POST.get(LANGUAGE_QUERY_PARAMETER))
    response: HttpResponse = set_language(request)
    return response
