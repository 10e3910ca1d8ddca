"""Season contracts: opened, their terms changed, their coordinators named."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.catalogs.models import (
    Contract,
    Coordination,
    Producer,
    Product,
    ProductPrice,
)
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Group, Member
from escarcelle.lib.names import clean_text
from escarcelle.lib.refusals import Refusal, gettext_noop

# A season beyond this is a slip of the keyboard (2062 for 2026), and would make thousands of distributions.
LONGEST_CONTRACT = dt.timedelta(days=3 * 366)
HIGHEST_PRICE_CENTS = 1_000_000_00
EARLIEST_ORDERS_DAYS = 366


class ContractRefused(Refusal):
    """The terms of a contract cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "an_amap_only": gettext_noop("Les contrats sont pour les AMAP\u00a0: un marché ouvre des catalogues."),
        "name_missing": gettext_noop("Il manque un nom."),
        "ends_before_it_starts": gettext_noop("Le dernier jour vient avant le premier."),
        "too_long": gettext_noop("Un contrat dure trois ans au plus\u00a0: vérifiez l’année."),
        "absences_out_of_range": gettext_noop("Le nombre d’absences va de 0 à 400."),
        "kind_unknown": gettext_noop("Un contrat d’AMAP est à paniers constants, ou à commander à chaque date."),
        "minimum_out_of_range": gettext_noop("Un minimum va de 0\u00a0€ à 1\u202f000\u202f000\u00a0€."),
        "orders_close_before_they_open": gettext_noop("Les commandes ferment avant d’ouvrir\u00a0: ouvrez-les plus de jours avant."),
        "orders_days_out_of_range": gettext_noop("Les commandes ouvrent et ferment de 0 à 366 jours avant la distribution."),
        "absences_end_before_they_start": gettext_noop("La période d’absence finit avant de commencer."),
        "another_group": gettext_noop("Cette personne ou ce producteur n’appartient pas au groupe."),
        "product_name_taken": gettext_noop("Ce contrat propose déjà un produit de ce nom."),
        "price_out_of_range": gettext_noop("Un prix va de 0\u00a0€ à 1\u202f000\u202f000\u00a0€."),
        "would_rewrite_the_past": gettext_noop(
            "Une distribution passée changerait de prix\u00a0: choisissez une date à partir d’aujourd’hui."
        ),
        "something_starts_before": gettext_noop("Une souscription ou une distribution commence avant ce jour."),
        "something_ends_after": gettext_noop("Une souscription ou une distribution va au-delà de ce jour."),
    }


@dataclass(frozen=True)
class ContractTerms:
    """What is agreed with the producer for a season. `cheque_payable_to` empty means the producer's name.

    Of a variable contract only: the least to order at each distribution and over the whole contract, in cents, zero for none; when orders
    open (None: as soon as a distribution is planned) and close, in days before a distribution."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    cheque_payable_to: str = ""
    absences_allowed: int = 0
    absences_from: dt.date | None = None
    absences_until: dt.date | None = None
    minimum_per_delivery_cents: int = 0
    minimum_total_cents: int = 0
    orders_open_days_before: int | None = None
    orders_close_days_before: int = 0
    orders_close_time: dt.time = dt.time(20)

    def cleaned(self, producer: Producer, *, kind: str = Contract.Kind.CONSTANT) -> "ContractTerms":
        """The same, tidied; a contract that is not variable has neither minimum nor orders. Refused: `ContractRefused`."""
        terms = ContractTerms(
            **{
                **asdict(self),
                **({} if kind == Contract.Kind.VARIABLE else _NO_ORDERS),
                "name": clean_text(self.name, max_length=120),
                "cheque_payable_to": clean_text(self.cheque_payable_to, max_length=120) or producer.name,
            }
        )
        check_name_and_period(terms.name, terms.starts_on, terms.ends_on)
        if not 0 <= terms.absences_allowed <= 400:
            raise ContractRefused("absences_out_of_range", field="absences_allowed")
        if terms.absences_from and terms.absences_until and terms.absences_until < terms.absences_from:
            raise ContractRefused("absences_end_before_they_start", field="absences_until")
        terms._check_orders()
        return terms

    def _check_orders(self) -> None:
        for field in ("minimum_per_delivery_cents", "minimum_total_cents"):
            if not 0 <= getattr(self, field) <= HIGHEST_PRICE_CENTS:
                raise ContractRefused("minimum_out_of_range", field=field)
        for field in ("orders_open_days_before", "orders_close_days_before"):
            if not 0 <= (getattr(self, field) or 0) <= EARLIEST_ORDERS_DAYS:
                raise ContractRefused("orders_days_out_of_range", field=field)
        if self.orders_open_days_before is not None and self.orders_open_days_before <= self.orders_close_days_before:
            raise ContractRefused("orders_close_before_they_open", field="orders_open_days_before")


_NO_ORDERS: dict[str, Any] = {
    "minimum_per_delivery_cents": 0,
    "minimum_total_cents": 0,
    "orders_open_days_before": None,
    "orders_close_days_before": 0,
    "orders_close_time": dt.time(20),
}


def check_name_and_period(name: str, starts_on: dt.date, ends_on: dt.date) -> None:
    """Refuse (`ContractRefused`) a contract or a catalogue without a name, or with an impossible period."""
    if not name:
        raise ContractRefused("name_missing", field="name")
    if ends_on < starts_on:
        raise ContractRefused("ends_before_it_starts", field="ends_on")
    if ends_on - starts_on > LONGEST_CONTRACT:
        raise ContractRefused("too_long", field="ends_on")


@transaction.atomic
def open_contract(
    *,
    group: Group,
    producer: Producer,
    terms: ContractTerms,
    by: Member | None,
    key: UUID | None = None,
    coordinator: Member | None = None,
    kind: str = Contract.Kind.CONSTANT,
) -> Contract:
    """Open a contract with a producer of an AMAP, of the same basket each time or variable. Sent twice with one key, the first comes back. Refused: `ContractRefused`."""
    if not group.is_amap:
        raise ContractRefused("an_amap_only")
    if producer.group_id != group.pk:
        raise ContractRefused("another_group", field="producer")
    if kind not in (Contract.Kind.CONSTANT, Contract.Kind.VARIABLE):
        raise ContractRefused("kind_unknown", field="kind")
    terms = terms.cleaned(producer, kind=kind)
    content = {**asdict(terms), "kind": str(kind), "producer": producer.pk, "coordinator": coordinator and coordinator.pk}
    activity, is_first = begin(group=group, by=by, kind="contract.opened", key=key, content=content)
    if not is_first:
        return group.contracts.get(pk=activity.details["contract"])
    contract = Contract.objects.create(group=group, producer=producer, kind=kind, **asdict(terms))
    note(activity, contract=contract.pk)
    if coordinator is not None:
        appoint_coordinator(contract=contract, member=coordinator, by=by)
    return contract


@transaction.atomic
def appoint_coordinator(*, contract: Contract, member: Member, by: Member | None) -> None:
    """Entrust a contract to a member. Twice changes nothing. Refused: `ContractRefused` for another group's member."""
    if member.group_id != contract.group_id or not member.is_present:
        raise ContractRefused("another_group", field="coordinator")
    _, created = Coordination.objects.get_or_create(group=contract.group, contract=contract, member=member)
    if created:
        activity, _first = begin(group=contract.group, by=by, kind="coordinator.appointed")
        note(activity, contract=contract.pk, member=member.pk)


@transaction.atomic
def dismiss_coordinator(*, contract: Contract, member: Member, by: Member) -> None:
    """The opposite of `appoint_coordinator`. Twice changes nothing."""
    if Coordination.objects.filter(contract=contract, member=member).delete()[0]:
        activity, _first = begin(group=contract.group, by=by, kind="coordinator.dismissed")
        note(activity, contract=contract.pk, member=member.pk)


@transaction.atomic
def add_product(
    *, contract: Contract, name: str, price_cents: int, by: Member | None, unit: str = "panier", key: UUID | None = None
) -> Product:
    """Offer a product at a price per unit, in cents, from the first day of the contract. Refused: `ContractRefused`."""
    name, unit = clean_text(name, max_length=120), clean_text(unit, max_length=30) or "panier"
    content = {"contract": contract.pk, "name": name, "unit": unit, "price_cents": price_cents}
    activity, is_first = begin(group=contract.group, by=by, kind="product.added", key=key, content=content)
    if not is_first:
        return contract.products.get(pk=activity.details["product"])
    if not name:
        raise ContractRefused("name_missing", field="name")
    check_price(price_cents)
    if contract.products.filter(name=name).exists():
        raise ContractRefused("product_name_taken", field="name")
    product = Product.objects.create(group=contract.group, contract=contract, name=name, unit=unit, position=contract.products.count())
    ProductPrice.objects.create(group=contract.group, product=product, from_date=contract.starts_on, price_cents=price_cents)
    note(activity, product=product.pk)
    return product


def check_price(price_cents: int) -> None:
    """Refuse (`ContractRefused`) what cannot be a price: negative, or beyond a million euros."""
    if not 0 <= price_cents <= HIGHEST_PRICE_CENTS:
        raise ContractRefused("price_out_of_range", field="price")
