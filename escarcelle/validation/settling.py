"""Whether a basket is settled: what is due, what was paid for it, what the client had before, and what remains."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Sum

from escarcelle.ledger import balances
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import Payment, PromisedPayment, Refund


@dataclass(frozen=True)
class Settlement:
    """Cents about one basket. `before_cents` is the client's balance without this basket and its payments."""

    due_cents: int
    paid_cents: int
    promised_cents: int
    balance_cents: int

    @property
    def before_cents(self) -> int:
        return self.balance_cents + self.due_cents - self.paid_cents

    @property
    def debt_cents(self) -> int:
        """What this basket leaves unpaid, once money left from before has been used."""
        return max(0, self.due_cents - self.paid_cents - max(0, self.before_cents))

    @property
    def credit_cents(self) -> int:
        """What was paid too much for this basket, once an older debt has been settled with it."""
        return max(0, min(self.paid_cents - self.due_cents, self.balance_cents))

    @property
    def left_cents(self) -> int:
        """Credit above zero, debt below."""
        return self.credit_cents - self.debt_cents

    @property
    def expected_balance_cents(self) -> int:
        """The balance once everything promised for this basket has arrived."""
        return self.balance_cents + self.promised_cents


def settlements(baskets: Sequence[Basket]) -> dict[int, Settlement]:
    """How these baskets stand, all on accounts of one payee, by basket. Five statements, however many."""
    if not baskets:
        return {}
    nos = {basket.account.account_no for basket in baskets}
    balance_by_no = balances.balances(baskets[0].account.book_id, nos)
    due = _sums(OrderLine.objects.filter(basket__in=baskets).values_list("basket").annotate(cents=Sum(F("amount_cents") + F("fee_cents"))))
    paid = _sums(Payment.objects.standing().filter(basket__in=baskets).values_list("basket").annotate(cents=Sum("amount_cents")))
    given = Refund.objects.filter(basket__in=baskets, state=Refund.State.GIVEN)
    refunded = _sums(given.values_list("basket").annotate(cents=Sum("amount_cents")))
    pending = PromisedPayment.objects.filter(basket__in=baskets, state=PromisedPayment.State.PENDING)
    promised = _sums(pending.values_list("basket").annotate(cents=Sum("amount_cents")))
    return {
        basket.pk: Settlement(
            due_cents=due[basket.pk],
            paid_cents=paid[basket.pk] - refunded[basket.pk],
            promised_cents=promised[basket.pk],
            balance_cents=balance_by_no[basket.account.account_no],
        )
        for basket in baskets
    }


def _sums(rows: object) -> defaultdict[int, int]:
    return defaultdict(int, dict(rows))  # type: ignore[call-overload]
