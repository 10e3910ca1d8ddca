"""What an import did, as it was written down when it was done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.importers import camap, member_import
from escarcelle.importers.camap_file import ControlTotals
from escarcelle.importers.report import total_lines
from escarcelle.web.language import reader_language
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import settings_page


@group_screen(may=Permission.IMPORT)
def import_done(request: GroupRequest, activity_id: int) -> HttpResponse:
    imports = request.group.activities.filter(kind__in=[camap.IMPORTED, member_import.IMPORTED]).select_related("by")
    act = get_object_or_404(imports, pk=activity_id)
    totals = []
    if act.kind == camap.IMPORTED:
        file, books = (ControlTotals(**act.details[side]) for side in ("file", "books"))
        lines = total_lines(file, books, language=reader_language())
        totals = [(_(line.label), line) for line in lines]
    context = {"act": act, "details": act.details, "totals": totals, "is_camap": act.kind == camap.IMPORTED}
    return settings_page(request, "importing/done.html", context, tab="import_camap" if totals else "import_members")
