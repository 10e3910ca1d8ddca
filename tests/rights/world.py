"""AMAPs and markets with somebody in every role, and one thing of each kind that an address may name."""

import datetime as dt
from dataclasses import dataclass
from uuid import uuid4

from escarcelle.catalogs.contracts import appoint_coordinator
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.groups.accounts import general_account
from escarcelle.groups.invitations import invitation_token
from escarcelle.groups.machines import add_machine
from escarcelle.groups.members import PersonalDetails, create_member, give_role
from escarcelle.groups.models import Group, Member, Role
from escarcelle.groups.tokens import make_token
from escarcelle.importers.member_import import carry_out
from escarcelle.importers.member_sheet import propose_columns, read_members
from escarcelle.importers.tables import read_table
from escarcelle.payments.balance_transfers import move_balance
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import record_payment
from escarcelle.payments.refunds import refund
from escarcelle.tills.day import Counted, count_till
from tests.cast import SEASON_START, TODAY, Amap, found_amap, received, season, signed_in
from tests.market_cast import Market, at, found_market
from tests.variable_cast import open_cheese

MACHINES = ("administrator", "treasurer", "volunteer")
FIRST_HALF_ENDS_ON = SEASON_START + dt.timedelta(weeks=26)
SECOND_HALF_STARTS_ON = FIRST_HALF_ENDS_ON + dt.timedelta(days=1)
IBAN = "FR7630006000011234567890189"
# In the market: the validation is open, the orders are closed.
ON_MARKET_DAY = at(TODAY, 18, 30)


@dataclass
class Place:
    """One group, its people by role, and what an address of it may name.

    `things` is about the vegetables, and about what is ADAM Pécine's; `other_things` is about another contract of another producer."""

    group: Group
    roles: dict[str, Member]
    tokens: dict[str, str]
    things: dict[str, object]
    other_things: dict[str, object]

    @property
    def slug(self) -> str:
        return self.group.slug


def build_amap(name: str) -> Place:
    """Everybody is there with a login and a key, two have left; made by the verbs."""
    amap = found_amap(name)
    group, admin = amap.group, amap.admin
    hens = create_producer(group=group, name="Poulailler de Locmaria", by=admin)
    eggs = season(group, hens, "Contrat œufs", 320, by=admin)
    roles = {
        "administrator": admin,
        "treasurer": amap.treasurer,
        "coordinator": amap.coordinator,
        "other_coordinator": _join(amap, "Autre", "Coordinatrice"),
        "volunteer": amap.volunteer,
        "producer": amap.producer_member,
        "other_producer": _join(amap, "Autre", "Producteur"),
        "holder": _join(amap, "Adam", "Pécine"),
        "alternate": _join(amap, "Blanc", "Alphée"),
        "member": amap.member,
        "gone": _join(amap, "Parti", "Jean"),
    }
    roles["second"] = _join(amap, "Adam", "Rozenn", household_of=roles["holder"])
    roles["other_second"] = _join(amap, "Hamon", "Paul", household_of=amap.member)
    appoint_coordinator(contract=eggs, member=roles["other_coordinator"], by=admin)
    give_producer_access(producer=hens, member=roles["other_producer"], by=admin)
    amap.people = {"ADAM Pécine": roles["holder"], "BLANC Alphée": roles["alternate"], "HAMON Denise": amap.member}
    tokens = _with_machines(group, roles)
    things, eggs_things = _things_of_adam(amap), _things_of_the_eggs(amap, eggs)
    return Place(group, roles, tokens, things, {**things, **eggs_things})


def _with_machines(group: Group, roles: dict[str, Member]) -> dict[str, str]:
    """A key for everybody; the machines join the roles."""
    admin = roles["administrator"]
    roles |= {f"machine_{role}": add_machine(group=group, name=role, role=role, on=TODAY, by=admin) for role in MACHINES}
    return {role: make_token(member=member, name="essai", by=member) for role, member in roles.items()}


def _join(amap: Amap, last: str, first: str, **options: object) -> Member:
    details = PersonalDetails(last, first)
    return signed_in(create_member(group=amap.group, details=details, on=TODAY, by=amap.admin, **options))


def _things_of_adam(amap: Amap) -> dict[str, object]:
    group, adam = amap.group, amap.people["ADAM Pécine"]
    subscription = amap.subscribe("ADAM Pécine", ends_on=FIRST_HALF_ENDS_ON, alternate="BLANC Alphée")
    later = amap.subscribe("ADAM Pécine", starts_on=SECOND_HALF_STARTS_ON)
    payment = amap.pay(subscription, 1000, number="4471201")
    row = BatchRow(subscription.pk, received(2000), "0")
    batch = record_batch(contract=amap.vegetables, rows=[row], on=TODAY, by=amap.treasurer, key=uuid4())
    transfer = move_balance(source=subscription.account, target=later.account, on=TODAY, by=amap.treasurer)
    amap.pay(subscription, 700)
    taken = general_account(group=group, member=amap.coordinator, book_id=amap.farm.book_id)
    [opening] = take_over(group=group, balances=[TakeOver(taken, 2000)], on=TODAY, today=TODAY, by=amap.treasurer)
    delivery = amap.vegetables.deliveries.first()
    invited = create_member(group=group, details=PersonalDetails("Riou", "Anne", "anne@exemple.fr"), on=TODAY, by=amap.treasurer)
    cheese = open_cheese(amap, producer=amap.farm)
    cheese.subscribe("ADAM Pécine", {cheese.tomme: 1})
    return {
        "cheese_contract_id": cheese.contract.pk,
        "cheese_subscription_id": cheese.subscriptions["ADAM Pécine"].pk,
        "cheese_delivery_id": cheese.deliveries[0].pk,
        "contract_id": amap.vegetables.pk,
        "product_id": amap.basket.pk,
        "member_id": adam.pk,
        "producer_id": amap.farm.pk,
        "distribution_id": delivery.distribution_id,
        "delivery_id": delivery.pk,
        "subscription_id": subscription.pk,
        "account_id": subscription.account_id,
        "operation_no": transfer.source_operation_no,
        "payment_id": payment.pk,
        "batch_id": batch.pk,
        "transfer_id": transfer.pk,
        "opening_id": opening.pk,
        "payee_id": amap.farm.book_id,
        "token_id": adam.api_tokens.get().pk,
        "place_id": group.places.get().pk,
        "activity_id": _import(amap),
        "role": "volunteer",
        "kind": "csv",
        "token": invitation_token(invited),
        "general_account_id": general_account(group=group, member=adam, book_id=amap.farm.book_id).pk,
    }


def _things_of_the_eggs(amap: Amap, eggs: object) -> dict[str, object]:
    subscription = amap.subscribe("BLANC Alphée", contract=eggs)
    payment = amap.pay(subscription, 500, number="7750001")
    row = BatchRow(subscription.pk, received(300), "0")
    batch = record_batch(contract=eggs, rows=[row], on=TODAY, by=amap.treasurer, key=uuid4())
    return {
        "contract_id": eggs.pk,
        "product_id": eggs.products.get().pk,
        "delivery_id": eggs.deliveries.first().pk,
        "subscription_id": subscription.pk,
        "account_id": subscription.account_id,
        "payment_id": payment.pk,
        "batch_id": batch.pk,
    }


def _import(amap: Amap) -> int:
    table = read_table("Nom;Prénom\nMadec;Loïc\n".encode(), file_name="membres.csv")
    sheet = read_members(table, propose_columns(table))
    return carry_out(group=amap.group, sheet=sheet, payee=None, on=TODAY, by=amap.treasurer, key=uuid4()).activity_id


def build_market(name: str) -> Place:
    """The same people in a market: they look after catalogues, and ADAM Pécine has a basket."""
    market = found_market(name)
    group, admin = market.group, market.admin
    names = {
        "treasurer": "LE GOFF Martine",
        "coordinator": "FAVENNEC Hervé",
        "other_coordinator": "AUTRE Coordinatrice",
        "volunteer": "CORRE Yannick",
        "producer": "TONNERRE Erwan",
        "other_producer": "AUTRE Producteur",
        "holder": "ADAM Pécine",
        "alternate": "BLANC Alphée",
        "member": "HAMON Denise",
        "gone": "PARTI Jean",
    }
    roles = {"administrator": admin, **{role: market.client(name) for role, name in names.items()}}
    for second, holder in (("second", "holder"), ("other_second", "member")):
        details = PersonalDetails(roles[holder].last_name, "Rozenn")
        roles[second] = signed_in(create_member(group=group, details=details, on=TODAY, by=admin, household_of=roles[holder]))
    give_role(member=roles["treasurer"], role=Role.Name.TREASURER, by=admin)
    give_role(member=roles["volunteer"], role=Role.Name.VOLUNTEER, by=admin)
    for rank, catalogue in (("", market.vegetables), ("other_", market.bakery)):
        appoint_coordinator(contract=catalogue, member=roles[f"{rank}coordinator"], by=admin)
        give_producer_access(producer=catalogue.producer, member=roles[f"{rank}producer"], by=admin)
    tokens = _with_machines(group, roles)
    things = _things_of_the_market(market)
    return Place(group, roles, tokens, things, {**things, **_things_of_the_bakery(market)})


def _things_of_the_market(market: Market) -> dict[str, object]:
    """ADAM Pécine ordered a net of courgettes, promised a transfer, paid too much in cash and got some of it back."""
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    day = market.plan(TODAY)
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="transfer", day=day)
    account, admin = market.account("ADAM Pécine"), market.admin
    cash = received(1000, method="cash")
    record_payment(account=account, received=cash, on=TODAY, by=admin, key=uuid4(), basket=basket)
    given = refund(account=account, basket=basket, method="cash", amount_cents=200, on=TODAY, today=TODAY, by=admin)
    counted = count_till(distribution=market.plan(TODAY - dt.timedelta(days=1)), counted=Counted(0, 0, 0), on=TODAY, by=admin)
    return {
        "distribution_id": day.pk,
        "member_id": basket.account.member_id,
        "basket_id": basket.pk,
        "act": "valider",
        "line_id": basket.lines.get().pk,
        "promise_id": basket.promised_payments.get().pk,
        "refund_id": given.pk,
        "count_id": counted.pk,
        "producer_id": market.vegetables.producer_id,
        "contract_id": market.vegetables.pk,
        "catalogue_id": market.vegetables.pk,
        "product_id": market.courgettes.pk,
        "catalogue_product_id": market.courgettes.pk,
    }


def _things_of_the_bakery(market: Market) -> dict[str, object]:
    catalogue_id, product_id = market.bakery.pk, market.bread.pk
    return {"contract_id": catalogue_id, "catalogue_id": catalogue_id, "product_id": product_id, "catalogue_product_id": product_id}
