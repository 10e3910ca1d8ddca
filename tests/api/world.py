"""An AMAP with somebody in every role, a market on the evening of a distribution, and one thing of each kind that an address may name."""

import datetime as dt
from uuid import uuid4

from escarcelle.catalogs.contracts import appoint_coordinator
from escarcelle.catalogs.departures import leave
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.groups.accounts import general_account
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.payments.balance_transfers import move_balance
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import record_payment
from escarcelle.payments.refunds import refund
from escarcelle.tills.day import Counted, count_till
from tests.api.caller import Caller
from tests.cast import TODAY, found_amap, received, season, signed_in
from tests.market_cast import at, found_market

IBAN = "FR7630006000011234567890189"
# In the market: orders are closed, the validation is open.
EVENING = at(TODAY, 18, 30)


class World:
    def __init__(self, name="AMAP de Groix"):
        self.amap = amap = found_amap(name)
        self.slug = amap.group.slug
        self.hens = create_producer(group=amap.group, name="Poulailler de Locmaria", by=amap.admin)
        self.eggs = season(amap.group, self.hens, "Contrat œufs", 320, by=amap.admin)
        second = PersonalDetails("Hamon", "Paul")
        self.roles = {
            "administrator": amap.admin,
            "treasurer": amap.treasurer,
            "coordinator": amap.coordinator,
            "other_coordinator": self._joined("Autre", "Coordinatrice"),
            "volunteer": amap.volunteer,
            "producer": amap.producer_member,
            "other_producer": self._joined("Autre", "Producteur"),
            "member": amap.member,
            "second_person": signed_in(create_member(group=amap.group, details=second, on=TODAY, by=amap.admin, household_of=amap.member)),
            "gone": self._joined("Parti", "Jean"),
        }
        appoint_coordinator(contract=self.eggs, member=self.roles["other_coordinator"], by=amap.admin)
        give_producer_access(producer=self.hens, member=self.roles["other_producer"], by=amap.admin)
        amap.people["HAMON Denise"] = amap.member
        self.callers = {role: Caller(member) for role, member in self.roles.items()}
        leave(member=self.roles["gone"], on=TODAY, by=amap.admin)

    def _joined(self, last, first):
        details = PersonalDetails(last, first)
        return signed_in(create_member(group=self.amap.group, details=details, on=TODAY, by=self.amap.admin))

    def things_of(self, name):
        """The ids that addresses may name, all about the vegetables; `name` is whose subscription, account, payment… they are."""
        amap = self.amap
        subscription = amap.subscribe(name)
        payment = amap.pay(subscription, 1000)
        row = BatchRow(subscription.pk, received(2000), "0")
        batch = record_batch(contract=amap.vegetables, rows=[row], on=TODAY, by=amap.treasurer, key=uuid4())
        member = amap.someone(name)
        general = general_account(group=amap.group, member=member, book_id=amap.farm.book_id)
        transfer = move_balance(source=subscription.account, target=general, on=TODAY, by=amap.treasurer)
        delivery = amap.vegetables.deliveries.first()
        taken = general_account(group=amap.group, member=amap.coordinator, book_id=amap.farm.book_id)
        [opening] = take_over(group=amap.group, balances=[TakeOver(taken, 2000)], on=TODAY, today=TODAY, by=amap.treasurer)
        return {
            "contract_id": amap.vegetables.pk,
            "product_id": amap.basket.pk,
            "member_id": member.pk,
            "producer_id": amap.farm.pk,
            "place_id": delivery.distribution.place_id,
            "distribution_id": delivery.distribution_id,
            "delivery_id": delivery.pk,
            "subscription_id": subscription.pk,
            "account_id": subscription.account_id,
            "payment_id": payment.pk,
            "batch_id": batch.pk,
            "transfer_id": transfer.pk,
            "opening_id": opening.pk,
            "payee_id": amap.farm.book_id,
            "token_id": amap.treasurer.api_tokens.first().pk,
            "role": "volunteer",
        }


class MarketWorld:
    """A market on the evening of a distribution; its administrator may do everything."""

    def __init__(self, name="Direct Paysans"):
        self.market = market = found_market(name)
        self.slug, self.administrator = market.group.slug, Caller(market.admin)
        market.offer(cash=True, cheque=True, transfer=True, transfer_holder=name, transfer_iban=IBAN)
        self.day, self.empty_day = market.plan(TODAY), market.plan(TODAY - dt.timedelta(days=1))

    def things_of(self, name):
        """The ids that addresses may name; `name` promised a transfer, then paid too much in cash and got some of it back."""
        market, by = self.market, {"on": TODAY, "by": self.market.admin}
        wanted = {market.courgettes: 2, market.chicken: 1}
        basket = market.order(name, wanted, way="transfer", day=self.day)
        account = market.account(name)
        record_payment(account=account, received=received(10000, method="cash"), basket=basket, **by)
        given = refund(account=account, basket=basket, method="cash", amount_cents=200, today=TODAY, **by)
        counted = count_till(distribution=market.plan(TODAY - dt.timedelta(days=2)), counted=Counted(0, 0, 0), **by)
        return {
            "distribution_id": self.day.pk,
            "member_id": basket.account.member_id,
            "account_id": account.pk,
            "place_id": self.day.place_id,
            "producer_id": market.vegetables.producer_id,
            "contract_id": market.vegetables.pk,
            "product_id": market.courgettes.pk,
            "catalogue_id": market.vegetables.pk,
            "catalogue_product_id": market.courgettes.pk,
            "basket_id": basket.pk,
            "line_id": basket.lines.get(product=market.chicken).pk,
            "promise_id": basket.promised_payments.get().pk,
            "refund_id": given.pk,
            "count_id": counted.pk,
        }
