"""Keys to the API: each acts as the person who made it, is shown once, and can be revoked."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escarcelle.groups.permissions import Permission
from escarcelle.groups.tokens import make_token, revoke_token
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import KeyField, LineField, refusal_to_form
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import REFUSED, settings_page


class TokenForm(forms.Form):
    name = LineField(
        max_length=80,
        label=gettext_lazy("À quoi servira-t-elle\u202f?"),
        error_messages={"required": gettext_lazy("Dites à quoi servira cette clé.")},
    )
    key = KeyField()


@group_screen(may=Permission.MANAGE_GROUP)
def tokens(request: GroupRequest) -> HttpResponse:
    """The list, and the form that makes one. The key made is in the answer itself, and nowhere else."""
    form, made = TokenForm(request.POST or None), ""
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = make_token(member=request.member, name=typed["name"], by=request.member, key=typed["key"])
        except Refusal as refusal:
            refusal_to_form(form, refusal)
    rows = request.group.api_tokens.select_related("member").order_by("revoked_at", "-pk")
    context = {"form": TokenForm() if made else form, "made": made, "tokens": [row for row in rows if row.revoked_at is None]}
    context["revoked"] = [row for row in rows if row.revoked_at is not None]
    return settings_page(request, "settings/tokens.html", context, tab="tokens", status=REFUSED if form.errors else 200)


@require_POST
@group_screen(may=Permission.MANAGE_GROUP)
def token_revoke(request: GroupRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(request.group.api_tokens.select_related("group"), pk=token_id)
    revoke_token(token=token, by=request.member)
    messages.success(request, _("«\u00a0{name}\u00a0» n’ouvre plus rien.").format(name=token.name))
    return redirect("web:tokens", request.group.slug)
