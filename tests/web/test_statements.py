"""What each page costs: a known number of statements, the same whether a group is small or ten times as large."""

import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.producers import create_producer
from escarcelle.groups.tokens import make_token
from escarcelle.orders.dated_orders import order_for_date
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.models import Method
from escarcelle.subscriptions.absences import set_absences
from tests.cast import TODAY, received
from tests.market_cast import MARKET_DAY, at
from tests.web.pages import MOST_STATEMENTS, browser, statements
from tests.web.world import amap_world, market_world, screens

SENT_OR_FETCHED = {
    "cheques_recorded", "group_rename", "place_new", "token_revoke", "member_invite", "member_come_back", "member_roles",
    "contract_terms", "product_new", "coordinator_appoint", "coordinator_dismiss",
}  # fmt: skip
# They show an act before it is done, by doing it and taking it back: its statements are those of the act.
REHEARSED = {"subscription_delete", "delivery_cancel", "delivery_restore", "delivery_delete"}
# What is ordered date by date stands beside what is due at every date: the facts of both are read.
ORDERED_BY_DATE = {
    "attendance_compact_pdf", "attendance_pdf", "attendance_xlsx", "distribution",
    "contract_orders", "dated_order", "dated_orders", "delivery_orders", "account",
}  # fmt: skip
MOST_STATEMENTS_BY_DATE = 20


def grow(world, ranks):
    """Members, subscriptions, payments, batches, absences, distributions, contracts, keys: more of everything that a page may list."""
    amap = world.cast
    first = amap.vegetables.deliveries.order_by("pk").first()
    adam = amap.vegetables.subscriptions.get(member=amap.people["ADAM Pécine"])
    for rank in ranks:
        subscription = amap.subscribe(f"NOMBREUX Numéro{rank}", alternate="ADAM Pécine")
        amap.pay(subscription, 1000 + rank, method=Method.UNKNOWN)
        set_absences(subscription=subscription, deliveries=[first], on=TODAY, by=amap.treasurer, may_change_past=False)
        rows = [BatchRow(adam.pk, received(100 + rank)), BatchRow(subscription.pk, received(200 + rank))]
        record_batch(contract=amap.vegetables, rows=rows, on=TODAY, by=amap.treasurer, key=uuid4())
        make_token(member=amap.admin, name=f"Tableur {rank}", by=amap.admin)
        farm = create_producer(group=amap.group, name=f"Ferme {rank}", by=amap.admin)
        amap.open(f"Contrat {rank}", farm, 500 + rank, weeks=3)
        order_cheese(amap, 3 + rank)


def order_cheese(amap, count):
    """The newest acts of the log are then of the same kinds, whatever the size."""
    subscription = amap.group.subscriptions.get(contract__kind="variable")
    delivery, tomme = subscription.contract.deliveries.by_day()[1], subscription.contract.products.first()
    order_for_date(
        subscription=subscription, delivery=delivery, quantities={tomme.pk: count}, at=at(TODAY, 10), by=amap.treasurer, key=uuid4()
    )


def costs(world, client):
    found = {}
    for name in screens():
        if name in SENT_OR_FETCHED:
            continue
        shown = next((address for address in world.addresses(name) if client.get(address).status_code == 200), None)
        if shown:
            found[name] = statements(client, shown)
    return found


@pytest.mark.django_db
def test_every_page_asks_as_much_of_a_large_group_as_of_a_small_one(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY, 10))
    world = amap_world()
    client = browser(world.administrator)
    grow(world, range(1))

    small = costs(world, client)
    grow(world, range(1, 11))

    assert costs(world, client) == small
    assert {name: count for name, count in small.items() if count > most_statements(name) and name not in REHEARSED} == {}


def most_statements(name):
    return MOST_STATEMENTS_BY_DATE if name in ORDERED_BY_DATE else MOST_STATEMENTS


def fill(market, ranks):
    """Clients, baskets of every kind, lines, promises, days: more of everything on a market day."""
    for rank in ranks:
        market.order(f"NOMBREUX Numéro{rank}", {market.bread: 1, market.chicken: 2}, way="on_the_spot")
        market.order(f"AUTRE Numéro{rank}", {market.eggs: 1, market.courgettes: 1}, way="transfer")
        market.order(f"POUR Numéro{rank}", {market.bread: 2}, by=market.admin)
        market.plan(MARKET_DAY + dt.timedelta(days=20 + rank))


@pytest.mark.django_db
def test_every_page_of_a_market_asks_as_much_of_a_large_day_as_of_a_small_one(monkeypatch):
    world = market_world()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(MARKET_DAY, 18, 30))
    client = browser(world.administrator)
    fill(world.cast, range(1))

    small = costs(world, client)
    fill(world.cast, range(1, 8))
    large = costs(world, client)

    assert {"validation", "basket", "till", "distribution", "shop", "market"} <= set(small)
    # The log reads the names of what its newest acts speak of: other acts, other names.
    assert {name for name in small if large[name] != small[name]} <= {"activity"}
