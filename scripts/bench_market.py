"""« Valider » for everybody at a market, at several sizes and with ten and a hundred times the history."""

import datetime as dt
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from uuid import uuid4

from bench_report import FORCED, Figure
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, offer_product, open_catalogue
from escarcelle.catalogs.models import Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.distributions.models import Distribution
from escarcelle.distributions.planning import Slot, place_deliveries, place_named
from escarcelle.groups.accounts import general_accounts
from escarcelle.groups.activity import begin
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.lib.names import sort_key
from escarcelle.orders import amounts
from escarcelle.orders.booking import Change, Credited, Dues, book_changes
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.ordering import label_of
from escarcelle.payments.models import Method, PromisedPayment
from escarcelle.payments.promises import follow_orders
from escarcelle.payments.ways import Offer, offer_ways
from escarcelle.validation.forcing import force

PRODUCERS = 10
LINES = 5
# A past distribution; ten and a hundred of them.
HISTORIES = (1, 10, 100)
PRICE_CENTS = 320


@dataclass
class Market:
    """A market of `n` clients with `history` distributions behind it, and others that are to come or wait to be validated."""

    n: int
    history: int
    group: Group
    administrator: Member
    products: list[Product]
    accounts: list[MemberAccount]
    first_day: Distribution
    dues: list[Dues] = field(default_factory=list)
    waiting: list[Distribution] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    statements: int = 0

    def force(self) -> None:
        """Validate the next distribution that waits."""
        self.validate(self.waiting.pop())

    def validate(self, day: Distribution) -> None:
        forced = force(distribution=day, method=Method.CASH, at=day.ends, by=self.administrator, key=uuid4())
        if forced.basket_count != self.n or forced.debt_cents:
            raise RuntimeError(f"{forced} instead of {self.n} baskets paid")


def founded(n: int, history: int, days: Sequence[dt.date]) -> Market:
    """A market of ten producers and `n` clients, with these distributions; nobody has ordered yet."""
    details = PersonalDetails("Bench", f"{n} × {history}")
    group, administrator = found_group(name=f"Marché {n} × {history}", kind=Group.Kind.MARKET, administrator=details, on=days[0])
    offer_ways(group=group, offer=Offer(cash=True, cheque=True), by=administrator)
    products = [_product(group, rank, days, administrator) for rank in range(PRODUCERS)]
    distributions = list(group.distributions.select_related("group").order_by("on"))
    return Market(n, history, group, administrator, products, _accounts(group, n, days[0]), distributions[0], waiting=distributions)


def found(n: int, history: int, rounds: int, today: dt.date) -> Market:
    """A market with a past: rows in bulk, money by the one way into the books, distributions validated by the verb that people use."""
    market = founded(n, history, [today - dt.timedelta(days=rank) for rank in range(history + rounds, 0, -1)])
    for rank, distribution in enumerate(market.waiting):
        fill(market, distribution)
        if rank < history:
            market.validate(distribution)
    del market.waiting[:history]
    return market


def _product(group: Group, rank: int, days: Sequence[dt.date], by: Member) -> Product:
    producer = create_producer(group=group, name=f"Ferme {rank}", by=by)
    terms = CatalogueTerms("Catalogue", days[0], days[-1] + dt.timedelta(days=1))
    catalogue = open_catalogue(group=group, producer=producer, terms=terms, by=by)
    with transaction.atomic():
        place_deliveries(catalogue, Slot(place_named(group, "Halle"), dt.time(18), dt.time(20)), days)
    return offer_product(catalogue=catalogue, terms=ProductTerms("Légume", PRICE_CENTS + rank), by=by)


def _accounts(group: Group, n: int, on: dt.date) -> list[MemberAccount]:
    names = [f"Client {rank:04}" for rank in range(n)]
    members = Member.objects.bulk_create(Member(group=group, last_name=name, sort_key=sort_key(name, ""), joined_on=on) for name in names)
    accounts = general_accounts(group=group, members=members, book_id=group.book_id)
    return [accounts[member.pk] for member in members]


@transaction.atomic
def fill(market: Market, day: Distribution) -> None:
    """A basket of every client, of five producers in turn, to be paid on the spot; every day like the first."""
    at = day.starts - dt.timedelta(days=1)
    activity, _ = begin(group=market.group, by=market.administrator, kind="order.changed")
    baskets = Basket.objects.bulk_create(
        Basket(group=market.group, distribution=day, account=account, number=number) for number, account in enumerate(market.accounts, 1)
    )
    if day == market.first_day:
        market.dues = _order(market, baskets, at)
    else:
        _copy_lines(market.first_day, day)
    changes = [Change(basket, {}, dues) for basket, dues in zip(baskets, market.dues, strict=True)]
    book_changes(changes, activity=activity, label=label_of(day), at=at, by=market.administrator)
    promised = [(change.basket, change.difference_cents) for change in changes]
    follow_orders(promised, PromisedPayment.Way.ON_THE_SPOT, at=at)


def _order(market: Market, baskets: Sequence[Basket], at: dt.datetime) -> list[Dues]:
    """The lines of each basket, and what they credit."""
    deliveries = {delivery.contract_id: delivery for delivery in baskets[0].distribution.deliveries.all()}
    lines = [
        [
            OrderLine(
                group=market.group,
                basket=basket,
                delivery=deliveries[product.contract_id],
                product=product,
                quantity=1 + (rank + turn) % 3,
                price_cents=PRICE_CENTS,
                ordered_at=at,
            )
            for turn, product in enumerate((market.products * 2)[rank % PRODUCERS :][:LINES])
        ]
        for rank, basket in enumerate(baskets)
    ]
    OrderLine.objects.bulk_create(amounts.apply(line) for of_basket in lines for line in of_basket)
    credited = Credited(market.group.book_id)
    return [credited.dues_of(of_basket) for of_basket in lines]


_COPY_LINES = """
INSERT INTO orders_orderline ({columns})
SELECT {values} FROM orders_orderline l
JOIN orders_basket b ON b.id = l.basket_id JOIN orders_basket basket ON basket.number = b.number
JOIN distributions_delivery d ON d.id = l.delivery_id JOIN distributions_delivery delivery ON delivery.contract_id = d.contract_id
WHERE b.distribution_id = %s AND basket.distribution_id = %s AND delivery.distribution_id = %s"""


def _copy_lines(first: Distribution, day: Distribution) -> None:
    """The same lines in the baskets of another day: by far the most numerous rows, and there are a hundred days."""
    columns = [str(field.column) for field in OrderLine._meta.concrete_fields if not field.primary_key]
    elsewhere = {"basket_id": "basket.id", "delivery_id": "delivery.id"}
    values = [elsewhere.get(column, f"l.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(_COPY_LINES.format(columns=", ".join(columns), values=", ".join(values)), [first.pk, day.pk, day.pk])


def measure(sizes: Sequence[int], rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """The figures of the purple button at every size and with every history. The markets take turns."""
    today = timezone.localdate()
    markets = []
    for n in sizes:
        for history in HISTORIES:
            say(f"{n} paniers, {history} distributions passées…")
            markets.append(found(n, history, rounds + 2, today))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say("validation…")
    for market in markets:
        market.force()
        with CaptureQueriesContext(connection) as statements:
            market.force()
        market.statements = len(statements)
    gc.collect()
    gc.freeze()
    for rank in range(rounds):
        first = rank % len(markets)
        for market in markets[first:] + markets[:first]:
            started = time.perf_counter()
            market.force()
            market.milliseconds.append((time.perf_counter() - started) * 1000)
    return [
        Figure(FORCED, connection.vendor, market.n, market.history, market.statements, round(median(market.milliseconds), 2))
        for market in markets
    ]
