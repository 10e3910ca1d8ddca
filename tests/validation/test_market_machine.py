"""The whole market day at random: whatever was done and undone, balances, boxes, producers' dues and a simple model agree."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from escarcelle.lib.refusals import Refusal
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.promises import Named, cancel_promise, receive
from escarcelle.payments.recording import Received, record_payment
from escarcelle.payments.refunds import cancel_refund, refund
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import change_price, set_undelivered, share_out_shortage, weigh
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_basket, reopen_distribution
from escarcelle.validation.shortages import Rule
from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right
from tests.market_cast import MARKET_DAY, at, found_market

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 19)
NAMES = ("ADAM Pécine", "BLANC Alphée", "BIHAN Yann")
METHODS = ("cash", "cheque", "card_terminal")
KEPT_IN = {"cash": "cash", "cheque": "cheques_in_hand", "card_terminal": "card_terminal", "transfer": "bank"}
REFUNDED_FROM = {**KEPT_IN, "cheque": "bank"}


def rounded(numerator, denominator):
    """Half away from zero, the schoolbook way."""
    return int((numerator * 2 + denominator) // (denominator * 2))


class MarketDay(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.market = found_market()
        self.market.offer(
            cash=True,
            cheque=True,
            card_terminal=True,
            transfer=True,
            transfer_holder="M",
            transfer_iban="FR7630006000011234567890189",
            small_difference="give",
            small_difference_cents=5,
        )
        self.given_up = Counter()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- What people do ---

    def attempt(self, act, **arguments):
        """Refused or done, the same key sent again changes nothing more."""
        key = uuid4()
        try:
            with transaction.atomic():
                act(**arguments, key=key)
        except Refusal:
            return
        before = self.figures()
        act(**arguments, key=key)
        assert self.figures() == before

    def there(self, rows, pick):
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    @rule(
        name=st.sampled_from(NAMES),
        quantities=st.dictionaries(st.sampled_from(["courgettes", "bread", "eggs", "chicken", "potatoes"]), st.integers(0, 3), min_size=1),
        way=st.sampled_from(["on_the_spot", "transfer"]),
        by_admin=st.booleans(),
    )
    def order(self, name, quantities, way, by_admin):
        wanted = {getattr(self.market, product): count for product, count in quantities.items()}
        try:
            with transaction.atomic():
                self.market.order(name, wanted, way=None if by_admin else way, by=self.market.admin if by_admin else None)
        except Refusal:
            pass

    @rule(pick=st.integers(0, 9), method=st.sampled_from([*METHODS, "transfer"]), off=st.sampled_from([0, 0, 0, 3, -3, 200]))
    def a_promise_is_kept(self, pick, method, off):
        promise = self.there(self.market.group.promised_payments.filter(state="pending"), pick)
        if promise:
            named = Named(method, MARKET_DAY, amount_cents=promise.amount_cents + off)
            self.attempt(receive, promise=promise, named=named, by=self.market.admin, today=MARKET_DAY)

    @rule(pick=st.integers(0, 9))
    def a_promise_is_dropped(self, pick):
        promise = self.there(self.market.group.promised_payments.filter(state="pending"), pick)
        if promise:
            self.attempt(cancel_promise, promise=promise, reason="parti", by=self.market.admin)

    @rule(pick=st.integers(0, 9), method=st.sampled_from(METHODS), cents=st.integers(1, 900))
    def an_extra_payment(self, pick, method, cents):
        basket = self.there(self.market.group.baskets, pick)
        if basket:
            received = Received(cents, method, MARKET_DAY)
            self.attempt(record_payment, account=basket.account, received=received, on=MARKET_DAY, by=self.market.admin, basket=basket)

    @rule(pick=st.integers(0, 9), method=st.sampled_from(METHODS))
    def a_payment_is_named_otherwise(self, pick, method):
        payment = self.there(self.market.group.payments.standing(), pick)
        if payment:
            received = Received(payment.amount_cents, method, MARKET_DAY)
            before = self.figures()["members"]
            self.attempt(correct_payment, payment=payment, received=received, reason="erreur", on=MARKET_DAY, by=self.market.admin)
            assert self.figures()["members"] == before

    @rule(pick=st.integers(0, 9))
    def a_payment_is_taken_back(self, pick):
        payment = self.there(self.market.group.payments.standing(), pick)
        if payment:
            self.attempt(cancel_payment, payment=payment, reason="erreur", on=MARKET_DAY, by=self.market.admin)

    @rule(pick=st.integers(0, 9), method=st.sampled_from(METHODS), cents=st.integers(1, 500))
    def money_is_given_back(self, pick, method, cents):
        basket = self.there(self.market.group.baskets, pick)
        if basket:
            more = {"method": method, "amount_cents": cents, "on": MARKET_DAY, "today": MARKET_DAY}
            self.attempt(refund, account=basket.account, basket=basket, by=self.market.admin, **more)

    @rule(pick=st.integers(0, 9))
    def a_refund_is_undone(self, pick):
        given = self.there(self.market.group.refunds.filter(state="given"), pick)
        if given:
            self.attempt(cancel_refund, refund=given, reason="erreur", on=MARKET_DAY, by=self.market.admin)

    @rule(pick=st.integers(0, 20), count=st.integers(0, 4))
    def something_is_missing(self, pick, count):
        line = self.there(self.lines(), pick)
        if line:
            self.attempt(set_undelivered, line=line, count=count, at=EVENING, by=self.market.admin)

    @rule(pick=st.integers(0, 20), grams=st.integers(0, 6000))
    def something_is_weighed(self, pick, grams):
        line = self.there(self.lines().filter(step_grams__isnull=False), pick)
        if line:
            self.attempt(weigh, line=line, grams=grams, at=EVENING, by=self.market.admin, is_sure=grams % 2 == 0)

    @rule(product=st.sampled_from(["eggs", "bread"]), delivered=st.integers(0, 6), how=st.sampled_from(list(Rule)))
    def a_shortage(self, product, delivered, how):
        named = list(self.market.group.baskets.values_list("pk", flat=True))[:2]
        what = {"product": getattr(self.market, product), "delivered": delivered, "rule": how, "named": named}
        self.attempt(share_out_shortage, distribution=self.market.day, at=EVENING, by=self.market.admin, **what)

    @rule(product=st.sampled_from(["eggs", "chicken"]), cents=st.integers(0, 2000))
    def another_price_that_day(self, product, cents):
        what = {"product": getattr(self.market, product), "price_cents": cents}
        self.attempt(change_price, distribution=self.market.day, at=EVENING, by=self.market.admin, **what)

    @rule(pick=st.integers(0, 9), leaving=st.sampled_from(["", "debt", "credit"]))
    def a_basket_is_validated(self, pick, leaving):
        basket = self.there(self.market.group.baskets, pick)
        if basket:
            self.attempt(validate_basket, basket=basket, at=EVENING, leaving=leaving, by=self.market.admin)

    @rule(pick=st.integers(0, 9))
    def a_basket_is_reopened(self, pick):
        basket = self.there(self.market.group.baskets, pick)
        if basket:
            self.attempt(reopen_basket, basket=basket, reason="erreur", at=EVENING, by=self.market.admin)

    @precondition(lambda self: not self.market.group.baskets.filter(validated_at__isnull=False).exists())
    @rule(method=st.sampled_from(METHODS))
    def everything_is_forced_and_undone(self, method):
        before = self.figures()
        self.attempt(force, distribution=self.market.day, method=method, at=EVENING, by=self.market.admin)
        self.attempt(reopen_distribution, distribution=self.market.day, reason="erreur", at=EVENING, by=self.market.admin)
        assert self.figures() == before

    @rule(method=st.sampled_from(METHODS))
    def everything_is_forced(self, method):
        self.attempt(force, distribution=self.market.day, method=method, at=EVENING, by=self.market.admin)

    # --- What must hold ---

    def lines(self):
        from escarcelle.orders.models import OrderLine

        return OrderLine.objects.filter(basket__distribution=self.market.day, quantity__gt=0)

    def figures(self):
        """Every balance of the book that is not zero, and what is promised."""
        accounts = self.market.group.book.accounts.exclude(balance_cents=0)
        promised = self.market.group.promised_payments.filter(state="pending")
        return {
            "members": dict(accounts.filter(kind="member").values_list("no", "balance_cents")),
            "others": dict(accounts.exclude(kind="member").values_list("no", "balance_cents")),
            "promised": Counter(promised.values_list("basket", "way", "amount_cents")),
        }

    @invariant()
    def boxes_hold_what_was_received_and_not_given_back(self):
        boxes = Counter()
        for method, cents in self.market.group.payments.standing().values_list("method", "amount_cents"):
            boxes[KEPT_IN[method]] -= cents
        for method, cents in self.market.group.refunds.filter(state="given").values_list("method", "amount_cents"):
            boxes[REFUNDED_FROM[method]] += cents
        kept = self.market.group.book.accounts.filter(kind__in=set(KEPT_IN.values())).exclude(balance_cents=0)
        assert dict(kept.values_list("kind", "balance_cents")) == {kind: cents for kind, cents in boxes.items() if cents}

    @invariant()
    def members_and_producers_follow_the_lines(self):
        due, suppliers = Counter(), Counter()
        for line in self.lines().select_related("basket__account", "product__contract__producer"):
            grams = line.weighed_grams if line.weighed_grams is not None else (line.quantity - line.undelivered) * (line.step_grams or 0)
            pieces = line.quantity - line.undelivered
            cents = (rounded(grams * line.price_cents, 1000) if pieces else 0) if line.step_grams else pieces * line.price_cents
            due[line.basket.account.account_no] += cents
            suppliers[line.product.contract.producer.supplier_no] += cents
        accounts = self.market.group.book.accounts
        assert {no: cents for no, cents in accounts.filter(kind="supplier").values_list("no", "balance_cents") if cents} == {
            no: cents for no, cents in suppliers.items() if cents
        }
        expected = Counter({no: -cents for no, cents in due.items()})
        for no, cents in self.market.group.payments.standing().values_list("account__account_no", "amount_cents"):
            expected[no] += cents
        for no, cents in self.market.group.refunds.filter(state="given").values_list("account__account_no", "amount_cents"):
            expected[no] -= cents
        members = dict(accounts.filter(kind="member").values_list("no", "balance_cents"))
        given_up = -sum(accounts.filter(kind="given").values_list("balance_cents", flat=True))
        assert sum(members.values()) - given_up == sum(expected.values())
        assert all(abs(members[no] - expected[no]) <= 5 * self.market.group.baskets.count() * 10 for no in members)

    @invariant()
    def a_validated_distribution_has_no_basket_that_waits(self):
        self.market.day.refresh_from_db()
        if self.market.day.validated_at is not None:
            assert not self.market.day.baskets.to_validate().exists()

    @invariant()
    def the_books_are_right(self):
        assert_books_are_right()
        assert_baskets_agree_with_the_books()


def test_a_market_day_at_random():
    run_state_machine_as_test(MarketDay, settings=settings(max_examples=8, stateful_step_count=25))
