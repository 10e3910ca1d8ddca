"""The day's money: what should be in the cash box, what was counted, and where the difference goes.

Expected cash = float + cash received − cash given back. A gap is booked with a comment (658 when money is missing, 758 when there is too
much); what is not kept as the next float goes to the bank (domain §2.2)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import books, posting
from escarcelle.ledger.models import AccountKind
from escarcelle.lib.dates import format_day
from escarcelle.lib.denominations import total_cents
from escarcelle.lib.money import Euros
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.payments.models import Method, Payment, PromisedPayment, Refund
from escarcelle.subscriptions.booking import actor
from escarcelle.tills.models import TillCount

CASH_GAP, TERMINAL_GAP, BANK_DROP = "cash_gap", "terminal_gap", "bank_drop"
HIGHEST_COUNT_CENTS = 1_000_000_00


class TillRefused(Refusal):
    """The day's money cannot be counted so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "a_market_only": gettext_noop("Dans une AMAP rien ne se règle à la distribution\u00a0: il n’y a pas de caisse à compter."),
        "amount_out_of_range": gettext_noop("Une somme comptée va de 0\u00a0€ à 1\u202f000\u202f000\u00a0€."),
        "comment_missing": gettext_noop(
            "L’argent compté ne correspond pas à ce qui est attendu\u00a0: dites pourquoi, ou que vous l’ignorez."
        ),
        "cash_missing": gettext_noop("Indiquez la somme comptée, ou le nombre de billets et de pièces\u202f; zéro si la caisse est vide."),
        "not_a_count": gettext_noop("Un nombre de billets ou de pièces va de 0 à 10\u202f000."),
        "pieces_differ": gettext_noop(
            "Les billets et les pièces font {pieces}, et non {cash}\u00a0: laissez l’un des deux vide, ou recomptez."
        ),
        "keeps_too_much": gettext_noop("On ne peut pas garder plus que ce qui est compté."),
        "day_to_come": gettext_noop("Le {day} n’est pas encore venu\u00a0: la caisse se compte le jour même ou après."),
        "not_finished": gettext_noop("Des paniers ne sont pas validés\u00a0: la caisse se compte après."),
        "already_counted": gettext_noop("La caisse du {day} est déjà comptée."),
        "reason_missing": gettext_noop("Indiquez le motif\u00a0: il reste au journal."),
    }


@dataclass(frozen=True)
class Takings:
    """Payments of one method at one distribution."""

    count: int
    cents: int


NOTHING = Takings(0, 0)


@dataclass(frozen=True)
class DayMoney:
    """What the payments, refunds and promises of one distribution come to, by method."""

    received: Mapping[str, Takings]
    refunded: Mapping[str, Takings]
    promised: Mapping[str, Takings]
    cheques: tuple[Payment, ...]

    def expected_cash_cents(self, opening_float_cents: int) -> int:
        """Float + received − refunded."""
        return opening_float_cents + self.net_cents(Method.CASH)

    def net_cents(self, method: str) -> int:
        return self.received.get(method, NOTHING).cents - self.refunded.get(method, NOTHING).cents


def day_money(distribution: Distribution) -> DayMoney:
    """Read the day's money. Four statements, however many baskets."""
    payments = Payment.objects.standing().filter(basket__distribution=distribution)
    refunds = Refund.objects.filter(basket__distribution=distribution, state=Refund.State.GIVEN)
    waiting = PromisedPayment.objects.filter(basket__distribution=distribution, state=PromisedPayment.State.PENDING)
    cheques = payments.filter(method=Method.CHEQUE).select_related("cheque", "account__member", "basket").order_by("basket__number", "pk")
    return DayMoney(_by(payments, "method"), _by(refunds, "method"), _by(waiting, "way"), tuple(cheques))


def _by(rows: QuerySet[Any], name: str) -> dict[str, Takings]:
    return {
        row[0]: Takings(row[1], row[2]) for row in rows.order_by().values_list(name).annotate(count=Count("pk"), cents=Sum("amount_cents"))
    }


@dataclass(frozen=True)
class Counted:
    """What a person counted, in cents. `terminal_cents` is the total of the terminal's ticket, None without a terminal.

    `pieces`: how many of each note and coin, by its cents, when the box was counted so; they come to `cash_cents`."""

    opening_float_cents: int
    cash_cents: int
    kept_float_cents: int
    terminal_cents: int | None = None
    comment: str = ""
    pieces: Mapping[int, int] = field(default_factory=dict)

    def cleaned(self) -> "Counted":
        """The same, tidied. Refused: `TillRefused`."""
        amounts = {name: value for name, value in asdict(self).items() if name.endswith("_cents") and value is not None}
        for name, cents in amounts.items():
            if type(cents) is not int or not 0 <= cents <= HIGHEST_COUNT_CENTS:
                raise TillRefused("amount_out_of_range", field=name)
        if self.kept_float_cents > self.cash_cents:
            raise TillRefused("keeps_too_much", field="kept_float_cents")
        cash_counted(self.cash_cents, self.pieces)
        return replace(self, comment=clean_text(self.comment, max_length=300))


def cash_counted(cash_cents: int | None, pieces: Mapping[int, int]) -> int:
    """The cents in the box: the sum that was typed, that of the notes and coins, or both when they agree. Refused: `TillRefused`."""
    if not pieces:
        if cash_cents is None:
            raise TillRefused("cash_missing", field="cash_cents")
        return cash_cents
    try:
        cents = total_cents(pieces)
    except ValueError as error:
        raise TillRefused("not_a_count", field="pieces") from error
    if cash_cents is not None and cash_cents != cents:
        raise TillRefused("pieces_differ", field="cash_cents", pieces=Euros(cents), cash=Euros(cash_cents))
    return cents


@transaction.atomic
def count_till(*, distribution: Distribution, counted: Counted, on: dt.date, by: Member | None, key: UUID | None = None) -> TillCount:
    """Close the day's till: book the gaps and what goes to the bank. Afterwards nothing of the day is reopened.

    Sent twice with one key, the first count comes back. Refused: `TillRefused`. Undone by `undo_count`."""
    if distribution.group.is_amap:
        raise TillRefused("a_market_only")
    counted = counted.cleaned()
    content = {"distribution": distribution.pk, **asdict(counted), "pieces": sorted(counted.pieces.items())}
    activity, is_first = begin(group=distribution.group, by=by, kind="till.counted", key=key, content=content)
    if not is_first:
        return distribution.group.till_counts.get(pk=activity.details["count"])
    books.lock(distribution.group.book_id)
    distribution = Distribution.objects.select_related("group").get(pk=distribution.pk)
    if distribution.closed_at is not None:
        raise TillRefused("already_counted", day=format_day(distribution.on))
    if distribution.on > on:
        raise TillRefused("day_to_come", day=format_day(distribution.on))
    if distribution.baskets.to_validate().exists():
        raise TillRefused("not_finished")
    money = day_money(distribution)
    count = TillCount(
        group=distribution.group,
        distribution=distribution,
        activity=activity,
        opening_float_cents=counted.opening_float_cents,
        expected_cash_cents=money.expected_cash_cents(counted.opening_float_cents),
        counted_cash_cents=counted.cash_cents,
        pieces={str(cents): pieces for cents, pieces in counted.pieces.items() if pieces},
        expected_terminal_cents=money.net_cents(Method.CARD_TERMINAL),
        terminal_cents=counted.terminal_cents,
        kept_float_cents=counted.kept_float_cents,
        comment=counted.comment,
    )
    if (count.cash_gap_cents or count.terminal_gap_cents) and not count.comment:
        raise TillRefused("comment_missing", field="comment")
    count.operation_nos = _book(count, activity, on=on, by=by)
    count.save()
    Distribution.objects.filter(pk=distribution.pk).update(closed_at=activity.at)
    note(activity, count=count.pk, distribution=distribution.pk, gap_cents=count.cash_gap_cents, dropped_cents=count.dropped_cents)
    return count


def _book(count: TillCount, activity: Activity, *, on: dt.date, by: Member | None) -> list[int]:
    """Post the gaps and the drop that are not zero; their operation numbers."""
    book_id, day = count.group.book_id, format_day(count.distribution.on)
    wanted = (
        (CASH_GAP, f"Écart de caisse du {day}", _gap(book_id, AccountKind.CASH, count.cash_gap_cents)),
        (TERMINAL_GAP, f"Écart du terminal du {day}", _gap(book_id, AccountKind.CARD_TERMINAL, count.terminal_gap_cents)),
        (BANK_DROP, f"Espèces portées à la banque, distribution du {day}", _drop(book_id, count.dropped_cents)),
    )
    drafts = [
        posting.Draft(
            ref=f"till:activity:{activity.pk}:{kind}",
            kind=kind,
            label=label,
            reason=count.comment,
            value_date=on,
            about=f"distribution:{count.distribution_id}",
            moves=[move],
        )
        for kind, label, move in wanted
        if move is not None
    ]
    return [posted.operation_no for posted in posting.post(book_id, drafts, by=actor(by))] if drafts else []


def _gap(book_id: int, kept_in: AccountKind, gap_cents: int) -> posting.Move | None:
    """Missing money is a charge (658), too much of it an income (758)."""
    if gap_cents == 0:
        return None
    kept_no = books.singleton(book_id, kept_in)
    if gap_cents < 0:
        return posting.Move(debit_no=books.singleton(book_id, AccountKind.SHORTAGE), credit_no=kept_no, amount_cents=-gap_cents)
    return posting.Move(debit_no=kept_no, credit_no=books.singleton(book_id, AccountKind.OVERAGE), amount_cents=gap_cents)


def _drop(book_id: int, cents: int) -> posting.Move | None:
    if cents == 0:
        return None
    return posting.Move(
        debit_no=books.singleton(book_id, AccountKind.BANK), credit_no=books.singleton(book_id, AccountKind.CASH), amount_cents=cents
    )


@transaction.atomic
def undo_count(*, count: TillCount, reason: str, on: dt.date, by: Member | None, key: UUID | None = None) -> None:
    """Open the day's till again: the exact opposite of what counting it booked. Twice changes nothing. Refused: `TillRefused`."""
    reason = clean_text(reason, max_length=200)
    if not reason:
        raise TillRefused("reason_missing", field="reason")
    activity, is_first = begin(group=count.group, by=by, kind="till.reopened", key=key, content={"count": count.pk, "reason": reason})
    if not is_first:
        return
    books.lock(count.group.book_id)
    count = TillCount.objects.select_related("group").get(pk=count.pk)
    if count.undone_at is None:
        _reverse(count, reason=reason, on=on, by=by)
        count.undone_at = activity.at
        count.save(update_fields=["undone_at"])
        Distribution.objects.filter(pk=count.distribution_id).update(closed_at=None)
    note(activity, count=count.pk, distribution=count.distribution_id, reason=reason)


def _reverse(count: TillCount, *, reason: str, on: dt.date, by: Member | None) -> None:
    reversals = [posting.Reversal(no, ref=f"till:{count.pk}:{no}:reversed") for no in count.operation_nos]
    if reversals:
        posting.reverse_many(count.group.book_id, reversals, value_date=on, by=actor(by), label="Caisse rouverte", reason=reason)
