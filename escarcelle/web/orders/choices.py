"""What a client chooses from when they order, on their page and in the settings."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from escarcelle.payments.models import PromisedPayment, WaysToPay
from escarcelle.payments.ways import choices, on_site_methods

Way = PromisedPayment.Way


@dataclass(frozen=True)
class Choice:
    """One way to pay on the page."""

    value: str
    label: str
    note: str


def choices_shown(ways: WaysToPay | None) -> list[Choice]:
    """What the client chooses from, each with what it implies."""
    if ways is None or ways.money_pot:
        return []
    notes = {
        Way.ON_THE_SPOT.value: ", ".join(str(Way(method).label) for method in on_site_methods(ways)),
        Way.TRANSFER.value: _("vous recevrez l’IBAN et la référence"),
    }
    return [Choice(value, str(Way(value).label), notes.get(value, _("à la distribution"))) for value in choices(ways)]
