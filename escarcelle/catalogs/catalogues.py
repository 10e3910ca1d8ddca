"""Market catalogues: what a producer brings to a market, sold by the piece or by weight, at the price of the moment."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.catalogs.contracts import ContractRefused, check_name_and_period, check_price
from escarcelle.catalogs.models import Contract, Producer, Product, ProductPrice
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop

HEAVIEST_STEP_GRAMS = 100_000
LARGEST_STOCK = 100_000
# France's rates: food 5.5 %, prepared food and plants 10 %, the rest and alcohol 20 %; 2.1 % and 0 % exist (CGI art. 278-0 bis and after).
VAT_RATES = (0, 210, 550, 1000, 2000)


class CatalogueRefused(Refusal):
    """A catalogue or a product cannot be offered so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "a_market_only": gettext_noop("Les catalogues sont pour les marchés\u00a0: une AMAP ouvre des contrats."),
        "fee_out_of_range": gettext_noop("Les frais du marché vont de 0 à 100\u00a0%."),
        "step_missing": gettext_noop("Indiquez le poids prévu, en grammes."),
        "stock_out_of_range": gettext_noop("Un stock va de 0 à 100\u202f000."),
        "vat_unknown": gettext_noop("Ce taux de TVA n’existe pas."),
        "sold_by_unknown": gettext_noop("Un produit se vend à la pièce, au poids, ou à la pièce pesée."),
        "sold_by_is_fixed": gettext_noop("Des commandes existent\u00a0: proposez plutôt un nouveau produit vendu autrement."),
    }


@dataclass(frozen=True)
class CatalogueTerms:
    """A producer's catalogue over a period; the fee is in hundredths of a percent, on top of the prices."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    fee_basis_points: int = 0

    def cleaned(self) -> "CatalogueTerms":
        """The same, tidied. Refused: `ContractRefused`, `CatalogueRefused`."""
        terms = CatalogueTerms(**{**asdict(self), "name": clean_text(self.name, max_length=120)})
        check_name_and_period(terms.name, terms.starts_on, terms.ends_on)
        if not 0 <= terms.fee_basis_points <= 10_000:
            raise CatalogueRefused("fee_out_of_range", field="fee_basis_points")
        return terms


@transaction.atomic
def open_catalogue(*, group: Group, producer: Producer, terms: CatalogueTerms, by: Member | None, key: UUID | None = None) -> Contract:
    """Open a producer's catalogue in a market. Sent twice with one key, the first comes back.

    Refused: `CatalogueRefused` in an AMAP, `ContractRefused`."""
    if group.is_amap:
        raise CatalogueRefused("a_market_only")
    if producer.group_id != group.pk:
        raise ContractRefused("another_group", field="producer")
    terms = terms.cleaned()
    activity, is_first = begin(group=group, by=by, kind="catalogue.opened", key=key, content={**asdict(terms), "producer": producer.pk})
    if not is_first:
        return group.contracts.get(pk=activity.details["contract"])
    catalogue = Contract.objects.create(
        group=group, producer=producer, kind=Contract.Kind.MARKET, cheque_payable_to=group.name[:120], **asdict(terms)
    )
    note(activity, contract=catalogue.pk)
    return catalogue


@transaction.atomic
def change_catalogue(*, catalogue: Contract, terms: CatalogueTerms, by: Member | None, key: UUID | None = None) -> None:
    """Correct a catalogue; lines already ordered keep their fee. Undone by changing back. Refused as when opening."""
    terms = terms.cleaned()
    content = {**asdict(terms), "contract": catalogue.pk}
    activity, is_first = begin(group=catalogue.group, by=by, kind="catalogue.changed", key=key, content=content)
    if not is_first:
        return
    for name, value in asdict(terms).items():
        setattr(catalogue, name, value)
    catalogue.save(update_fields=list(asdict(terms)))
    note(activity, contract=catalogue.pk)


@dataclass(frozen=True)
class ProductTerms:
    """How a product is sold. `price_cents` a piece, or a kilogram for what is weighed; `step_grams` its expected weight."""

    name: str
    price_cents: int
    unit: str = "pièce"
    sold_by: str = Product.SoldBy.PIECE
    step_grams: int | None = None
    stock_per_delivery: int | None = None
    vat_basis_points: int = 550
    is_offered: bool = True

    def cleaned(self) -> "ProductTerms":
        """The same, tidied. Refused: `ContractRefused`, `CatalogueRefused`."""
        name, unit = clean_text(self.name, max_length=120), clean_text(self.unit, max_length=30) or "pièce"
        if not name:
            raise ContractRefused("name_missing", field="name")
        if self.sold_by not in Product.SoldBy:
            raise CatalogueRefused("sold_by_unknown", field="sold_by")
        step_grams = None if self.sold_by == Product.SoldBy.PIECE else self.step_grams
        if self.sold_by != Product.SoldBy.PIECE and not (step_grams and 0 < step_grams <= HEAVIEST_STEP_GRAMS):
            raise CatalogueRefused("step_missing", field="step_grams")
        if self.stock_per_delivery is not None and not 0 <= self.stock_per_delivery <= LARGEST_STOCK:
            raise CatalogueRefused("stock_out_of_range", field="stock_per_delivery")
        if self.vat_basis_points not in VAT_RATES:
            raise CatalogueRefused("vat_unknown", field="vat_basis_points")
        check_price(self.price_cents)
        return ProductTerms(**{**asdict(self), "name": name, "unit": unit, "step_grams": step_grams})


@transaction.atomic
def offer_product(*, catalogue: Contract, terms: ProductTerms, by: Member | None, key: UUID | None = None) -> Product:
    """Put a product in a catalogue. Sent twice with one key, the first comes back. Refused: `ContractRefused`, `CatalogueRefused`."""
    terms = terms.cleaned()
    content = {"contract": catalogue.pk, **asdict(terms)}
    activity, is_first = begin(group=catalogue.group, by=by, kind="product.offered", key=key, content=content)
    if not is_first:
        return catalogue.products.get(pk=activity.details["product"])
    _check_name(catalogue, terms.name)
    fields = asdict(terms)
    price_cents = fields.pop("price_cents")
    product = Product.objects.create(group=catalogue.group, contract=catalogue, position=catalogue.products.count(), **fields)
    ProductPrice.objects.create(group=catalogue.group, product=product, from_date=catalogue.starts_on, price_cents=price_cents)
    note(activity, contract=catalogue.pk, product=product.pk, price_cents=price_cents)
    return product


@transaction.atomic
def change_product(*, product: Product, terms: ProductTerms, on: dt.date, by: Member | None, key: UUID | None = None) -> None:
    """Sell a product otherwise, or at another price from `on`: lines already ordered keep theirs. Undone by changing back.

    Refused: `ContractRefused`, `CatalogueRefused` (pieces do not become kilograms once some were ordered)."""
    terms = terms.cleaned()
    content = {"product": product.pk, **asdict(terms)}
    activity, is_first = begin(group=product.group, by=by, kind="product.changed", key=key, content=content)
    if not is_first:
        return
    if terms.name != product.name:
        _check_name(product.contract, terms.name)
    if terms.sold_by != product.sold_by and product.order_lines.exists():
        raise CatalogueRefused("sold_by_is_fixed", field="sold_by")
    fields = asdict(terms)
    price_cents = fields.pop("price_cents")
    for name, value in fields.items():
        setattr(product, name, value)
    product.save(update_fields=list(fields))
    if product.prices.order_by("-from_date").values_list("price_cents", flat=True).first() != price_cents:
        ProductPrice.objects.update_or_create(product=product, from_date=on, defaults={"group": product.group, "price_cents": price_cents})
    note(activity, contract=product.contract_id, product=product.pk, price_cents=price_cents)


def _check_name(catalogue: Contract, name: str) -> None:
    if catalogue.products.filter(name=name).exists():
        raise ContractRefused("product_name_taken", field="name")
