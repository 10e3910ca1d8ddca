"""A small AMAP and a small market in which every address of the screens leads somewhere, and every form is shown at least once."""

import datetime as dt
import itertools
from dataclasses import dataclass
from uuid import uuid4

from django.urls import URLResolver, get_resolver, reverse

from escarcelle.catalogs.departures import leave
from escarcelle.catalogs.models import Product
from escarcelle.groups.accounts import general_account
from escarcelle.groups.invitations import invitation_token
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group, Member
from escarcelle.groups.tokens import make_token
from escarcelle.importers.camap import carry_out
from escarcelle.importers.camap_file import read_camap
from escarcelle.payments.balance_transfers import move_balance
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.models import Method
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import record_payment
from escarcelle.subscriptions.calendar import cancel_delivery
from escarcelle.tills.day import Counted, count_till
from escarcelle.validation.forcing import force
from tests.cast import TODAY, Amap, found_amap, received
from tests.market_cast import MARKET_DAY, Market, at, found_market
from tests.variable_cast import open_cheese

IBAN = "FR7630006000011234567890189"
EXPORT = (
    "subscriptionId;userId;userName;userEmail;userPhone;user2Name;vendorName;catalogId;catalogName;"
    "Date de début;Date de fin;totalPrice;paymentsTotal;balance;Payé\n"
    '"1";"9";"KERVELLA Gaël";"gael@exemple.fr";"";"";"Rucher";"3";"Contrat miel";"2026-09-06";"2027-04-11";"37,50";"0";"-37,50";"non"'
)


@dataclass
class World:
    """A group, who administers it, and what each word of an address may stand for in it."""

    group: Group
    administrator: Member
    words: dict[str, list[object]]
    # A member with an address and without a login.
    invited: Member | None = None
    product: Product | None = None
    # The people and contracts of the AMAP, or the people and catalogues of the market.
    cast: Amap | Market | None = None

    def addresses(self, name: str) -> list[str]:
        """Every address of this name in this world; none where it would speak of what this kind of group does not have."""
        names = word_names(name)
        chosen = itertools.product(*(self.words.get(word, []) for word in names))
        return [reverse(f"web:{name}", kwargs=dict(zip(names, words, strict=True))) for words in chosen]

    def numbers(self) -> set[int]:
        """Every number that an address of this world may hold, and those of its payees."""
        in_addresses = {number for found in self.words.values() for number in found if isinstance(number, int)}
        return in_addresses | set(self.group.producers.values_list("book_id", flat=True))


def amap_world(name: str = "AMAP de Groix") -> World:
    """A season contract with subscriptions, payments of every kind, people who came and went."""
    amap = found_amap(name)
    group = amap.group
    subscription = amap.subscribe("ADAM Pécine")
    amap.subscribe("BLANC Alphée", alternate="ADAM Pécine")
    payment = amap.pay(subscription, 1000, number="4471201")
    row = BatchRow(subscription.pk, received(2000, method=Method.TRANSFER), "0")
    batch = record_batch(contract=amap.vegetables, rows=[row], on=TODAY, by=amap.treasurer, key=uuid4())
    general = general_account(group=group, member=subscription.member, book_id=amap.farm.book_id)
    transfer = move_balance(source=subscription.account, target=general, on=TODAY, by=amap.treasurer)
    amap.pay(subscription, 500)
    taken = general_account(group=group, member=amap.coordinator, book_id=amap.farm.book_id)
    [opening] = take_over(group=group, balances=[TakeOver(taken, 2000)], on=TODAY, today=TODAY, by=amap.treasurer)
    contact = PersonalDetails("Invité", "Jean", f"jean@{group.slug}.fr", "06 12 34 56 78")
    invited = create_member(group=group, details=contact, on=TODAY, by=amap.treasurer)
    gone = create_member(group=group, details=PersonalDetails("Parti", "Paul"), on=TODAY, by=amap.treasurer)
    leave(member=gone, on=TODAY, by=amap.admin)
    make_token(member=amap.admin, name="Tableur", by=amap.admin)
    eggs = amap.open("Contrat œufs", amap.farm, 320, weeks=2, product="Boîte de six")
    unpaid = amap.subscribe("CARIOU Maëlle")
    cheese = open_cheese(amap, producer=amap.farm)
    by_date = cheese.subscribe("ADAM Pécine", {cheese.tomme: 1})
    cheese.order("ADAM Pécine", 1, {cheese.tomme: 2})
    first, last = amap.vegetables.deliveries.order_by("pk").first(), amap.vegetables.deliveries.order_by("pk").last()
    cancel_delivery(delivery=last, reason="grève", on=TODAY, by=amap.admin)
    plan = carry_out(group=group, file=read_camap(EXPORT.encode(), file_name="export.csv"), on=TODAY, by=amap.treasurer)
    words: dict[str, list[object]] = {
        "slug": [group.slug],
        "contract_id": [amap.vegetables.pk, eggs.pk, cheese.contract.pk],
        "product_id": [amap.basket.pk],
        "member_id": [subscription.member_id, amap.coordinator.pk, invited.pk, gone.pk],
        "delivery_id": [first.pk, last.pk, eggs.deliveries.first().pk, cheese.deliveries[0].pk, cheese.deliveries[1].pk],
        "distribution_id": [first.distribution_id],
        "subscription_id": [subscription.pk, unpaid.pk, by_date.pk],
        "account_id": [subscription.account_id, general.pk],
        "operation_no": [transfer.source_operation_no],
        "payment_id": [payment.pk],
        "opening_id": [opening.pk],
        "batch_id": [batch.pk],
        "place_id": [group.places.get().pk],
        "token_id": [group.api_tokens.get().pk],
        "activity_id": [plan.activity_id],
        "kind": ["csv", "xlsx"],
        "token": [invitation_token(invited)],
    }
    return World(group, amap.admin, words, invited, amap.basket, amap)


def market_world(name: str = "Direct Paysans") -> World:
    """A day whose till is counted, one that is validated, one to validate, one still open to orders; somebody ordered each time."""
    market = found_market(name)
    market.offer(cash=True, cheque=True, card_terminal=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    past, recent, later = (market.plan(MARKET_DAY + dt.timedelta(days=days)) for days in (-3, -2, 7))
    for day in (past, recent):
        closed = market.order("ADAM Pécine", {market.bread: 1}, day=day, way="on_the_spot")
        force(distribution=day, method="cash", at=at(day.on, 19), by=market.admin)
    count = count_till(distribution=past, counted=Counted(8000, 8280, 8000), on=past.on, by=market.admin)
    waiting = market.order("ADAM Pécine", {market.bread: 2, market.chicken: 1, market.eggs: 2}, way="on_the_spot")
    announced = market.order("BLANC Alphée", {market.bread: 1}, way="transfer")
    overpaid = market.order("CARIOU Maëlle", {market.bread: 1}, way="on_the_spot")
    extra = received(2000, on=market.day.on, method=Method.CASH)
    record_payment(account=overpaid.account, received=extra, on=market.day.on, by=market.admin, key=uuid4(), basket=overpaid)
    mine = order(
        distribution=later, member=market.admin, wish=Wish({market.bread.pk: 1}, "on_the_spot"), at=market.now, by=market.admin, key=uuid4()
    ).basket
    words: dict[str, list[object]] = {
        "slug": [market.group.slug],
        "distribution_id": [market.day.pk, later.pk, recent.pk],
        "basket_id": [waiting.pk, announced.pk, overpaid.pk, mine.pk, closed.pk],
        "count_id": [count.pk],
        "producer_id": [market.bakery.producer_id],
        "member_id": [market.client("ADAM Pécine").pk],
        "act": ["valider"],
    }
    return World(market.group, market.admin, words, product=market.bread, cast=market)


def screens() -> list[str]:
    """The names of every address of the screens."""
    return sorted(name for name in _web().reverse_dict if isinstance(name, str))


def _web() -> URLResolver:
    return next(one for one in get_resolver().url_patterns if isinstance(one, URLResolver) and one.app_name == "web")


def word_names(name: str) -> list[str]:
    """What the address of a screen asks to be told: "slug", "contract_id"…"""
    [(possibilities, *_rest)] = _web().reverse_dict.getlist(name)
    [(_path, names)] = possibilities
    return names
