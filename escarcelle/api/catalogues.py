"""Market catalogues: opened, changed, and the products they offer."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, Count, DayIn, Flag, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import producer_of
from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, change_catalogue, change_product, offer_product, open_catalogue
from escarcelle.catalogs.models import Contract, Product
from escarcelle.groups.permissions import Permission
from escarcelle.orders.prices import prices_on

operations = Operations("catalogues")

BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000)]


class CatalogueOut(Answer):
    """A producer's catalogue. `fee_basis_points`: hundredths of a percent that the market adds to each line."""

    id: int
    name: str
    producer_id: int
    producer_name: str
    starts_on: dt.date
    ends_on: dt.date
    fee_basis_points: int

    @classmethod
    def of(cls, catalogue: Contract) -> "CatalogueOut":
        return cls(
            id=catalogue.pk,
            name=catalogue.name,
            producer_id=catalogue.producer_id,
            producer_name=catalogue.producer.name,
            starts_on=catalogue.starts_on,
            ends_on=catalogue.ends_on,
            fee_basis_points=catalogue.fee_basis_points,
        )


class Catalogues(Answer):
    items: list[CatalogueOut]


class CatalogueTermsIn(Body):
    name: Text
    starts_on: DayIn
    ends_on: DayIn
    fee_basis_points: BasisPoints = 0


class CatalogueIn(CatalogueTermsIn):
    producer_id: Id


class MarketProductOut(Answer):
    """A product. `price` a piece, or a kilogram for what is weighed; `step_grams` is the weight expected of one."""

    id: int
    catalogue_id: int
    name: str
    unit: str
    price: AmountOut
    sold_by: str
    step_grams: int | None
    stock_per_delivery: int | None
    vat_basis_points: int
    is_offered: bool

    @classmethod
    def of(cls, product: Product, price_cents: int) -> "MarketProductOut":
        return cls(
            id=product.pk,
            catalogue_id=product.contract_id,
            name=product.name,
            unit=product.unit,
            price=price_cents,
            sold_by=product.sold_by,
            step_grams=product.step_grams,
            stock_per_delivery=product.stock_per_delivery,
            vat_basis_points=product.vat_basis_points,
            is_offered=product.is_offered,
        )


class MarketProducts(Answer):
    items: list[MarketProductOut]


class MarketProductIn(Body):
    """`weight`: loose, ordered in steps of `step_grams`. `weighed_piece`: each piece a line of its own, expected at `step_grams`."""

    name: Text
    price: AmountIn
    unit: Text = "pièce"
    sold_by: Literal["piece", "weight", "weighed_piece"] = "piece"
    step_grams: Count | None = None
    stock_per_delivery: Count | None = None
    vat_basis_points: BasisPoints = 550
    is_offered: Flag = True

    def terms(self) -> ProductTerms:
        """The same, as the verbs take it."""
        typed = self.model_dump()
        return ProductTerms(price_cents=typed.pop("price"), **typed)


@operations.get("/catalogues", may=Permission.BELONG, returns=Catalogues)
def list_catalogues(request: ApiRequest) -> Catalogues:
    """The catalogues of a market, by name."""
    found = request.group.contracts.filter(kind=Contract.Kind.MARKET).select_related("producer").order_by("name", "pk")
    return Catalogues(items=[CatalogueOut.of(catalogue) for catalogue in found])


@operations.post(
    "/catalogues",
    may=Permission.MANAGE_CONTRACTS,
    returns=CatalogueOut,
    status=201,
    example={"producer_id": 3, "name": "Légumes", "starts_on": "2026-03-01", "ends_on": "2026-12-20"},
)
def open_a_catalogue(request: ApiRequest, body: CatalogueIn) -> CatalogueOut:
    """Open a producer's catalogue in a market.

    Refusals: `a_market_only`, `name_missing`, `ends_before_it_starts`, `too_long`, `fee_out_of_range`."""
    typed = body.model_dump()
    producer = producer_of(request, typed.pop("producer_id"))
    return CatalogueOut.of(
        open_catalogue(group=request.group, producer=producer, terms=CatalogueTerms(**typed), by=request.member, key=request.key)
    )


@operations.put(
    "/catalogues/{catalogue_id}",
    may=Permission.MANAGE_CONTRACT,
    returns=CatalogueOut,
    example={"name": "Légumes", "starts_on": "2026-03-01", "ends_on": "2026-12-20"},
)
def change_a_catalogue(request: ApiRequest, body: CatalogueTermsIn) -> CatalogueOut:
    """Correct a catalogue; lines already ordered keep their fee."""
    change_catalogue(catalogue=request.catalogue, terms=CatalogueTerms(**body.model_dump()), by=request.member, key=request.key)
    return CatalogueOut.of(request.catalogue)


@operations.get("/catalogues/{catalogue_id}/products", may=Permission.BELONG, returns=MarketProducts)
def list_products_of_catalogue(request: ApiRequest) -> MarketProducts:
    """The products of a catalogue with their price today, those not offered now too."""
    products = list(request.catalogue.products.order_by("position", "pk"))
    prices = prices_on(request.today, products)
    return MarketProducts(items=[MarketProductOut.of(product, prices[product.pk]) for product in products])


@operations.post(
    "/catalogues/{catalogue_id}/products",
    may=Permission.MANAGE_CONTRACT,
    returns=MarketProductOut,
    status=201,
    example={"name": "Poulet fermier", "price": "11.90", "sold_by": "weighed_piece", "step_grams": 1800},
)
def offer_a_product(request: ApiRequest, body: MarketProductIn) -> MarketProductOut:
    """Put a product in a catalogue.

    Refusals: `name_missing`, `product_name_taken`, `price_out_of_range`, `step_missing`, `stock_out_of_range`, `vat_unknown`."""
    product = offer_product(catalogue=request.catalogue, terms=body.terms(), by=request.member, key=request.key)
    return MarketProductOut.of(product, body.price)


@operations.put(
    "/catalogues/{catalogue_id}/products/{catalogue_product_id}",
    may=Permission.MANAGE_CONTRACT,
    returns=MarketProductOut,
    example={"name": "Courgettes, le filet", "price": "3.50"},
)
def change_a_product(request: ApiRequest, body: MarketProductIn) -> MarketProductOut:
    """Sell a product otherwise, or at another price from today: lines already ordered keep theirs.

    Refusals: those of offering one, `sold_by_is_fixed`."""
    change_product(product=request.product, terms=body.terms(), on=request.today, by=request.member, key=request.key)
    return MarketProductOut.of(request.product, body.price)
