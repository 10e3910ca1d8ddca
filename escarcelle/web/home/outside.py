"""Screens that belong to no group: where to go first, help, what is kept about people."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from escarcelle.groups.belonging import groups_of


@never_cache
def start(request: HttpRequest) -> HttpResponseBase:
    """Straight to the only group; a choice between several; signed out, the door; nobody's member, a page that says so."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    groups = groups_of(request.user)
    if len(groups) == 1:
        return redirect("web:home", groups[0].slug)
    return render(request, "home/start.html", {"groups": groups})


def help_pages(request: HttpRequest) -> HttpResponse:
    """Short help, one part for each role: open to everybody, signed in or not."""
    return render(request, "home/help.html")


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, for how long, and how to have it wiped."""
    return render(request, "home/privacy.html")
