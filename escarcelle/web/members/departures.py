"""A member leaves, comes back, or has their name and contact erased. Said before what stays."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from escarcelle.catalogs.departures import come_back, leave
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.erasure import erase_member
from escarcelle.web.members.editing import REFUSED
from escarcelle.web.members.page import balances_of, member_page
from escarcelle.web.members.reach import member_of
from escarcelle.web.screens import GroupRequest, group_screen


@group_screen(may=Permission.MANAGE_MEMBERS)
def member_leave(request: GroupRequest, member_id: int) -> HttpResponse:
    member = member_of(request, member_id)
    if request.method == "POST":
        try:
            leave(member=member, on=request.today, by=request.member)
        except Refusal as refusal:
            return _confirm(request, "members/member_leave.html", member, refusal.sentence(_))
        messages.success(request, _("{name} a quitté le groupe. Ses comptes restent.").format(name=member.name))
        return _after(request, member)
    return _confirm(request, "members/member_leave.html", member)


@require_POST
@group_screen(may=Permission.MANAGE_MEMBERS)
def member_come_back(request: GroupRequest, member_id: int) -> HttpResponse:
    member = member_of(request, member_id)
    try:
        come_back(member=member, by=request.member)
    except Refusal as refusal:
        return member_page(request, member, refusal=refusal.sentence(_), status=REFUSED)
    messages.success(request, _("{name} est de retour. Ses rôles sont à redonner.").format(name=member.name))
    return redirect("web:member", request.group.slug, member.pk)


@group_screen(may=Permission.ERASE_MEMBERS)
def member_erase(request: GroupRequest, member_id: int) -> HttpResponse:
    member = member_of(request, member_id)
    if request.method == "POST":
        try:
            with transaction.atomic():
                erase_member(member=member, on=request.today, by=request.member)
                # What the API answered these last days may name them.
                request.group.idempotent_answers.all().delete()
        except Refusal as refusal:
            return _confirm(request, "members/member_erase.html", member, refusal.sentence(_))
        messages.success(request, _("Le nom et les coordonnées sont effacés. Les montants des comptes sont intacts."))
        return _after(request, member)
    return _confirm(request, "members/member_erase.html", member)


def _confirm(request: GroupRequest, template: str, member: Member, refusal: str = "") -> HttpResponse:
    balances = balances_of(member) if request.rights.may(Permission.SEE_ACCOUNTS) else []
    context = {"member": member, "balances": balances, "refusal": refusal, "is_oneself": member.pk == request.member.pk}
    return render(request, template, context, status=REFUSED if refusal else 200)


def _after(request: GroupRequest, member: Member) -> HttpResponse:
    """Who has just left the group themselves can see none of its pages any more."""
    return redirect("/") if member.pk == request.member.pk else redirect("web:members", request.group.slug)
