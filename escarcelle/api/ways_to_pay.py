"""How the clients of a market pay, and the day's till."""

import datetime as dt
from typing import Literal

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, Flag, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.market_days import DayReasonIn
from escarcelle.groups.permissions import Permission
from escarcelle.payments.models import WaysToPay
from escarcelle.payments.ways import Offer, choices, offer_ways, on_site_methods, switch_payments_off, ways_of
from escarcelle.tills.day import Counted, Takings, cash_counted, count_till, day_money, undo_count
from escarcelle.tills.models import TillCount

operations = Operations("ways to pay")


class WaysOut(Answer):
    """What a market offers. `choices` is what a client chooses from at an order, `on_site` what a payment on the spot is noted as."""

    is_on: bool
    cheque: bool = False
    cash: bool = False
    transfer: bool = False
    card_terminal: bool = False
    money_pot: bool = False
    negative_money_pot: bool = False
    online_card: bool = False
    transfer_holder: str = ""
    transfer_iban: str = ""
    small_difference: str = "carry"
    small_difference_limit: AmountOut
    choices: list[str] = []
    on_site: list[str] = []

    @classmethod
    def of(cls, ways: WaysToPay | None) -> "WaysOut":
        if ways is None:
            return cls(is_on=False, small_difference_limit=0)
        return cls(
            is_on=True,
            cheque=ways.cheque,
            cash=ways.cash,
            transfer=ways.transfer,
            card_terminal=ways.card_terminal,
            money_pot=ways.money_pot,
            negative_money_pot=ways.negative_money_pot,
            online_card=ways.online_card,
            transfer_holder=ways.transfer_holder,
            transfer_iban=ways.transfer_iban,
            small_difference=ways.small_difference,
            small_difference_limit=ways.small_difference_cents,
            choices=choices(ways),
            on_site=on_site_methods(ways),
        )


class WaysIn(Body):
    """The money pot, and online card, each exclude everything else. `transfer` needs the holder's exact name and an IBAN."""

    cheque: Flag = False
    cash: Flag = False
    transfer: Flag = False
    card_terminal: Flag = False
    money_pot: Flag = False
    negative_money_pot: Flag = False
    online_card: Flag = False
    transfer_holder: Text = ""
    transfer_iban: Text = ""
    small_difference: Literal["carry", "refund", "give"] = "carry"
    small_difference_limit: AmountIn | None = None

    def offer(self) -> Offer:
        """The same, as the verbs take it."""
        typed = self.model_dump()
        return Offer(small_difference_cents=typed.pop("small_difference_limit") or 0, **typed)


class TakingsOut(Answer):
    method: str
    count: int
    total: AmountOut

    @classmethod
    def of(cls, method: str, takings: Takings) -> "TakingsOut":
        return cls(method=method, count=takings.count, total=takings.cents)


class ChequeTaken(Answer):
    member_name: str
    number: str
    bank: str
    amount: AmountOut


class PiecesOut(Answer):
    """So many of one note or coin of the euro."""

    value: AmountOut
    count: int


class CountOut(Answer):
    """What was counted. Gaps are counted − expected; `dropped` goes to the bank."""

    id: int
    distribution_id: int
    expected_cash: AmountOut
    counted_cash: AmountOut
    pieces: list[PiecesOut]
    cash_gap: AmountOut
    terminal_gap: AmountOut
    kept_float: AmountOut
    dropped: AmountOut
    comment: str
    counted_at: dt.datetime
    is_undone: bool

    @classmethod
    def of(cls, count: TillCount) -> "CountOut":
        return cls(
            id=count.pk,
            distribution_id=count.distribution_id,
            expected_cash=count.expected_cash_cents,
            counted_cash=count.counted_cash_cents,
            pieces=[PiecesOut(value=cents, count=number) for cents, number in count.counted_pieces],
            cash_gap=count.cash_gap_cents,
            terminal_gap=count.terminal_gap_cents,
            kept_float=count.kept_float_cents,
            dropped=count.dropped_cents,
            comment=count.comment,
            counted_at=count.activity.at,
            is_undone=count.undone_at is not None,
        )


class DayMoneyOut(Answer):
    """The payments of a distribution by method. `net_cash` = received − refunded: with the float, what the box should hold."""

    received: list[TakingsOut]
    refunded: list[TakingsOut]
    promised: list[TakingsOut]
    cheques: list[ChequeTaken]
    net_cash: AmountOut
    count: CountOut | None


class PiecesIn(Body):
    """So many of one note or coin of the euro."""

    value: AmountIn
    count: int


class CountIn(Body):
    """Everything as counted; `terminal` is the total of the terminal's ticket. A gap needs a `comment`.

    `cash` may be left out when `pieces` are given; with both, they agree."""

    opening_float: AmountIn
    cash: AmountIn | None = None
    pieces: list[PiecesIn] = []
    kept_float: AmountIn
    terminal: AmountIn | None = None
    comment: Text = ""


@operations.get("/ways-to-pay", may=Permission.BELONG, returns=WaysOut)
def read_ways_to_pay(request: ApiRequest) -> WaysOut:
    """What clients may choose; `is_on` false while payments are off."""
    return WaysOut.of(ways_of(request.group))


@operations.put("/ways-to-pay", may=Permission.SET_WAYS_TO_PAY, returns=WaysOut, example={"cash": True, "cheque": True})
def set_ways_to_pay(request: ApiRequest, body: WaysIn) -> WaysOut:
    """Let clients pay so from the next order on; what was promised stays promised.

    Refusals: `a_market_only`, `money_pot_excludes`, `online_card_excludes`, `online_card_not_ready`, `nothing_offered`,
    `holder_missing`, `iban_wrong`, `difference_out_of_range`."""
    return WaysOut.of(offer_ways(group=request.group, offer=body.offer(), by=request.member, key=request.key))


@operations.delete("/ways-to-pay", may=Permission.SET_WAYS_TO_PAY)
def switch_off_payments(request: ApiRequest) -> None:
    """Orders are recorded alone from now on."""
    switch_payments_off(group=request.group, by=request.member, key=request.key)


@operations.get("/distributions/{distribution_id}/money", may=Permission.COUNT_TILL, returns=DayMoneyOut)
def read_day_money(request: ApiRequest) -> DayMoneyOut:
    """What was received, given back and promised at a distribution, by method; its cheques one by one; its count."""
    money = day_money(request.distribution)
    count = request.distribution.till_counts.filter(undone_at=None).select_related("activity").first()
    return DayMoneyOut(
        received=[TakingsOut.of(*pair) for pair in sorted(money.received.items())],
        refunded=[TakingsOut.of(*pair) for pair in sorted(money.refunded.items())],
        promised=[TakingsOut.of(*pair) for pair in sorted(money.promised.items())],
        cheques=[
            ChequeTaken(
                member_name=payment.account.member.name,
                number=payment.cheque.number,
                bank=payment.cheque.bank,
                amount=payment.amount_cents,
            )
            for payment in money.cheques
        ],
        net_cash=money.net_cents("cash"),
        count=CountOut.of(count) if count else None,
    )


@operations.post(
    "/distributions/{distribution_id}/till-counts",
    may=Permission.COUNT_TILL,
    returns=CountOut,
    status=201,
    moves_money=True,
    example={"opening_float": "150.00", "cash": "556.15", "kept_float": "150.00", "comment": "trois euros de moins"},
)
def count_the_till(request: ApiRequest, body: CountIn) -> CountOut:
    """Close the day's till: book the gaps and what goes to the bank.

    Refusals: `a_market_only`, `day_to_come`, `not_finished`, `already_counted` (409), `comment_missing`, `keeps_too_much`, `amount_out_of_range`,
    `cash_missing`, `not_a_count`, `pieces_differ`."""
    pieces: dict[int, int] = {}
    for kind in body.pieces:
        pieces[kind.value] = pieces.get(kind.value, 0) + kind.count
    cash_cents = cash_counted(body.cash, pieces)
    counted = Counted(body.opening_float, cash_cents, body.kept_float, body.terminal, body.comment, pieces)
    count = count_till(distribution=request.distribution, counted=counted, on=request.today, by=request.member, key=request.key)
    return _count(request, count.pk)


@operations.post(
    "/till-counts/{count_id}/undo",
    may=Permission.COUNT_TILL,
    returns=CountOut,
    moves_money=True,
    example={"reason": "recompté"},
)
def undo_the_count(request: ApiRequest, body: DayReasonIn) -> CountOut:
    """Open the day's till again: the exact opposite of what counting it booked.

    Refusals: `reason_missing`."""
    undo_count(count=request.count, reason=body.reason, on=request.today, by=request.member, key=request.key)
    return _count(request, request.count.pk)


def _count(request: ApiRequest, pk: int) -> CountOut:
    return CountOut.of(request.group.till_counts.select_related("activity").get(pk=pk))
