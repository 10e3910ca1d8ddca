"""A member is added, or their name and contact corrected."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from escarcelle.groups.members import change_member, create_member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import refusal_to_form
from escarcelle.web.language import of_name
from escarcelle.web.members.forms import NewMemberForm, details_form
from escarcelle.web.members.reach import member_of
from escarcelle.web.screens import GroupRequest, group_screen

REFUSED = 422


@group_screen(may=Permission.MANAGE_MEMBERS)
def member_new(request: GroupRequest) -> HttpResponse:
    form = NewMemberForm(request, request.POST or None)
    if form.is_valid():
        try:
            member = create_member(
                group=request.group,
                details=form.details(),
                household_of=form.cleaned_data["household_of"],
                on=request.today,
                by=request.member,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("{name} est membre du groupe.").format(name=member.name))
            return redirect("web:member", request.group.slug, member.pk)
    return render(request, "members/member_new.html", {"form": form}, status=REFUSED if form.errors else 200)


@group_screen(may=Permission.MANAGE_MEMBERS)
def member_edit(request: GroupRequest, member_id: int) -> HttpResponse:
    member = member_of(request, member_id)
    if member.erased_at is not None:
        raise Http404
    form = details_form(member, request.POST or None)
    if form.is_valid():
        try:
            change_member(member=member, details=form.details(), by=request.member, key=form.cleaned_data["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
        else:
            messages.success(request, _("Les coordonnées {of_name} sont enregistrées.").format(of_name=of_name(member.name)))
            return redirect("web:member", request.group.slug, member.pk)
    return render(request, "members/member_edit.html", {"form": form, "member": member}, status=REFUSED if form.errors else 200)
