"""Roles over the whole group, and the producers' sides. Roles over one contract are given in its settings."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from escarcelle.catalogs.producers import give_producer_access, take_producer_access
from escarcelle.groups.members import give_role, take_role
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.web.language import of_name
from escarcelle.web.members.editing import REFUSED
from escarcelle.web.members.page import member_page, role_choices
from escarcelle.web.members.reach import member_of
from escarcelle.web.screens import GroupRequest, group_screen


@require_POST
@group_screen(may=Permission.MANAGE_ROLES)
def member_roles(request: GroupRequest, member_id: int) -> HttpResponse:
    member = member_of(request, member_id)
    if not member.is_present:
        return member_page(request, member, refusal=_("Ce membre a quitté le groupe\u00a0: faites-le d’abord revenir."), status=REFUSED)
    try:
        _set_roles(request, member)
    except Refusal as refusal:
        return member_page(request, member_of(request, member_id), refusal=refusal.sentence(_), status=REFUSED)
    messages.success(request, _("Les rôles {of_name} sont enregistrés.").format(of_name=of_name(member.name)))
    if member.pk == request.member.pk:
        # They may just have given up the right to see this page.
        return redirect("web:home", request.group.slug)
    return redirect("web:member", request.group.slug, member.pk)


@transaction.atomic
def _set_roles(request: GroupRequest, member: Member) -> None:
    """Give what was ticked and take back the rest: all of it or nothing. What is neither a role nor a producer of the group is overlooked."""
    asked = {"role": set(request.POST.getlist("role")), "producer": set(request.POST.getlist("producer"))}
    producers = {str(producer.pk): producer for producer in request.group.producers.all()}
    for choice in role_choices(request, member):
        wanted = choice.value in asked[choice.name]
        if wanted == choice.is_given:
            continue
        if choice.name == "role":
            _give_or_take_role(request, member, choice.value, wanted)
        elif wanted:
            give_producer_access(producer=producers[choice.value], member=member, by=request.member)
        else:
            take_producer_access(producer=producers[choice.value], member=member, by=request.member)


def _give_or_take_role(request: GroupRequest, member: Member, role: str, is_wanted: bool) -> None:
    if is_wanted:
        give_role(member=member, role=role, by=request.member)
    else:
        take_role(member=member, role=role, by=request.member)
