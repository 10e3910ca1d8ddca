"""« Accueil »: what awaits me, when I collect next, how my balances stand."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.distributions.models import Delivery
from escarcelle.groups.permissions import Permission
from escarcelle.orders.dated_queries import ToDecide, contracts_to_bring, dates_to_decide, next_collection
from escarcelle.orders.queries import blocked_state, market_days, next_basket
from escarcelle.payments.awaiting import (
    Beginnings,
    OwingClients,
    UnnamedPayments,
    batches_of_day,
    beginnings,
    owing_clients,
    owing_contracts,
    unnamed_payments,
)
from escarcelle.payments.models import Batch
from escarcelle.payments.queries import PayeeBalance, payee_balances
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.next_collection import next_distribution
from escarcelle.validation.opening import opens_at
from escarcelle.web.accounts.account import about_of
from escarcelle.web.accounts.reach import address
from escarcelle.web.language import long_day, money
from escarcelle.web.screens import GroupRequest, group_screen

NAMES_SHOWN = 3
DAYS_BACK = dt.timedelta(days=120)


@dataclass(frozen=True)
class Task:
    """One thing that awaits: what, about whom, and where to do it. Without an address it is only said."""

    style: str
    icon: str
    title: str
    details: str
    url: str
    button: str
    # What a reader hears after the word on the button, to tell two of them apart.
    button_about: str = ""


@dataclass(frozen=True)
class BatchLine:
    """Tonight's batch, which can still be undone."""

    words: str
    about: str
    url: str


@dataclass(frozen=True)
class Balance:
    """One of my balances, with its payee."""

    name: str
    about: str
    balance_cents: int
    url: str


@group_screen(may=Permission.BELONG)
def home(request: GroupRequest) -> HttpResponse:
    balances = payee_balances(request.member)
    mine = [_balance(request, found) for found in balances]
    variable = _variable(balances, request.today)
    to_decide = dates_to_decide(variable, timezone.now())
    asked = [_to_order(request, found, found.delivery) for found in to_decide if found.delivery and found.is_undecided]
    tasks = [*asked, *_days_to_validate(request), *_staff_tasks(request), *([] if _records_payments(request) else _own_debts(mine))]
    request.tab_counts = {"home": len(tasks)}  # type: ignore[attr-defined]  # read by `shell`
    context = {
        "first_name": request.member.first_name or request.member.name,
        "tasks": tasks,
        "is_staff": _records_payments(request),
        "batches": _batches(request),
        "mine": mine,
        "largest_cents": max((abs(found.balance_cents) for found in mine), default=0),
        **_next(request, variable),
        "blocked": None if request.group.is_amap else blocked_state(request.group, timezone.now()),
        "to_decide": to_decide,
        "may_see_day": request.rights.may(Permission.SEE_DISTRIBUTIONS),
        **_to_bring(request),
    }
    return render(request, "home/home.html", context)


def _records_payments(request: GroupRequest) -> bool:
    return request.rights.may_over_some_contract(Permission.RECORD_PAYMENTS)


def _scope(request: GroupRequest) -> Collection[int] | None:
    """The contracts they answer for; None for the whole group."""
    return None if request.rights.may(Permission.RECORD_PAYMENTS) else request.rights.coordinated_contract_ids


def _staff_tasks(request: GroupRequest) -> list[Task]:
    if not _records_payments(request):
        return []
    found = beginnings(request.group) if request.rights.may(Permission.MANAGE_MEMBERS) else None
    tasks = _first_steps(request, found) if found else []
    unnamed = unnamed_payments(request.group, _scope(request))
    if unnamed:
        tasks.append(_unnamed(request, unnamed))
    tasks += [_owing(request, owing) for owing in owing_contracts(request.group, _scope(request))]
    clients = None if request.group.is_amap or _scope(request) is not None else owing_clients(request.group)
    if clients:
        tasks.append(_owing_clients(request, clients))
    if found and found.to_invite_count:
        tasks.append(_invitations(request, found.to_invite_count))
    return tasks


def _first_steps(request: GroupRequest, found: Beginnings) -> list[Task]:
    """What a new group begins with, as long as nobody but its founder is in it, or it has no contract."""
    slug, is_amap = request.group.slug, request.group.is_amap
    steps = []
    if found.member_count < 2:
        title = _("Ajouter les membres") if is_amap else _("Ajouter les clients")
        details = _("Un par un, ou tous à la fois depuis un tableau. Un nom suffit.")
        steps.append(_step("members", title, details, address("members", slug), _("Ajouter")))
    if is_amap and not found.has_contract and request.rights.may(Permission.MANAGE_CONTRACTS):
        details = _("Avec quel producteur, quelle saison, quels produits, quels jours.")
        steps.append(_step("contract", _("Ouvrir le premier contrat"), details, address("contract_new", slug), _("Ouvrir")))
        details = _(
            "Son export apporte d’un coup les membres, les contrats, les souscriptions et les soldes. Vous regardez avant d’accepter."
        )
        steps.append(_step("paste", _("Ou arriver de CAMAP"), details, address("import_camap", slug), _("Importer")))
    return steps


def _step(icon: str, title: str, details: str, url: str, button: str) -> Task:
    return Task("awaits", icon, title, details, url, button, button_about=title)


def _unnamed(request: GroupRequest, unnamed: UnnamedPayments) -> Task:
    names = list(unnamed.member_names[:NAMES_SHOWN])
    more = len(unnamed.member_names) - len(names)
    if more:
        names.append(ngettext("une autre personne", "{n} autres personnes", more).format(n=more))
    return Task(
        style="awaits",
        icon="unknown",
        title=ngettext("Un paiement à préciser", "{n} paiements à préciser", unnamed.count).format(n=unnamed.count),
        details=ngettext("{names}. {total}, reçu le {day}", "{names}. {total}, reçus depuis le {day}", unnamed.count).format(
            names=_and(names),
            total=money(unnamed.total_cents),
            day=long_day(unnamed.first_received_on),
        ),
        url=address("payments", request.group.slug),
        button=_("Préciser"),
    )


def _owing(request: GroupRequest, found: Any) -> Task:
    title = ngettext("Une souscription avec un solde négatif", "{n} souscriptions avec un solde négatif", found.negative_count)
    return Task(
        style="owed",
        icon="owed",
        title=title.format(n=found.negative_count),
        details=_("{contract}, {amount} dus à {producer}").format(
            contract=found.contract_name, amount=money(found.balance_cents), producer=found.producer_name
        ),
        url=f"{reverse('web:subscriptions', args=[request.group.slug, found.contract_id])}?solde=negatif",
        button=_("Voir"),
        button_about=found.contract_name,
    )


def _owing_clients(request: GroupRequest, found: OwingClients) -> Task:
    title = ngettext("Un client avec un solde négatif", "{n} clients avec un solde négatif", found.count)
    return Task(
        style="owed",
        icon="owed",
        title=title.format(n=found.count),
        details=_("{amount} dus à {payee}").format(amount=money(found.balance_cents), payee=request.group.name),
        url=address("balances", request.group.slug),
        button=_("Voir"),
        button_about=title.format(n=found.count),
    )


def _days_to_validate(request: GroupRequest) -> list[Task]:
    """The days of a market on which baskets still wait, the oldest first."""
    if request.group.is_amap or not request.rights.may(Permission.HANDLE_BASKETS):
        return []
    now = timezone.now()
    rows = market_days(request.group, now, since=request.today - DAYS_BACK, until=request.today)
    return [_day_to_validate(request, row) for row in rows if row.waiting_count and opens_at(row.distribution) <= now]


def _variable(balances: Collection[PayeeBalance], on: dt.date) -> list[Subscription]:
    """The household's subscriptions to variable contracts that are not over: their accounts are at hand."""
    found = []
    for account in (account for balance in balances for account in balance.accounts if not account.is_general):
        one = account.subscription
        if one.contract.is_variable and one.withdrawn_at is None and one.ends_on >= on:
            one.member = account.member
            found.append(one)
    return found


def _to_order(request: GroupRequest, found: ToDecide, delivery: Delivery) -> Task:
    """The next date of a variable contract about which nothing was said."""
    otherwise = _("Sans réponse, votre commande par défaut sera passée.") if found.has_default else ""
    day = long_day(delivery.distribution.on)
    return Task(
        style="awaits",
        icon="basket",
        title=_("{contract}\u00a0: commander pour le {day}").format(contract=found.subscription.contract.name, day=day),
        details=f"{_until(delivery)} {otherwise}".strip(),
        url=address("dated_order", request.group.slug, found.subscription.pk, delivery.pk),
        button=_("Commander"),
        button_about=day,
    )


def _until(delivery: Delivery) -> str:
    """« Avant le jeu. 12 nov. 2026 à 20:00. »"""
    if delivery.orders_close_at is None:
        return ""
    closes_at = timezone.localtime(delivery.orders_close_at)
    return _("Avant le {day} à {hour}.").format(day=long_day(closes_at.date()), hour=f"{closes_at:%H:%M}")


def _day_to_validate(request: GroupRequest, row: Any) -> Task:
    waiting = ngettext("{n} panier à valider", "{n} paniers à valider", row.waiting_count).format(n=row.waiting_count)
    return Task(
        style="awaits",
        icon="calendar",
        title=_("Distribution du {day}").format(day=long_day(row.distribution.on)),
        details=f"{waiting}, {row.distribution.place.name}",
        url=address("validation", request.group.slug, row.distribution.pk),
        button=_("Valider"),
        button_about=long_day(row.distribution.on),
    )


def _invitations(request: GroupRequest, count: int) -> Task:
    return Task(
        style="awaits",
        icon="mail",
        title=_never_signed_in(request, count),
        details=ngettext(
            "Son adresse e-mail est connue\u00a0: vous pouvez l’inviter.",
            "Leur adresse e-mail est connue\u00a0: vous pouvez les inviter.",
            count,
        ),
        url=address("members", request.group.slug),
        button=_("Inviter"),
    )


def _never_signed_in(request: GroupRequest, count: int) -> str:
    if request.group.is_amap:
        return ngettext("Un membre ne s’est jamais connecté", "{n} membres ne se sont jamais connectés", count).format(n=count)
    return ngettext("Un client ne s’est jamais connecté", "{n} clients ne se sont jamais connectés", count).format(n=count)


def _own_debts(mine: list[Balance]) -> list[Task]:
    return [
        Task(
            style="owed",
            icon="owed",
            title=_("{amount} à régler").format(amount=money(-found.balance_cents)),
            details=_("Vous payez\u00a0: {payee}. {about}").format(payee=found.name, about=found.about),
            url=found.url,
            button=_("Voir"),
            button_about=found.name,
        )
        for found in mine
        if found.balance_cents < 0
    ]


def _batches(request: GroupRequest) -> list[BatchLine]:
    """What was entered in bulk today and can still be taken back."""
    if not _records_payments(request):
        return []
    return [_batch(request, batch) for batch in batches_of_day(request.group, request.today, _scope(request))]


def _batch(request: GroupRequest, batch: Batch) -> BatchLine:
    words = ngettext("Un paiement, {total}", "{n} paiements, {total}", batch.payment_count)
    return BatchLine(
        words=words.format(n=batch.payment_count, total=money(batch.total_cents)),
        about=_("aujourd’hui, pour {producer}, {contract}").format(producer=batch.contract.producer.name, contract=batch.contract.name),
        url=address("batch_cancel", request.group.slug, batch.contract_id, batch.pk),
    )


def _balance(request: GroupRequest, found: PayeeBalance) -> Balance:
    return Balance(
        name=found.payee.name,
        about=about_of(found),
        balance_cents=found.balance_cents,
        url=f"{reverse('web:my_account', args=[request.group.slug])}?beneficiaire={found.payee.book_id}",
    )


def _next(request: GroupRequest, variable: Collection[Subscription]) -> dict[str, Any]:
    """Where I collect next; when I collect nothing, where the group meets next."""
    basket = None if request.group.is_amap else next_basket(request.member, request.today)
    if basket:
        return {"distribution": basket.distribution, "day": _day(basket.distribution.on), "collected": [], "basket": basket}
    mine = next_collection(request.member, request.today, variable)
    if mine:
        collected = [
            {"words": _and([str(part) for part in share.engagement]), "contract": share.contract.name, "holder_name": share.holder_name}
            for share in mine.collected
        ]
        return {"distribution": mine.distribution, "day": _day(mine.distribution.on), "collected": collected}
    distribution = next_distribution(request.group, request.today)
    return {"distribution": distribution, "day": _day(distribution.on) if distribution else None, "collected": []}


def _day(on: dt.date) -> dict[str, str]:
    """The leaf of a calendar: « sam. », « 19 », « sept. »"""
    weekday, number, month, _year = long_day(on).split()
    return {"weekday": weekday, "number": number, "month": month}


def _to_bring(request: GroupRequest) -> dict[str, Any]:
    """What a producer brings, when and where; and what is still owed to them, contract by contract."""
    if not request.rights.producer_ids:
        return {"to_bring": [], "is_producer": False}
    return {"to_bring": contracts_to_bring(request.group, request.rights.producer_ids, request.today, timezone.now()), "is_producer": True}


def _and(words: list[str]) -> str:
    """« un, deux et trois »"""
    if len(words) < 2:
        return "".join(words)
    return _("{first} et {last}").format(first=", ".join(words[:-1]), last=words[-1])
