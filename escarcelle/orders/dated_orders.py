"""Orders of a variable contract: within a subscription, date by date, as long as the orders of that date are open.

The same baskets and lines as in a market, on the account of the subscription: a line keeps the price of the moment it was ordered, and
what changes is debited, or given back, at once."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from escarcelle.distributions.models import Delivery
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.lib.dates import format_day
from escarcelle.lib.money import Euros
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders.booking import book_changes, value_date
from escarcelle.orders.default_orders import Quantities, default_quantities, give_default_orders, is_expected, label_of
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.ordering import Ordered, OrderRefused, basket_of, change_basket, is_for_client
from escarcelle.orders.prices import prices_on
from escarcelle.subscriptions import booking
from escarcelle.subscriptions.dues import ContractFacts, contract_facts
from escarcelle.subscriptions.models import Subscription


class DatedOrderRefused(Refusal):
    """Nothing can be ordered so at this date. Nothing was changed."""

    sentences: ClassVar[Mapping[str, str]] = {
        "not_variable": gettext_noop("Ce contrat ne se commande pas date par date\u00a0: chacun reçoit la même chose chaque fois."),
        "withdrawn": gettext_noop("Cette souscription a été supprimée."),
        "another_contract": gettext_noop("La distribution du {day} n’est pas celle de ce contrat."),
        "outside_subscription": gettext_noop("Le {day} est hors de la période de la souscription."),
        "absent": gettext_noop("Une absence est notée le {day}\u00a0: retirez-la d’abord."),
        "not_open_yet": gettext_noop("Les commandes pour le {day} ne sont pas encore ouvertes."),
    }


class BelowMinimum(Refusal):
    """An order is smaller than the contract allows. Binds members; a coordinator may note what was agreed."""

    sentences: ClassVar[Mapping[str, str]] = {
        "below_delivery_minimum": gettext_noop(
            "Le contrat demande au moins {minimum} à chaque distribution\u00a0: il manque {missing} à cette commande."
        ),
        "nothing_ordered": gettext_noop(
            "Le contrat demande au moins {minimum} à chaque distribution\u00a0: pour ne rien prendre ce jour-là, notez une absence."
        ),
        "below_contract_minimum": gettext_noop(
            "Le contrat demande au moins {minimum} sur toute sa durée, et c’est la dernière date où commander\u00a0: il manque {missing}."
        ),
    }


@transaction.atomic
def order_for_date(
    *, subscription: Subscription, delivery: Delivery, quantities: Quantities, at: dt.datetime, by: Member | None, key: UUID | None = None
) -> Ordered:
    """Make the order of a subscription at one distribution be so many of these products; those not named stay as they are.

    The difference is debited at once from the subscription's account. Nothing of anything is an order too: the default order is then
    not given. Whoever orders for somebody else may do so after the closing and below the minimums, and the lines say so. Sent twice
    with one key, the first comes back. Refused: `DatedOrderRefused`, `OrderRefused`, `BelowMinimum`. Undone by the former quantities, or
    `take_back_order` when nothing had been ordered."""
    content = {"subscription": subscription.pk, "delivery": delivery.pk, "quantities": {str(pk): n for pk, n in sorted(quantities.items())}}
    activity, is_first = begin(group=subscription.group, by=by, kind="dated_order.made", key=key, content=content)
    if not is_first:
        return _answered(subscription, activity)
    facts = _held(subscription, at)
    for_client = is_for_client(subscription.member, by)
    check_open(subscription, delivery, facts, at=at, for_client=for_client)
    _check_products(subscription, quantities)
    basket = basket_of(delivery.distribution, subscription.account)
    ordered = _change(basket, quantities, Basket.Origin.CHOSEN, activity=activity, at=at, by=by, for_client=for_client)
    if not for_client:
        check_minimums(subscription, delivery, facts, at)
    _note(activity, subscription, delivery, ordered)
    return ordered


@transaction.atomic
def take_back_order(
    *, subscription: Subscription, delivery: Delivery, at: dt.datetime, by: Member | None, key: UUID | None = None
) -> Ordered | None:
    """Take an order back altogether, as if nothing had been said: the default order, if there is one, comes at the closing.

    Gives None when nothing was ordered. Sent twice with one key, once. Refused: as `order_for_date`, except that a distribution's minimum
    is then that of the default order. Undone by ordering again."""
    content = {"subscription": subscription.pk, "delivery": delivery.pk}
    activity, is_first = begin(group=subscription.group, by=by, kind="dated_order.taken_back", key=key, content=content)
    if not is_first:
        return _answered(subscription, activity) if "basket" in activity.details else None
    facts = _held(subscription, at)
    for_client = is_for_client(subscription.member, by)
    check_open(subscription, delivery, facts, at=at, for_client=for_client)
    ordered = empty_basket(subscription, delivery, activity=activity, at=at, by=by)
    if ordered is None:
        note(activity, subscription=subscription.pk, delivery=delivery.pk)
        return None
    if not for_client:
        _check_total(subscription, delivery, facts, at)
    _note(activity, subscription, delivery, ordered)
    return ordered


def empty_basket(
    subscription: Subscription, delivery: Delivery, *, activity: Activity, at: dt.datetime, by: Member | None
) -> Ordered | None:
    """Bring the order of a subscription at a delivery back to nothing, undecided. Needs a transaction that holds the payee's book."""
    basket = delivery.distribution.baskets.filter(account=subscription.account_id).first()
    if basket is None:
        return None
    product_ids = basket.lines.values_list("product", flat=True)
    # Whether the orders are open was asked before, of who asks.
    zero = dict.fromkeys(product_ids, 0)
    return _change(basket, zero, Basket.Origin.UNDECIDED, activity=activity, at=at, by=by, for_client=True)


def _answered(subscription: Subscription, activity: Activity) -> Ordered:
    return Ordered(subscription.group.baskets.get(pk=activity.details["basket"]), activity.details["difference_cents"])


def _held(subscription: Subscription, at: dt.datetime) -> ContractFacts:
    """Hold the payee's book, give the default orders that are due, and read the subscription and its contract as they are now."""
    contract = subscription.contract
    booking.lock_payee(contract)
    subscription.refresh_from_db(fields=["starts_on", "ends_on", "withdrawn_at"])
    if not contract.is_variable:
        raise DatedOrderRefused("not_variable")
    if subscription.withdrawn_at is not None:
        raise DatedOrderRefused("withdrawn")
    give_default_orders(contract, at)
    return contract_facts(contract.pk, [subscription])


def check_open(subscription: Subscription, delivery: Delivery, facts: ContractFacts, *, at: dt.datetime, for_client: bool) -> None:
    """Refuse (`DatedOrderRefused`, `OrderRefused`) a delivery at which this subscription cannot order at this instant."""
    delivery.refresh_from_db(fields=["cancelled_at", "orders_open_at", "orders_close_at", "distribution"])
    day = format_day(delivery.distribution.on)
    if delivery.contract_id != subscription.contract_id:
        raise DatedOrderRefused("another_contract", day=day)
    if delivery.cancelled_at is not None:
        raise OrderRefused("cancelled", contract=subscription.contract.name, day=day)
    if not is_expected(subscription, delivery, facts):
        in_period = subscription.starts_on <= delivery.distribution.on <= subscription.ends_on
        raise DatedOrderRefused("absent" if in_period else "outside_subscription", day=day)
    if for_client or delivery.takes_orders_at(at):
        return
    if delivery.orders_open_at is not None and at < delivery.orders_open_at:
        raise DatedOrderRefused("not_open_yet", day=day)
    raise OrderRefused("orders_closed", contract=subscription.contract.name, day=day)


def _check_products(subscription: Subscription, quantities: Quantities) -> None:
    """Another contract of the same producer may be delivered that day: it is not this one's to pay."""
    if subscription.contract.products.filter(pk__in=quantities).count() != len(quantities):
        raise OrderRefused("unknown_product", field="product")


def _change(
    basket: Basket,
    quantities: Quantities,
    origin: Basket.Origin,
    *,
    activity: Activity,
    at: dt.datetime,
    by: Member | None,
    for_client: bool,
) -> Ordered:
    change = change_basket(basket, quantities, at=at, by=by, for_client=for_client)
    basket.origin = origin
    basket.save(update_fields=["origin"])
    book_changes([change], activity=activity, label=label_of(basket.distribution), at=at, by=by)
    return Ordered(basket, change.difference_cents)


def _note(activity: Activity, subscription: Subscription, delivery: Delivery, ordered: Ordered) -> None:
    note(
        activity,
        subscription=subscription.pk,
        contract=subscription.contract_id,
        delivery=delivery.pk,
        day=delivery.distribution.on.isoformat(),
        basket=ordered.basket.pk,
        difference_cents=ordered.difference_cents,
    )


# --- The least to order ---


def check_minimums(subscription: Subscription, delivery: Delivery, facts: ContractFacts, at: dt.datetime) -> None:
    """Refuse (`BelowMinimum`) an order, already written, that is less than the contract asks for."""
    minimum_cents = subscription.contract.minimum_per_delivery_cents
    missing_cents = minimum_cents - ordered_cents(subscription, delivery)
    if missing_cents > 0:
        code = "nothing_ordered" if missing_cents == minimum_cents else "below_delivery_minimum"
        raise BelowMinimum(code, field="quantity", minimum=Euros(minimum_cents), missing=Euros(missing_cents))
    _check_total(subscription, delivery, facts, at)


def _check_total(subscription: Subscription, delivery: Delivery, facts: ContractFacts, at: dt.datetime) -> None:
    """On the last date at which one can still order, the whole contract must come to its minimum; before it, there is time."""
    minimum_cents = minimum_over_contract(subscription, facts)
    if not minimum_cents or _has_other_dates(subscription, delivery, facts, at):
        return
    basket = delivery.distribution.baskets.filter(account=subscription.account_id).first()
    missing_cents = minimum_cents - ordered_cents(subscription)
    if basket is not None and basket.origin == Basket.Origin.UNDECIDED:
        missing_cents -= _default_cents(subscription, delivery, facts, at)
    if missing_cents > 0:
        raise BelowMinimum("below_contract_minimum", field="quantity", minimum=Euros(minimum_cents), missing=Euros(missing_cents))


def minimum_over_contract(subscription: Subscription, facts: ContractFacts) -> int:
    """Cents to order at least over the subscription: the contract's, in proportion of the distributions it covers, rounded down.

    Absences do not reduce it: they are spread over what remains."""
    whole = len(facts.days)
    covered = sum(subscription.starts_on <= day.on <= subscription.ends_on for day in facts.days)
    return subscription.contract.minimum_total_cents * covered // whole if whole else 0


def ordered_cents(subscription: Subscription, delivery: Delivery | None = None) -> int:
    """Cents ordered by a subscription, at one delivery or over all. One statement."""
    lines = OrderLine.objects.filter(basket__account=subscription.account_id)
    if delivery is not None:
        lines = lines.filter(delivery=delivery)
    totals = lines.aggregate(amount=Sum("amount_cents"), fee=Sum("fee_cents"))
    return (totals["amount"] or 0) + (totals["fee"] or 0)


def _has_other_dates(subscription: Subscription, delivery: Delivery, facts: ContractFacts, at: dt.datetime) -> bool:
    others = Delivery.objects.standing().filter(
        contract=subscription.contract_id,
        orders_close_at__gt=at,
        distribution__on__gte=subscription.starts_on,
        distribution__on__lte=subscription.ends_on,
    )
    return others.exclude(pk=delivery.pk).exclude(pk__in=facts.absences.get(subscription.pk, ())).exists()


def _default_cents(subscription: Subscription, delivery: Delivery, facts: ContractFacts, at: dt.datetime) -> int:
    """What the default order will come to if nothing else is said, at today's price."""
    if delivery.default_orders_at is not None:
        return 0
    quantities = default_quantities(subscription, delivery, facts)
    prices = prices_on(value_date(at), list(subscription.contract.products.filter(pk__in=quantities)))
    return sum(quantity * prices[product_id] for product_id, quantity in quantities.items())
