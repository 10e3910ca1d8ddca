"""The baskets of a distribution to validate, one basket, and what is done to it on the day."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from escarcelle.groups.permissions import Permission
from escarcelle.lib.elision import filled
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.models import Basket
from escarcelle.orders.queries import products_at
from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.promises import Named, cancel_promise, receive
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.payments.refunds import refund
from escarcelle.payments.ways import on_site_methods
from escarcelle.validation.baskets import CREDIT, DEBT, validate_basket
from escarcelle.validation.exceptions import add_on_the_spot, set_undelivered, weigh
from escarcelle.validation.forcing import preview
from escarcelle.validation.opening import opens_at
from escarcelle.validation.queries import VALIDATED, BasketPage, basket_page, baskets_page
from escarcelle.web import language
from escarcelle.web.contracts.pages import REFUSED
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.validation.forms import (
    DropPromiseForm,
    ExtraLineForm,
    ExtraPaymentForm,
    ForceForm,
    MissingForm,
    ReasonForm,
    ReceiveForm,
    RefundForm,
    ValidateForm,
    WeighForm,
)
from escarcelle.web.validation.reach import basket_of, distribution_of


@group_screen(may=Permission.HANDLE_BASKETS)
def baskets(request: GroupRequest, distribution_id: int) -> HttpResponse:
    """The list: what awaits somebody first, and the purple button."""
    distribution = distribution_of(request, distribution_id)
    return render(request, "validation/baskets.html", list_context(request, distribution))


def list_context(request: GroupRequest, distribution: Any, force_form: ForceForm | None = None) -> dict[str, Any]:
    """Everything around the list, on the page of one basket too."""
    page = baskets_page(distribution)
    foreseen = preview(distribution)
    validated = [row for row in page.rows if row.state == VALIDATED]
    return {
        "distribution": distribution,
        "page": page,
        "waiting": sorted((row for row in page.rows if row.state != VALIDATED), key=lambda row: row.basket.account.member.sort_key),
        "validated": validated,
        "foreseen": foreseen,
        "force_form": force_form or ForceForm(methods=foreseen.methods),
        "is_open": timezone.now() >= opens_at(distribution),
        "may_force": request.rights.may(Permission.FORCE_VALIDATION),
        "may_reopen": request.rights.may(Permission.REOPEN_VALIDATION),
        "may_count": request.rights.may(Permission.COUNT_TILL),
    }


@group_screen(may=Permission.HANDLE_BASKETS)
def basket(request: GroupRequest, basket_id: int) -> HttpResponse:
    """One basket: what was not delivered, how it was paid, Valider; then the next one."""
    return show_basket(request, basket_of(request, basket_id))


@dataclass(frozen=True)
class Problem:
    """What was refused: the sentence, the act, and the line it was about, so that it stands beside it with what was typed."""

    act: str
    sentence: str
    code: str
    typed: defaultdict[str, str]

    @property
    def line(self) -> str:
        return self.typed["line"]

    @property
    def is_question(self) -> bool:
        """Not an error: the group asks what is meant."""
        return self.code in {"unpaid", "overpaid", "weight_unlikely"}


NO_PROBLEM = Problem("", "", "", defaultdict(str))


def show_basket(request: GroupRequest, found: Basket, problem: Problem = NO_PROBLEM) -> HttpResponse:
    """The page of a basket, again with what was typed after a refusal."""
    shown = basket_page(found)
    methods = on_site_methods(shown.ways) if shown.ways else []
    context = {
        **list_context(request, found.distribution),
        "shown": shown,
        "problem": problem,
        "methods": [(method, PromisedPayment.Way(method).label) for method in methods],
        "undetermined_cents": sum(promise.amount_cents for promise in shown.row.promises if promise.way == PromisedPayment.Way.ON_THE_SPOT),
        "named": [promise for promise in shown.row.promises if promise.way != PromisedPayment.Way.ON_THE_SPOT],
        "products": products_at(found.distribution),
        "forms": _forms(shown, problem),
        # A line that is not of this basket has no place of its own for the sentence.
        "is_problem_alone": problem.act == "pesee" and problem.line not in {str(line.pk) for line in shown.lines},
        "may_order_for_clients": request.rights.may(Permission.ORDER_FOR_CLIENTS),
        "may_correct": request.rights.may(Permission.CORRECT_PAYMENTS),
        "debt": DEBT,
        "credit": CREDIT,
    }
    return render(request, "validation/basket.html", context, status=REFUSED if problem.act else 200)


def _forms(shown: BasketPage, problem: Problem) -> dict[str, forms.Form]:
    """The forms of the page, that of a refused act with what was typed in it."""

    def form(kind: type[forms.Form], act: str, **options: Any) -> forms.Form:
        return kind(problem.typed if problem.act == act else None, **options)

    standing = shown.row.standing
    # What is promised has its own place on the page: proposed here too, it would be noted twice.
    left_cents = max(0, standing.debt_cents - standing.promised_cents)
    return {
        "validate": form(ValidateForm, "valider"),
        "receive": form(ReceiveForm, "recu"),
        "drop": form(DropPromiseForm, "sans-suite"),
        "extra_line": form(ExtraLineForm, "ajout", auto_id="ajout-%s", products=products_at(shown.row.basket.distribution)),
        "payment": form(ExtraPaymentForm, "paiement", auto_id="plus-%s", initial={"amount": left_cents or None}),
        "refund": form(RefundForm, "remboursement", auto_id="rendu-%s", initial={"amount": max(0, standing.balance_cents) or None}),
        "reopen": form(ReasonForm, "rouvrir"),
    }


# --- What is done ---


@dataclass(frozen=True)
class Act:
    """One thing done to a basket: its form, and the verb, which gives the sentence that says it is done."""

    form: type[forms.Form]
    do: Callable[[GroupRequest, Basket, Mapping[str, Any]], str]


@require_POST
@group_screen(may=Permission.HANDLE_BASKETS)
def basket_act(request: GroupRequest, basket_id: int, act: str) -> HttpResponse:
    """Do one thing to a basket; on a refusal show it again, with why and what was typed."""
    found = basket_of(request, basket_id)
    wanted = ACTS.get(act)
    if wanted is None:
        raise Http404
    options: dict[str, Any] = {"products": products_at(found.distribution)} if wanted.form is ExtraLineForm else {}
    form = wanted.form(request.POST, **options)
    if not form.is_valid():
        error = next(iter(form.errors.values()))[0]
        return show_basket(request, found, Problem(act, str(error), "", _typed(request)))
    try:
        done = wanted.do(request, found, form.cleaned_data)
    except Refusal as refusal:
        return show_basket(request, found, Problem(act, refusal.sentence(_), refusal.code, _typed(request)))
    messages.success(request, done)
    return redirect(_where_next(request, found, act))


def _typed(request: GroupRequest) -> defaultdict[str, str]:
    """What was typed, box by box; nothing in the boxes that were not sent."""
    return defaultdict(str, {name: str(value) for name, value in request.POST.dict().items()})


def _where_next(request: GroupRequest, found: Basket, act: str) -> str:
    slug = request.group.slug
    if act != "valider":
        return reverse("web:basket", args=[slug, found.pk])
    following = basket_page(found).next_basket
    if following is None:
        return reverse("web:validation", args=[slug, found.distribution_id])
    return reverse("web:basket", args=[slug, following.pk])


def _validate(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    """Name how what was promised on the spot was paid, then validate: both or neither."""
    now, key = timezone.now(), typed["key"]
    with transaction.atomic():
        if typed["method"]:
            _name_all(request, found, typed)
        validate_basket(basket=found, at=now, by=request.member, leaving=typed["leaving"], key=key)
    done = _("Le panier n° {number} {of_name} est validé.")
    return done.format(number=found.number, of_name=language.of_name(found.account.member.name))


def _name_all(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> None:
    cheque = ChequeDetails(typed["number"], typed["bank"], written_on=request.today)
    named = Named(typed["method"], request.today, cheque=cheque)
    unnamed = found.promised_payments.filter(state=PromisedPayment.State.PENDING, way=PromisedPayment.Way.ON_THE_SPOT)
    for promise in unnamed.select_related("basket__account__group", "group"):
        receive(promise=promise, named=named, by=request.member, today=request.today, key=_key(typed["key"], f"promise:{promise.pk}"))


def _key(key: UUID, part: str) -> UUID:
    """The key of one part of what was sent under one key."""
    return uuid5(key, part)


def _promise(found: Basket, pk: int) -> PromisedPayment:
    return get_object_or_404(found.promised_payments.select_related("basket__account__group", "basket__account__member", "group"), pk=pk)


def _receive(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    cheque = ChequeDetails(typed["number"], typed["bank"], written_on=request.today)
    named = Named(typed["method"], request.today, typed["amount"], cheque)
    payment = receive(promise=_promise(found, typed["promise"]), named=named, by=request.member, today=request.today, key=typed["key"])
    return filled(_("{amount} de {name}, reçu."), {"amount": language.money(payment.amount_cents), "name": found.account.member.name})


def _drop(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    cancel_promise(promise=_promise(found, typed["promise"]), reason="", by=request.member, key=typed["key"])
    return _("Ce paiement n’est plus attendu.")


def _line(found: Basket, pk: int) -> Any:
    return get_object_or_404(found.lines.select_related("product", "basket__distribution", "basket__account"), pk=pk)


def _missing(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    line = _line(found, typed["line"])
    set_undelivered(line=line, count=typed["count"], at=timezone.now(), by=request.member, key=typed["key"])
    if not typed["count"]:
        return _("« {product} » est de nouveau dans le panier.").format(product=line.product.name)
    done = ngettext(
        "« {product} » : {count} non livré, retiré de la commande.",
        "« {product} » : {count} non livrés, retirés de la commande.",
        typed["count"],
    )
    return done.format(product=line.product.name, count=typed["count"])


def _weigh(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    line = _line(found, typed["line"])
    weigh(line=line, grams=typed["weight"], at=timezone.now(), by=request.member, is_sure=typed["is_sure"], key=typed["key"])
    return _("« {product} » est pesé.").format(product=line.product.name)


def _add(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    product, quantity = typed["product"], typed["quantity"]
    add_on_the_spot(basket=found, product=product, quantity=quantity, at=timezone.now(), by=request.member, key=typed["key"])
    return _("« {product} » est ajouté au panier.").format(product=product.name)


def _pay(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    cheque = ChequeDetails(typed["number"], typed["bank"], written_on=request.today)
    received = Received(typed["amount"], typed["method"], request.today, cheque=cheque)
    record_payment(account=found.account, received=received, on=request.today, by=request.member, key=typed["key"], basket=found)
    return filled(_("{amount} de {name}, reçu."), {"amount": language.money(typed["amount"]), "name": found.account.member.name})


def _refund(request: GroupRequest, found: Basket, typed: Mapping[str, Any]) -> str:
    what = {"method": typed["method"], "amount_cents": typed["amount"], "on": request.today, "today": request.today}
    refund(account=found.account, basket=found, by=request.member, key=typed["key"], **what)
    return _("{amount} rendus à {name}.").format(amount=language.money(typed["amount"]), name=found.account.member.name)


ACTS: dict[str, Act] = {
    "valider": Act(ValidateForm, _validate),
    "recu": Act(ReceiveForm, _receive),
    "sans-suite": Act(DropPromiseForm, _drop),
    "manquant": Act(MissingForm, _missing),
    "pesee": Act(WeighForm, _weigh),
    "ajout": Act(ExtraLineForm, _add),
    "paiement": Act(ExtraPaymentForm, _pay),
    "remboursement": Act(RefundForm, _refund),
}
