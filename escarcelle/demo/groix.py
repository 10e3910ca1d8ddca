"""AMAP de Groix: the vegetables of the documents (693 €, 165 €, 666 €), eggs, honey, and last season."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from escarcelle.catalogs.contracts import ContractTerms, add_product, appoint_coordinator, open_contract
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.demo.cast import (
    ADMINISTRATOR,
    BANKS,
    COORDINATOR,
    GROIX,
    MEMBER,
    NEIGHBOURS,
    PASSWORD,
    PRODUCER,
    TREASURER,
    VOLUNTEER,
    Login,
)
from escarcelle.demo.season import Season, season_around, season_before
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member, give_role, link_person
from escarcelle.groups.models import Group, Member
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.lib.dates import add_months
from escarcelle.lib.money import split_evenly
from escarcelle.payments.models import Method
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.people.logins import login_of
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import change_price, plan
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Period, sign

_numbers = itertools.count(4_471_201)


@dataclass
class Groix:
    """The AMAP while it is being built."""

    group: Group
    administrator: Member
    members: dict[str, Member]
    slot: Slot
    today: dt.date

    @property
    def treasurer(self) -> Member:
        return self.members[TREASURER.last_name]


@transaction.atomic
def build(today: dt.date) -> Group:
    """Build the whole AMAP around `today`, by the same verbs as people use. All of it or nothing."""
    season = season_around(today)
    groix = _people(today, season_before(season).first)
    farm = create_producer(group=groix.group, name="Ferme de Groix", by=groix.administrator)
    give_producer_access(producer=farm, member=groix.members[PRODUCER.last_name], by=groix.administrator)
    _last_season(groix, farm, season_before(season))
    _vegetables(groix, farm, season)
    _eggs(groix, season)
    _honey(groix, season)
    return groix.group


def signed_in_member(group: Group, login: Login, administrator: Member | None, on: dt.date) -> Member:
    """A member of the demo who can sign in, with their role."""
    details = PersonalDetails(login.last_name, login.first_name, login.email)
    member = create_member(group=group, details=details, on=on, by=administrator)
    if login.role:
        give_role(member=member, role=login.role, by=administrator)
    give_login(member, login)
    return member


def give_login(member: Member, login: Login) -> None:
    person = login_of(login.email, password=PASSWORD, last_name=login.last_name, first_name=login.first_name)
    link_person(member=member, person=person)


def _people(today: dt.date, joined_on: dt.date) -> Groix:
    details = PersonalDetails(ADMINISTRATOR.last_name, ADMINISTRATOR.first_name, ADMINISTRATOR.email)
    group, administrator = found_group(name="AMAP de Groix", kind=Group.Kind.AMAP, administrator=details, on=joined_on)
    give_login(administrator, ADMINISTRATOR)
    members = {ADMINISTRATOR.last_name: administrator}
    for login in GROIX[1:]:
        members[login.last_name] = signed_in_member(group, login, administrator, joined_on)
    for last_name, first_name in NEIGHBOURS:
        neighbour = PersonalDetails(last_name, first_name)
        members[last_name] = create_member(group=group, details=neighbour, on=joined_on, by=administrator)
    partner = PersonalDetails("Adam", "Mathurin")
    create_member(group=group, details=partner, on=joined_on, by=administrator, household_of=members[MEMBER.last_name])
    slot = Slot(place_named(group, "Salle du Bourg", "Place de l’Église, 56590 Groix"), dt.time(17, 30), dt.time(19))
    return Groix(group, administrator, members, slot, today)


def _contract(groix: Groix, producer: Producer, name: str, days: Iterable[dt.date], *, absences_allowed: int = 0) -> Contract:
    days = list(days)
    terms = ContractTerms(name=name, starts_on=days[0], ends_on=days[-1], absences_allowed=absences_allowed)
    contract = open_contract(group=groix.group, producer=producer, terms=terms, by=groix.administrator)
    plan(contract=contract, slot=groix.slot, days=days, on=days[0], by=groix.administrator)
    return contract


def _sign(
    groix: Groix, contract: Contract, last_name: str, product: Product, quantity: int = 1, alternation: Alternation | None = None
) -> Subscription:
    return sign(
        contract=contract,
        member=groix.members[last_name],
        period=Period(contract.starts_on, contract.ends_on),
        quantities={product.pk: quantity},
        on=min(contract.starts_on, groix.today),
        by=groix.treasurer,
        alternation=alternation,
    )


def _pay(groix: Groix, subscription: Subscription, amounts_cents: Iterable[int], on: dt.date, method: str = Method.CHEQUE) -> None:
    """Cheques of one cheque book, to be banked month after month."""
    bank = BANKS[subscription.member_id % len(BANKS)]
    for month, amount_cents in enumerate(amounts_cents):
        cheque = ChequeDetails(f"{next(_numbers):07}", bank, subscription.member.name, on, add_months(on, month))
        received = Received(amount_cents, method, on, cheque=cheque if method == Method.CHEQUE else ChequeDetails())
        record_payment(account=subscription.account, received=received, on=groix.today, by=groix.treasurer)


def _vegetables(groix: Groix, farm: Producer, season: Season) -> None:
    """Forty subscriptions. Six are settled, one of them with more than was due; the cheques of the others arrive tonight."""
    contract = _contract(groix, farm, "Contrat légumes", season.days, absences_allowed=4)
    appoint_coordinator(contract=contract, member=groix.members[COORDINATOR.last_name], by=groix.administrator)
    basket = add_product(contract=contract, name="Panier de légumes", price_cents=1300, by=groix.administrator)
    half = add_product(contract=contract, name="Demi-panier de légumes", price_cents=650, by=groix.administrator)
    small = add_product(contract=contract, name="Panier solidaire", price_cents=300, by=groix.administrator)
    _dated_prices(groix, season, basket, half, small)
    first = season.first
    subscriptions = {}
    holders = [MEMBER.last_name, TREASURER.last_name, COORDINATOR.last_name, VOLUNTEER.last_name, *(name for name, _ in NEIGHBOURS)]
    for last_name in holders:
        product = {"Angoustan": small}.get(last_name, half if last_name in {"Guérin", "Jégo", "Corre", "Uguen"} else basket)
        other = {"Angoustan": "Adam", "Guérin": "Jégo", "Jégo": "Guérin"}.get(last_name)
        alternation = Alternation(groix.members[other], begins=last_name == "Jégo") if other else None
        subscriptions[last_name] = _sign(groix, contract, last_name, product, alternation=alternation)
    festive = contract.deliveries.filter(distribution__on=season.festive)
    set_absences(subscription=subscriptions["Blanc"], deliveries=festive, on=first, by=groix.treasurer, may_change_past=True)
    for last_name in ("Le Goff", "Hamon", "Salaün", "Morvan"):
        _pay(groix, subscriptions[last_name], split_evenly(69300, 12), first)
    _pay(groix, subscriptions["Nguyễn"], [69300], first, Method.TRANSFER)
    _pay(groix, subscriptions["Kervella"], [69300, 2666], first)
    _pay(groix, subscriptions["Évenou"], [5775] * 11, first)
    _pay(groix, subscriptions["Le Dren"], [30000], first)
    _pay(groix, subscriptions["Lagadec"], [10000], first, Method.UNKNOWN)


def _dated_prices(groix: Groix, season: Season, basket: Product, half: Product, small: Product) -> None:
    """A double basket before Christmas and a rise for the last six weeks: 45 × 13,00 + 27,00 + 6 × 13,50 = 693,00 €."""
    after = season.festive + dt.timedelta(days=1)
    for product, from_date, price_cents in (
        (basket, season.festive, 2700),
        (basket, after, 1300),
        (basket, season.price_rise, 1350),
        (half, season.festive, 1350),
        (half, after, 650),
        (half, season.price_rise, 675),
        (small, season.days[34], 350),  # 34 × 3,00 + 18 × 3,50 = 165,00 €
    ):
        change_price(product=product, price_cents=price_cents, from_date=from_date, on=season.first, by=groix.administrator)


def _eggs(groix: Groix, season: Season) -> None:
    hens = create_producer(group=groix.group, name="Poulailler de Locmaria", by=groix.administrator)
    contract = _contract(groix, hens, "Contrat œufs", dates(Cycle.EVERY_TWO_WEEKS, season.first, season.last))
    eggs = add_product(contract=contract, name="Six œufs", price_cents=320, unit="boîte", by=groix.administrator)
    for rank, (last_name, _) in enumerate((("Adam", ""), ("Le Goff", ""), *NEIGHBOURS[5:21])):
        subscription = _sign(groix, contract, last_name, eggs, quantity=1 + rank % 2)
        if rank % 3:
            _pay(groix, subscription, [26 * 320 * (1 + rank % 2)], season.first)


def _honey(groix: Groix, season: Season) -> None:
    bees = create_producer(group=groix.group, name="Rucher de Kerlard", by=groix.administrator)
    contract = _contract(groix, bees, "Contrat miel", dates(Cycle.MONTHLY, season.first, season.last))
    honey = add_product(contract=contract, name="Miel de lande, 500 g", price_cents=950, unit="pot", by=groix.administrator)
    for last_name, _ in (("Adam", ""), ("Le Goff", ""), *NEIGHBOURS[2:12]):
        _sign(groix, contract, last_name, honey)


def _last_season(groix: Groix, farm: Producer, season: Season) -> None:
    """Closed and settled, but for one small credit that waits to be carried to this season."""
    contract = _contract(groix, farm, f"Contrat légumes {season.first.year}–{season.last.year}", season.days)
    basket = add_product(contract=contract, name="Panier de légumes", price_cents=1280, by=groix.administrator)
    for last_name, _ in (("Adam", ""), ("Le Goff", ""), *NEIGHBOURS[:28]):
        subscription = _sign(groix, contract, last_name, basket)
        extra_cents = 1280 if last_name == "Madec" else 0
        _pay(
            groix,
            subscription,
            [*split_evenly(52 * 1280 - 5 * 5500, 1), *[5500] * 5, *([extra_cents] if extra_cents else [])],
            season.first,
        )
