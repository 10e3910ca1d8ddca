"""The price of the moment."""

import datetime as dt
from collections.abc import Collection

from escarcelle.catalogs.models import Product, ProductPrice


def prices_on(day: dt.date, products: Collection[Product]) -> dict[int, int]:
    """Cents a piece or a kilogram, by product id: the last price dated up to this day, or the first one. One statement."""
    prices: dict[int, int] = {}
    for product_id, from_date, cents in (
        ProductPrice.objects.filter(product__in=products).order_by("from_date").values_list("product_id", "from_date", "price_cents")
    ):
        if from_date <= day or product_id not in prices:
            prices[product_id] = cents
    return prices
