"""Two hundred clients who confirm an order at the same moment, each on a connection of its own, for fewer pieces than they want."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from statistics import median
from uuid import uuid4

import bench_market
from bench_report import RUSH, Figure
from buyers import SOLD, Bought, rush
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escarcelle.distributions.models import Distribution
from escarcelle.ledger import balances
from escarcelle.orders.models import Basket
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.models import PromisedPayment

PROCESSES = 8


class OrdersBroken(Exception):
    """Somebody met an error, a piece too many was sold, or a balance is wrong."""


def measure(clients: int, say: Callable[[str], None]) -> list[Figure]:
    """Milliseconds per order while all of them order at once: what the server gets through, not what one client waits."""
    say(f"{clients} clients à la fois…")
    today = timezone.localdate()
    market = bench_market.founded(clients + 1, 0, [today + dt.timedelta(days=3)])
    [day] = market.waiting
    Distribution.objects.filter(pk=day.pk).update(orders_close_at=day.starts)
    product, stock = market.products[0], clients * 3 // 4
    *buyers, before = market.accounts
    with CaptureQueriesContext(connection) as statements:
        order(
            distribution=Distribution.objects.get(pk=day.pk),
            member=before.member,
            wish=Wish({product.pk: 1}, PromisedPayment.Way.ON_THE_SPOT),
            at=timezone.now(),
            by=before.member,
            key=uuid4(),
        )
    product.stock_per_delivery = stock + 1
    product.save(update_fields=["stock_per_delivery"])
    asked = {
        "distribution": day.pk,
        "product": product.pk,
        "way": PromisedPayment.Way.ON_THE_SPOT,
        "at": timezone.now().isoformat(),
    }
    bought, seconds = rush(asked, [account.member_id for account in buyers], processes=min(PROCESSES, clients), environment={})
    _check(market, bought, stock)
    slowest = max(each.milliseconds for each in bought)
    say(
        f"{clients / seconds:.0f} par seconde ; un client attend {median(each.milliseconds for each in bought):.0f} ms, au pire {slowest:.0f}"
    )
    return [Figure(RUSH, connection.vendor, clients, 0, len(statements), round(seconds * 1000 / clients, 2))]


def _check(market: bench_market.Market, bought: list[Bought], stock: int) -> None:
    """Whoever measured this would rather know."""
    outcomes = Counter(each.outcome for each in bought)
    if outcomes != {SOLD: stock, "sold_out": len(bought) - stock}:
        raise OrdersBroken(outcomes)
    baskets = list(Basket.objects.filter(group=market.group).order_by("number").select_related("account"))
    if [basket.number for basket in baskets] != list(range(1, stock + 2)):
        raise OrdersBroken([basket.number for basket in baskets])
    owed = Counter(balances.balances(market.group.book_id, {account.account_no for account in market.accounts}).values())
    if owed != {-bench_market.PRICE_CENTS: stock + 1, 0: len(bought) - stock}:
        raise OrdersBroken(owed)
