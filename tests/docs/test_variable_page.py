"""The figures of docs/money/variable-contracts.md are played."""

import re

import pytest

from escarcelle.ledger.models import Account, AccountKind
from escarcelle.orders.dated_orders import BelowMinimum
from escarcelle.orders.dated_queries import order_dates
from escarcelle.orders.engagements import cancel_delivery, restore_delivery
from escarcelle.subscriptions.calendar import change_price
from tests.cast import TODAY
from tests.docs.test_money_pages import PAGES, cents
from tests.variable_cast import DAYS, closing, open_cheese

pytestmark = pytest.mark.django_db
ADAM = "ADAM Pécine"


def tables():
    """The tables of the page whose first column is `dated act`: header and rows."""
    blocks = re.findall(r"((?:^\|.*\|\n?)+)", (PAGES / "variable-contracts.md").read_text(), re.M)
    split = [[[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().split("\n")] for block in blocks]
    return [rows[2:] for rows in split if rows[0][0] == "dated act"]


class Player:
    """Plays the acts of one table on ADAM's subscription."""

    def __init__(self, amap):
        self.amap, self.cheese = amap, None

    def start(self, default=None, **terms):
        self.cheese = open_cheese(self.amap, **terms)
        if default is not None:
            self.cheese.subscribe(ADAM, default(self.cheese))

    def play(self, act):
        for pattern, method in self.ACTS:
            if found := re.fullmatch(pattern, act):
                if self.cheese is None and method not in (Player.default, Player.minimums):
                    self.start(lambda _: {})
                return method(self, *found.groups())
        raise AssertionError(f"no such act: {act}")

    def wanted(self, text):
        return {getattr(self.cheese, name): int(count) for count, name in re.findall(r"(\d+) (\w+)", text)}

    def order(self, date, wanted, lacks=None):
        if lacks is None:
            self.cheese.order(ADAM, int(date) - 1, self.wanted(wanted))
            return
        with pytest.raises(BelowMinimum) as refused:
            self.cheese.order(ADAM, int(date) - 1, self.wanted(wanted))
        assert refused.value.fields["missing"].cents == cents(lacks)

    def take_back(self, date):
        self.cheese.take_back(ADAM, int(date) - 1)

    def price(self, name, price):
        product = getattr(self.cheese, name)
        day = TODAY.replace(day=2)
        change_price(product=product, price_cents=cents(price), from_date=day, on=day, by=self.amap.admin)

    def pay(self, amount):
        self.amap.pay(self.cheese.subscriptions[ADAM], cents(amount))

    def default(self, wanted):
        self.start(lambda cheese: {getattr(cheese, name): int(count) for count, name in re.findall(r"(\d+) (\w+)", wanted)})

    def minimums(self, each, whole, date):
        self.start(minimum_per_delivery_cents=cents(each), minimum_total_cents=cents(whole))
        cheese = self.cheese
        cheese.subscribe(ADAM, {cheese.tomme: 1, cheese.yogurt: 1}, starts_on=DAYS[int(date) - 1])

    def close(self, date):
        self.cheese.close(int(date) - 1)
        self.cheese.now = closing(DAYS[int(date) - 1])

    def absent(self, date):
        self.cheese.absent(ADAM, [int(date) - 1])

    def cancel(self, date):
        delivery = self.cheese.deliveries[int(date) - 1]
        cancel_delivery(delivery=delivery, reason="tempête", when=self.cheese.when(), by=self.amap.coordinator)

    def restore(self, date):
        restore_delivery(delivery=self.cheese.deliveries[int(date) - 1], when=self.cheese.when(), by=self.amap.coordinator)

    ACTS = (
        (r"order date (\d): ([^:]+)(?:: lacks ([\d.]+))?", order),
        (r"take back date (\d)", take_back),
        (r"price of (\w+) ([\d.]+)", price),
        (r"pay ([\d.]+)", pay),
        (r"default order (.+)", default),
        (r"minimums ([\d.]+) and ([\d.]+), joining at date (\d)", minimums),
        (r"close date (\d)", close),
        (r"absent date (\d)", absent),
        (r"cancel date (\d)", cancel),
        (r"restore date (\d)", restore),
    )

    def figures(self):
        subscription = self.cheese.subscriptions[ADAM]
        producers = Account.objects.filter(book=subscription.account.book_id, kind=AccountKind.PRODUCER)
        producer = sum(producers.values_list("balance_cents", flat=True))
        return [order_dates(subscription, self.cheese.now).ordered_cents, self.cheese.balance(ADAM), producer]


def test_there_are_tables_to_play():
    assert len(tables()) == 3


@pytest.mark.parametrize("number", range(3))
def test_the_figures_of_the_page(amap, number):
    player = Player(amap)
    for act, *written in tables()[number]:
        player.play(act)
        assert player.figures() == [cents(cell) for cell in written], act
