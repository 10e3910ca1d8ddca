"""The day of the market: stories with the figures of the domain."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escarcelle.ledger import balances
from escarcelle.orders.blocking import GroupBlocked, unvalidated_distributions
from escarcelle.orders.models import OrderLine
from escarcelle.orders.queries import blocked_state
from escarcelle.payments.corrections import correct_payment
from escarcelle.payments.models import Payment
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.recording import Received
from escarcelle.payments.refunds import RefundRefused, refund
from escarcelle.tills.day import Counted, TillRefused, count_till, day_money, undo_count
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import share_out_shortage, weigh
from escarcelle.validation.forcing import force, preview
from escarcelle.validation.opening import ValidationRefused
from escarcelle.validation.reopening import reopen_distribution
from escarcelle.validation.shortages import Rule
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 18, 30)


def pending(basket):
    return basket.promised_payments.get(state="pending")


def code_of(act):
    with pytest.raises(ValidationRefused) as refusal:
        act()
    return refusal.value.code


def test_validation_opens_half_an_hour_before_and_not_a_second_earlier(market):
    basket = market.order("ADAM Pécine", {market.bread: 1})

    assert code_of(lambda: validate_basket(basket=basket, at=at(MARKET_DAY, 17, 29, 59), by=market.admin)) == "not_open_yet"
    assert validate_basket(basket=basket, at=at(MARKET_DAY, 17, 30), by=market.admin)


def test_a_weighed_chicken_paid_on_the_spot(market):
    """P06."""
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.chicken: 1, market.eggs: 3}, way="on_the_spot")
    assert (market.balance("ADAM Pécine"), pending(basket).amount_cents) == (-3102, 3102)
    line = basket.lines.get(product=market.chicken)

    assert code_of(lambda: weigh(line=line, grams=16520, at=EVENING, by=market.admin)) == "weight_unlikely"
    weigh(line=line, grams=1652, at=EVENING, by=market.admin)
    assert (market.balance("ADAM Pécine"), pending(basket).amount_cents) == (-2926, 2926)

    assert code_of(lambda: validate_basket(basket=basket, at=EVENING, by=market.admin)) == "undetermined"
    receive(promise=pending(basket), named=Named("cash", MARKET_DAY), by=market.admin, today=MARKET_DAY)
    assert market.balance("ADAM Pécine") == 0
    validate_basket(basket=basket, at=EVENING, by=market.admin)

    market.day.refresh_from_db()
    assert market.day.validated_at is not None
    assert code_of(lambda: weigh(line=line, grams=1700, at=EVENING, by=market.admin)) == "already_validated"


def test_missing_eggs_leave_a_credit_that_can_be_given_back_once(market):
    """P08."""
    market.offer(transfer=True, transfer_holder="Direct Paysans", transfer_iban="FR7630006000011234567890189")
    basket = market.order("ADAM Pécine", {market.courgettes: 7, market.eggs: 1, market.bread: 1}, way="transfer")
    receive(promise=pending(basket), named=Named("transfer", MARKET_DAY), by=market.admin, today=MARKET_DAY)

    outcome = share_out_shortage(
        distribution=market.day, product=market.eggs, delivered=0, rule=Rule.PROPORTIONAL, at=EVENING, by=market.admin
    )

    assert (outcome.basket_count, outcome.difference_cents, market.balance("ADAM Pécine")) == (1, -320, 320)
    assert code_of(lambda: validate_basket(basket=basket, at=EVENING, by=market.admin)) == "overpaid"

    def give_back(cents):
        account = market.account("ADAM Pécine")
        return refund(account=account, basket=basket, method="cash", amount_cents=cents, on=MARKET_DAY, today=MARKET_DAY, by=market.admin)

    give_back(320)
    assert market.balance("ADAM Pécine") == 0
    with pytest.raises(RefundRefused):
        give_back(1)
    assert day_money(market.day).net_cents("cash") == -320
    validate_basket(basket=basket, at=EVENING, by=market.admin)


def sixteen(market):
    """20 baskets: 18 undetermined on the spot, a transfer promised, one made by the administrator (P16, in smaller coins)."""
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban="FR7630006000011234567890189")
    baskets = [market.order(f"CLIENT{rank:02} A", {market.courgettes: 1 + rank % 3}, way="on_the_spot") for rank in range(18)]
    baskets.append(market.order("PRIGENT Malo", {market.bread: 10}, way="transfer"))
    baskets.append(market.order("BIHAN Yann", {market.eggs: 2}, by=market.admin))
    return baskets


def test_the_button_names_only_what_nobody_named(market):
    """P16."""
    sixteen(market)
    foreseen = preview(market.day)
    assert (len(foreseen.baskets), len(foreseen.undetermined), len(foreseen.named), foreseen.methods[0]) == (20, 18, 1, "cash")
    assert [(debt.basket.account.member.name, debt.left_cents) for debt in foreseen.debts] == [("BIHAN Yann", -640)]

    key = uuid4()
    forced = force(distribution=market.day, method="cash", at=EVENING, by=market.admin, key=key)
    assert force(distribution=market.day, method="cash", at=EVENING, by=market.admin, key=key) == forced

    on_the_spot = sum(350 * (1 + rank % 3) for rank in range(18))
    assert (forced.basket_count, forced.payment_count, forced.debt_cents) == (20, 19, 640)
    assert market.balance("BIHAN Yann") == -640
    assert all(market.balance(f"CLIENT{rank:02} A") == 0 for rank in range(18))
    money = day_money(market.day)
    assert money.expected_cash_cents(8000) == 8000 + on_the_spot
    assert money.received["transfer"].cents == 2800

    payment = Payment.objects.filter(method="cash").first()
    cheque = Received(payment.amount_cents, "cheque", MARKET_DAY)
    correct_payment(payment=payment, received=cheque, reason="c’était un chèque", on=MARKET_DAY, by=market.admin)
    money = day_money(market.day)
    assert money.expected_cash_cents(8000) == 8000 + on_the_spot - payment.amount_cents
    assert (money.received["cheque"].count, market.balance("CLIENT00 A")) == (1, 0)


def test_reopening_a_distribution_is_the_exact_opposite(market):
    baskets = sixteen(market)
    before = {basket.account_id: balances.balance(basket.account.book_id, basket.account.account_no) for basket in baskets}
    accounts = dict(market.group.book.accounts.values_list("no", "balance_cents"))
    force(distribution=market.day, method="cheque", at=EVENING, by=market.admin, key=uuid4())

    reopened = reopen_distribution(distribution=market.day, reason="mauvais moyen", at=EVENING, by=market.admin)

    assert len(reopened.taken_back) == 19
    assert {basket.account_id: balances.balance(basket.account.book_id, basket.account.account_no) for basket in baskets} == before
    after = dict(market.group.book.accounts.values_list("no", "balance_cents"))
    assert {no: cents for no, cents in after.items() if cents} == {no: cents for no, cents in accounts.items() if cents}
    assert len(preview(market.day).undetermined) == 18
    force(distribution=market.day, method="cash", at=EVENING, by=market.admin, key=uuid4())
    assert day_money(market.day).received["cash"].count == 18


def test_forcing_takes_the_same_statements_whatever_the_size(market):
    """However many baskets, whatever they promised, and with the days before."""
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban="FR7630006000011234567890189")
    counts = []
    # The first day opens the accounts of the cash box and of the bank.
    for rank, size in enumerate((3, 3, 21)):
        day = market.plan(MARKET_DAY + dt.timedelta(days=rank + 1))
        for client in range(size):
            way = ("on_the_spot", "transfer", None)[client % 3]
            by = market.admin if way is None else None
            market.order(f"CLIENT{client:02} A", {market.courgettes: 1, market.bread: 1}, way=way, day=day, by=by)
        with CaptureQueriesContext(connection) as statements:
            forced = force(distribution=day, method="cash", at=day.ends, by=market.admin, key=uuid4())
        assert forced.basket_count == size
        counts.append(len(statements))

    assert counts[0] <= 40
    assert counts[1] == counts[2] < counts[0]


def test_a_debt_must_be_said(market):
    market.offer(cash=True)
    basket = market.order("BIHAN Yann", {market.eggs: 2}, by=market.admin)

    assert code_of(lambda: validate_basket(basket=basket, at=EVENING, by=market.admin)) == "unpaid"
    validate_basket(basket=basket, at=EVENING, by=market.admin, leaving="debt")

    assert market.balance("BIHAN Yann") == -640


@pytest.mark.parametrize(("rule", "balance"), [("carry", -2), ("give", 0)])
def test_a_small_difference_follows_the_group_s_rule(market, rule, balance):
    market.offer(cash=True, small_difference=rule, small_difference_cents=10)
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="cash")
    receive(promise=pending(basket), named=Named("cash", MARKET_DAY, amount_cents=348), by=market.admin, today=MARKET_DAY)

    validate_basket(basket=basket, at=EVENING, by=market.admin)

    assert market.balance("ADAM Pécine") == balance
    reopen_distribution(distribution=market.day, reason="essai", at=EVENING, by=market.admin)
    assert market.balance("ADAM Pécine") == -2


def test_the_fourth_unvalidated_distribution_blocks_and_one_validation_lifts_it(market):
    """P15."""
    days = []
    for week in range(4):
        on = MARKET_DAY + dt.timedelta(weeks=week)
        day = market.day if week == 0 else market.plan(on)
        market.order("ADAM Pécine", {market.bread: 2}, day=day, now=at(on - dt.timedelta(days=1), 10))
        days.append(day)
        after = at(on, 18, 0)
        assert (unvalidated_distributions(market.group, after).count(), blocked_state(market.group, after).is_blocked) == (
            week + 1,
            week == 3,
        )
    next_day = market.plan(MARKET_DAY + dt.timedelta(weeks=4))
    now = at(MARKET_DAY + dt.timedelta(weeks=3, days=1), 10)
    market.order("BLANC Alphée", {market.bread: 1}, day=next_day, now=now - dt.timedelta(days=2))

    with pytest.raises(GroupBlocked):
        market.order("ADAM Pécine", {market.bread: 1}, day=next_day, now=now)
    market.order("BLANC Alphée", {market.bread: 0}, day=next_day, now=now)
    market.order("BIHAN Yann", {market.bread: 1}, day=next_day, now=now, by=market.admin)

    force(distribution=days[2], method="cash", at=now, by=market.admin, key=uuid4())
    assert market.order("ADAM Pécine", {market.bread: 1}, day=next_day, now=now)


def test_a_till_that_lacks_three_euros(market):
    """P09."""
    market.offer(cash=True)
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="cash")
    receive(promise=pending(basket), named=Named("cash", MARKET_DAY, amount_cents=41235), by=market.admin, today=MARKET_DAY)
    account = market.account("ADAM Pécine")
    refund(account=account, basket=basket, method="cash", amount_cents=320, on=MARKET_DAY, today=MARKET_DAY, by=market.admin)
    counted = Counted(opening_float_cents=15000, cash_cents=55615, kept_float_cents=15000)
    with pytest.raises(TillRefused):
        count_till(distribution=market.day, counted=counted, on=MARKET_DAY, by=market.admin)
    validate_basket(basket=basket, at=EVENING, by=market.admin, leaving="credit")
    with pytest.raises(TillRefused) as refusal:
        count_till(distribution=market.day, counted=counted, on=MARKET_DAY, by=market.admin)
    assert refusal.value.code == "comment_missing"

    explained = Counted(15000, 55615, 15000, comment="trois euros de moins, sans explication")
    count = count_till(distribution=market.day, counted=explained, on=MARKET_DAY, by=market.admin)

    assert (count.expected_cash_cents, count.cash_gap_cents, count.dropped_cents) == (55915, -300, 40615)
    by_kind = dict(market.group.book.accounts.values_list("kind", "balance_cents"))
    assert (by_kind["shortage"], by_kind["bank"], by_kind["cash"]) == (-300, -40615, 0)
    assert code_of(lambda: reopen_distribution(distribution=market.day, reason="x", at=EVENING, by=market.admin)) == "day_closed"
    undo_count(count=count, reason="recompté", on=MARKET_DAY, by=market.admin)
    by_kind = dict(market.group.book.accounts.values_list("kind", "balance_cents"))
    assert (by_kind["shortage"], by_kind["bank"], by_kind["cash"]) == (0, 0, -40915)


@pytest.mark.parametrize(
    ("rule", "named", "without"),
    [
        (Rule.PROPORTIONAL, [], [1, 1, 2]),
        (Rule.FIRST_SERVED, [], [0, 0, 4]),
        (Rule.NAMED, [0, 1], [1, 3, 0]),
    ],
)
def test_a_shortage_is_shared_out_by_the_rule(market, rule, named, without):
    baskets = [market.order(name, {market.eggs: count}) for name, count in (("ADAM Pécine", 2), ("BLANC Alphée", 3), ("BIHAN Yann", 5))]

    share_out_shortage(
        distribution=market.day,
        product=market.eggs,
        delivered=6,
        rule=rule,
        named=[baskets[rank].pk for rank in named],
        at=EVENING,
        by=market.admin,
    )

    assert [line.undelivered for line in OrderLine.objects.filter(product=market.eggs).order_by("pk")] == without
    assert market.balance("BIHAN Yann") == -320 * (5 - without[2])
