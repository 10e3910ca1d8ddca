"""What the pages of the settings show around their content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.web.screens import GroupRequest

REFUSED = 422


@dataclass(frozen=True)
class Subtab:
    label: str
    url: str
    current: bool


def settings_page(request: GroupRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200) -> HttpResponse:
    """A page of the settings, under the subtabs that this member may open."""
    return render(request, template, {"subtabs": _subtabs(request, tab), **context}, status=status)


def _subtabs(request: GroupRequest, current: str) -> list[Subtab]:
    tabs = [
        ("settings", _("Groupe"), Permission.MANAGE_GROUP),
        ("tokens", _("Clés de l’API"), Permission.MANAGE_GROUP),
        ("activity", _("Journal"), Permission.SEE_ACTIVITY),
        ("import_camap", _("Importer de CAMAP"), Permission.IMPORT),
        ("import_members", _("Importer des membres"), Permission.IMPORT),
    ]
    if not request.group.is_amap:
        tabs.insert(1, ("ways_to_pay", _("Moyens de paiement"), Permission.SET_WAYS_TO_PAY))
    slug = request.group.slug
    return [Subtab(label, reverse(f"web:{name}", args=[slug]), name == current) for name, label, right in tabs if request.rights.may(right)]
