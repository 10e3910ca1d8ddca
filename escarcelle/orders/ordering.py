"""A household orders, changes its order or cancels it: always by saying how many it wants of a product.

A line keeps the price of the moment it was ordered. More of a product at another price is another line; less takes from the newest line.
Nothing is deleted: a cancelled line stays at zero."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from escarcelle.catalogs.models import Product
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.accounts import general_account
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Activity, Group, Member, MemberAccount
from escarcelle.ledger import books
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.orders import amounts
from escarcelle.orders.blocking import check_not_blocked
from escarcelle.orders.booking import Change, Credited, book_changes, value_date
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.orders.prices import prices_on

LARGEST_QUANTITY = 1000
# What is ordered and what was weighed, together with who sells it: read for every act on a basket.
LINE_RELATIONS = ("product__contract__producer", "product__contract__group", "delivery")

# How many of each product, by product id.
Quantities = Mapping[int, int]


class OrderRefused(Refusal):
    """An order cannot be made or changed so. Nothing was changed."""

    sentences: ClassVar[Mapping[str, str]] = {
        "a_market_only": gettext_noop("On ne commande que dans un marché\u00a0: dans une AMAP on souscrit à un contrat."),
        "nothing_ordered": gettext_noop("Aucune quantité n’est indiquée\u00a0: il n’y a rien à commander."),
        "machine": gettext_noop("Une machine ne commande rien pour elle-même\u00a0: indiquez pour quel client."),
        "unknown_member": gettext_noop("Cette personne n’appartient pas au groupe, ou l’a quitté."),
        "second_person": gettext_noop("C’est la seconde personne d’un foyer\u00a0: la commande se fait au nom de la première."),
        "unknown_product": gettext_noop("Ce produit n’est pas proposé à cette distribution."),
        "quantity_out_of_range": gettext_noop("Une quantité va de 0 à 1\u202f000."),
        "orders_closed": gettext_noop("Les commandes de «\u00a0{contract}\u00a0» pour le {day} sont fermées."),
        "cancelled": gettext_noop("«\u00a0{contract}\u00a0» n’est pas livré le {day}\u00a0: la distribution est annulée."),
        "not_enough_stock": gettext_noop("Il reste {left} «\u00a0{product}\u00a0»\u00a0: diminuez la quantité."),
        "sold_out": gettext_noop("«\u00a0{product}\u00a0» est épuisé pour cette distribution."),
        "basket_validated": gettext_noop("Ce panier est validé\u00a0: il ne change plus."),
        "distribution_validated": gettext_noop("La distribution du {day} est validée\u00a0: un administrateur doit d’abord la rouvrir."),
        "still_ordered": gettext_noop("Cette ligne a encore une quantité\u00a0: mettez-la d’abord à zéro."),
    }


@dataclass(frozen=True)
class Ordered:
    """What an order came to: the basket, and by how many cents what is due changed."""

    basket: Basket
    difference_cents: int


def change_order(
    *, distribution: Distribution, member: Member, quantities: Quantities, activity: Activity, at: dt.datetime, by: Member | None
) -> Ordered:
    """Make a client's order at a market be so many of these products; products not named stay as they are. Needs a transaction.

    The difference is debited at once. Whoever orders for somebody else (a coordinator) may do so until the basket is validated, and
    the lines say so. A first order of nothing is refused: it would use a basket's number up for nobody. Refused: `OrderRefused`, and
    `GroupBlocked` when the client themselves would owe more. Undone by the former quantities."""
    group, for_client = distribution.group, is_for_client(member, by)
    if group.is_amap:
        raise OrderRefused("a_market_only")
    check_member(group, member)
    books.lock(group.book_id)
    basket = basket_of(distribution, general_account(group=group, member=member, book_id=group.book_id))
    change = change_basket(basket, quantities, at=at, by=by, for_client=for_client)
    # A line at zero still names the account that it would credit: only a basket without lines has no dues.
    if not change.before and not change.after:
        raise OrderRefused("nothing_ordered", field="quantity")
    if change.difference_cents > 0 and not for_client:
        check_not_blocked(group, at)
    book_changes([change], activity=activity, label=label_of(distribution), at=at, by=by)
    note(activity, basket=basket.pk, number=basket.number, member=member.pk, difference_cents=change.difference_cents)
    return Ordered(basket, change.difference_cents)


def is_for_client(member: Member, by: Member | None) -> bool:
    """Whether somebody else than the household orders."""
    return by is None or by.holder_id != member.pk


def label_of(distribution: Distribution) -> str:
    """How a statement names an order; `{number}` is the basket's."""
    return f"Commande du {format_day(distribution.on)}, panier n° {{number}}"


def check_member(group: Group, member: Member) -> None:
    """Refuse (`OrderRefused`) whoever cannot have an account here."""
    if member.is_machine:
        raise OrderRefused("machine", field="member")
    if member.group_id != group.pk or not member.is_present:
        raise OrderRefused("unknown_member", field="member")
    if member.household_of_id is not None:
        raise OrderRefused("second_person", field="member")


def basket_of(distribution: Distribution, account: MemberAccount) -> Basket:
    """The basket of an account at a distribution, with the next number there when it is the first time. Needs a transaction."""
    Distribution.objects.select_for_update().get(pk=distribution.pk)
    found = distribution.baskets.filter(account=account).first()
    if found is not None:
        return found
    last = distribution.baskets.aggregate(last=Max("number"))["last"] or 0
    return Basket.objects.create(group=distribution.group, distribution=distribution, account=account, number=last + 1)


def change_basket(basket: Basket, quantities: Quantities, *, at: dt.datetime, by: Member | None, for_client: bool) -> Change:
    """Bring the lines of a basket to these quantities and save them; tell what they credited before and after.

    Needs a transaction that holds the payee's book. Refused: `OrderRefused`."""
    if basket.is_validated:
        raise OrderRefused("basket_validated")
    if Distribution.objects.filter(pk=basket.distribution_id, validated_at__isnull=False).exists():
        raise OrderRefused("distribution_validated", day=format_day(basket.distribution.on))
    credited = Credited(basket.account.book_id)
    lines = list(basket.lines.select_related(*LINE_RELATIONS))
    before = credited.dues_of(lines)
    wanted = _wanted(basket, lines, quantities)
    if not for_client:
        _check_windows(basket.distribution, [delivery for _, delivery, _ in wanted], at)
    ordered = _quantities(lines)
    changed = _changed_lines(basket, lines, wanted, at=at, by=by, for_client=for_client)
    # Less is always accepted, even of what a coordinator has meanwhile limited to fewer than were sold.
    _check_stock([(product, delivery, quantity) for product, delivery, quantity in wanted if quantity > ordered[product.pk]])
    return Change(basket, before, credited.dues_of({**{line.pk: line for line in lines}, **{line.pk: line for line in changed}}.values()))


def _wanted(basket: Basket, lines: Sequence[OrderLine], quantities: Quantities) -> list[tuple[Product, Delivery, int]]:
    """The products whose quantity really changes, each with the delivery that brings it."""
    for quantity in quantities.values():
        if type(quantity) is not int or not 0 <= quantity <= LARGEST_QUANTITY:
            raise OrderRefused("quantity_out_of_range", field="quantity")
    deliveries = {delivery.contract_id: delivery for delivery in basket.distribution.deliveries.select_related("contract", "distribution")}
    products = {
        product.pk: product
        for product in Product.objects.filter(pk__in=quantities, contract__in=deliveries).select_related(
            "contract__producer", "contract__group"
        )
    }
    ordered = _quantities(lines)
    wanted = []
    for product_id, quantity in sorted(quantities.items()):
        product = products.get(product_id)
        if product is None or product.contract.payee_book_id != basket.account.book_id:
            raise OrderRefused("unknown_product", field="product")
        if quantity == ordered[product_id]:
            continue
        if quantity > ordered[product_id]:
            _check_offered(product, deliveries[product.contract_id])
        wanted.append((product, deliveries[product.contract_id], quantity))
    return wanted


def _check_offered(product: Product, delivery: Delivery) -> None:
    if not product.is_offered:
        raise OrderRefused("unknown_product", field="product")
    if delivery.cancelled_at is not None:
        raise OrderRefused("cancelled", contract=product.contract.name, day=format_day(delivery.distribution.on))


def _check_windows(distribution: Distribution, deliveries: Sequence[Delivery], at: dt.datetime) -> None:
    for delivery in deliveries:
        if not delivery.takes_orders_at(at):
            raise OrderRefused("orders_closed", contract=delivery.contract.name, day=format_day(distribution.on))


def _quantities(lines: Sequence[OrderLine]) -> Counter[int]:
    ordered: Counter[int] = Counter()
    for line in lines:
        ordered[line.product_id] += line.quantity
    return ordered


def _changed_lines(
    basket: Basket,
    lines: Sequence[OrderLine],
    wanted: Sequence[tuple[Product, Delivery, int]],
    *,
    at: dt.datetime,
    by: Member | None,
    for_client: bool,
) -> list[OrderLine]:
    """Save the lines that these quantities change or add, in two statements."""
    by_product: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_product[line.product_id].append(line)
    prices = prices_on(value_date(at), [product for product, _, _ in wanted])
    touched: list[OrderLine] = []
    for product, delivery, quantity in wanted:
        of_product = by_product[product.pk]
        more = quantity - sum(line.quantity for line in of_product)
        if more < 0:
            touched += take_off(of_product, -more)
            continue
        new = OrderLine(
            group=basket.group,
            basket=basket,
            delivery=delivery,
            product=product,
            quantity=more,
            price_cents=prices[product.pk],
            fee_basis_points=product.contract.fee_basis_points,
            vat_basis_points=product.vat_basis_points,
            step_grams=product.step_grams,
            ordered_by=by,
            ordered_at=at,
            for_client=for_client,
        )
        touched += _added(of_product, new)
    for line in touched:
        amounts.apply(line)
    save_lines([line for line in touched if line.pk])
    OrderLine.objects.bulk_create([line for line in touched if not line.pk])
    return touched


def _added(lines: Sequence[OrderLine], new: OrderLine) -> list[OrderLine]:
    """The line that grows, or new ones: each piece that is weighed has a line of its own."""
    if new.product.sold_by == Product.SoldBy.WEIGHED_PIECE:
        return [_copy(new, quantity=1) for _ in range(new.quantity)]
    for line in reversed(lines):
        if _same_terms(line, new):
            line.quantity += new.quantity
            return [line]
    return [new]


def _same_terms(line: OrderLine, new: OrderLine) -> bool:
    """Whether more of the same may be added to a line without re-pricing it or changing who ordered it."""
    terms = ("price_cents", "fee_basis_points", "vat_basis_points", "step_grams", "for_client")
    return line.weighed_grams is None and not line.undelivered and all(getattr(line, name) == getattr(new, name) for name in terms)


def _copy(line: OrderLine, *, quantity: int) -> OrderLine:
    fields = {field.attname: getattr(line, field.attname) for field in OrderLine._meta.concrete_fields if not field.primary_key}
    copy = OrderLine(**{**fields, "quantity": quantity})
    copy.product = line.product
    return copy


def take_off(lines: Sequence[OrderLine], count: int) -> list[OrderLine]:
    """Take so many off these lines, the newest first; give the lines that changed."""
    touched = []
    for line in reversed(lines):
        taken = min(count, line.quantity)
        if taken:
            line.quantity -= taken
            line.undelivered = min(line.undelivered, line.quantity)
            touched.append(line)
            count -= taken
    return touched


def save_lines(lines: Sequence[OrderLine]) -> None:
    """Save what acts on a basket may change. One statement."""
    OrderLine.objects.bulk_update(lines, ["quantity", "undelivered", "price_cents", "weighed_grams", "amount_cents", "fee_cents"])


def _check_stock(wanted: Sequence[tuple[Product, Delivery, int]]) -> None:
    """Look at what was sold once the new lines are there: the book is held, so nobody else sells at the same time."""
    limited = {product.pk: (product, quantity) for product, _, quantity in wanted if product.stock_per_delivery is not None}
    if not limited:
        return
    sold = (
        OrderLine.objects.filter(product__in=limited, delivery__in=[delivery for _, delivery, _ in wanted])
        .values_list("product")
        .annotate(count=Sum("quantity"))
        .order_by("product")
    )
    for product_id, count in sold:
        product, quantity = limited[product_id]
        too_many = count - (product.stock_per_delivery or 0)
        if too_many > 0:
            left = max(quantity - too_many, 0)
            raise OrderRefused("not_enough_stock" if left else "sold_out", field="quantity", product=product.name, left=left)


@transaction.atomic
def drop_line(*, line: OrderLine, by: Member | None, key: UUID | None = None) -> None:
    """Take a line at zero off the list; the books keep what was ordered and cancelled. Refused: `OrderRefused("still_ordered")`."""
    activity, is_first = begin(group=line.group, by=by, kind="order.line_dropped", key=key, content={"line": line.pk})
    if not is_first:
        return
    books.lock(line.basket.account.book_id)
    if OrderLine.objects.get(pk=line.pk).quantity:
        raise OrderRefused("still_ordered")
    note(activity, basket=line.basket_id, product=line.product_id)
    line.delete()
