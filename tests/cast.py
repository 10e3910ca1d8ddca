"""The people and the season that tests speak of: an AMAP like the one in the documents."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from uuid import uuid4

from escarcelle.catalogs.contracts import ContractTerms, add_product, appoint_coordinator, open_contract
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member, give_role, link_person
from escarcelle.groups.models import Group, Member, Role
from escarcelle.ledger.balances import balance
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.lib.names import split_name
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.people.models import Person
from escarcelle.subscriptions.calendar import plan
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Period, sign

TODAY = dt.date(2026, 9, 1)
SEASON_START = dt.date(2026, 9, 6)
_emails = itertools.count(1)


def balance_of(subscription: Subscription) -> int:
    """What the books say of a subscription, in cents."""
    return balance(subscription.account.book_id, subscription.account.account_no)


def received(
    amount_cents: int, *, on: dt.date = TODAY, number: str = "", bank: str = "Crédit Mutuel", method: str = Method.CHEQUE
) -> Received:
    return Received(amount_cents, method, on, cheque=ChequeDetails(number=number, bank=bank))


@dataclass
class Amap:
    """A small AMAP with everybody in it; `today` is a fixed day before the season."""

    group: Group
    admin: Member
    treasurer: Member
    coordinator: Member
    volunteer: Member
    producer_member: Member
    member: Member
    farm: Producer
    vegetables: Contract
    basket: Product
    today: dt.date = TODAY
    people: dict[str, Member] = field(default_factory=dict)

    def someone(self, name: str) -> Member:
        """The member of this name, created the first time."""
        if name not in self.people:
            parts = split_name(name)
            details = PersonalDetails(last_name=parts.last, first_name=parts.first)
            self.people[name] = create_member(group=self.group, details=details, on=self.today, by=self.treasurer)
        return self.people[name]

    def subscribe(
        self,
        name: str,
        *,
        contract: Contract | None = None,
        quantity: int = 1,
        product: Product | None = None,
        starts_on: dt.date | None = None,
        ends_on: dt.date | None = None,
        alternate: str | None = None,
    ) -> Subscription:
        contract = contract or self.vegetables
        product = product or contract.products.first()
        return sign(
            contract=contract,
            member=self.someone(name),
            period=Period(starts_on or contract.starts_on, ends_on or contract.ends_on),
            quantities={product.pk: quantity},
            alternation=Alternation(self.someone(alternate)) if alternate else None,
            on=self.today,
            by=self.treasurer,
        )

    def subscribe_to(self, contract: Contract, name: str, quantities: dict[int, int]) -> Subscription:
        """Engage somebody for the whole contract, with so many of each product."""
        period = Period(contract.starts_on, contract.ends_on)
        return sign(contract=contract, member=self.someone(name), period=period, quantities=quantities, on=self.today, by=self.treasurer)

    def pay(self, subscription: Subscription, amount_cents: int, **details: object) -> Payment:
        return record_payment(
            account=subscription.account, received=received(amount_cents, **details), on=self.today, by=self.treasurer, key=uuid4()
        )

    def open(self, name: str, producer: Producer, price_cents: int, *, weeks: int = 52, product: str = "Panier") -> Contract:
        """Another contract, weekly from the first day of the season."""
        return season(self.group, producer, name, price_cents, weeks=weeks, product=product, by=self.admin)


def season(
    group: Group,
    producer: Producer,
    name: str,
    price_cents: int,
    *,
    by: Member,
    weeks: int = 52,
    product: str = "Panier",
    starts_on: dt.date = SEASON_START,
    absences_allowed: int = 4,
) -> Contract:
    """A weekly contract of so many distributions, one product, at a fixed price in cents."""
    last = starts_on + dt.timedelta(weeks=weeks - 1)
    terms = ContractTerms(name=name, starts_on=starts_on, ends_on=last, absences_allowed=absences_allowed)
    contract = open_contract(group=group, producer=producer, terms=terms, by=by)
    add_product(contract=contract, name=product, price_cents=price_cents, by=by)
    slot = Slot(place_named(group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))
    plan(contract=contract, slot=slot, days=dates(Cycle.WEEKLY, starts_on, last), on=TODAY, by=by)
    return contract


def signed_in(member: Member) -> Member:
    """Give a member a login, as if they had accepted an invitation."""
    person = Person.objects.create_user(f"personne{next(_emails)}@exemple.fr", "escarcelle-2026", last_name=member.last_name)
    link_person(member=member, person=person)
    return member


def found_amap(name: str = "AMAP de Groix") -> Amap:
    """Found an AMAP with one person per role and a vegetable contract of 52 distributions at 13,33 €."""
    group, admin = found_group(name=name, kind=Group.Kind.AMAP, administrator=PersonalDetails("Admin", "Anne"), on=TODAY)

    def join(last: str, first: str) -> Member:
        return signed_in(create_member(group=group, details=PersonalDetails(last, first), on=TODAY, by=admin))

    treasurer, coordinator, volunteer = join("Le Goff", "Martine"), join("Favennec", "Hervé"), join("Corre", "Yannick")
    producer_member, member = join("Tonnerre", "Erwan"), join("Hamon", "Denise")
    give_role(member=treasurer, role=Role.Name.TREASURER, by=admin)
    give_role(member=volunteer, role=Role.Name.VOLUNTEER, by=admin)
    farm = create_producer(group=group, name="Ferme de Groix", by=admin)
    give_producer_access(producer=farm, member=producer_member, by=admin)
    vegetables = season(group, farm, "Contrat légumes", 1333, by=admin, product="Panier de légumes")
    appoint_coordinator(contract=vegetables, member=coordinator, by=admin)
    signed_in(admin)
    return Amap(group, admin, treasurer, coordinator, volunteer, producer_member, member, farm, vegetables, vegetables.products.get())
