"""Réglages: what the group is called, and where it meets."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escarcelle.distributions.places import add_place, change_place
from escarcelle.groups.permissions import Permission
from escarcelle.groups.renaming import rename_group
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import KeyField, LineField, refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import REFUSED, settings_page


class NameForm(forms.Form):
    name = LineField(max_length=120, label=gettext_lazy("Nom du groupe"), error_messages={"required": gettext_lazy("Il manque un nom.")})
    key = KeyField()


class PlaceForm(forms.Form):
    """Where the group meets."""

    name = LineField(max_length=120, label=gettext_lazy("Lieu"), error_messages={"required": gettext_lazy("Il manque le nom du lieu.")})
    address = LineField(max_length=200, required=False, label=gettext_lazy("Adresse"))
    key = KeyField()


@group_screen(may=Permission.MANAGE_GROUP)
def settings(request: GroupRequest) -> HttpResponse:
    return _settings(request)


def _settings(request: GroupRequest, **refused: Any) -> HttpResponse:
    """The page of the settings; `refused` is the form that could not be taken, with what was typed in it."""
    context = {
        "name_form": NameForm(initial={"name": request.group.name}, auto_id="id_group_%s"),
        "place_form": PlaceForm(auto_id="id_place_%s"),
        "places": list(request.group.places.order_by("name", "pk")),
        "kind": request.group.get_kind_display(),
    }
    return settings_page(request, "settings/settings.html", {**context, **refused}, tab="settings", status=REFUSED if refused else 200)


@require_POST
@group_screen(may=Permission.MANAGE_GROUP)
def group_rename(request: GroupRequest) -> HttpResponse:
    form = NameForm(request.POST, auto_id="id_group_%s")
    if form.is_valid():
        try:
            rename_group(group=request.group, name=form.cleaned_data["name"], by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Le nom du groupe est enregistré."))
            return redirect("web:settings", request.group.slug)
    return _settings(request, name_form=form)


@require_POST
@group_screen(may=Permission.MANAGE_GROUP)
def place_new(request: GroupRequest) -> HttpResponse:
    form = PlaceForm(request.POST, auto_id="id_place_%s")
    if form.is_valid():
        typed = form.cleaned_data
        try:
            add_place(group=request.group, name=typed["name"], address=typed["address"], by=request.member, key=typed["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("«\u00a0{name}\u00a0» est ajouté aux lieux.").format(name=typed["name"]))
            return redirect("web:settings", request.group.slug)
    return _settings(request, place_form=form)


@group_screen(may=Permission.MANAGE_GROUP)
def place_edit(request: GroupRequest, place_id: int) -> HttpResponse:
    place = get_object_or_404(request.group.places.select_related("group"), pk=place_id)
    form = PlaceForm(request.POST or None, initial={"name": place.name, "address": place.address})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            change_place(place=place, name=typed["name"], address=typed["address"], by=request.member, key=typed["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Le lieu est enregistré."))
            return redirect("web:settings", request.group.slug)
    context = {"form": form, "place": place}
    return settings_page(request, "settings/place.html", context, tab="settings", status=REFUSED if form.errors else 200)
