"""Direct Paysans, a market: its people, its producers and its place, then its days."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.cast import CLIENT, MARKET_ADMINISTRATOR, MARKET_CLIENTS, MARKET_VOLUNTEER, address_at
from escarcelle.demo.groix import give_login, signed_in_member
from escarcelle.demo.market_days import OFFERED, MarketDays, fill
from escarcelle.distributions.planning import place_named
from escarcelle.groups.accounts import general_account
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group, Member
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.ways import Offer, offer_ways

NAME = "Direct Paysans"
OFFER = Offer(
    cheque=True,
    cash=True,
    transfer=True,
    card_terminal=True,
    transfer_holder=NAME,
    transfer_iban="FR7630006000011234567890189",
    small_difference_cents=5,
)
# What some bring from the former tool, by first name; the others arrive with nothing.
OPENING_BALANCES_CENTS = {"Soizic": 840, "Yann": 2000, "Malo": -1250, "Edern": 2000}


@transaction.atomic
def build(now: dt.datetime) -> Group:
    """Build the market, founded eight weeks before `now`, with its days around that instant. All of it or nothing."""
    on = timezone.localdate(now) - dt.timedelta(weeks=8)
    with clock.at(on, 10, 0):
        days = _found(on, now)
    fill(days)
    return days.group


def _found(on: dt.date, now: dt.datetime) -> MarketDays:
    details = PersonalDetails(MARKET_ADMINISTRATOR.last_name, MARKET_ADMINISTRATOR.first_name, MARKET_ADMINISTRATOR.email)
    group, administrator = found_group(name=NAME, kind=Group.Kind.MARKET, administrator=details, on=on)
    give_login(administrator, MARKET_ADMINISTRATOR)
    clients = [signed_in_member(group, CLIENT, administrator, on)]
    clients += [create_member(group=group, details=_details(*name), on=on, by=administrator) for name in MARKET_CLIENTS]
    signed_in_member(group, MARKET_VOLUNTEER, administrator, on)
    for name in OFFERED:
        create_producer(group=group, name=name, by=administrator)
    offer_ways(group=group, offer=OFFER, by=administrator)
    take_over(group=group, balances=_opening_balances(clients), on=on, today=on, by=administrator)
    return MarketDays(group, administrator, clients, place_named(group, "Halle de Port-Tudy"), now, OFFERED)


def _details(last_name: str, first_name: str) -> PersonalDetails:
    return PersonalDetails(last_name, first_name, address_at("paysans.example", last_name, first_name))


def _opening_balances(clients: list[Member]) -> list[TakeOver]:
    return [
        TakeOver(
            general_account(group=client.group, member=client, book_id=client.group.book_id), OPENING_BALANCES_CENTS[client.first_name]
        )
        for client in clients
        if client.first_name in OPENING_BALANCES_CENTS
    ]
