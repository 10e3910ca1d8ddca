"""The sentences of the grid, for the page and for its script: one wording, in the reader's language."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escarcelle.lib.cheque_series import MAX_CHEQUES, NotASeries
from escarcelle.lib.dates import EARLIEST, LATEST, NotADate, format_day
from escarcelle.lib.money import NotAnAmount
from escarcelle.lib.names import TextRefused
from escarcelle.payments.models import Method
from escarcelle.payments.recording import EARLIEST_RECEPTION, HIGHEST_PAYMENT_CENTS, PaymentRefused
from escarcelle.web.language import month

ANY = "any"


def count_template(method: str, count: int) -> str:
    """« {count} chèques », « {count} virement », for so many of a method; `ANY` for payments of several."""
    words = {
        Method.CHEQUE: ngettext("{count} chèque", "{count} chèques", count),
        Method.TRANSFER: ngettext("{count} virement", "{count} virements", count),
        Method.CASH: ngettext("{count} paiement en espèces", "{count} paiements en espèces", count),
        Method.CARD_TERMINAL: ngettext("{count} paiement par carte", "{count} paiements par carte", count),
        Method.UNKNOWN: ngettext("{count} paiement à préciser", "{count} paiements à préciser", count),
        ANY: ngettext("{count} paiement", "{count} paiements", count),
    }
    return words[method]


def count_words(method: str, count: int) -> str:
    """« 8 chèques »"""
    return count_template(method, count).format(count=count)


def gap_words() -> Mapping[str, str]:
    """How far the grid is from the pile on the table."""
    return {"missing": _("il manque {amount}"), "over": _("{amount} de trop"), "exact": _("la pile est juste")}


def save_words(count: int) -> str:
    """The main button says what it does."""
    return _save_template(count).format(count=count) if count else _("Enregistrer les paiements")


def _save_template(count: int) -> str:
    return ngettext("Enregistrer {count} paiement", "Enregistrer {count} paiements", count)


def wrong_template(count: int) -> str:
    return ngettext("{count} cellule à reprendre", "{count} cellules à reprendre", count)


def nth_words(rank: int) -> str:
    """What tells the second line of a row from the first, aloud: « , chèque 2 »."""
    return ", " + _("chèque {rank}").format(rank=rank) if rank > 1 else ""


def not_counted_words() -> str:
    return _("Cette cellule ne compte pas encore dans la somme.")


def twin_template() -> str:
    return _("Le n°\u00a0{cheque} est déjà saisi plus haut, pour {name}.")


def words_of_the_grid() -> Mapping[str, object]:
    """Sentences by code with their {fields}, words of the foot in pairs (one, several), names of months, limits."""
    months = [month(dt.date(2000, number, 1)).removesuffix(" 2000") for number in range(1, 13)]
    return {
        "amount": {code: _(sentence) for code, sentence in NotAnAmount.sentences.items()},
        "day": {code: _(sentence) for code, sentence in NotADate.sentences.items()},
        "series": {code: _(sentence) for code, sentence in NotASeries.sentences.items()},
        "text": {code: _(sentence) for code, sentence in TextRefused.sentences.items()},
        "payment": {code: _(sentence) for code, sentence in PaymentRefused.sentences.items()},
        "counts": {code: [count_template(code, 1), count_template(code, 2)] for code in (*map(str, Method), ANY)},
        "save": [_save_template(1), _save_template(2), save_words(0)],
        "wrong": [wrong_template(1), wrong_template(2)],
        "gap": dict(gap_words()),
        "states": {"good": _("Saisi"), "awaits": _("À vérifier"), "owed": _("Cellule à reprendre")},
        "not_counted": not_counted_words(),
        "twin": twin_template(),
        "answer": _("C’est bien un autre chèque"),
        "nth": _("chèque {rank}"),
        "details": {"drawer": _("Tireur"), "written_on": _("Date du chèque"), "planned_on": _("À encaisser le")},
        "draft": {
            "kept": _("Brouillon gardé sur cet appareil à {hour}."),
            "taken": _("Brouillon du {day} à {hour} repris."),
            "lost": _("Cet appareil ne garde pas de brouillon\u00a0: enregistrez avant de fermer la page."),
            "forgotten": _("Brouillon effacé."),
        },
        "jump": {"found": _("{name}, {rank} sur {count}. Entrée pour y aller."), "none": _("Aucun nom ne commence ainsi.")},
        "months": [name[:1].upper() + name[1:] for name in months],
        "limits": {
            "highest_cents": HIGHEST_PAYMENT_CENTS,
            "cheques": MAX_CHEQUES,
            "earliest": format_day(EARLIEST),
            "latest": format_day(LATEST),
            "earliest_reception": format_day(EARLIEST_RECEPTION),
        },
    }
