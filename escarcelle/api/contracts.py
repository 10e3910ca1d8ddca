"""Season contracts: opened, their terms changed, their coordinators named, their products priced."""

import datetime as dt
from typing import Any, Literal

from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import AmountIn, AmountOut, Answer, Body, Count, DayIn, HourIn, HourOut, Id, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.api.frame.reach import named
from escarcelle.catalogs.contracts import ContractTerms, add_product, appoint_coordinator, dismiss_coordinator, open_contract
from escarcelle.catalogs.models import Contract, Product
from escarcelle.groups.permissions import Permission
from escarcelle.payments.queries import ContractRow, contract_rows
from escarcelle.subscriptions.booking import Difference
from escarcelle.subscriptions.calendar import change_price, change_terms
from escarcelle.subscriptions.queries import products_with_prices

operations = Operations("contracts")


class PriceOut(Answer):
    """A price, from a day until the next one."""

    from_date: dt.date
    price: AmountOut


class ProductOut(Answer):
    id: int
    name: str
    unit: str
    prices: list[PriceOut]

    @classmethod
    def of(cls, product: Product) -> "ProductOut":
        prices = [PriceOut(from_date=price.from_date, price=price.price_cents) for price in product.prices.all()]
        return cls(id=product.pk, name=product.name, unit=product.unit, prices=prices)


class ContractSummary(Answer):
    """A contract in the list, with how many of its subscriptions owe something. `kind`: `constant` or `variable`."""

    id: int
    kind: str
    name: str
    producer_id: int
    producer_name: str
    starts_on: dt.date
    ends_on: dt.date
    subscription_count: int
    negative_count: int
    owed: AmountOut

    @classmethod
    def of(cls, row: ContractRow) -> "ContractSummary":
        contract = row.contract
        return cls(
            id=contract.pk,
            kind=contract.kind,
            name=contract.name,
            producer_id=contract.producer_id,
            producer_name=contract.producer.name,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            subscription_count=row.subscription_count,
            negative_count=row.negative_count,
            owed=row.owed_cents,
        )


class Contracts(Answer):
    items: list[ContractSummary]
    next: str | None


class ContractOut(Answer):
    """What is agreed with the producer for a season. The minimums and the orders are those of a `variable` contract."""

    id: int
    kind: str
    name: str
    producer_id: int
    producer_name: str
    payee_id: int
    starts_on: dt.date
    ends_on: dt.date
    cheque_payable_to: str
    absences_allowed: int
    absences_from: dt.date | None
    absences_until: dt.date | None
    minimum_per_delivery: AmountOut
    minimum_total: AmountOut
    orders_open_days_before: int | None
    orders_close_days_before: int
    orders_close_time: HourOut
    coordinator_ids: list[int]
    products: list[ProductOut]

    @classmethod
    def of(cls, contract: Contract) -> "ContractOut":
        return cls(
            id=contract.pk,
            kind=contract.kind,
            name=contract.name,
            producer_id=contract.producer_id,
            producer_name=contract.producer.name,
            payee_id=contract.producer.book_id,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            cheque_payable_to=contract.cheque_payable_to,
            absences_allowed=contract.absences_allowed,
            absences_from=contract.absences_from,
            absences_until=contract.absences_until,
            minimum_per_delivery=contract.minimum_per_delivery_cents,
            minimum_total=contract.minimum_total_cents,
            orders_open_days_before=contract.orders_open_days_before,
            orders_close_days_before=contract.orders_close_days_before,
            orders_close_time=contract.orders_close_time,
            coordinator_ids=list(contract.coordinations.order_by("pk").values_list("member_id", flat=True)),
            products=[ProductOut.of(product) for product in products_with_prices(contract)],
        )


class ContractIn(Body):
    """`cheque_payable_to` empty means the producer's name. `variable`: members order date by date.

    Of a variable contract only: `minimum_per_delivery` and `minimum_total` are the least to order at each distribution and over the
    contract; orders open (null: as soon as a distribution is planned) and close so many days before it, at `orders_close_time` (20:00)."""

    kind: Literal["constant", "variable"] = "constant"
    producer_id: Id
    name: Text
    starts_on: DayIn
    ends_on: DayIn
    cheque_payable_to: Text = ""
    absences_allowed: Count = 0
    absences_from: DayIn | None = None
    absences_until: DayIn | None = None
    minimum_per_delivery: AmountIn | None = None
    minimum_total: AmountIn | None = None
    orders_open_days_before: Count | None = None
    orders_close_days_before: Count = 0
    orders_close_time: HourIn | None = None
    coordinator_id: Id | None = None


class TermsChange(Body):
    """The terms to change."""

    name: Text | None = None
    starts_on: DayIn | None = None
    ends_on: DayIn | None = None
    cheque_payable_to: Text | None = None
    absences_allowed: Count | None = None
    absences_from: DayIn | None = None
    absences_until: DayIn | None = None
    minimum_per_delivery: AmountIn | None = None
    minimum_total: AmountIn | None = None
    orders_open_days_before: Count | None = None
    orders_close_days_before: Count | None = None
    orders_close_time: HourIn | None = None


class ProductIn(Body):
    name: Text
    price: AmountIn
    unit: Text = "panier"


class PriceIn(Body):
    price: AmountIn
    from_date: DayIn


class DifferenceOut(Answer):
    """What an act changed for one subscription: its total now, and by how much it moved."""

    subscription_id: int
    total: AmountOut
    difference: AmountOut

    @classmethod
    def of(cls, difference: Difference) -> "DifferenceOut":
        subscription, due = difference.subscription, difference.due
        return cls(subscription_id=subscription.pk, total=due.total_cents, difference=difference.difference_cents)


class PriceChanged(Answer):
    """The product with its prices, and the subscriptions whose total moved."""

    product: ProductOut
    differences: list[DifferenceOut]


@operations.get("/contracts", may=Permission.SEE_CONTRACT, over_some=True, returns=Contracts)
def list_contracts(request: ApiRequest, asked: Query[Paging]) -> Contracts:
    """Contracts one may see: the running ones first, the newest first."""
    rows = [row for row in contract_rows(request.group, request.today) if request.rights.may(Permission.SEE_CONTRACT, row.contract)]
    page, following = cursors.page_of_list(request, rows, asked, lambda row: row.contract.pk)
    return Contracts(items=[ContractSummary.of(row) for row in page], next=following)


@operations.post(
    "/contracts",
    may=Permission.MANAGE_CONTRACTS,
    returns=ContractOut,
    status=201,
    example={
        "producer_id": 1,
        "name": "Contrat légumes",
        "starts_on": "2026-09-06",
        "ends_on": "2027-08-29",
        "absences_allowed": 4,
    },
)
def open_a_contract(request: ApiRequest, body: ContractIn) -> ContractOut:
    """Open a contract with a producer of an AMAP.

    Refusals: `an_amap_only`, `name_missing`, `ends_before_it_starts`, `too_long` (three years), `absences_out_of_range`,
    `absences_end_before_they_start`; of a variable contract `minimum_out_of_range`, `orders_days_out_of_range`,
    `orders_close_before_they_open`."""
    producer = named(request.group.producers.all(), body.producer_id, "producer_id")
    coordinator = named(request.group.members.all(), body.coordinator_id, "coordinator_id") if body.coordinator_id else None
    sent = body.model_dump(exclude={"producer_id", "coordinator_id", "kind"})
    terms = ContractTerms(**_in_cents({name: value for name, value in sent.items() if value is not None}))
    contract = open_contract(
        group=request.group, producer=producer, terms=terms, by=request.member, key=request.key, coordinator=coordinator, kind=body.kind
    )
    return ContractOut.of(contract)


@operations.get("/contracts/{contract_id}", may=Permission.SEE_CONTRACT, returns=ContractOut)
def read_contract(request: ApiRequest) -> ContractOut:
    """A contract, its products and its coordinators."""
    return ContractOut.of(_contract(request))


@operations.patch("/contracts/{contract_id}", may=Permission.MANAGE_CONTRACT, returns=ContractOut, example={"absences_allowed": 6})
def change_contract_terms(request: ApiRequest, body: TermsChange) -> ContractOut:
    """Change the terms of a contract.

    No balance moves; the orders of the dates to come open and close by the new rule. `absences_from`, `absences_until` and
    `orders_open_days_before` may be set to null. Refusals: those of opening, `something_starts_before`,
    `something_ends_after`."""
    contract = _contract(request)
    now = {name: getattr(contract, name) for name in _in_cents(dict.fromkeys(TermsChange.model_fields))}
    sent = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None or name in _MAY_BE_NULL}
    change_terms(contract=contract, terms=ContractTerms(**{**now, **_in_cents(sent)}), by=request.member, key=request.key)
    return ContractOut.of(contract)


_MAY_BE_NULL = frozenset({"absences_from", "absences_until", "orders_open_days_before"})


def _in_cents(fields: dict[str, Any]) -> dict[str, Any]:
    """The same under the names of the terms, where amounts say that they are cents."""
    return {f"{name}_cents" if name.startswith("minimum_") else name: value for name, value in fields.items()}


@operations.put("/contracts/{contract_id}/coordinators/{member_id}", may=Permission.MANAGE_CONTRACT, returns=ContractOut)
def appoint_a_coordinator(request: ApiRequest) -> ContractOut:
    """Entrust the contract to a member."""
    appoint_coordinator(contract=_contract(request), member=request.subject, by=request.member)
    return ContractOut.of(_contract(request))


@operations.delete("/contracts/{contract_id}/coordinators/{member_id}", may=Permission.MANAGE_CONTRACT)
def dismiss_a_coordinator(request: ApiRequest) -> None:
    """Take the contract back from a member."""
    dismiss_coordinator(contract=_contract(request), member=request.subject, by=request.member)


@operations.post(
    "/contracts/{contract_id}/products",
    may=Permission.MANAGE_CONTRACT,
    returns=ProductOut,
    status=201,
    example={"name": "Panier de légumes", "price": "13.33", "unit": "panier"},
)
def add_a_product(request: ApiRequest, body: ProductIn) -> ProductOut:
    """Offer a product, at a price from the first day of the contract.

    Refusals: `name_missing`, `product_name_taken`, `price_out_of_range`."""
    product = add_product(
        contract=_contract(request), name=body.name, price_cents=body.price, unit=body.unit, by=request.member, key=request.key
    )
    return ProductOut.of(product)


@operations.post(
    "/contracts/{contract_id}/products/{product_id}/prices",
    may=Permission.MANAGE_CONTRACT,
    returns=PriceChanged,
    moves_money=True,
    example={"price": "13.60", "from_date": "2027-01-03"},
)
def change_a_price(request: ApiRequest, body: PriceIn) -> PriceChanged:
    """Change a product's price from a day on.

    Every subscription concerned gets one operation for the difference. Refusals: `price_out_of_range`, `would_rewrite_the_past`,
    `total_too_large`."""
    differences = change_price(
        product=request.product,
        price_cents=body.price,
        from_date=body.from_date,
        on=request.today,
        by=request.member,
        key=request.key,
    )
    return PriceChanged(product=ProductOut.of(request.product), differences=[DifferenceOut.of(one) for one in differences])


def _contract(request: ApiRequest) -> Contract:
    assert request.contract is not None  # noqa: S101  the address names it
    return request.contract
