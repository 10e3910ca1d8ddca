"""Two hundred buyers want one of fifty cheeses at the same moment, in eight processes, on a database of their own (twenty on SQLite)."""

from collections import Counter

import pytest
from buyers import SOLD, rush
from django.db import connection

from tests.own_database import answer, begun, own_database

ON_POSTGRESQL = connection.vendor == "postgresql"
BUYERS, STOCK, PROCESSES = (200, 50, 8) if ON_POSTGRESQL else (20, 5, 4)
PRICE_CENTS = 450
FOUNDING = f"""
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from escarcelle.catalogs.catalogues import ProductTerms, offer_product
from escarcelle.groups.accounts import general_accounts
from tests.market_cast import found_market
market = found_market()
market.offer(cash=True)
terms = ProductTerms("Tomme de chèvre", {PRICE_CENTS}, stock_per_delivery={STOCK})
cheese = offer_product(catalogue=market.vegetables, terms=terms, by=market.admin)
buyers = [market.client(f"ACHETEUR{{rank:03}} A") for rank in range({BUYERS})]
# They have ordered before: opening an account would make them wait for each other.
general_accounts(group=market.group, members=buyers, book_id=market.group.book_id)
asked = {{"distribution": market.day.pk, "product": cheese.pk, "way": "cash", "at": market.now.isoformat()}}
print(json.dumps({{"asked": asked, "buyers": [buyer.pk for buyer in buyers]}}))
"""
LOOKING = """
import json, django
django.setup()
from django.db.models import Sum
from escarcelle.ledger import balances
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import PromisedPayment
from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right
assert_books_are_right()
assert_baskets_agree_with_the_books()
baskets = Basket.objects.select_related("account").order_by("number")
print(json.dumps({
    "numbers": [basket.number for basket in baskets],
    "sold": OrderLine.objects.aggregate(sold=Sum("quantity"))["sold"],
    "balances": [balances.balance(basket.account.book_id, basket.account.account_no) for basket in baskets],
    "promised": list(PromisedPayment.objects.values_list("amount_cents", flat=True)),
}))
"""


@pytest.fixture
def url(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), own_database(tmp_path) as url:
        yield url


def test_exactly_the_stock_is_sold_and_everybody_else_is_told(url):
    founded = answer(begun(FOUNDING, url))

    environment = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "escarcelle.config.test_settings"}
    bought, _ = rush(founded["asked"], founded["buyers"], processes=PROCESSES, environment=environment)

    assert Counter(each.outcome for each in bought) == {SOLD: STOCK, "sold_out": BUYERS - STOCK}
    found = answer(begun(LOOKING, url))
    assert found == {
        # Who was refused left no number behind.
        "numbers": list(range(1, STOCK + 1)),
        "sold": STOCK,
        "balances": [-PRICE_CENTS] * STOCK,
        "promised": [PRICE_CENTS] * STOCK,
    }
