"""Moyens de paiement: each with what it implies, what excludes what explained before the click, and what saving leaves behind."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escarcelle.groups.permissions import Permission
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.models import PromisedPayment, WaysToPay
from escarcelle.payments.ways import Offer, OpenPromises, offer_ways, promises_left_behind, switch_payments_off, ways_of
from escarcelle.web.fields import AmountField, KeyField, LineField, refusal_to_form
from escarcelle.web.orders.choices import choices_shown
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import REFUSED, settings_page


class WaysForm(forms.Form):
    """The boxes of the page; `offer()` once it is valid."""

    key = KeyField()
    cash = forms.BooleanField(
        label=gettext_lazy("Espèces"),
        required=False,
        help_text=gettext_lazy("Comptées en caisse à chaque distribution. Le moyen exact se dit à la validation."),
    )
    cheque = forms.BooleanField(
        label=gettext_lazy("Chèques"),
        required=False,
        help_text=gettext_lazy("Suivis un par un. Le client peut aussi le remettre sur place."),
    )
    transfer = forms.BooleanField(
        label=gettext_lazy("Virements"),
        required=False,
        help_text=gettext_lazy("Annoncés par le client, comptés quand vous les voyez sur le relevé."),
    )
    card_terminal = forms.BooleanField(
        label=gettext_lazy("Paiement par carte bancaire sur place"),
        required=False,
        help_text=gettext_lazy("Si vous avez un terminal de paiement. Se compare au ticket de fin de journée."),
    )
    money_pot = forms.BooleanField(
        label=gettext_lazy("Cagnotte"),
        required=False,
        help_text=gettext_lazy("La commande s’enregistre sans paiement\u202f; le client remet son compte à zéro de temps en temps."),
    )
    negative_money_pot = forms.BooleanField(label=gettext_lazy("Autoriser les cagnottes négatives"), required=False)
    transfer_holder = LineField(
        label=gettext_lazy("Titulaire du compte"), max_length=70, required=False, help_text=gettext_lazy("Exactement comme sur le RIB.")
    )
    transfer_iban = LineField(label=gettext_lazy("IBAN"), max_length=50, required=False)
    small_difference = forms.ChoiceField(label=gettext_lazy("Les petits écarts sont"), choices=WaysToPay.SmallDifference.choices)
    small_difference_cents = AmountField(label=gettext_lazy("Jusqu’à"), required=False)

    def offer(self) -> Offer:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Offer(**{**typed, "small_difference_cents": typed["small_difference_cents"] or 0})


@group_screen(may=Permission.SET_WAYS_TO_PAY)
def ways_to_pay(request: GroupRequest) -> HttpResponse:
    """What the clients of a market are offered. In an AMAP one pays the producer: there is no such page."""
    if request.group.is_amap:
        raise Http404
    ways = ways_of(request.group)
    form = WaysForm(request.POST or None, initial=_now(ways))
    left: Sequence[OpenPromises] = ()
    if form.is_valid():
        try:
            offer = form.offer().cleaned()
            left = promises_left_behind(request.group, offer)
            if not left or "seen" in request.POST:
                offer_ways(group=request.group, offer=offer, by=request.member, key=form.cleaned_data["key"])
                messages.success(request, _("Les moyens de paiement sont enregistrés."))
                return redirect("web:ways_to_pay", request.group.slug)
        except Refusal as refusal:
            refusal_to_form(form, refusal)
    context = {
        "form": form,
        "preview": choices_shown(ways),
        "excludes_pot": ways is not None and not ways.money_pot,
        "is_on": ways is not None,
        "left": [(PromisedPayment.Way(waiting.way).label, waiting.count, waiting.total_cents) for waiting in left],
        "together": [
            (form[name], icon)
            for name, icon in (("cash", "cash"), ("cheque", "cheque"), ("transfer", "transfer"), ("card_terminal", "terminal"))
        ],
    }
    return settings_page(request, "settings/ways_to_pay.html", context, tab="ways_to_pay", status=REFUSED if form.errors else 200)


def _now(ways: WaysToPay | None) -> dict[str, Any]:
    if ways is None:
        return {"small_difference": WaysToPay.SmallDifference.CARRY}
    return {name: getattr(ways, name) for name in asdict(Offer()) if name != "online_card"}


@require_POST
@group_screen(may=Permission.SET_WAYS_TO_PAY)
def payments_off(request: GroupRequest) -> HttpResponse:
    """Orders are recorded alone from now on."""
    switch_payments_off(group=request.group, by=request.member)
    messages.success(request, _("Les paiements sont désactivés\u00a0: les commandes s’enregistrent seules."))
    return redirect("web:ways_to_pay", request.group.slug)
