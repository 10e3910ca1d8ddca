"""The subscriptions export of CAMAP: chosen, looked at, accepted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.importers.camap import Plan, carry_out, preview
from escarcelle.importers.camap_file import CamapFile, read_camap
from escarcelle.importers.report import total_lines
from escarcelle.lib.refusals import Refusal
from escarcelle.web.importing.kept_file import KeptFile
from escarcelle.web.importing.pages import check_line_count, file_of, key_of_acceptance, preview_context, upload_page
from escarcelle.web.language import reader_language
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import REFUSED, settings_page

TAB = "import_camap"


@group_screen(may=Permission.IMPORT)
def import_camap(request: GroupRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, "importing/camap.html", tab=TAB)
    try:
        kept = file_of(request)
        file = read_camap(kept.data, file_name=kept.name)
        check_line_count(kept, len(file.rows))
        if key := key_of_acceptance(request):
            return _accept(request, file, key)
        plan = preview(group=request.group, file=file, on=request.today, by=request.member)
    except Refusal as refusal:
        return upload_page(request, "importing/camap.html", tab=TAB, refusal=refusal)
    return _show(request, kept, plan)


def _accept(request: GroupRequest, file: CamapFile, key: UUID) -> HttpResponse:
    plan = carry_out(group=request.group, file=file, on=request.today, by=request.member, key=key)
    messages.success(request, _("Le fichier est repris. Comparez les totaux de contrôle avec ceux de CAMAP."))
    return redirect("web:import_done", request.group.slug, plan.activity_id)


def _show(request: GroupRequest, kept: KeptFile, plan: Plan) -> HttpResponse:
    context = {**preview_context(request, kept, plan), "totals": total_lines(plan.file, plan.books, language=reader_language())}
    context["totals"] = [(_(total.label), total) for total in context["totals"]]
    return settings_page(request, "importing/camap_preview.html", context, tab=TAB, status=200 if plan.rows else REFUSED)
