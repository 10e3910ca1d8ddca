"""La Cagnotte du Quartier: neighbours who order together and put money into a common pot from time to time."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.catalogues import ProductTerms
from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.cast import NEIGHBOURS_OF_THE_POT, POT_ADMINISTRATOR
from escarcelle.demo.groix import give_login
from escarcelle.demo.market_days import MarketDays
from escarcelle.distributions.planning import place_named
from escarcelle.groups.accounts import general_account
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.ways import Offer, offer_ways

NAME = "La Cagnotte du Quartier"
OFFERED = {
    "Moulin de Kervignac": (
        ProductTerms("Farine de blé, 5 kg", 980, unit="sac"),
        ProductTerms("Lentilles vertes, 1 kg", 640, unit="sachet"),
        ProductTerms("Huile de colza, 1 l", 720, unit="bouteille"),
    )
}
BULK, SMALL = {"Farine de blé, 5 kg": 2, "Huile de colza, 1 l": 3}, {"Lentilles vertes, 1 kg": 1, "Farine de blé, 5 kg": 1}


@transaction.atomic
def build(now: dt.datetime) -> Group:
    """Build the group around `now`: one day behind, validated, and one open for orders. All of it or nothing."""
    on = timezone.localdate(now) - dt.timedelta(weeks=6)
    with clock.at(on, 18, 30):
        days = _found(on, now)
    behind = days.plan(days.morning - dt.timedelta(weeks=2))
    days.ordered(behind, [BULK, BULK, SMALL, SMALL], {}, None)
    days.force(behind, "")
    ahead = days.plan(days.morning + dt.timedelta(days=9))
    days.order(ahead, days.clients[0], SMALL, None, at=now, by=days.clients[0])
    return days.group


def _found(on: dt.date, now: dt.datetime) -> MarketDays:
    details = PersonalDetails(POT_ADMINISTRATOR.last_name, POT_ADMINISTRATOR.first_name, POT_ADMINISTRATOR.email)
    group, administrator = found_group(name=NAME, kind=Group.Kind.MARKET, administrator=details, on=on)
    give_login(administrator, POT_ADMINISTRATOR)
    pots = [
        (create_member(group=group, details=PersonalDetails(last_name, first_name), on=on, by=administrator), cents)
        for last_name, first_name, cents in NEIGHBOURS_OF_THE_POT
    ]
    create_producer(group=group, name="Moulin de Kervignac", by=administrator)
    offer_ways(group=group, offer=Offer(money_pot=True, negative_money_pot=True), by=administrator)
    balances = [TakeOver(general_account(group=group, member=member, book_id=group.book_id), cents) for member, cents in pots]
    take_over(group=group, balances=balances, on=on, today=on, by=administrator)
    return MarketDays(group, administrator, [member for member, _ in pots], place_named(group, "Maison de quartier"), now, OFFERED)
