"""AMAP de Groix, from its first day to this evening, in the order in which it happened."""

import datetime as dt

from django.db import transaction

from escarcelle.catalogs.departures import leave
from escarcelle.catalogs.producers import create_producer, give_producer_access
from escarcelle.demo import cheese, clock, last_season, smaller_contracts, vegetables
from escarcelle.demo.cast import (
    ADMINISTRATOR,
    FAITHFUL,
    GONE,
    GROIX,
    INVITED,
    MEMBER,
    NEWCOMERS,
    PARTNER,
    PASSWORD,
    PRODUCER,
    Login,
    details_of,
)
from escarcelle.demo.isle import Isle
from escarcelle.demo.season import season_around, season_before
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member, give_role, link_person
from escarcelle.groups.models import Group, Member
from escarcelle.notifications.invitations import invitation_link, invite
from escarcelle.people.logins import login_of

NAME = "AMAP de Groix"


@transaction.atomic
def build(today: dt.date) -> Group:
    """Build the whole AMAP around `today`, by the same verbs as people use. All of it or nothing."""
    season = season_around(today)
    before = season_before(season)
    founded_on = before.tuesday(-9)
    with clock.at(founded_on, 18, 0):
        isle = _found(founded_on)
        farm = create_producer(group=isle.group, name="Ferme de Groix", by=isle.administrator)
        give_producer_access(producer=farm, member=isle.members[PRODUCER.last_name], by=isle.administrator)
    last_season.play(isle, farm, before)

    opened_on, signed_on = season.tuesday(-5), season.tuesday(-2)
    with clock.at(opened_on):
        _come_and_go(isle, opened_on)
        baskets = vegetables.open_season(isle, farm, season, opened_on)
        eggs = smaller_contracts.open_eggs(isle, season, opened_on)
        honey = smaller_contracts.open_honey(isle, season, opened_on)
        cheeses = cheese.open_contract_of_cheese(isle, season, opened_on)
    with clock.at(signed_on, 18, 30):
        signed = vegetables.sign_up(isle, baskets, season, signed_on)
        signed_for_eggs = smaller_contracts.sign_up_for_eggs(isle, eggs, signed_on)
        signed_for_honey = smaller_contracts.sign_up_for_honey(isle, honey, signed_on)
        signed_for_cheese = cheese.sign_up(isle, cheeses, signed_on)

    vegetables.first_evening(isle, signed, season.tuesday(-1))
    smaller_contracts.pay_for_eggs(isle, signed_for_eggs, eggs, season.tuesday(-1))
    cheese.pay(isle, signed_for_cheese, cheeses, season.tuesday(-1))
    cheese.order_by_name(isle, signed_for_cheese, cheeses, 0, cheese.closing_day(cheeses, 0))
    cheese.close(isle, cheeses, 0)
    vegetables.second_evening(isle, signed, season.tuesday(0))
    smaller_contracts.pay_for_honey(isle, signed_for_honey, signed_for_eggs, season.tuesday(0))
    vegetables.third_evening(isle, signed, season.tuesday(1))
    cheese.order_by_name(isle, signed_for_cheese, cheeses, 1, cheese.closing_day(cheeses, 1))
    cheese.close(isle, cheeses, 1)
    thursday = season.tuesday(1) + dt.timedelta(days=2)
    with clock.at(thursday, 8, 10):
        _invite(isle.members[INVITED[0]], isle.administrator)
    vegetables.holidays(isle, signed, season, thursday)
    cheese.order_by_name(isle, signed_for_cheese, cheeses, 2, thursday + dt.timedelta(days=1))
    return isle.group


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


def _found(on: dt.date) -> Isle:
    """The group, its hall, those who sign in, and the households of last season."""
    details = PersonalDetails(ADMINISTRATOR.last_name, ADMINISTRATOR.first_name, ADMINISTRATOR.email)
    group, administrator = found_group(name=NAME, kind=Group.Kind.AMAP, administrator=details, on=on)
    give_login(administrator, ADMINISTRATOR)
    members = {ADMINISTRATOR.last_name: administrator}
    for login in GROIX[1:]:
        members[login.last_name] = signed_in_member(group, login, administrator, on)
    for name in (*FAITHFUL, GONE):
        members[name[0]] = create_member(group=group, details=details_of(*name), on=on, by=administrator)
    create_member(group=group, details=details_of(*PARTNER), on=on, by=administrator, household_of=members[MEMBER.last_name])
    slot = Slot(place_named(group, "Salle du Bourg", "Place de l’Église, 56590 Groix"), dt.time(17, 30), dt.time(19))
    return Isle(group, administrator, members, slot)


def _come_and_go(isle: Isle, on: dt.date) -> None:
    """Between two seasons: somebody leaves the isle, others join."""
    leave(member=isle.members[GONE[0]], on=on, by=isle.administrator)
    for name in NEWCOMERS:
        isle.members[name[0]] = create_member(group=isle.group, details=details_of(*name), on=on, by=isle.administrator)


def _invite(member: Member, administrator: Member) -> None:
    """Ask somebody to sign in: they have not answered yet."""
    invite(member=member, link=invitation_link(member), by=administrator)
