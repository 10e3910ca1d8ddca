"""From when a distribution can be validated: 30 minutes before its official start, not a second earlier, and without an end (document 004)."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.utils import timezone

from escarcelle.distributions.models import Distribution
from escarcelle.lib.dates import Hour, format_day
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop

BEFORE_THE_START = dt.timedelta(minutes=30)


class ValidationRefused(Refusal):
    """A basket or a distribution cannot be validated, changed or reopened so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "not_open_yet": gettext_noop("La validation ouvre le {day} à {hour}, une demi-heure avant la distribution."),
        "undetermined": gettext_noop("Un paiement sur place n’est pas précisé\u00a0: indiquez d’abord comment {name} a payé."),
        "unpaid": gettext_noop("Il manque {amount}\u00a0: est-ce une dette que {name} réglera plus tard\u202f?"),
        "overpaid": gettext_noop("Il y a {amount} de trop\u00a0: est-ce un avoir pour {name}\u202f? Sinon, rendez-le."),
        "already_validated": gettext_noop("Ce panier est déjà validé."),
        "method_not_on_site": gettext_noop("Choisissez un moyen de paiement sur place que le groupe propose."),
        "nothing_to_validate": gettext_noop("Tous les paniers de cette distribution sont déjà validés."),
        "not_validated": gettext_noop("Ce panier n’est pas validé\u00a0: il n’y a rien à rouvrir."),
        "reason_missing": gettext_noop("Indiquez le motif\u00a0: il reste au journal."),
        "day_closed": gettext_noop("La caisse du {day} est comptée et fermée\u00a0: rouvrez d’abord la caisse."),
        "quantity_out_of_range": gettext_noop("On ne peut pas retirer plus que ce qui est commandé."),
        "weight_out_of_range": gettext_noop("Un poids va de 0 à 1\u202f000\u00a0kg."),
        "not_weighed": gettext_noop("«\u00a0{product}\u00a0» ne se vend pas au poids."),
        "weight_unlikely": gettext_noop("{weighed} au lieu de {expected} prévus\u00a0: est-ce bien ce que dit la balance\u202f?"),
        "unknown_line": gettext_noop("Cette ligne n’est pas dans ce panier."),
        "unknown_product": gettext_noop("Ce produit n’est pas à cette distribution."),
        "nobody_named": gettext_noop("Les paniers nommés ne contiennent pas assez de ce produit."),
    }


def required_reason(reason: str) -> str:
    """Why something is taken back, tidied. Refused: `ValidationRefused("reason_missing")`."""
    reason = clean_text(reason, max_length=200)
    if not reason:
        raise ValidationRefused("reason_missing", field="reason")
    return reason


def opens_at(distribution: Distribution) -> dt.datetime:
    """The first instant at which the distribution can be validated."""
    # Half an hour of real time, also in the night when clocks are moved.
    return timezone.localtime(distribution.starts.astimezone(dt.UTC) - BEFORE_THE_START)


def check_open(distribution: Distribution, at: dt.datetime) -> None:
    """Refuse (`ValidationRefused("not_open_yet")`) before that instant."""
    opens = opens_at(distribution)
    if at < opens:
        local = timezone.localtime(opens)
        raise ValidationRefused("not_open_yet", day=format_day(local.date()), hour=Hour(local))
