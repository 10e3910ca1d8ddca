"""A market with everybody in it: two producers, a place, clients, and days on which they meet."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import uuid4

from django.utils import timezone

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, offer_product, open_catalogue
from escarcelle.catalogs.models import Contract, Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.distributions.market_days import MarketDay, Window, plan_market_day
from escarcelle.distributions.models import Distribution
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.accounts import general_account
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.ledger import balances
from escarcelle.lib.names import split_name
from escarcelle.orders.models import Basket
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.ways import Offer, offer_ways
from tests.cast import TODAY, signed_in

MARKET_DAY = TODAY + dt.timedelta(days=4)


def at(day: dt.date, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant where the market lives."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute, second)))


@dataclass
class Market:
    """« Direct Paysans »: orders are open from the start until noon of the day, which begins at 18:00."""

    group: Group
    admin: Member
    vegetables: Contract
    bakery: Contract
    courgettes: Product
    bread: Product
    eggs: Product
    chicken: Product
    potatoes: Product
    day: Distribution
    people: dict[str, Member] = field(default_factory=dict)
    now: dt.datetime = field(default_factory=lambda: at(TODAY, 10))

    def client(self, name: str) -> Member:
        """The client of this name, who can sign in; created the first time."""
        if name not in self.people:
            parts = split_name(name)
            self.people[name] = signed_in(
                create_member(group=self.group, details=PersonalDetails(parts.last, parts.first), on=TODAY, by=self.admin)
            )
        return self.people[name]

    def offer(self, **ways: object) -> None:
        offer_ways(group=self.group, offer=Offer(**ways), by=self.admin)

    def order(
        self,
        name: str,
        quantities: dict[Product, int],
        *,
        way: str | None = None,
        day: Distribution | None = None,
        by: Member | None = None,
        now: dt.datetime | None = None,
    ) -> Basket:
        """What a client orders for themselves, or `by` for them."""
        client = self.client(name)
        wish = Wish({product.pk: count for product, count in quantities.items()}, way)
        ordered = order(distribution=day or self.day, member=client, wish=wish, at=now or self.now, by=by or client, key=uuid4())
        return ordered.basket

    def account(self, name: str) -> MemberAccount:
        return general_account(group=self.group, member=self.client(name), book_id=self.group.book_id)

    def balance(self, name: str) -> int:
        account = self.account(name)
        return balances.balance(account.book_id, account.account_no)

    def plan(self, on: dt.date, *, starts_at: dt.time = dt.time(18), closes_at: dt.datetime | None = None) -> Distribution:
        """Another day with the same producers, at the same place; orders close at noon that day."""
        slot = Slot(place_named(self.group, "Halle de Port-Tudy"), starts_at, dt.time(20))
        window = Window(closes_at=closes_at or at(on, 12))
        return plan_market_day(group=self.group, slot=slot, on=on, day=MarketDay([self.vegetables, self.bakery], window), by=self.admin)


def found_market(name: str = "Direct Paysans") -> Market:
    """Found a market with two catalogues and one day planned; payments are off until `offer`."""
    group, admin = found_group(name=name, kind=Group.Kind.MARKET, administrator=PersonalDetails("Cloarec", "Corentin"), on=TODAY)
    terms = {"starts_on": TODAY - dt.timedelta(days=100), "ends_on": TODAY + dt.timedelta(days=100)}

    def catalogue(producer: str, name: str) -> Contract:
        farm = create_producer(group=group, name=producer, by=admin)
        return open_catalogue(group=group, producer=farm, terms=CatalogueTerms(name=name, **terms), by=admin)

    vegetables, bakery = catalogue("Ferme du Méné", "Légumes et volailles"), catalogue("Fournil de Port-Tudy", "Pains")

    def product(name: str, price_cents: int, *, of: Contract = vegetables, **details: object) -> Product:
        return offer_product(catalogue=of, terms=ProductTerms(name=name, price_cents=price_cents, **details), by=admin)

    market = Market(
        group=group,
        admin=signed_in(admin),
        vegetables=vegetables,
        bakery=bakery,
        courgettes=product("Courgettes, le filet", 350),
        bread=product("Pain de campagne", 280, of=bakery),
        eggs=product("Œufs, les six", 320),
        chicken=product("Poulet fermier", 1190, sold_by=Product.SoldBy.WEIGHED_PIECE, step_grams=1800),
        potatoes=product("Pommes de terre", 200, sold_by=Product.SoldBy.WEIGHT, step_grams=500),
        day=None,
    )
    market.day = market.plan(MARKET_DAY)
    return market
