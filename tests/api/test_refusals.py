"""Every refusal that stands between somebody and the money: met through the API, in French, with its code, and listed in the document.

Here those of an AMAP; those of a market are in `market_scenes`."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from escarcelle.api.frame.problems import CONFLICTS, OUR_OWN
from escarcelle.catalogs.contracts import ContractTerms, open_contract
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.accounts import general_account
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.lib.refusals import Refusal
from escarcelle.orders.dated_orders import order_for_date
from escarcelle.payments.refunds import refund
from escarcelle.subscriptions.calendar import plan
from tests.api import market_scenes
from tests.api.caller import Caller
from tests.api.market_scenes import MarketScene, twice, verb
from tests.api.operations import document
from tests.books import assert_baskets_agree_with_the_books, figures
from tests.cast import SEASON_START, TODAY, found_amap, season, signed_in
from tests.market_cast import at
from tests.stories.market import Clock
from tests.variable_cast import DAYS, open_cheese

pytestmark = pytest.mark.django_db
# Where the money is. Names, e-mails, keys and files have their own tests.
PACKAGES = ("catalogs", "distributions", "subscriptions", "orders", "payments", "validation", "tills", "groups.activity")
MONEY = tuple(f"escarcelle.{package}." for package in PACKAGES)
# No request can be made to ask for these: they hold for the other callers of the verbs.
VERBS_ONLY = {"day_out_of_range", "kind_unknown", "method_unnamed", "sold_by_unknown", "unknown_line", "weight_out_of_range"}
TEN = {"amount": "10.00", "method": "cheque"}


def descendants(kind):
    return [one for child in kind.__subclasses__() for one in (child, *descendants(child))]


def refusals():
    """(class, code) of every refusal about money."""
    kinds = [kind for kind in descendants(Refusal) if f"{kind.__module__}.".startswith(MONEY)]
    return {(kind.__name__, code) for kind in kinds for code in kind.sentences}


class Scene:
    """An AMAP, somebody who may do everything in it, ADAM's subscription of 52 weeks."""

    def __init__(self):
        self.amap = amap = found_amap()
        self.api = Caller(amap.admin)
        self.contract = f"/contracts/{amap.vegetables.pk}"
        self.adam = amap.subscribe("ADAM Pécine")
        self.days = list(amap.vegetables.deliveries.by_day())
        self.first, self.last = amap.vegetables.starts_on, amap.vegetables.ends_on

    def sign(self, name="BLANC Alphée", quantity=1, product=None, **more):
        lines = [{"product_id": product or self.amap.basket.pk, "quantity": quantity}]
        return self.api.post(f"{self.contract}/subscriptions", {"member_id": self.amap.someone(name).pk, "lines": lines, **more})

    def of_adam(self, act, body=None):
        return self.api.post(f"/subscriptions/{self.adam.pk}/{act}", body)

    def pay(self, account_id=None, **more):
        return self.api.post(f"/accounts/{account_id or self.adam.account_id}/payments", {**TEN, **more})

    def pile(self, *rows):
        return self.api.post(f"{self.contract}/batches", {"rows": rows})

    def carry(self, target_id):
        return self.api.post(f"/accounts/{self.adam.account_id}/transfers", {"target_account_id": target_id})

    def absent(self, *deliveries):
        return self.of_adam("absences", {"delivery_ids": [delivery.pk for delivery in deliveries]})

    def open(self, **more):
        period = {"starts_on": "2026-09-06", "ends_on": "2027-08-29"}
        return self.api.post("/contracts", {"producer_id": self.amap.farm.pk, "name": "Œufs", **period, **more})

    def terms(self, **more):
        return self.api.send("PATCH", self.contract, more)

    def product(self, **more):
        return self.api.post(f"{self.contract}/products", {"name": "Oignons", "price": "2.00", **more})

    def price(self, **more):
        path = f"{self.contract}/products/{self.amap.basket.pk}/prices"
        return self.api.post(path, {"price": "14.00", "from_date": SEASON_START.isoformat(), **more})

    def plan(self, **more):
        place_id = self.days[0].distribution.place_id
        return self.api.post(f"{self.contract}/deliveries", {"place_id": place_id, "starts_at": "17:30", "ends_at": "19:00", **more})

    def plan_as_a_market(self):
        slot = {"place_id": self.days[0].distribution.place_id, "starts_at": "17:30", "ends_at": "19:00", "on": "2026-09-09"}
        orders = {"closes_at": "2026-09-09T12:00:00+02:00"}
        return self.api.post("/market-days", {**slot, "catalogue_ids": [self.amap.vegetables.pk], "orders": orders})

    def of_day(self, act, body):
        return self.api.post(f"/distributions/{self.days[0].distribution_id}/{act}", body)

    def move(self, to):
        return self.api.post(f"/deliveries/{self.days[0].pk}/move", {"to": to.isoformat()})

    def cancel(self):
        return self.api.done(f"/deliveries/{self.days[0].pk}/cancel", {})

    def take_over(self, amount="5.00", **more):
        return self.api.post("/opening-balances", {"rows": [{"account_id": self.adam.account_id, "amount": amount}], **more})

    def taken(self):
        return self.take_over()["items"][0]["id"]

    def correct_opening(self, opening_id=None, **more):
        return self.api.post(f"/opening-balances/{opening_id or self.taken()}/correct", {"amount": "6.00", "reason": "mal lu", **more})

    def paid(self):
        return self.pay()["id"]

    def withdrawn(self):
        self.api.done(f"/subscriptions/{self.adam.pk}/withdraw")
        return self

    def gone(self):
        member = self.amap.someone("PARTI Jean")
        self.api.done(f"/members/{member.pk}/leave")
        return "PARTI Jean"


def second_person(scene):
    details = PersonalDetails("Hamon", "Paul")
    amap = scene.amap
    amap.people["HAMON Paul"] = create_member(group=amap.group, details=details, on=TODAY, by=amap.admin, household_of=amap.member)
    return "HAMON Paul"


def other_farms_account(scene):
    hens = create_producer(group=scene.amap.group, name="Poulailler", by=scene.amap.admin)
    other = season(scene.amap.group, hens, "Contrat œufs", 320, by=scene.amap.admin)
    return scene.amap.subscribe("ADAM Pécine", contract=other).account_id


def bernards_account(scene):
    return general_account(group=scene.amap.group, member=scene.amap.someone("ANGOUSTAN Bernard"), book_id=scene.amap.farm.book_id).pk


def adams_general(scene):
    return general_account(group=scene.amap.group, member=scene.adam.member, book_id=scene.amap.farm.book_id).pk


def carried_already(scene):
    scene.carry(adams_general(scene))
    return scene.carry(adams_general(scene))


def carried_to_the_withdrawn(scene):
    scene.withdrawn()
    source = adams_general(scene)
    scene.api.made(f"/accounts/{source}/payments", TEN)
    return scene.api.post(f"/accounts/{source}/transfers", {"target_account_id": scene.adam.account_id})


def ones_own_past_absence(scene):
    """A member, who may not manage subscriptions, notes for themself an absence that is past."""
    scene.amap.people["HAMON Denise"] = scene.amap.member
    mine = scene.amap.subscribe("HAMON Denise")
    return Caller(scene.amap.member).post(f"/subscriptions/{mine.pk}/absences", {"delivery_ids": [scene.days[0].pk]})


class Dated:
    """ADAM orders cheese for himself: at least 8,00 € each time and 90,00 € over the contract; orders are open until 2099."""

    def __init__(self, scene, ends_on=None):
        amap, self.scene = scene.amap, scene
        self.cheese = open_cheese(amap, minimum_per_delivery_cents=800, minimum_total_cents=9000)
        self.cheese.contract.deliveries.update(orders_close_at=at(dt.date(2099, 1, 1), 20))
        for delivery in self.cheese.deliveries:
            delivery.refresh_from_db()
        signed_in(scene.adam.member)
        self.caller = Caller(scene.adam.member)
        self.adam = self.cheese.subscribe("ADAM Pécine", {self.cheese.tomme: 2}, ends_on=ends_on)
        self.path = f"/subscriptions/{self.adam.pk}"

    def order(self, rank=0, quantity=2):
        lines = [{"product_id": self.cheese.tomme.pk, "quantity": quantity}]
        return self.caller.post(f"{self.path}/orders", {"delivery_id": self.cheese.deliveries[rank].pk, "lines": lines})

    def ordered(self, rank=0):
        assert self.order(rank).status == 200
        return self

    def act(self, name, body=None):
        return self.scene.api.post(f"{self.path}/{name}", body)

    def sign(self):
        body = {"member_id": self.scene.amap.someone("BLANC Alphée").pk, "lines": []}
        return self.scene.api.post(f"/contracts/{self.cheese.contract.pk}/subscriptions", body)

    def withdrawn(self):
        self.scene.api.done(f"{self.path}/withdraw")
        return self

    def absent(self):
        self.scene.api.done(f"{self.path}/absences", {"delivery_ids": [self.cheese.deliveries[0].pk]})
        return self

    def early(self):
        self.cheese.contract.deliveries.update(orders_open_at=at(dt.date(2098, 1, 1), 20))
        return self

    def at_another(self):
        delivery = self.scene.days[0]
        order_for_date(subscription=self.adam, delivery=delivery, quantities={}, at=timezone.now(), by=self.adam.member)


def open_another(scene, **more):
    terms = ContractTerms(name="Œufs", starts_on=scene.first, ends_on=scene.last)
    return open_contract(group=scene.amap.group, producer=scene.amap.farm, terms=terms, by=scene.amap.admin, **more)


def sent_twice(scene):
    scene.api.post("/members", {"last_name": "Un"}, key="k")
    return scene.api.post("/members", {"last_name": "Deux"}, key="k")


def planned_elsewhere(scene):
    place = place_named(found_amap("AMAP d’ailleurs").group, "Loin")
    slot = Slot(place, dt.time(17), dt.time(18))
    return verb(lambda: plan(contract=scene.amap.vegetables, slot=slot, days=[SEASON_START], on=TODAY, by=scene.amap.admin))


def opened_elsewhere(scene):
    terms, elsewhere = ContractTerms(name="x", starts_on=SEASON_START, ends_on=SEASON_START), found_amap("Ailleurs").group
    return verb(lambda: open_contract(group=elsewhere, producer=scene.amap.farm, terms=terms, by=None))


def a_stranger_as_producer(scene):
    stranger = found_amap("Ailleurs").member
    return verb(lambda: give_producer_access(producer=scene.amap.farm, member=stranger, by=scene.amap.admin))


def given_back(scene):
    """In an AMAP no basket leads there: the verb is asked."""
    what = {"account": scene.adam.account, "method": "cheque", "amount_cents": 100, "on": TODAY, "today": TODAY}
    return verb(lambda: refund(**what, by=scene.amap.admin))


def cancelled_twice(scene):
    path = f"/payments/{scene.paid()}/cancel"
    return twice(lambda: scene.api.post(path, {"reason": "rendu"}))


def corrected_from_the_same_page(scene):
    """Two treasurers have the same opening balance on their screens."""
    opening_id = scene.taken()
    scene.correct_opening(opening_id)
    return scene.correct_opening(opening_id, amount="7.00")


def corrected_once_erased(scene):
    opening_id = scene.taken()
    scene.api.done(f"/members/{scene.adam.member_id}/leave")
    scene.api.done(f"/members/{scene.adam.member_id}/erase")
    return scene.correct_opening(opening_id)


WEEK = dt.timedelta(weeks=1)
MET = {
    ("KeyReused", "key_reused"): lambda s, _: sent_twice(s),
    # contracts and producers
    ("ContractRefused", "name_missing"): lambda s, _: s.open(name=" "),
    ("ContractRefused", "ends_before_it_starts"): lambda s, _: s.open(ends_on="2026-09-05"),
    ("ContractRefused", "too_long"): lambda s, _: s.open(ends_on="2062-09-05"),
    ("ContractRefused", "absences_out_of_range"): lambda s, _: s.open(absences_allowed=401),
    ("ContractRefused", "absences_end_before_they_start"): lambda s, _: s.open(absences_from="2026-12-02", absences_until="2026-12-01"),
    ("ContractRefused", "another_group"): lambda s, _: opened_elsewhere(s),
    ("ContractRefused", "product_name_taken"): lambda s, _: s.product(name="Panier de légumes"),
    ("ContractRefused", "price_out_of_range"): lambda s, _: s.product(price="-1.00"),
    ("ContractRefused", "would_rewrite_the_past"): lambda s, later: (later(s.first + WEEK), s.price())[1],
    ("ContractRefused", "something_starts_before"): lambda s, _: s.terms(starts_on=(s.first + WEEK).isoformat()),
    ("ContractRefused", "something_ends_after"): lambda s, _: s.terms(ends_on=(s.last - WEEK).isoformat()),
    ("ProducerRefused", "name_missing"): lambda s, _: s.api.post("/producers", {"name": " "}),
    ("ProducerRefused", "name_taken"): lambda s, _: s.api.post("/producers", {"name": "Ferme de Groix"}),
    ("ProducerRefused", "another_group"): lambda s, _: a_stranger_as_producer(s),
    # distributions
    ("PlaceRefused", "name_missing"): lambda s, _: s.api.post("/places", {"name": " "}),
    ("PlaceRefused", "name_taken"): lambda s, _: s.api.send(
        "PATCH", f"/places/{s.api.made('/places', {'name': 'Port-Tudy'})['id']}", {"name": "Salle du Bourg"}
    ),
    ("PlanningRefused", "place_missing"): lambda s, _: verb(lambda: place_named(s.amap.group, " ")),
    ("PlanningRefused", "outside_contract"): lambda s, _: s.move(s.first - WEEK),
    ("PlanningRefused", "ends_before_it_starts"): lambda s, _: s.plan(ends_at="17:00", dates=["2026-09-09"]),
    ("PlanningRefused", "cancelled"): lambda s, _: (s.cancel(), s.move(s.first + dt.timedelta(days=1)))[1],
    ("PlanningRefused", "day_taken"): lambda s, _: s.move(s.first + WEEK),
    ("PlanningRefused", "another_group"): lambda s, _: planned_elsewhere(s),
    ("PlanningRefused", "has_subscriptions"): lambda s, _: s.api.send("DELETE", f"/deliveries/{s.days[0].pk}"),
    # subscriptions
    ("SubscriptionRefused", "unknown_member"): lambda s, _: s.sign(s.gone()),
    ("SubscriptionRefused", "second_person"): lambda s, _: s.sign(second_person(s)),
    ("SubscriptionRefused", "unknown_alternate"): lambda s, _: s.sign(alternate={"member_id": s.amap.someone(s.gone()).pk}),
    ("SubscriptionRefused", "alternate_is_holder"): lambda s, _: s.sign(alternate={"member_id": s.amap.someone("BLANC Alphée").pk}),
    ("SubscriptionRefused", "ends_before_it_starts"): lambda s, _: s.sign(starts_on="2026-10-04", ends_on="2026-10-03"),
    ("SubscriptionRefused", "starts_before_contract"): lambda s, _: s.sign(starts_on="2026-09-05"),
    ("SubscriptionRefused", "ends_after_contract"): lambda s, _: s.sign(ends_on=(s.last + WEEK).isoformat()),
    ("SubscriptionRefused", "overlap"): lambda s, _: s.sign("ADAM Pécine"),
    ("SubscriptionRefused", "unknown_product"): lambda s, _: s.sign(product=999_999),
    ("SubscriptionRefused", "quantity_out_of_range"): lambda s, _: s.sign(quantity=1001),
    ("SubscriptionRefused", "no_quantity"): lambda s, _: s.sign(quantity=0),
    ("SubscriptionRefused", "withdrawn"): lambda s, _: s.withdrawn().of_adam("end", {"last_day": "2026-10-04"}),
    ("SubscriptionRefused", "would_rewrite_the_past"): lambda s, later: (
        later(s.first + WEEK),
        s.of_adam("change", {"lines": [{"product_id": s.amap.basket.pk, "quantity": 2}], "quantities_from": s.first.isoformat()}),
    )[1],
    ("TotalRefused", "total_too_large"): lambda s, _: s.price(price="1000000.00"),
    ("CannotWithdraw", "past_delivery"): lambda s, later: (later(s.first + WEEK), s.of_adam("withdraw"))[1],
    ("CannotWithdraw", "payment"): lambda s, _: (s.pay(), s.of_adam("withdraw"))[1],
    ("AbsenceRefused", "withdrawn"): lambda s, _: s.withdrawn().absent(s.days[0]),
    ("AbsenceRefused", "too_many"): lambda s, _: s.absent(*s.days[:5]),
    ("AbsenceRefused", "another_contract"): lambda s, _: s.absent(s.amap.open("Œufs", s.amap.farm, 320).deliveries.first()),
    ("AbsenceRefused", "cancelled"): lambda s, _: (s.cancel(), s.absent(s.days[0]))[1],
    ("AbsenceRefused", "outside_subscription"): lambda s, _: (s.of_adam("end", {"last_day": "2026-10-04"}), s.absent(s.days[-1]))[1],
    ("AbsenceRefused", "outside_window"): lambda s, _: (s.terms(absences_from=s.last.isoformat()), s.absent(s.days[0]))[1],
    ("AbsenceRefused", "past"): lambda s, later: (later(s.first + WEEK), ones_own_past_absence(s))[1],
    # orders of a variable contract
    ("ContractRefused", "kind_unknown"): lambda s, _: verb(lambda: open_another(s, kind="market")),
    ("ContractRefused", "minimum_out_of_range"): lambda s, _: s.open(kind="variable", minimum_total="1000000.01"),
    ("ContractRefused", "orders_days_out_of_range"): lambda s, _: s.open(kind="variable", orders_close_days_before=367),
    ("ContractRefused", "orders_close_before_they_open"): lambda s, _: s.open(
        kind="variable", orders_open_days_before=2, orders_close_days_before=2
    ),
    ("SubscriptionRefused", "default_order_too_small"): lambda s, _: Dated(s).sign(),
    ("CannotWithdraw", "ordered"): lambda s, _: Dated(s).ordered().act("withdraw"),
    ("DatedOrderRefused", "not_variable"): lambda s, _: s.of_adam("orders", {"delivery_id": s.days[0].pk, "lines": []}),
    ("DatedOrderRefused", "withdrawn"): lambda s, _: Dated(s).withdrawn().order(),
    ("DatedOrderRefused", "another_contract"): lambda s, _: verb(Dated(s).at_another),
    ("DatedOrderRefused", "outside_subscription"): lambda s, _: Dated(s, ends_on=DAYS[0]).order(rank=1),
    ("DatedOrderRefused", "absent"): lambda s, _: Dated(s).absent().order(),
    ("DatedOrderRefused", "not_open_yet"): lambda s, _: Dated(s).early().order(),
    ("BelowMinimum", "below_delivery_minimum"): lambda s, _: Dated(s).order(quantity=1),
    ("BelowMinimum", "nothing_ordered"): lambda s, _: Dated(s).order(quantity=0),
    ("BelowMinimum", "below_contract_minimum"): lambda s, _: Dated(s, ends_on=DAYS[0]).order(),
    ("EngagementRefused", "ordered_outside"): lambda s, _: Dated(s).ordered(rank=1).act("end", {"last_day": DAYS[0].isoformat()}),
    # payments
    ("PaymentRefused", "method_not_offered"): lambda s, _: s.pay(method="cash"),
    ("PaymentRefused", "amount_not_positive"): lambda s, _: s.pay(amount="0.00"),
    ("PaymentRefused", "amount_too_large"): lambda s, _: s.pay(amount="1000000.01"),
    ("PaymentRefused", "received_in_future"): lambda s, _: s.pay(received_on="2026-09-02"),
    ("PaymentRefused", "received_too_long_ago"): lambda s, _: verb(lambda: s.amap.pay(s.adam, 100, on=dt.date(1999, 12, 31))),
    ("PaymentRefused", "nothing_to_record"): lambda s, _: s.pile(),
    ("PaymentRefused", "reason_missing"): lambda s, _: s.api.post(f"/payments/{s.paid()}/cancel", {"reason": " "}),
    ("PaymentRefused", "unknown_subscription"): lambda s, _: s.pile({"subscription_id": 999_999, **TEN}),
    ("PaymentRefused", "withdrawn"): lambda s, _: s.withdrawn().pay(),
    ("PaymentNotStanding", "payment_not_standing"): lambda s, _: cancelled_twice(s),
    ("TransferRefused", "another_payee"): lambda s, _: s.carry(other_farms_account(s)),
    ("TransferRefused", "another_member"): lambda s, _: s.carry(bernards_account(s)),
    ("TransferRefused", "same_account"): lambda s, _: s.carry(s.adam.account_id),
    ("TransferRefused", "withdrawn"): lambda s, _: carried_to_the_withdrawn(s),
    ("TransferRefused", "nothing_to_move"): lambda s, _: carried_already(s),
    ("AlreadyTakenOver", "already_taken_over"): lambda s, _: twice(s.take_over),
    ("OpeningNotCorrected", "same_opening"): lambda s, _: s.correct_opening(amount="5.00"),
    ("OpeningNotCorrected", "opening_not_standing"): lambda s, _: corrected_from_the_same_page(s),
    ("OpeningNotCorrected", "member_erased"): lambda s, _: corrected_once_erased(s),
    ("ControlTotalDiffers", "control_total_differs"): lambda s, _: s.take_over(control_total="6.00"),
    # what only a market does
    ("CatalogueRefused", "a_market_only"): lambda s, _: s.api.post(
        "/catalogues", {"producer_id": s.amap.farm.pk, "name": "x", "starts_on": "2026-09-06", "ends_on": "2026-10-06"}
    ),
    ("MarketDayRefused", "a_market_only"): lambda s, _: s.plan_as_a_market(),
    ("OrderRefused", "a_market_only"): lambda s, _: s.of_day("orders", {"lines": [{"product_id": s.amap.basket.pk, "quantity": 1}]}),
    ("RefundRefused", "a_market_only"): lambda s, _: given_back(s),
    ("TillRefused", "a_market_only"): lambda s, _: s.of_day(
        "till-counts", {"opening_float": "0.00", "cash": "5.00", "kept_float": "0.00", "comment": "x"}
    ),
    ("WaysRefused", "a_market_only"): lambda s, _: s.api.send("PUT", "/ways-to-pay", {"cash": True}),
}


def test_every_refusal_about_money_is_met_here():
    assert refusals() == MET.keys() | market_scenes.MET.keys()
    assert not MET.keys() & market_scenes.MET.keys()


@pytest.fixture
def watched(monkeypatch):
    """The books before each sending."""
    seen, send = [], Caller.send

    def sending(*args, **options):
        seen.append(figures())
        return send(*args, **options)

    monkeypatch.setattr(Caller, "send", sending)
    return seen


@pytest.mark.parametrize(("kind", "code"), sorted(MET), ids=lambda text: text)
def test_it_is_refused_with_its_code_its_status_and_a_sentence(kind, code, monkeypatch, watched):
    said = MET[kind, code](Scene(), lambda day: monkeypatch.setattr(timezone, "localdate", lambda *_: day))

    assert_refused(said, kind, code, watched)


@pytest.mark.parametrize(("kind", "code"), sorted(market_scenes.MET), ids=lambda text: text)
def test_so_it_is_in_a_market(kind, code, monkeypatch, watched):
    said = market_scenes.MET[kind, code](MarketScene(Clock(monkeypatch)))

    assert_refused(said, kind, code, watched)
    assert_baskets_agree_with_the_books()


def assert_refused(said, kind, code, watched):
    """By the verb itself, or by the last sending, which left the books as they were."""
    if isinstance(said, Refusal):
        assert (type(said).__name__, said.code) == (kind, code)
        sentence = str(said)
    else:
        found = said["errors"][0] if said.code == "batch_refused" else said.json
        assert (found["code"], said.status) == (code, 409 if code in CONFLICTS else 422), said
        sentence = found["detail"]
        assert figures() == watched[-1]
    assert re.fullmatch(r"[«0-9A-ZÀ-Ý].*[.!?»]", sentence), sentence
    assert "{" not in sentence


def test_the_document_lists_every_refusal():
    listed = document()["x-refusals"]
    assert {code for _, code in refusals()} <= listed.keys()
    text = document()["info"]["description"]
    assert all(f"| `{code}` | " in text for code in [*listed, *OUR_OWN])


def test_every_code_that_an_operation_names_exists():
    known = document()["x-refusals"].keys() | OUR_OWN.keys()
    named = set()
    for methods in document()["paths"].values():
        for operation in methods.values():
            said = re.search(r"Refusals?: (.*)", operation["description"].replace("\n", " "))
            named |= set(re.findall(r"`([a-z_]+)`", said[1].split("Who:")[0])) if said else set()
    assert named - {"errors"} <= known
    # Whatever stands between somebody and the money is named by the operation that may say so.
    through_the_api = {code for _, code in refusals()} - {"another_group", "place_missing", "key_reused"} - VERBS_ONLY
    assert through_the_api <= named
