"""What went otherwise than ordered on the day: not delivered, another weight, one more, another price. Before the basket is validated.

Each act changes lines, books the difference at once and makes the promised payments follow; its undo is the same act with the former
figure. A paid basket is then in favour: that credit is kept or given back (document 004)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from escarcelle.catalogs.contracts import check_price
from escarcelle.catalogs.models import Product
from escarcelle.distributions.models import Distribution
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Member
from escarcelle.ledger import books
from escarcelle.lib.dates import format_day
from escarcelle.lib.weights import Weight
from escarcelle.orders import amounts
from escarcelle.orders.booking import Change, Credited, book_changes
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.ordering import LINE_RELATIONS, OrderRefused, change_basket, save_lines
from escarcelle.payments.promises import follow_orders
from escarcelle.validation.baskets import locked
from escarcelle.validation.opening import ValidationRefused, check_open
from escarcelle.validation.shortages import Rule, shared_out

HEAVIEST_GRAMS = 1_000_000
# Beyond twice, or under half of what was expected, a slip of the keyboard is more likely than such a chicken.
UNLIKELY_FACTOR = 2


@dataclass(frozen=True)
class Outcome:
    """What an act of the day changed: how many baskets, and by how many cents what is due (below zero: less)."""

    basket_count: int
    difference_cents: int


@transaction.atomic
def set_undelivered(
    *, line: OrderLine, count: int, at: dt.datetime, by: Member | None, reason: str = "", key: UUID | None = None
) -> Outcome:
    """So many of this line were not delivered (0: all were). Refused: `ValidationRefused`."""
    content = {"line": line.pk, "count": count, "reason": reason}
    activity, is_first = begin(group=line.group, by=by, kind="line.undelivered", key=key, content=content)
    if not is_first:
        return _first(activity)
    note(activity, basket=line.basket_id, product=line.product_id, count=count)

    def mark(found: OrderLine) -> None:
        if not 0 <= count <= found.quantity:
            raise ValidationRefused("quantity_out_of_range", field="count")
        _leave_out(found, count)

    return _change_line(line, mark, activity=activity, label="Non livré, panier n° {number}", at=at, by=by, reason=reason)


def _leave_out(line: OrderLine, count: int) -> None:
    """So many of a line are not there. A part of it has another weight than the whole: it is to be weighed again.

    Of nothing delivered the weight is kept: it comes to nothing, and putting it back must give the same amount again."""
    if count != line.undelivered and 0 < count < line.quantity:
        line.weighed_grams = None
    line.undelivered = count


@transaction.atomic
def weigh(*, line: OrderLine, grams: int, at: dt.datetime, by: Member | None, is_sure: bool = False, key: UUID | None = None) -> Outcome:
    """What is on the scale, in grams, for the whole line. Refused: `ValidationRefused`, also for a weight beyond twice or under half of
    what was expected, unless `is_sure`."""
    content = {"line": line.pk, "grams": grams}
    activity, is_first = begin(group=line.group, by=by, kind="line.weighed", key=key, content=content)
    if not is_first:
        return _first(activity)
    note(activity, basket=line.basket_id, product=line.product_id, grams=grams)

    def write(found: OrderLine) -> None:
        _check_weight(found, grams, is_sure=is_sure)
        found.weighed_grams = grams

    return _change_line(line, write, activity=activity, label="Pesée, panier n° {number}", at=at, by=by)


def _check_weight(line: OrderLine, grams: int, *, is_sure: bool) -> None:
    expected = line.expected_grams
    if expected is None:
        raise ValidationRefused("not_weighed", product=line.product.name)
    if type(grams) is not int or not 0 <= grams <= HEAVIEST_GRAMS:
        raise ValidationRefused("weight_out_of_range", field="weight")
    if not is_sure and not expected <= grams * UNLIKELY_FACTOR <= expected * UNLIKELY_FACTOR**2:
        raise ValidationRefused("weight_unlikely", field="weight", weighed=Weight(grams), expected=Weight(expected))


@transaction.atomic
def add_on_the_spot(
    *, basket: Basket, product: Product, quantity: int, at: dt.datetime, by: Member | None, key: UUID | None = None
) -> Outcome:
    """So many more of a product that is there, at the price of the moment. Refused: `OrderRefused`, `ValidationRefused`."""
    content = {"basket": basket.pk, "product": product.pk, "quantity": quantity}
    activity, is_first = begin(group=basket.group, by=by, kind="line.added", key=key, content=content)
    if not is_first:
        return _first(activity)
    note(activity, basket=basket.pk, product=product.pk, quantity=quantity)
    if quantity < 1:
        raise ValidationRefused("quantity_out_of_range", field="quantity")
    basket = _opened(basket, at)
    ordered = sum(line.quantity for line in basket.lines.filter(product=product))
    change = change_basket(basket, {product.pk: ordered + quantity}, at=at, by=by, for_client=True)
    return _book([change], activity=activity, label="Ajout sur place, panier n° {number}", at=at, by=by)


@transaction.atomic
def change_price(
    *,
    distribution: Distribution,
    product: Product,
    price_cents: int,
    at: dt.datetime,
    by: Member | None,
    reason: str = "",
    key: UUID | None = None,
) -> Outcome:
    """Another price for this distribution alone, in every basket not validated; the catalogue keeps its own. Refused: `ContractRefused`."""
    content = {"distribution": distribution.pk, "product": product.pk, "price_cents": price_cents, "reason": reason}
    activity, is_first = begin(group=distribution.group, by=by, kind="distribution.price_changed", key=key, content=content)
    if not is_first:
        return _first(activity)
    note(activity, product=product.pk, price_cents=price_cents)
    check_price(price_cents)

    def reprice(line: OrderLine) -> None:
        if line.product_id == product.pk:
            line.price_cents = price_cents

    label = f"Prix de «\u00a0{product.name}\u00a0» ce jour-là, panier n° {{number}}"
    return _change_all(distribution, product, reprice, activity=activity, label=label, at=at, by=by, reason=reason)


@transaction.atomic
def share_out_shortage(
    *,
    distribution: Distribution,
    product: Product,
    delivered: int,
    rule: Rule,
    at: dt.datetime,
    by: Member | None,
    named: Sequence[int] = (),
    reason: str = "",
    key: UUID | None = None,
) -> Outcome:
    """Only so many of a product came for the whole distribution: who goes without follows from the rule (`shortages`).

    Baskets already validated keep what they have, and it counts in what came. `named`: the baskets that go without first.
    Refused: `ValidationRefused`."""
    content = {
        "distribution": distribution.pk,
        "product": product.pk,
        "delivered": delivered,
        "rule": rule,
        "named": list(named),
        "reason": reason,
    }
    activity, is_first = begin(group=distribution.group, by=by, kind="distribution.shortage", key=key, content=content)
    if not is_first:
        return _first(activity)
    note(activity, product=product.pk, delivered=delivered)
    books.lock(distribution.group.book_id)
    missing = planned_shortage(distribution, product, delivered=delivered, rule=rule, named=named)

    def mark(line: OrderLine) -> None:
        if line.product_id == product.pk:
            _leave_out(line, missing.get(line.pk, 0))

    label = f"Non livré\u00a0: {product.name}, panier n° {{number}}"
    return _change_all(distribution, product, mark, activity=activity, label=label, at=at, by=by, reason=reason)


def planned_shortage(
    distribution: Distribution, product: Product, *, delivered: int, rule: Rule, named: Sequence[int] = ()
) -> Mapping[int, int]:
    """How many each line goes without, by line: what the screen shows before anything is done. Refused: `ValidationRefused`."""
    lines = list(_open_lines(distribution).filter(product=product, quantity__gt=0).order_by("ordered_at", "pk"))
    if not lines:
        raise ValidationRefused("unknown_product", field="product")
    ordered = sum(line.quantity for line in lines)
    collected = _collected(distribution, product)
    if not 0 <= delivered <= collected + ordered:
        raise ValidationRefused("quantity_out_of_range", field="delivered")
    return shared_out(lines, min(ordered, collected + ordered - delivered), rule=rule, named=named)


def _collected(distribution: Distribution, product: Product) -> int:
    """How many of what came left with the baskets already validated."""
    lines = product.order_lines.filter(basket__distribution=distribution, basket__validated_at__isnull=False)
    return lines.aggregate(count=Sum(F("quantity") - F("undelivered")))["count"] or 0


def _open_lines(distribution: Distribution) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(basket__distribution=distribution, basket__validated_at=None, delivery__cancelled_at=None)


def _change_line(
    line: OrderLine,
    write: Callable[[OrderLine], None],
    *,
    activity: Activity,
    label: str,
    at: dt.datetime,
    by: Member | None,
    reason: str = "",
) -> Outcome:
    basket = _opened(line.basket, at)
    lines = list(basket.lines.select_related(*LINE_RELATIONS))
    found = next((other for other in lines if other.pk == line.pk), None)
    if found is None:
        raise ValidationRefused("unknown_line")
    if found.delivery.cancelled_at is not None:
        # Nobody would notice: a cancelled day is not validated.
        raise OrderRefused("cancelled", contract=found.product.contract.name, day=format_day(basket.distribution.on))
    credited = Credited(basket.account.book_id)
    before = credited.dues_of(lines)
    write(found)
    save_lines([amounts.apply(found)])
    return _book([Change(basket, before, credited.dues_of(lines))], activity=activity, label=label, at=at, by=by, reason=reason)


def _opened(basket: Basket, at: dt.datetime) -> Basket:
    """The basket under the lock of its book, if it can still change on the day."""
    check_open(basket.distribution, at)
    basket = locked(basket)
    if basket.is_validated:
        raise ValidationRefused("already_validated")
    return basket


def _change_all(
    distribution: Distribution,
    product: Product,
    write: Callable[[OrderLine], None],
    *,
    activity: Activity,
    label: str,
    at: dt.datetime,
    by: Member | None,
    reason: str,
) -> Outcome:
    """Write on every line of a product in the baskets not validated, and book what changes. A fixed number of statements."""
    check_open(distribution, at)
    books.lock(product.contract.payee_book_id)
    relations = (*LINE_RELATIONS, "basket__account__member", "basket__group", "basket__distribution")
    lines = list(_open_lines(distribution).filter(product=product, quantity__gt=0).select_related(*relations))
    if not lines:
        raise ValidationRefused("unknown_product", field="product")
    changes = rewritten(lines, write, book_id=product.contract.payee_book_id)
    return _book(changes, activity=activity, label=label, at=at, by=by, reason=reason)


def rewritten(lines: Sequence[OrderLine], write: Callable[[OrderLine], None], *, book_id: int) -> list[Change]:
    """Write on lines of several baskets, reckon and save them: what changes for each basket. A fixed number of statements."""
    by_basket: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_basket[line.basket_id].append(line)
    credited = Credited(book_id)
    before = {basket_id: credited.dues_of(of_basket) for basket_id, of_basket in by_basket.items()}
    for line in lines:
        write(line)
        amounts.apply(line)
    save_lines(lines)
    return [Change(of_basket[0].basket, before[basket_id], credited.dues_of(of_basket)) for basket_id, of_basket in by_basket.items()]


def _book(changes: Sequence[Change], *, activity: Activity, label: str, at: dt.datetime, by: Member | None, reason: str = "") -> Outcome:
    moved = [change for change in changes if change.difference_cents]
    book_changes(changes, activity=activity, label=label, at=at, by=by, reason=reason)
    follow_orders([(change.basket, change.difference_cents) for change in moved], None, at=at, restoring=True)
    outcome = Outcome(len(moved), sum(change.difference_cents for change in moved))
    note(
        activity,
        basket_count=outcome.basket_count,
        difference_cents=outcome.difference_cents,
        distribution=changes[0].basket.distribution_id,
        baskets=[change.basket.number for change in moved],
    )
    return outcome


def _first(activity: Activity) -> Outcome:
    return Outcome(activity.details["basket_count"], activity.details["difference_cents"])
