"""A season in which anything happens, in any order: after each act the books say what a slow, independent reckoning says."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from escarcelle.catalogs.contracts import add_product
from escarcelle.catalogs.producers import create_producer
from escarcelle.distributions.models import Delivery
from escarcelle.groups.accounts import general_account
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group, MemberAccount
from escarcelle.ledger import balances
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.balance_transfers import cancel_transfer, move_balance
from escarcelle.payments.batches import BatchRow, cancel_batch, record_batch
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import BalanceTransfer, Batch, Payment
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import record_payment
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import cancel_delivery, change_price, move_delivery, restore_delivery
from escarcelle.subscriptions.dues import contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import subscriptions_page
from escarcelle.subscriptions.signing import Change, Period, change, end, sign, withdraw
from tests.books import assert_books_are_right
from tests.cast import received, season
from tests.subscriptions.season_model import FIRST, Engagement, Planned, Season

pytestmark = pytest.mark.django_db

WEEKS = 11
ABSENCES = 3
# Mistakes live at the edges: the day before, the first, a distribution's own day, the last, the day after.
DAYS = st.one_of(st.sampled_from([-1, 0, 1, 28, 29, 70, 71]), st.integers(-2, 72)).map(lambda rank: FIRST + dt.timedelta(days=rank))
# Zero is a price; so is one that does not divide.
PRICES = st.sampled_from([0, 1, 320, 1333, 1360, 9999])
COUNTS = st.sampled_from([0, 1, 2, 7])
AMOUNTS = st.sampled_from([1, 1333, 5776, 69316])


class AnySeason(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        # What one season wrote, the next one must not find.
        self.around = transaction.atomic()
        self.around.__enter__()

    def teardown(self):
        assert_books_are_right()
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @initialize(weeks=st.integers(-1, 9), from_week=st.integers(0, 9), week_count=st.integers(0, 4))
    def open_the_season(self, weeks, from_week, week_count):
        """Before it begins or in the middle: Adam is there to the end, Blanc for a few weeks."""
        self.today = FIRST + dt.timedelta(weeks=weeks, days=2)
        group, self.by = found_group(
            name="AMAP de Groix", kind=Group.Kind.AMAP, administrator=PersonalDetails("Admin", "Anne"), on=self.today
        )
        farm = create_producer(group=group, name="Ferme de Groix", by=self.by)
        self.contract = season(group, farm, "Légumes", 1333, by=self.by, weeks=WEEKS, starts_on=FIRST, absences_allowed=ABSENCES)
        add_product(contract=self.contract, name="Oignons", price_cents=200, by=self.by)
        self.products = list(self.contract.products.all())
        self.members = {
            name: create_member(group=group, details=PersonalDetails(name), on=self.today, by=self.by) for name in ("Adam", "Blanc")
        }
        self.generals = {name: general_account(group=group, member=member, book_id=farm.book_id) for name, member in self.members.items()}
        self.model = Season(
            planned={pk: Planned(on) for pk, on in self.contract.deliveries.values_list("pk", "distribution__on")},
            prices={product.pk: {FIRST: product.prices.get().price_cents} for product in self.products},
            money=dict.fromkeys((account.pk for account in self.generals.values()), 0),
        )

        self.engage("Adam", Period(FIRST, self.contract.ends_on), {self.products[0].pk: 1})
        starts_on = FIRST + dt.timedelta(weeks=from_week)
        ends_on = min(starts_on + dt.timedelta(weeks=week_count), self.contract.ends_on)
        self.engage("Blanc", Period(starts_on, ends_on), {product.pk: 2 for product in self.products})

    def engage(self, name, period, quantities):
        signed = sign(contract=self.contract, member=self.members[name], period=period, quantities=quantities, **self.acted())
        engagement = Engagement(name, period.starts_on, period.ends_on, {})
        engagement.ask(quantities, dt.date.min)
        self.model.engagements[signed.account_id] = engagement
        return signed

    # Reading the world

    def subscription(self, data):
        return Subscription.objects.get(account=data.draw(st.sampled_from(self.model.standing())))

    def engagement(self, subscription):
        return self.model.engagements[subscription.account_id]

    def account(self, data):
        return MemberAccount.objects.get(
            pk=data.draw(st.sampled_from([*self.model.standing(), *(one.pk for one in self.generals.values())]))
        )

    def delivery(self, data):
        return Delivery.objects.get(pk=data.draw(st.sampled_from(sorted(self.model.planned))))

    def quantities(self, data):
        return {product.pk: data.draw(COUNTS) for product in self.products}

    def seen(self):
        found = MemberAccount.objects.filter(group=self.contract.group).values_list("pk", "account_no")
        cents = balances.balances(self.contract.producer.book_id, [no for _, no in found])
        return {pk: cents[no] for pk, no in found}

    def attempt(self, act):
        """What an act answers, and why it was refused."""
        before = self.seen()
        try:
            return act(), None
        except Refusal as refusal:
            assert self.seen() == before
            return None, refusal.code

    def acted(self):
        return {"on": self.today, "by": self.by}

    # Acts

    @rule(days=st.integers(1, 12))
    def time_goes_by(self, days):
        self.today += dt.timedelta(days=days)

    @rule(data=st.data(), name=st.sampled_from(["Adam", "Blanc"]), starts_on=DAYS, ends_on=DAYS)
    def sign(self, data, name, starts_on, ends_on):
        quantities = self.quantities(data)
        period = Period(starts_on, ends_on)
        wrong = {
            "ends_before_it_starts": ends_on < starts_on,
            "starts_before_contract": starts_on < FIRST,
            "ends_after_contract": ends_on > self.contract.ends_on,
            "overlap": self.model.is_taken(name, starts_on, ends_on),
            "no_quantity": not any(quantities.values()),
        }
        _, code = self.attempt(lambda: self.engage(name, period, quantities))
        assert wrong[code] if code else not any(wrong.values())

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), from_date=DAYS)
    def change_quantities(self, data, from_date):
        subscription, quantities, past = self.subscription(data), self.quantities(data), self.model.past_dues(self.today)
        to = Change(quantities=quantities, quantities_from=from_date)
        _, code = self.attempt(lambda: change(subscription=subscription, to=to, **self.acted()))
        if code is None:
            self.engagement(subscription).ask(quantities, from_date)
            assert self.model.past_dues(self.today) == past, "the past was rewritten"
        elif code == "no_quantity":
            assert not any(quantities.values())
        else:
            assert code == "would_rewrite_the_past"
            assert any(from_date <= planned.on < self.today for planned in self.model.planned.values())

    @rule(data=st.data(), price_cents=PRICES, from_date=DAYS)
    def change_price(self, data, price_cents, from_date):
        product, past = data.draw(st.sampled_from(self.products)), self.model.past_dues(self.today)
        _, code = self.attempt(lambda: change_price(product=product, price_cents=price_cents, from_date=from_date, **self.acted()))
        if code is None:
            self.model.prices[product.pk][max(from_date, FIRST)] = price_cents
            assert self.model.past_dues(self.today) == past, "the past was rewritten"
        else:
            assert code == "would_rewrite_the_past"
            assert any(from_date <= planned.on < self.today for planned in self.model.planned.values())

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), last_day=DAYS)
    def end_subscription(self, data, last_day):
        subscription = self.subscription(data)
        engagement = self.engagement(subscription)
        _, code = self.attempt(lambda: end(subscription=subscription, last_day=last_day, **self.acted()))
        self.contract.refresh_from_db()
        wrong = {
            "ends_before_it_starts": last_day < engagement.starts_on,
            "ends_after_contract": last_day > self.contract.ends_on,
            "overlap": self.model.is_taken(engagement.member, engagement.starts_on, last_day, but=subscription.account_id),
        }
        assert wrong[code] if code else not any(wrong.values())
        if code is None:
            engagement.ends_on = last_day

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data())
    def withdraw_subscription(self, data):
        subscription = self.subscription(data)
        engagement = self.engagement(subscription)
        _, code = self.attempt(lambda: withdraw(subscription=subscription, **self.acted()))
        if code is None:
            assert self.model.money.get(subscription.account_id, 0) == 0
            engagement.is_withdrawn = True
        elif code == "past_delivery":
            assert any(engagement.covers(planned.on) and planned.on < self.today for planned in self.model.planned.values())

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), count=st.integers(0, ABSENCES + 1))
    def set_absences(self, data, count):
        subscription = self.subscription(data)
        engagement = self.engagement(subscription)
        keys = set(data.draw(st.permutations(sorted(self.model.planned)))[:count])
        deliveries = list(Delivery.objects.filter(pk__in=keys).select_related("distribution"))
        _, code = self.attempt(lambda: set_absences(subscription=subscription, deliveries=deliveries, may_change_past=True, **self.acted()))
        added = keys - engagement.absent_at
        wrong = {
            "too_many": len(keys) > ABSENCES and added,
            "cancelled": any(self.model.planned[key].is_cancelled for key in added),
            "outside_subscription": any(not engagement.covers(self.model.planned[key].on) for key in added),
        }
        assert wrong[code] if code else not any(wrong.values())
        if code is None:
            engagement.absent_at = keys

    @rule(data=st.data(), to=DAYS)
    def move_a_distribution(self, data, to):
        delivery = self.delivery(data)
        planned = self.model.planned[delivery.pk]
        _, code = self.attempt(lambda: move_delivery(delivery=delivery, to=to, **self.acted()))
        wrong = {
            "outside_contract": to < FIRST,
            "cancelled": planned.is_cancelled,
            "day_taken": any(other.on == to for key, other in self.model.planned.items() if key != delivery.pk),
        }
        assert wrong[code] if code else not any(wrong.values())
        if code is None:
            self.model.move(delivery.pk, to)

    @rule(data=st.data(), cancels=st.booleans())
    def cancel_or_restore_a_distribution(self, data, cancels):
        delivery = self.delivery(data)
        if cancels:
            cancel_delivery(delivery=delivery, reason="tempête", **self.acted())
        else:
            restore_delivery(delivery=delivery, **self.acted())
        self.model.planned[delivery.pk].is_cancelled = cancels

    @rule(data=st.data(), amount_cents=AMOUNTS)
    def pay(self, data, amount_cents):
        account = self.account(data)
        record_payment(account=account, received=received(amount_cents, on=self.today), **self.acted())
        self.add(account.pk, amount_cents)

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), amounts=st.lists(AMOUNTS, min_size=1, max_size=4))
    def pay_in_bulk(self, data, amounts):
        rows = [BatchRow(self.subscription(data).pk, received(cents, on=self.today), str(rank)) for rank, cents in enumerate(amounts)]
        batch = record_batch(contract=self.contract, rows=rows, key=uuid4(), **self.acted())
        for payment in batch.payments.all():
            self.add(payment.account_id, payment.amount_cents)

    @precondition(lambda self: Payment.objects.standing().exists())
    @rule(data=st.data(), amount_cents=st.none() | AMOUNTS)
    def correct_or_cancel_a_payment(self, data, amount_cents):
        payment = data.draw(st.sampled_from(list(Payment.objects.standing().order_by("pk"))))
        if amount_cents is None:
            cancel_payment(payment=payment, reason="rendu", **self.acted())
        else:
            correct_payment(payment=payment, received=received(amount_cents, on=payment.received_on), reason="mal lu", **self.acted())
        self.add(payment.account_id, (amount_cents or 0) - payment.amount_cents)

    @precondition(lambda self: Batch.objects.exists())
    @rule(data=st.data())
    def undo_a_batch(self, data):
        batch = data.draw(st.sampled_from(list(Batch.objects.order_by("pk"))))
        standing = {payment.pk: payment for payment in batch.payments.standing()}
        undone = cancel_batch(batch=batch, **self.acted())
        if batch.cancelled_at is None:
            assert standing.keys() == {payment.pk for payment in undone.cancelled}
        for payment in standing.values():
            self.add(payment.account_id, -payment.amount_cents)

    @rule(data=st.data(), cents=st.sampled_from([2000, -2000, 0]))
    def take_over(self, data, cents):
        account = self.account(data)
        took, code = self.attempt(
            lambda: take_over(group=self.contract.group, balances=[TakeOver(account, cents)], on=self.today, today=self.today, by=self.by)
        )
        assert took or code == "already_taken_over"
        if took:
            self.add(account.pk, cents)

    @rule(data=st.data())
    def carry_a_balance(self, data):
        source, target = self.account(data), self.account(data)
        cents = self.model.balance(source.pk)
        _, code = self.attempt(lambda: move_balance(source=source, target=target, **self.acted()))
        wrong = {"same_account": source == target, "another_member": source.member_id != target.member_id, "nothing_to_move": cents == 0}
        assert wrong[code] if code else not any(wrong.values())
        if code is None:
            self.add(source.pk, -cents)
            self.add(target.pk, cents)

    @precondition(lambda self: BalanceTransfer.objects.exists())
    @rule(data=st.data())
    def carry_it_back(self, data):
        transfer = data.draw(st.sampled_from(list(BalanceTransfer.objects.order_by("pk"))))
        if transfer.cancelled_at is None:
            self.add(transfer.source_id, transfer.amount_cents)
            self.add(transfer.target_id, -transfer.amount_cents)
        cancel_transfer(transfer=transfer, reason="", **self.acted())

    def add(self, account_id, cents):
        self.model.money[account_id] = self.model.money.get(account_id, 0) + cents

    # Acts and their exact opposite, one after the other

    @rule(data=st.data(), amount_cents=AMOUNTS, other_cents=AMOUNTS)
    def pay_correct_and_take_back(self, data, amount_cents, other_cents):
        account, before = self.account(data), self.seen()
        payment = record_payment(account=account, received=received(amount_cents, on=self.today), **self.acted())
        corrected = correct_payment(payment=payment, received=received(other_cents, on=self.today), reason="mal lu", **self.acted())
        assert self.seen()[account.pk] == before[account.pk] + other_cents
        cancel_payment(payment=corrected, reason="rendu", **self.acted())
        assert self.seen() == before

    @precondition(lambda self: self.model.standing())
    @rule(data=st.data(), last_day=DAYS)
    def end_and_take_up_again(self, data, last_day):
        subscription, before = self.subscription(data), self.seen()
        old = subscription.ends_on
        _, code = self.attempt(lambda: end(subscription=subscription, last_day=last_day, **self.acted()))
        if code is None:
            change(subscription=subscription, to=Change(ends_on=old), **self.acted())
        assert self.seen() == before

    @rule(data=st.data(), price_cents=PRICES, from_date=DAYS)
    def raise_a_price_and_put_it_back(self, data, price_cents, from_date):
        product, before = data.draw(st.sampled_from(self.products)), self.seen()
        since = max(from_date, FIRST)
        old = self.model.price(product.pk, since)
        _, code = self.attempt(lambda: change_price(product=product, price_cents=price_cents, from_date=from_date, **self.acted()))
        if code is None:
            change_price(product=product, price_cents=old, from_date=from_date, **self.acted())
            self.model.prices[product.pk][since] = old
        assert self.seen() == before

    @rule(data=st.data())
    def cancel_a_distribution_and_restore_it(self, data):
        delivery, before = self.delivery(data), self.seen()
        if not self.model.planned[delivery.pk].is_cancelled:
            cancel_delivery(delivery=delivery, reason="tempête", **self.acted())
            restore_delivery(delivery=delivery, **self.acted())
        assert self.seen() == before

    # What must hold

    @invariant()
    def books_say_what_the_slow_reckoning_says(self):
        if not hasattr(self, "model"):
            return
        assert self.seen() == {account: self.model.balance(account) for account in {*self.model.engagements, *self.model.money}}
        page = subscriptions_page(self.contract, on=self.today)
        owed = [self.model.balance(account) for account in self.model.standing()]
        assert (page.count, page.negative_count) == (len(owed), sum(cents < 0 for cents in owed))
        facts = contract_facts(self.contract.pk)
        for subscription in self.contract.subscriptions.standing():
            shares = facts.shares(subscription)
            assert sum(share.total_cents for share in shares) == self.model.due(self.engagement(subscription))


def test_books_agree_with_the_slow_reckoning():
    run_state_machine_as_test(AnySeason, settings=settings(max_examples=15, stateful_step_count=18))
