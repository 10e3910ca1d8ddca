"""Saisie de paiements en masse: one grid, one button, one batch."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from escarcelle.groups.activity import KeyReused
from escarcelle.groups.permissions import Permission
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.batches import BatchRefused, BatchRow, record_batch
from escarcelle.payments.models import Batch
from escarcelle.payments.queries import twin_cheques
from escarcelle.web.language import money
from escarcelle.web.payments.bulk_entry import Alert, BulkEntry, entry_of, readings_of, refuse, show
from escarcelle.web.payments.grid_lines import LONGEST, MAX_LINES, Problem, Reading, lay_series, problem, with_debts_filled, with_line_after
from escarcelle.web.payments.grid_rows import recorded_words
from escarcelle.web.payments.grid_words import ANY, count_words
from escarcelle.web.payments.meanwhile import ask, twins_since, without_twins
from escarcelle.web.payments.pasting import fill_from_paste, preview_paste
from escarcelle.web.screens import ContractRequest, contract_screen


@contract_screen(may=Permission.RECORD_PAYMENTS)
def bulk_payments(request: ContractRequest) -> HttpResponse:
    """The grid. Only the act `save` records; every other button shows the page again with what was typed."""
    entry = entry_of(request)
    if request.method != "POST":
        return show(request, entry)
    act, _colon, row = request.POST.get("act", "").partition(":")
    if len(entry.lines) > len(entry.subscriptions) + MAX_LINES:
        return refuse(request, replace(entry, is_cut=True).with_lines([]), _too_many())
    return _ACTS.get(act, _check)(request, entry, row)


def _too_many() -> Alert:
    return Alert(
        "owed", "refused", _("Une saisie compte {most} lignes au plus\u00a0: enregistrez-la en plusieurs fois.").format(most=MAX_LINES)
    )


def _check(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    """Lay the series, add up, show what is to be put right."""
    return show(request, entry.with_lines(lay_series(entry.lines, entry.context)))


def _add(request: ContractRequest, entry: BulkEntry, row: str) -> HttpResponse:
    return show(request, entry.with_lines(with_line_after(entry.lines, row)))


def _details(request: ContractRequest, entry: BulkEntry, row: str) -> HttpResponse:
    return show(request, replace(entry, opened=entry.opened ^ {row}))


def _fill(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    return show(request, entry.with_lines(with_debts_filled(entry.lines, entry.debts_cents)))


def _save(request: ContractRequest, entry: BulkEntry, _row: str) -> HttpResponse:
    """Record the batch, or show why not with everything that was typed."""
    laid = lay_series(entry.lines, entry.context)
    if laid != entry.lines:
        told = _("Les séries sont posées, chèque par chèque. Rien n’est encore enregistré\u00a0: vérifiez, puis enregistrez.")
        return show(request, entry.with_lines(laid).saying(Alert("awaits", "awaits", told)))
    readings = readings_of(entry)
    if not entry.has_own_key or entry.gone or entry.default_day_error or any(reading.problems for reading in readings):
        return refuse(request, entry, *_why_not(entry))
    if entry.has_moved and (twins := twins_since(request, entry, readings, entry.seen)):
        return ask(request, entry, twins)
    return _record(request, entry, readings)


def _record(request: ContractRequest, entry: BulkEntry, readings: Sequence[Reading]) -> HttpResponse:
    try:
        batch = record_batch(contract=request.contract, rows=_rows(readings), on=request.today, by=request.member, key=entry.key)
    except BatchRefused as refused:
        return refuse(request, entry, problems=_by_rank(refused))
    except KeyReused:
        return _recorded_otherwise(request, entry)
    except Refusal as refusal:
        return refuse(request, entry, Alert("owed", "refused", refusal.sentence(_)))
    _offer_undo(request, batch)
    return redirect("web:batch", request.group.slug, request.contract.pk, batch.pk)


def _offer_undo(request: ContractRequest, batch: Batch) -> None:
    """The page of the batch says it itself: this waits for the page after it, most often the subscriptions."""
    recorded = _("{payments}, {total} : c’est enregistré.").format(
        payments=count_words(ANY, batch.payment_count), total=money(batch.total_cents)
    )
    undo_url = reverse("web:batch_cancel", args=[request.group.slug, request.contract.pk, batch.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', recorded, undo_url, _("Annuler ce lot")))


def _rows(readings: Sequence[Reading]) -> list[BatchRow]:
    return [
        BatchRow(int(reading.line.subscription), reading.received, str(rank)) for rank, reading in enumerate(readings) if reading.received
    ]


def _by_rank(refused: BatchRefused) -> dict[int, Problem]:
    return {int(position): problem(refusal.field, refusal) for position, refusal in refused.refusals}


def _why_not(entry: BulkEntry) -> list[Alert]:
    """Rien n’est enregistré, and what was typed in rows that are gone, so that nothing is lost."""
    if not entry.has_own_key:
        # Without it, a second click would record everything a second time.
        return [
            Alert("owed", "refused", _("Rien n’est encore enregistré\u00a0: cet envoi est arrivé sans sa clé. Vérifiez, puis enregistrez."))
        ]
    alerts = [Alert("owed", "refused", _("Rien n’est encore enregistré\u00a0: des cellules sont à reprendre. Le reste est gardé."))]
    for line in entry.gone:
        typed = ", ".join(filter(None, (line.amount, line.number, line.bank, line.label, line.drawer)))
        gone = _("Une ligne visait une souscription qui n’est pas ou n’est plus au contrat. Elle portait\u00a0: {typed}.")
        alerts.append(Alert("owed", "warning", gone.format(typed=typed[:200])))
    return alerts


def _recorded_otherwise(request: ContractRequest, entry: BulkEntry) -> HttpResponse:
    """The key of this grid has already recorded something else: say what, and let the rest be recorded under a new one."""
    batch = request.contract.batches.filter(activity__key=entry.key).first()
    sentence, url = KeyReused("key_reused").sentence(_), ""
    if batch is not None:
        sentence = _(
            "Une première version de cette saisie est déjà enregistrée\u00a0: {payments}, {total}. Retirez d’ici ce qui y figure, puis enregistrez le reste."
        ).format(payments=count_words(ANY, batch.payment_count), total=money(batch.total_cents))
        url = reverse("web:batch", args=[request.group.slug, request.contract.pk, batch.pk])
    alert = Alert("owed", "refused", sentence, url, _("Voir ce lot") if url else "")
    return refuse(request, replace(entry, key=uuid4()), alert)


_ACTS: dict[str, Callable[[ContractRequest, BulkEntry, str], HttpResponse]] = {
    "save": _save,
    "add": _add,
    "details": _details,
    "fill": _fill,
    "paste": preview_paste,
    "accept": fill_from_paste,
    "drop": without_twins,
    "forget": lambda request, entry, _row: show(request, replace(entry, paste="")),
}


@require_POST
@contract_screen(may=Permission.RECORD_PAYMENTS)
def cheques_recorded(request: ContractRequest) -> HttpResponse:
    """For the script of the grid: which of these cheques are in the books already, each with its sentence. Changes nothing."""
    asked = list(zip(request.POST.getlist("number"), request.POST.getlist("bank"), strict=False))[:MAX_LINES]
    cleaned = [cheque for cheque in map(_cleaned, asked) if cheque]
    found = twin_cheques(request.group, cleaned)
    known = [(number, bank, found.get((number, bank.casefold()))) for number, bank in cleaned]
    recorded = [
        {"number": number, "bank": bank, "sentence": recorded_words(request.rights, payment, number, bank)}
        for number, bank, payment in known
        if payment
    ]
    return JsonResponse({"recorded": recorded})


def _cleaned(cheque: tuple[str, str]) -> tuple[str, str] | None:
    """A number and a bank as the books would keep them, None where they would not."""
    try:
        return clean_text(cheque[0], max_length=LONGEST["number"]), clean_text(cheque[1], max_length=LONGEST["bank"])
    except Refusal:
        return None
