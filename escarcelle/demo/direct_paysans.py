"""Direct Paysans, a market: its people, its producers and its place, ready for its first orders."""

import datetime as dt

from django.db import transaction

from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.cast import CLIENT, MARKET_ADMINISTRATOR
from escarcelle.demo.groix import give_login, signed_in_member
from escarcelle.distributions.planning import place_named
from escarcelle.groups.accounts import general_account
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group
from escarcelle.payments.opening_balances import TakeOver, take_over

NAME = "Direct Paysans"
CLIENTS = (("Bihan", "Yann", 2000), ("Prigent", "Malo", -1250), ("Jaouen", "Tifenn", 0))


@transaction.atomic
def build(today: dt.date) -> Group:
    """Build the market, founded two weeks before `today`. All of it or nothing."""
    on = today - dt.timedelta(weeks=2)
    with clock.at(on, 10, 0):
        return _found(on)


def _found(on: dt.date) -> Group:
    details = PersonalDetails(MARKET_ADMINISTRATOR.last_name, MARKET_ADMINISTRATOR.first_name, MARKET_ADMINISTRATOR.email)
    group, administrator = found_group(name=NAME, kind=Group.Kind.MARKET, administrator=details, on=on)
    give_login(administrator, MARKET_ADMINISTRATOR)
    soizic = signed_in_member(group, CLIENT, administrator, on)
    for name in ("Ferme du Méné", "Fournil de Port-Tudy", "Chèvrerie de Kermario"):
        create_producer(group=group, name=name, by=administrator)
    place_named(group, "Halle de Port-Tudy")
    clients = [
        (create_member(group=group, details=PersonalDetails(last_name, first_name), on=on, by=administrator), cents)
        for last_name, first_name, cents in CLIENTS
    ]
    clients.append((soizic, 840))
    balances = [TakeOver(general_account(group=group, member=member, book_id=group.book_id), cents) for member, cents in clients]
    take_over(group=group, balances=balances, on=on, today=on, by=administrator)
    return group
