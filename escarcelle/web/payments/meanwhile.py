"""Somebody else entered payments of this contract while the grid was being filled: asked about once, before anything is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.payments.doubles import newest_payment_id, pairs, recorded_since
from escarcelle.payments.models import Payment
from escarcelle.web.language import money
from escarcelle.web.payments.bulk_entry import Alert, BulkEntry, readings_of, show
from escarcelle.web.payments.grid_lines import Reading
from escarcelle.web.screens import ContractRequest

NAMES_IN_A_SENTENCE = 6


def twins_since(request: ContractRequest, entry: BulkEntry, readings: Sequence[Reading], payment_id: int) -> dict[int, Payment]:
    """By rank of line, the payment entered after this one that it looks like. One statement."""
    accounts = {str(one.pk): one.account_id for one in entry.subscriptions}
    recorded = recorded_since(request.contract, payment_id, except_key=entry.key)
    ranked = [(rank, reading.line.subscription, reading.received) for rank, reading in enumerate(readings) if reading.received]
    twins = pairs([(accounts[row], received) for _rank, row, received in ranked], recorded)
    return {rank: twin for (rank, _row, _received), twin in zip(ranked, twins, strict=True) if twin is not None}


def ask(request: ContractRequest, entry: BulkEntry, twins: Mapping[int, Payment]) -> HttpResponse:
    """The page again, saying what was entered meanwhile. Saved from here, it is recorded: they were other payments."""
    asked = replace(entry, seen_before=entry.seen, seen=newest_payment_id(request.group), balances_seen=entry.balances)
    return show(request, asked.saying(_alert(list(twins.values()))), status=409)


def without_twins(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    """Take the lines that were asked about out of the grid: their payments are in the books already."""
    twins = twins_since(request, entry, readings_of(entry), entry.seen_before)
    left = [line for rank, line in enumerate(entry.lines) if rank not in twins]
    told = ngettext("{count} ligne est retirée de la grille.", "{count} lignes sont retirées de la grille.", len(twins))
    return show(request, replace(entry, gone=[]).with_lines(left).saying(Alert("even", "info", told.format(count=len(twins)))))


def _alert(twins: Sequence[Payment]) -> Alert:
    since = ngettext(
        "Depuis que vous avez ouvert cette page, {count} paiement semblable a été enregistré par {authors}\u00a0: {payments}.",
        "Depuis que vous avez ouvert cette page, {count} paiements semblables ont été enregistrés par {authors}\u00a0: {payments}.",
        len(twins),
    ).format(count=len(twins), authors=_authors(twins), payments=_in_words(twins))
    asked = _("Rien n’est encore enregistré ici. Si ce sont les mêmes, retirez-les\u202f; si ce sont d’autres paiements, enregistrez.")
    button = ngettext("Retirer cette ligne", "Retirer ces {count} lignes", len(twins)).format(count=len(twins))
    return Alert("awaits", "unknown", f"{since} {asked}", act="drop", link=button)


def _authors(twins: Sequence[Payment]) -> str:
    by = (twin.activity.by for twin in twins)
    return ", ".join(dict.fromkeys(member.name if member else "Escarcelle" for member in by))


def _in_words(twins: Sequence[Payment]) -> str:
    words = [f"{twin.account.member.name}, {money(twin.amount_cents)}" for twin in twins[:NAMES_IN_A_SENTENCE]]
    others = len(twins) - len(words)
    if others:
        words.append(ngettext("{count} autre", "{count} autres", others).format(count=others))
    return " · ".join(words)
