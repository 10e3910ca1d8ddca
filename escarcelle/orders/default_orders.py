"""The default order of a variable contract: when orders close, it is ordered for whoever said nothing and is not absent.

Given once for each delivery, at the price of the closing, whenever the sweep comes by: what it does depends on the closing, not on the
moment it is done. Every verb on a variable contract sweeps it first, so that nothing is ever decided on orders that should be there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from escarcelle.catalogs.models import Contract, Product
from escarcelle.distributions.models import Delivery, DeliveryQuerySet, Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.dates import format_day
from escarcelle.orders import amounts
from escarcelle.orders.booking import Change, Credited, book_changes, value_date
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.prices import prices_on
from escarcelle.subscriptions import booking
from escarcelle.subscriptions.dues import ContractFacts, contract_facts
from escarcelle.subscriptions.models import Subscription

# How many of each product, by product id.
Quantities = Mapping[int, int]


def closed_without_defaults(at: dt.datetime) -> DeliveryQuerySet:
    """The deliveries of variable contracts whose orders have closed and for which default orders were not given yet."""
    waiting = Delivery.objects.standing().filter(contract__kind=Contract.Kind.VARIABLE, default_orders_at=None)
    return waiting.filter(orders_close_at__lte=at)


def close_orders(*, at: dt.datetime, group: Group | None = None, by: Member | None = None) -> int:
    """Give every default order that is due at this instant, in every group or one; tell how many. Twice changes nothing.

    One transaction per contract: it can be interrupted without harm, and goes on where it was."""
    waiting = closed_without_defaults(at)
    if group is not None:
        waiting = waiting.filter(group=group)
    contracts = Contract.objects.filter(pk__in=waiting.values("contract")).select_related("producer", "group").order_by("pk")
    return sum(close_contract_orders(contract=contract, at=at, by=by) for contract in contracts)


@transaction.atomic
def close_contract_orders(*, contract: Contract, at: dt.datetime, by: Member | None) -> int:
    """The same for one contract, at once for whoever does not want to wait. Twice changes nothing."""
    booking.lock_payee(contract)
    return give_default_orders(contract, at, by)


def give_default_orders(contract: Contract, at: dt.datetime, by: Member | None = None) -> int:
    """The same for one contract, oldest delivery first. Needs a transaction that holds the payee's book."""
    deliveries = list(closed_without_defaults(at).filter(contract=contract).select_related("distribution").by_day())
    if not deliveries:
        return 0
    subscriptions = list(contract.subscriptions.standing().select_related("account", "member").by_name())
    facts = contract_facts(contract.pk, subscriptions)
    products = {product.pk: product for product in contract.products.select_related("contract__producer", "contract__group")}
    return sum(_give(delivery, _defaults(facts, subscriptions, delivery), products, at, by) for delivery in deliveries)


def _defaults(facts: ContractFacts, subscriptions: Sequence[Subscription], delivery: Delivery) -> dict[Subscription, Quantities]:
    """Who would be given what at a delivery if they said nothing."""
    found = {}
    for subscription in subscriptions:
        if is_expected(subscription, delivery, facts) and (quantities := default_quantities(subscription, delivery, facts)):
            found[subscription] = quantities
    return found


def is_expected(subscription: Subscription, delivery: Delivery, facts: ContractFacts) -> bool:
    """Whether an order may be made at a delivery: it is in the subscription's period, and no absence is noted there."""
    in_period = subscription.starts_on <= delivery.distribution.on <= subscription.ends_on
    return in_period and delivery.pk not in facts.absences.get(subscription.pk, ())


def default_quantities(subscription: Subscription, delivery: Delivery, facts: ContractFacts) -> Quantities:
    """The default order in force on the day of a delivery; empty when there is none."""
    day = delivery.distribution.on
    quantities = {product_id: values.at(day) for product_id, values in facts.lines.get(subscription.pk, {}).items()}
    return {product_id: quantity for product_id, quantity in quantities.items() if quantity}


def _give(
    delivery: Delivery, defaults: Mapping[Subscription, Quantities], products: Mapping[int, Product], at: dt.datetime, by: Member | None
) -> int:
    """Write and book the default orders of one delivery. A number of statements that does not depend on how many there are."""
    assert delivery.orders_close_at is not None  # noqa: S101  it has closed
    closed_at = delivery.orders_close_at
    delivery.default_orders_at = at
    delivery.save(update_fields=["default_orders_at"])
    baskets = _undecided_baskets(delivery, defaults)
    if not baskets:
        return 0
    activity, _is_first = begin(group=delivery.group, by=by, kind="default_orders.given")
    prices = prices_on(value_date(closed_at), list(products.values()))
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for subscription, basket in baskets.items():
        for product_id, quantity in defaults[subscription].items():
            lines[basket.pk].append(
                amounts.apply(
                    OrderLine(
                        group=delivery.group,
                        basket=basket,
                        delivery=delivery,
                        product=products[product_id],
                        quantity=quantity,
                        price_cents=prices[product_id],
                        vat_basis_points=products[product_id].vat_basis_points,
                        ordered_at=closed_at,
                    )
                )
            )
    OrderLine.objects.bulk_create([line for of_basket in lines.values() for line in of_basket])
    credited = Credited(next(iter(baskets)).account.book_id)
    changes = [Change(basket, {}, credited.dues_of(lines[basket.pk])) for basket in baskets.values()]
    book_changes(changes, activity=activity, label=label_of(delivery.distribution, is_default=True), at=closed_at, by=by)
    note(activity, contract=delivery.contract_id, delivery=delivery.pk, day=delivery.distribution.on.isoformat(), basket_count=len(baskets))
    return len(baskets)


def _undecided_baskets(delivery: Delivery, defaults: Mapping[Subscription, Any]) -> dict[Subscription, Basket]:
    """The baskets of those who said nothing at a delivery, made where there is none. Four statements."""
    distribution = Distribution.objects.select_for_update().get(pk=delivery.distribution_id)
    accounts = [subscription.account_id for subscription in defaults]
    found = {basket.account_id: basket for basket in distribution.baskets.filter(account__in=accounts).select_related("account")}
    number = distribution.baskets.aggregate(last=Max("number"))["last"] or 0
    missing = [subscription for subscription in defaults if subscription.account_id not in found]
    made = Basket.objects.bulk_create(
        Basket(
            group=delivery.group,
            distribution=distribution,
            account=subscription.account,
            number=number + rank,
            origin=Basket.Origin.DEFAULT,
        )
        for rank, subscription in enumerate(missing, start=1)
    )
    undecided = [basket for basket in found.values() if basket.origin == Basket.Origin.UNDECIDED]
    for basket in undecided:
        basket.origin = Basket.Origin.DEFAULT
    Basket.objects.bulk_update(undecided, ["origin"])
    given = {basket.account_id: basket for basket in [*made, *undecided]}
    return {subscription: given[subscription.account_id] for subscription in defaults if subscription.account_id in given}


def label_of(distribution: Distribution, *, is_default: bool = False) -> str:
    """How a statement names an order of a variable contract."""
    what = "Commande par défaut" if is_default else "Commande"
    return f"{what} du {format_day(distribution.on)}"
