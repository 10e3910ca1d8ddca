"""Once the till of a market day is counted, what was compared with it stays: its cash, and its cards on the spot."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from escarcelle.distributions.models import Distribution
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.models import Method, Payment, Refund

# A cheque or a transfer is followed by itself, and may still arrive or be named.
COUNTED_METHODS = frozenset({Method.CASH, Method.CARD_TERMINAL})


class DayCounted(Refusal):
    """Cash and cards of a day whose till is counted can no longer change what it should have held."""

    sentences: ClassVar[Mapping[str, str]] = {
        "day_closed": gettext_noop("La caisse du {day} est comptée et fermée\u00a0: rouvrez d’abord la caisse."),
    }


def check_not_counted(wanted: Iterable[Payment | Refund]) -> None:
    """Refuse (`DayCounted`) cash or a card, received or given back, for a basket of a day whose till is counted.

    Needs a transaction that holds the payee's book, as counting does. One statement at most."""
    baskets = {row.basket_id for row in wanted if row.basket_id is not None and row.method in COUNTED_METHODS}
    counted = Distribution.objects.filter(baskets__in=baskets, closed_at__isnull=False).first() if baskets else None
    if counted is not None:
        raise DayCounted("day_closed", day=format_day(counted.on))
