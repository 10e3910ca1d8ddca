"""The figures of a market in docs/money are played: a page that says something else than the code fails here."""

import datetime as dt
import re
from uuid import uuid4

import pytest

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, change_catalogue, change_product, offer_product
from escarcelle.ledger.models import AccountKind
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.refunds import refund
from escarcelle.tills.day import Counted, count_till, undo_count
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.exceptions import change_price, set_undelivered, share_out_shortage, weigh
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_distribution
from escarcelle.validation.shortages import Rule
from tests.cast import TODAY
from tests.docs.test_money_pages import PAGES, cents
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 18)
IBAN = "FR7630006000011234567890189"
CLIENT = "ADAM Pécine"
WAYS = {"on the spot": "on_the_spot", "by transfer": "transfer"}
# What a page shows as held by the market is a debit in its book.
HELD = {"cash box": AccountKind.CASH, "bank": AccountKind.BANK, "shortage": AccountKind.SHORTAGE}
EARNED = {"producers": AccountKind.SUPPLIER, "fee": AccountKind.SALES}


def tables(page):
    """The tables of a page whose first column is `market act`: header and rows."""
    blocks = re.findall(r"((?:^\|.*\|\n?)+)", (PAGES / page).read_text(), re.M)
    split = [[[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().split("\n")] for block in blocks]
    return [(rows[0], rows[2:]) for rows in split if rows[0][0] == "market act"]


class Player:
    """Plays the acts of one table on one client of one day."""

    def __init__(self, market):
        self.market, self.by = market, {"by": market.admin, "at": EVENING}
        market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
        self.products = {name: getattr(market, name) for name in ("courgettes", "bread", "eggs", "chicken", "potatoes")}
        self.basket = self.count = None

    def play(self, act):
        for pattern, method in self.ACTS:
            if found := re.fullmatch(pattern, act):
                return getattr(self, method)(*found.groups())
        raise AssertionError(f"no such act: {act}")

    ACTS = (
        (r"product (\w+) at ([\d.]+)", "product"),
        (r"price of (\w+) ([\d.]+)", "price"),
        (r"price of (\w+) that day ([\d.]+)", "day_price"),
        (r"fee ([\d.]+) %", "fee"),
        (r"order (\d.*?) (on the spot|by transfer)", "order"),
        (r"a coordinator orders (\d.*)", "order_for"),
        (r"order next time (\d.*)", "order_next"),
        (r"weigh (\w+) (\d+) g", "weigh"),
        (r"missing (\d+) (\w+)", "missing"),
        (r"only (\d+) (\w+) came", "shortage"),
        (r"receive (\w+)", "receive"),
        (r"receive (\w+) ([\d.]+)", "receive"),
        (r"give back cash ([\d.]+)", "give_back"),
        (r"validate", "validate"),
        (r"validate leaving a (debt|credit)", "validate"),
        (r"validate all, (\w+)", "force"),
        (r"reopen", "reopen"),
        (r"float ([\d.]+), counted ([\d.]+), kept ([\d.]+)", "count_till"),
        (r"reopen the till", "reopen_till"),
    )

    def product(self, name, price):
        terms = ProductTerms(name, cents(price))
        self.products[name] = offer_product(catalogue=self.market.vegetables, terms=terms, by=self.market.admin)

    def price(self, name, price):
        product = self.products[name]
        change_product(product=product, terms=ProductTerms(product.name, cents(price)), on=TODAY, by=self.market.admin)

    def day_price(self, name, price):
        change_price(distribution=self.market.day, product=self.products[name], price_cents=cents(price), **self.by)

    def fee(self, percent):
        for catalogue in (self.market.vegetables, self.market.bakery):
            terms = CatalogueTerms(catalogue.name, catalogue.starts_on, catalogue.ends_on, fee_basis_points=cents(percent))
            change_catalogue(catalogue=catalogue, terms=terms, by=self.market.admin)

    def _ordered(self, wanted, way, *, day=None, by=None):
        pairs = [pair.split() for pair in wanted.split(", ")]
        wish = Wish({self.products[name].pk: int(count) for count, name in pairs}, way)
        client = self.market.client(CLIENT)
        moment = {"at": self.market.now, "by": by or client, "key": uuid4()}
        return order(distribution=day or self.market.day, member=client, wish=wish, **moment).basket

    def order(self, wanted, way):
        self.basket = self._ordered(wanted, WAYS[way])

    def order_for(self, wanted):
        self.basket = self._ordered(wanted, None, by=self.market.admin)

    def order_next(self, wanted):
        day = self.market.plan(MARKET_DAY + dt.timedelta(days=7))
        self.basket = self._ordered(wanted, "on_the_spot", day=day)

    def _line(self, name):
        return self.basket.lines.filter(product=self.products[name], quantity__gt=0).first()

    def weigh(self, name, grams):
        weigh(line=self._line(name), grams=int(grams), **self.by)

    def missing(self, count, name):
        set_undelivered(line=self._line(name), count=int(count), **self.by)

    def shortage(self, delivered, name):
        what = {"product": self.products[name], "delivered": int(delivered), "rule": Rule.PROPORTIONAL}
        share_out_shortage(distribution=self.market.day, **what, **self.by)

    def receive(self, method, amount=None):
        promise = self.basket.promised_payments.get(state=PromisedPayment.State.PENDING)
        named = Named(method, MARKET_DAY, amount and cents(amount))
        receive(promise=promise, named=named, by=self.market.admin, today=MARKET_DAY)

    def give_back(self, amount):
        day = {"on": MARKET_DAY, "today": MARKET_DAY, "by": self.market.admin}
        refund(account=self.market.account(CLIENT), method="cash", amount_cents=cents(amount), basket=self.basket, **day)

    def validate(self, leaving=""):
        validate_basket(basket=self.basket, leaving=leaving, **self.by)

    def force(self, method):
        force(distribution=self.market.day, method=method, **self.by)

    def reopen(self):
        reopen_distribution(distribution=self.market.day, reason="erreur", **self.by)

    def count_till(self, opening, counted, kept):
        typed = Counted(cents(opening), cents(counted), cents(kept), comment="une erreur de rendu")
        self.count = count_till(distribution=self.market.day, counted=typed, on=MARKET_DAY, by=self.market.admin)

    def reopen_till(self):
        undo_count(count=self.count, reason="recompté", on=MARKET_DAY, by=self.market.admin)

    def _kept(self, kind):
        return sum(self.market.group.book.accounts.filter(kind=kind).values_list("balance_cents", flat=True))

    def seen(self, column):
        if column in HELD:
            return -self._kept(HELD[column])
        if column in EARNED:
            return self._kept(EARNED[column])
        return {
            "lines": lambda: self.basket.lines.filter(quantity__gt=0).count(),
            "due": lambda: sum(line.total_cents for line in self.basket.lines.all()),
            "balance": lambda: self.market.balance(CLIENT),
            "promised": lambda: sum(
                self.market.group.promised_payments.filter(state=PromisedPayment.State.PENDING).values_list("amount_cents", flat=True)
            ),
            "expected": lambda: self.count.expected_cash_cents,
        }[column]()


CASES = [(page.name, rank) for page in sorted(PAGES.glob("*.md")) for rank in range(len(tables(page.name)))]


@pytest.mark.parametrize(("page", "rank"), CASES)
def test_the_figures_of_the_page_are_those_of_the_code(market, page, rank):
    header, rows = tables(page)[rank]
    player = Player(market)
    for act, *figures in rows:
        player.play(act)
        for column, figure in zip(header[1:], figures, strict=True):
            if figure:
                assert player.seen(column) == cents(figure), f"{page}: {act}, {column}"


def test_every_page_about_a_market_is_played():
    assert {page for page, _ in CASES} == {"orders.md", "validation.md", "till.md"}
