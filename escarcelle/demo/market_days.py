"""The days of the demo market: past ones validated or not, one about to begin with twenty baskets of every kind, one open for orders."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.utils import timezone

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, offer_product, open_catalogue
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.demo import clock
from escarcelle.distributions.market_days import MarketDay, Window, plan_market_day
from escarcelle.distributions.models import Distribution, Place
from escarcelle.distributions.planning import Slot
from escarcelle.groups.models import Group, Member
from escarcelle.orders.models import Basket
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.promises import Named, receive
from escarcelle.validation.exceptions import share_out_shortage
from escarcelle.validation.forcing import force
from escarcelle.validation.shortages import Rule

SOON = dt.timedelta(minutes=20)
LASTS = dt.timedelta(hours=2)
PLANNED_BEFORE, ORDERED_BEFORE = dt.timedelta(days=3), dt.timedelta(days=2)
LAST_START, LAST_MINUTE = dt.time(23, 45), dt.time(23, 59)
CLOSES_BEFORE = dt.timedelta(hours=20)
WEIGHED, LOOSE = Product.SoldBy.WEIGHED_PIECE, Product.SoldBy.WEIGHT
Offered = Mapping[str, Sequence[ProductTerms]]
Taste = Mapping[str, int]
OFFERED: Offered = {
    "Ferme du Méné": (
        ProductTerms("Carottes, la botte", 210, unit="botte"),
        ProductTerms("Pommes de terre", 195, sold_by=LOOSE, step_grams=500, unit="500 g"),
        ProductTerms("Courgettes, le filet", 350, unit="filet"),
        ProductTerms("Poulet fermier", 1190, sold_by=WEIGHED, step_grams=1800, stock_per_delivery=40),
        ProductTerms("Œufs, la boîte de six", 320, unit="boîte"),
    ),
    "Fournil de Port-Tudy": (
        ProductTerms("Pain de campagne", 320),
        ProductTerms("Pain de seigle", 380),
        ProductTerms("Brioche", 490, vat_basis_points=550),
    ),
    "Chèvrerie de Kermario": (
        ProductTerms("Crottin frais", 290),
        ProductTerms("Tomme de chèvre", 2480, sold_by=WEIGHED, step_grams=250),
    ),
}


@dataclass
class MarketDays:
    """A market while its days are being built. `offered` is what each of its producers sells."""

    group: Group
    administrator: Member
    clients: Sequence[Member]
    place: Place
    now: dt.datetime
    offered: Offered

    def __post_init__(self) -> None:
        today = timezone.localdate(self.now)
        season = {"starts_on": today - dt.timedelta(days=200), "ends_on": today + dt.timedelta(days=165)}
        self.catalogues = [self._catalogue(producer, season) for producer in self.group.producers.order_by("pk")]
        self.products = {product.name: product for catalogue in self.catalogues for product in catalogue.products.all()}

    def _catalogue(self, producer: Producer, season: Mapping[str, dt.date]) -> Contract:
        terms = CatalogueTerms(f"Catalogue, {producer.name}", season["starts_on"], season["ends_on"])
        catalogue = open_catalogue(group=self.group, producer=producer, terms=terms, by=self.administrator)
        for product in self.offered[producer.name]:
            offer_product(catalogue=catalogue, terms=product, by=self.administrator)
        return catalogue

    @property
    def morning(self) -> dt.datetime:
        """Ten o’clock on the day of the build."""
        return timezone.localtime(self.now).replace(hour=10, minute=0, second=0, microsecond=0)

    def plan(self, starts: dt.datetime) -> Distribution:
        """A distribution of two hours, or until midnight, planned three days ago or before it; orders close the day before."""
        local = timezone.localtime(starts)
        slot = Slot(self.place, local.time(), LAST_MINUTE if (local + LASTS).date() > local.date() else (local + LASTS).time())
        window = Window(closes_at=starts - CLOSES_BEFORE)
        day = MarketDay(self.catalogues, window)
        with clock.at(min(local, timezone.localtime(self.now)).date() - PLANNED_BEFORE, 9, 0):
            return plan_market_day(group=self.group, slot=slot, on=local.date(), day=day, by=self.administrator)

    def ordered(self, day: Distribution, tastes: Sequence[Taste], ways: Mapping[int, str], way: str | None) -> list[Basket]:
        """What the first clients ordered two days before, one basket for each taste; `ways` are those who do not pay like the others."""
        at = day.starts - ORDERED_BEFORE
        with clock.at(timezone.localdate(at), 19, 5):
            return [
                self.order(day, client, taste, ways.get(rank, way), at=at, by=client)
                for rank, (client, taste) in enumerate(zip(self.clients, tastes, strict=False))
            ]

    def order(self, day: Distribution, client: Member, taste: Taste, way: str | None, *, at: dt.datetime, by: Member) -> Basket:
        wish = Wish({self.products[name].pk: count for name, count in taste.items()}, way)
        return order(distribution=day, member=client, wish=wish, at=at, by=by, key=uuid4()).basket

    def force(self, day: Distribution, method: str) -> None:
        with clock.at(day.on, 12, 10):
            force(distribution=day, method=method, at=day.ends, by=self.administrator, key=uuid4())


TASTES: Sequence[Taste] = (
    {"Carottes, la botte": 2, "Pain de campagne": 1},
    {"Poulet fermier": 1, "Pain de campagne": 2, "Œufs, la boîte de six": 1},
    {"Courgettes, le filet": 1, "Crottin frais": 2},
    {"Pommes de terre": 4, "Œufs, la boîte de six": 1, "Pain de seigle": 1},
    {"Brioche": 1, "Tomme de chèvre": 1},
    {"Carottes, la botte": 1, "Courgettes, le filet": 2, "Œufs, la boîte de six": 2},
    {"Pain de campagne": 3},
)


def tastes(count: int, first: int = 0) -> list[Taste]:
    """So many baskets of every kind, in turn."""
    return [TASTES[(first + rank) % len(TASTES)] for rank in range(count)]


def fill(days: MarketDays) -> None:
    """Build the days around `days.now`: two validated, three that wait, one in twenty minutes, one open for orders."""
    for weeks in (5, 4, 3, 2, 1):
        day = days.plan(days.morning - dt.timedelta(weeks=weeks))
        days.ordered(day, tastes(4 + weeks, first=weeks), {}, "on_the_spot")
        if weeks > 3:
            days.force(day, "cash")
    open_day = days.plan(days.morning + dt.timedelta(days=4))
    _starting_soon(days)
    for rank, client in enumerate(days.clients[:3]):
        days.order(open_day, client, TASTES[rank], "on_the_spot" if rank else "transfer", at=days.now, by=client)


def soon(now: dt.datetime) -> dt.datetime:
    """In twenty minutes; at midnight, rather than so late that a distribution of two hours is over at once."""
    starts = timezone.localtime(now.replace(second=0, microsecond=0) + SOON)
    if starts.time() < LAST_START:
        return starts
    return timezone.make_aware(dt.datetime.combine(starts.date() + dt.timedelta(days=1), dt.time()))


def _starting_soon(days: MarketDays) -> None:
    """Twenty baskets of every kind: undetermined, transfers, cheques, made by the administrator, one product that did not come."""
    day = days.plan(soon(days.now))
    baskets = days.ordered(day, tastes(18), {4: "transfer", 11: "transfer"}, "on_the_spot")
    with clock.at(timezone.localdate(day.starts - ORDERED_BEFORE), 21, 40):
        for client in days.clients[18:20]:
            days.order(day, client, TASTES[0], None, at=day.starts - ORDERED_BEFORE, by=days.administrator)
    today = timezone.localdate(days.now)
    for basket, method in ((baskets[2], "cheque"), (baskets[6], "cash"), (baskets[4], "transfer")):
        for promise in basket.promised_payments.filter(state="pending"):
            receive(promise=promise, named=Named(method, today), by=days.administrator, today=today)
    share_out_shortage(
        distribution=day,
        product=days.products["Brioche"],
        delivered=0,
        rule=Rule.PROPORTIONAL,
        at=max(days.now, day.starts - dt.timedelta(minutes=30)),
        by=days.administrator,
        reason="fournée ratée",
    )
