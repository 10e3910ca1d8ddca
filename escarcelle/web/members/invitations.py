"""A member is invited by e-mail; whoever opens the link signs up or signs in, then joins the group."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from escarcelle.groups.invitations import InvitationRefused, accept_invitation, invited_member
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import Permission
from escarcelle.lib.languages import FRENCH
from escarcelle.lib.refusals import Refusal
from escarcelle.notifications.invitations import invitation_link, invite
from escarcelle.people.logins import has_login
from escarcelle.web.members.editing import REFUSED
from escarcelle.web.members.forms import InviteForm, first_error
from escarcelle.web.members.page import member_page
from escarcelle.web.members.reach import member_of
from escarcelle.web.screens import GroupRequest, group_screen

GONE = 410


@require_POST
@group_screen(may=Permission.MANAGE_MEMBERS)
def member_invite(request: GroupRequest, member_id: int) -> HttpResponse:
    member, form = member_of(request, member_id), InviteForm(request.POST)
    if not form.is_valid():
        return member_page(request, member, refusal=first_error(form), status=REFUSED)
    typed = form.cleaned_data
    try:
        invite(member=member, link=invitation_link(member), by=request.member, key=typed["key"], language=typed["language"] or FRENCH)
    except Refusal as refusal:
        return member_page(request, member, refusal=refusal.sentence(_), status=REFUSED)
    messages.success(request, _("Invitation envoyée à {email}. Le lien vaut quatorze jours.").format(email=member.email))
    return redirect("web:member", request.group.slug, member.pk)


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who opens this link has read the mail: their address is theirs. Joining takes a click, whoever is signed in on this device."""
    try:
        member = invited_member(token)
    except InvitationRefused as refusal:
        return _after_it_served(request, token, refusal)
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, token, member)
    if not request.user.is_authenticated:
        request.session["invitation"] = token
        get_adapter(request).stash_verified_email(request, member.email)
    return _show(request, member)


def _join(request: HttpRequest, token: str, member: Member) -> HttpResponse:
    try:
        accept_invitation(token=token, person=request.user)  # type: ignore[arg-type]  # signed in: the caller has looked
    except Refusal as refusal:
        return _show(request, member, refusal.sentence(_))
    request.session.pop("invitation", None)
    request.session["joined"] = {"token": token, "slug": member.group.slug}
    messages.success(request, _("Vous avez rejoint {group}.").format(group=member.group.name))
    return redirect("web:home", member.group.slug)


def _show(request: HttpRequest, member: Member, refusal: str = "") -> HttpResponse:
    back = urlencode({"next": request.path})
    context = {
        "member": member,
        "group": member.group,
        "refusal": refusal,
        "has_login": has_login(member.email),
        "login_url": f"{reverse('account_login')}?{back}",
        "signup_url": f"{reverse('account_signup')}?{back}",
        "logout_url": reverse("account_logout"),
    }
    return render(request, "members/invitation.html", context, status=REFUSED if refusal else 200)


def _after_it_served(request: HttpRequest, token: str, refusal: InvitationRefused) -> HttpResponse:
    """Sent twice by the one it just let in: they are in. Anybody else is told what to do."""
    if request.session.get("invitation") == token:
        # It opens the creation of a login no more.
        del request.session["invitation"]
    joined = request.session.get("joined")
    if request.user.is_authenticated and joined and joined["token"] == token:
        return redirect("web:home", joined["slug"])
    return render(request, "members/invitation_refused.html", {"sentence": refusal.sentence(_)}, status=GONE)
