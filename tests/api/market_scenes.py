"""Every refusal between somebody and the money of a market, each met on the evening of a distribution, or before."""

import datetime as dt

import pytest

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, offer_product, open_catalogue
from escarcelle.distributions.market_days import MarketDay, Window, plan_market_day
from escarcelle.distributions.planning import Slot
from escarcelle.groups.machines import add_machine
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.models import OrderLine
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.refunds import refund
from escarcelle.validation.exceptions import set_undelivered, weigh
from tests.api.caller import Caller
from tests.api.world import IBAN
from tests.books import figures
from tests.cast import TODAY
from tests.market_cast import MARKET_DAY, at, found_market

SITE = {"cash": True, "cheque": True}


def verb(act):
    """What the API cannot be made to ask, since it looks within the group only, or reads no such value."""
    before = figures()
    with pytest.raises(Refusal) as refused:
        act()
    assert figures() == before
    return refused.value


class MarketScene:
    """« Direct Paysans » on the morning on which ADAM Pécine may order; somebody who may do everything there."""

    def __init__(self, clock):
        self.market, self.clock = found_market(), clock
        self.api, self.adam = Caller(self.market.admin), Caller(self.market.client("ADAM Pécine"))
        self.offers(**SITE, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
        self.day, self.market_day = (f"/{name}/{self.market.day.pk}" for name in ("distributions", "market-days"))

    # --- Before the day ---

    def offers(self, **ways):
        return self.api.send("PUT", "/ways-to-pay", ways)

    def offering(self, **ways):
        assert self.offers(**ways).status == 200
        return self

    def order(self, product=None, quantity=1, *, by=None, way="on_the_spot", day=None, **more):
        lines = [{"product_id": product or self.market.courgettes.pk, "quantity": quantity}]
        path = f"/distributions/{day.pk}/orders" if day else f"{self.day}/orders"
        return (by or self.adam).post(path, {"lines": lines, "way": way, **more})

    def order_for(self, member, **more):
        return self.order(by=self.api, member_id=member.pk, **more)

    def stocked(self, count):
        """A product of which there is so much."""
        product = {"name": "Miel", "price": "8.00", "stock_per_delivery": count}
        return self.api.made(f"/catalogues/{self.market.vegetables.pk}/products", product)["id"]

    def product(self, **more):
        return self.api.post(f"/catalogues/{self.market.vegetables.pk}/products", {"name": "Miel", "price": "8.00", **more})

    def sell(self, **more):
        path = f"/catalogues/{self.market.vegetables.pk}/products/{self.market.courgettes.pk}"
        return self.api.send("PUT", path, {"name": "Courgettes, le filet", "price": "3.50", **more})

    def plan(self, **more):
        day = {"place_id": self.market.day.place_id, "on": "2026-09-12", "starts_at": "18:00", "ends_at": "20:00"}
        return self.api.post("/market-days", {**day, "orders": {"closes_at": "2026-09-12T12:00:00+02:00"}, **more})

    def window(self, closes_at, **more):
        return self.api.send("PUT", f"{self.market_day}/orders-window", {"closes_at": closes_at.isoformat(), **more})

    def cancel(self, reason="tempête"):
        return self.api.post(f"{self.market_day}/cancel", {"reason": reason})

    def second_person(self):
        details = PersonalDetails("Adam", "Rozenn")
        return create_member(group=self.market.group, details=details, on=TODAY, by=self.market.admin, household_of=self.adam.member)

    def gone(self):
        member = self.market.client("PARTI Jean")
        self.api.done(f"/members/{member.pk}/leave")
        return member

    def machine(self):
        return Caller(add_machine(group=self.market.group, name="tableur", role="administrator", on=TODAY, by=self.market.admin))

    def blocked(self):
        """Four days have passed and nobody validated them."""
        days = [self.market.day, *(self.market.plan(TODAY + dt.timedelta(days=count)) for count in (1, 2, 3))]
        assert {self.order(day=day).status for day in days} == {201}
        fifth = self.market.plan(MARKET_DAY + dt.timedelta(days=7))
        self.clock.set(MARKET_DAY, 18)
        return self.order(day=fifth)

    # --- The evening ---

    def evening(self):
        self.clock.set(MARKET_DAY, 18, 30)
        return self

    def ordered(self, product=None, **more):
        """ADAM Pécine has a basket, and it is the evening."""
        said = self.order(product, **more)
        assert said.status == 201, said
        self.basket, self.line = f"/baskets/{said['id']}", said["lines"][0]["id"]
        self.promise = said["promised_payments"][0]["id"]
        return self.evening()

    def validated(self):
        self.ordered().api.done(f"{self.day}/validate", {"method": "cash"})
        return self

    def counted(self):
        assert self.validated().count().status == 201
        return self

    def in_favour(self):
        """Ten euros more than is due, on the account."""
        account = self.api.get(self.basket)["account_id"]
        self.api.made(f"/accounts/{account}/payments", {"amount": "13.50", "method": "cash"})
        return self

    def refunded(self):
        """The id of two euros given back."""
        return self.ordered().in_favour().give_back("2.00")["refunds"][0]["id"]

    def of_basket(self, act, **body):
        return self.api.post(f"{self.basket}/{act}", body)

    def of_line(self, act, **body):
        return self.api.post(f"/order-lines/{self.line}/{act}", body)

    def of_day(self, act, **body):
        return self.api.post(f"{self.day}/{act}", body)

    def of_promise(self, act, **body):
        return self.api.post(f"/promised-payments/{self.promise}/{act}", body)

    def pay(self, amount="10.00", **more):
        return self.of_basket("payments", method="cash", amount=amount, **more)

    def paid(self, **more):
        assert self.pay(**more).status == 201
        return self

    def give_back(self, amount, method="cash"):
        return self.of_basket("refunds", method=method, amount=amount)

    def count(self, cash="3.50", kept="0.00", **more):
        return self.of_day("till-counts", opening_float="0.00", cash=cash, kept_float=kept, **more)

    def shortage(self, product, delivered=0, **more):
        return self.of_day("shortages", product_id=product.pk, delivered=delivered, **more)

    def dropped_line(self):
        """A line that somebody took off while another looked at it."""
        self.ordered()
        line = OrderLine.objects.get(pk=self.line)
        assert self.order_for(self.adam.member, quantity=0).status == 201
        assert self.api.send("DELETE", f"/order-lines/{line.pk}").status == 204
        return line


def twice(act):
    act()
    return act()


def of_another_market(scene):
    """A catalogue of elsewhere, brought to a day of here."""
    other = found_market("Marché d’ailleurs")
    slot = Slot(scene.market.day.place, dt.time(18), dt.time(20))
    day = MarketDay([other.vegetables], Window(at(MARKET_DAY, 12)))
    return verb(lambda: plan_market_day(group=scene.market.group, slot=slot, on=MARKET_DAY, day=day, by=scene.market.admin))


def opened_with_a_fee_of(scene, basis_points):
    terms = CatalogueTerms("x", TODAY, TODAY, basis_points)
    producer, by = scene.market.vegetables.producer, scene.market.admin
    return verb(lambda: open_catalogue(group=scene.market.group, producer=producer, terms=terms, by=by))


def offered_as(scene, **terms):
    return verb(lambda: offer_product(catalogue=scene.market.vegetables, terms=ProductTerms("x", 100, **terms), by=scene.market.admin))


def received_by_no_method(scene):
    promise = scene.ordered().market.group.promised_payments.get()
    return verb(lambda: receive(promise=promise, named=Named("unknown", TODAY), by=scene.market.admin, today=TODAY))


def promise_dropped_twice(scene):
    scene.ordered()
    return twice(lambda: scene.of_promise("cancel", reason="parti"))


def refunded_otherwise(scene, **more):
    what = {"account": scene.market.account("ADAM Pécine"), "method": "cash", "amount_cents": 100, "on": TODAY, "today": TODAY, **more}
    return verb(lambda: refund(**what, by=scene.market.admin))


def sold_out(scene):
    last_one, blanc = scene.stocked(1), Caller(scene.market.client("BLANC Alphée"))
    assert scene.order(last_one, by=blanc).status == 201
    return scene.order(last_one)


def ordered_for_somebody_else_afterwards(scene):
    return scene.validated().order_for(scene.market.client("BLANC Alphée"))


def weighed(scene, grams):
    line = OrderLine.objects.get(pk=scene.ordered(scene.market.chicken.pk).line)
    return verb(lambda: weigh(line=line, grams=grams, at=at(MARKET_DAY, 18, 30), by=scene.market.admin))


def missing_in_a_dropped_line(scene):
    line = scene.dropped_line()
    return verb(lambda: set_undelivered(line=line, count=0, at=at(MARKET_DAY, 18, 30), by=scene.market.admin))


def refund_cancelled_twice(scene):
    path = f"/refunds/{scene.refunded()}/cancel"
    return twice(lambda: scene.api.post(path, {"reason": "non rendu"}))


def count_undone_without_a_reason(scene):
    count = scene.validated().count()["id"]
    return scene.api.post(f"/till-counts/{count}/undo", {"reason": " "})


NOON, START = at(MARKET_DAY, 12), at(MARKET_DAY, 18)
MET = {
    # catalogues
    ("ContractRefused", "an_amap_only"): lambda s: s.api.post(
        "/contracts", {"producer_id": s.market.vegetables.producer_id, "name": "x", "starts_on": "2026-09-06", "ends_on": "2026-10-06"}
    ),
    ("CatalogueRefused", "fee_out_of_range"): lambda s: opened_with_a_fee_of(s, 10_001),
    ("CatalogueRefused", "sold_by_is_fixed"): lambda s: s.ordered().sell(sold_by="weight", step_grams=500),
    ("CatalogueRefused", "sold_by_unknown"): lambda s: offered_as(s, sold_by="litre"),
    ("CatalogueRefused", "step_missing"): lambda s: s.product(sold_by="weight"),
    ("CatalogueRefused", "stock_out_of_range"): lambda s: offered_as(s, stock_per_delivery=100_001),
    ("CatalogueRefused", "vat_unknown"): lambda s: s.product(vat_basis_points=555),
    # days
    ("MarketDayRefused", "another_group"): of_another_market,
    ("MarketDayRefused", "closes_after_the_start"): lambda s: s.window(START + dt.timedelta(seconds=1)),
    ("MarketDayRefused", "closes_before_it_opens"): lambda s: s.window(NOON, opens_at=NOON.isoformat()),
    ("MarketDayRefused", "no_catalogue"): lambda s: s.plan(catalogue_ids=[]),
    ("MarketDayRefused", "validated"): lambda s: s.validated().window(NOON),
    # orders
    ("GroupBlocked", "group_blocked"): lambda s: s.blocked(),
    ("OrderRefused", "basket_validated"): lambda s: s.validated().order_for(s.adam.member, quantity=2),
    ("OrderRefused", "cancelled"): lambda s: (s.cancel(), s.order())[1],
    ("OrderRefused", "distribution_validated"): ordered_for_somebody_else_afterwards,
    ("OrderRefused", "machine"): lambda s: s.order(by=s.machine()),
    ("OrderRefused", "not_enough_stock"): lambda s: s.order(s.stocked(2), 3),
    ("OrderRefused", "nothing_ordered"): lambda s: s.order(quantity=0),
    ("OrderRefused", "orders_closed"): lambda s: (s.clock.set(MARKET_DAY, 12), s.order())[1],
    ("OrderRefused", "quantity_out_of_range"): lambda s: s.order(quantity=1001),
    ("OrderRefused", "second_person"): lambda s: s.order_for(s.second_person()),
    ("OrderRefused", "sold_out"): sold_out,
    ("OrderRefused", "still_ordered"): lambda s: s.ordered().api.send("DELETE", f"/order-lines/{s.line}"),
    ("OrderRefused", "unknown_member"): lambda s: s.order_for(s.gone()),
    ("OrderRefused", "unknown_product"): lambda s: s.order(999_999),
    # ways to pay
    ("WaysRefused", "difference_out_of_range"): lambda s: s.offers(**SITE, small_difference_limit="10.01"),
    ("WaysRefused", "holder_missing"): lambda s: s.offers(transfer=True, transfer_iban=IBAN),
    ("WaysRefused", "iban_wrong"): lambda s: s.offers(transfer=True, transfer_holder="x", transfer_iban=f"{IBAN[:-1]}0"),
    ("WaysRefused", "money_pot_excludes"): lambda s: s.offers(**SITE, money_pot=True),
    ("WaysRefused", "money_pot_short"): lambda s: s.offering(money_pot=True).order(way=None),
    ("WaysRefused", "not_offered"): lambda s: s.order(way="card_terminal"),
    ("WaysRefused", "nothing_offered"): lambda s: s.offers(),
    ("WaysRefused", "online_card_excludes"): lambda s: s.offers(**SITE, online_card=True),
    ("WaysRefused", "online_card_not_ready"): lambda s: s.offers(online_card=True),
    ("WaysRefused", "way_missing"): lambda s: s.order(way=None),
    # what was promised, paid, given back
    ("PaymentRefused", "basket_validated"): lambda s: s.validated().pay(),
    ("DayCounted", "day_closed"): lambda s: s.counted().in_favour().give_back("2.00"),
    ("PromiseRefused", "method_unnamed"): received_by_no_method,
    ("PromiseRefused", "promise_not_pending"): promise_dropped_twice,
    ("PromiseRefused", "transfer_is_a_transfer"): lambda s: s.ordered(way="transfer").of_promise("receive", method="cash"),
    ("RefundRefused", "amount_not_positive"): lambda s: s.ordered().give_back("0.00"),
    ("RefundRefused", "day_out_of_range"): lambda s: refunded_otherwise(s, on=TODAY + dt.timedelta(days=1)),
    ("RefundRefused", "method_not_offered"): lambda s: refunded_otherwise(s, method="unknown"),
    ("RefundRefused", "more_than_in_favour"): lambda s: s.ordered().in_favour().give_back("10.01"),
    ("RefundRefused", "not_standing"): refund_cancelled_twice,
    ("RefundRefused", "nothing_in_favour"): lambda s: s.ordered().give_back("0.01"),
    # the day itself
    ("ValidationRefused", "already_validated"): lambda s: s.validated().of_line("undelivered", count=1),
    ("ValidationRefused", "day_closed"): lambda s: s.counted().of_basket("reopen", reason="erreur"),
    ("ValidationRefused", "method_not_on_site"): lambda s: s.ordered().of_day("validate", method="card_terminal"),
    ("ValidationRefused", "nobody_named"): lambda s: s.ordered().shortage(s.market.courgettes, rule="named"),
    ("ValidationRefused", "not_open_yet"): lambda s: s.of_day("validate", method="cash"),
    ("ValidationRefused", "not_validated"): lambda s: s.ordered().of_basket("reopen", reason="erreur"),
    ("ValidationRefused", "not_weighed"): lambda s: s.ordered().of_line("weigh", grams=500),
    ("ValidationRefused", "nothing_to_validate"): lambda s: s.evening().of_day("validate", method="cash"),
    ("ValidationRefused", "overpaid"): lambda s: s.ordered(way="transfer").paid().of_basket("validate"),
    ("ValidationRefused", "quantity_out_of_range"): lambda s: s.ordered().of_line("undelivered", count=2),
    ("ValidationRefused", "reason_missing"): lambda s: s.validated().of_basket("reopen", reason=" "),
    ("ValidationRefused", "undetermined"): lambda s: s.ordered().of_basket("validate"),
    ("ValidationRefused", "unknown_line"): missing_in_a_dropped_line,
    ("ValidationRefused", "unknown_product"): lambda s: s.ordered().shortage(s.market.bread),
    ("ValidationRefused", "unpaid"): lambda s: s.ordered(way="transfer").of_basket("validate"),
    ("ValidationRefused", "weight_out_of_range"): lambda s: weighed(s, -1),
    ("ValidationRefused", "weight_unlikely"): lambda s: s.ordered(s.market.chicken.pk).of_line("weigh", grams=165),
    # the till
    ("TillRefused", "already_counted"): lambda s: s.counted().count(),
    ("TillRefused", "amount_out_of_range"): lambda s: s.validated().count(cash="-0.01"),
    ("TillRefused", "cash_missing"): lambda s: s.validated().count(cash=None),
    ("TillRefused", "not_a_count"): lambda s: s.validated().count(cash=None, pieces=[{"value": "0.03", "count": 1}]),
    ("TillRefused", "pieces_differ"): lambda s: s.validated().count(pieces=[{"value": "5.00", "count": 1}]),
    ("TillRefused", "comment_missing"): lambda s: s.validated().count(cash="3.49"),
    ("TillRefused", "day_to_come"): lambda s: s.count(),
    ("TillRefused", "keeps_too_much"): lambda s: s.validated().count(kept="3.51"),
    ("TillRefused", "not_finished"): lambda s: s.ordered().count(),
    ("TillRefused", "reason_missing"): count_undone_without_a_reason,
}
