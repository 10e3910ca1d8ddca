"""What was collected was collected: no change of price or quantity reaches a distribution that is past, however it is come at."""

import datetime as dt

import pytest

from escarcelle.catalogs.contracts import ContractRefused, ContractTerms, add_product
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.subscriptions.absences import AbsenceRefused, set_absences
from escarcelle.subscriptions.booking import TotalRefused
from escarcelle.subscriptions.calendar import cancel_delivery, change_price, change_terms, move_delivery, plan, restore_delivery
from escarcelle.subscriptions.signing import Change, SubscriptionRefused, change, end
from tests.cast import SEASON_START, TODAY, balance_of, season

pytestmark = pytest.mark.django_db


def week(rank):
    return SEASON_START + dt.timedelta(weeks=rank)


@pytest.fixture
def contract(amap):
    return season(amap.group, amap.farm, "Contrat d’automne", 1000, weeks=10, by=amap.admin, absences_allowed=2)


@pytest.fixture
def adam(amap, contract):
    return amap.subscribe("ADAM Pécine", contract=contract)


def price(amap, contract, cents, *, since, on=TODAY):
    return change_price(product=contract.products.get(), price_cents=cents, from_date=since, on=on, by=amap.treasurer)


def terms_of(contract, **changes):
    terms = {"name": contract.name, "starts_on": contract.starts_on, "ends_on": contract.ends_on, "absences_allowed": 2}
    return ContractTerms(**{**terms, **changes})


def test_a_price_from_before_the_first_day_is_that_of_the_first_day(amap, contract, adam):
    price(amap, contract, 1500, since=week(-3))
    assert balance_of(adam) == -15000


def test_days_before_the_first_price_keep_it_when_a_later_one_is_set(amap, contract):
    """The first day was brought forward after the price was agreed; those weeks are past when the price changes."""
    change_terms(contract=contract, terms=terms_of(contract, starts_on=week(-4)), by=amap.treasurer)
    slot = Slot(place_named(amap.group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))
    plan(contract=contract, slot=slot, days=dates(Cycle.WEEKLY, week(-4), week(-1)), on=TODAY, by=amap.treasurer)
    adam = amap.subscribe("ADAM Pécine", contract=contract)
    assert balance_of(adam) == -14 * 1000

    price(amap, contract, 1500, since=week(-2), on=week(-2))

    assert balance_of(adam) == -(2 * 1000 + 12 * 1500)


def test_a_cancelled_day_comes_back_at_the_price_it_had(amap, contract, adam):
    second = contract.deliveries.by_day()[1]
    cancel_delivery(delivery=second, reason="tempête", on=week(1), by=amap.treasurer)
    before_the_storm, day_after = week(1) - dt.timedelta(days=1), week(1) + dt.timedelta(days=1)

    with pytest.raises(ContractRefused) as refusal:
        price(amap, contract, 1500, since=before_the_storm, on=day_after)
    assert refusal.value.code == "would_rewrite_the_past"

    price(amap, contract, 1500, since=day_after, on=day_after)
    restore_delivery(delivery=second, on=day_after, by=amap.treasurer)
    assert balance_of(adam) == -(2 * 1000 + 8 * 1500)


def test_a_day_of_absence_comes_back_with_the_quantity_it_had(amap, contract, adam):
    second, day_after = contract.deliveries.by_day()[1], week(1) + dt.timedelta(days=1)
    set_absences(subscription=adam, deliveries=[second], on=TODAY, by=amap.treasurer, may_change_past=True)
    doubled = Change(quantities={contract.products.get().pk: 2}, quantities_from=week(1))

    with pytest.raises(SubscriptionRefused) as refusal:
        change(subscription=adam, to=doubled, on=day_after, by=amap.treasurer)
    assert refusal.value.code == "would_rewrite_the_past"


def test_what_changes_today_does_not_change_yesterday(amap, contract, adam):
    change(subscription=adam, to=Change(quantities={contract.products.get().pk: 2}), on=week(3), by=amap.treasurer)
    assert balance_of(adam) == -(3 * 1000 + 7 * 2000)


def test_a_subscription_is_not_made_to_owe_what_lies_between(amap, contract):
    """Moved beyond the end of a subscription, with other distributions before it: that subscription owes it no more, and no other."""
    short = amap.subscribe("ADAM Pécine", contract=contract, ends_on=week(3))
    third = contract.deliveries.by_day()[2]

    move_delivery(delivery=third, to=week(6) + dt.timedelta(days=1), on=TODAY, by=amap.treasurer)
    short.refresh_from_db()
    assert (short.ends_on, balance_of(short)) == (week(3), -3000)

    move_delivery(delivery=third, to=week(2), on=TODAY, by=amap.treasurer)
    assert balance_of(short) == -4000


def test_a_subscription_is_prolonged_either_way_when_nothing_lies_between(amap, contract):
    early = amap.subscribe("ADAM Pécine", contract=contract, ends_on=week(3))
    late = amap.subscribe("BLANC Alphée", contract=contract, starts_on=week(4))
    days = list(contract.deliveries.by_day())

    move_delivery(delivery=days[3], to=week(3) + dt.timedelta(days=2), on=TODAY, by=amap.treasurer)
    move_delivery(delivery=days[4], to=week(4) - dt.timedelta(days=1), on=TODAY, by=amap.treasurer)
    early.refresh_from_db()
    late.refresh_from_db()

    assert (early.ends_on, late.starts_on) == (week(3) + dt.timedelta(days=2), week(4) - dt.timedelta(days=1))
    assert (balance_of(early), balance_of(late)) == (-4000, -6000)


def test_who_has_another_subscription_that_day_owes_it_there(amap, contract):
    first = amap.subscribe("ADAM Pécine", contract=contract, ends_on=week(3))
    then = amap.subscribe("ADAM Pécine", contract=contract, starts_on=week(3) + dt.timedelta(days=1))

    move_delivery(delivery=contract.deliveries.by_day()[3], to=week(3) + dt.timedelta(days=2), on=TODAY, by=amap.treasurer)

    assert (balance_of(first), balance_of(then)) == (-3000, -7000)


def test_first_and_last_day_count(amap, contract):
    one_day = amap.subscribe("ADAM Pécine", contract=contract, starts_on=week(9), ends_on=week(9))
    assert balance_of(one_day) == -1000

    with pytest.raises(SubscriptionRefused):
        end(subscription=one_day, last_day=week(9) - dt.timedelta(days=1), on=TODAY, by=amap.treasurer)
    assert balance_of(one_day) == -1000


def test_absences_stop_at_the_limit_and_at_the_edges_of_their_window(amap, contract, adam):
    terms = terms_of(contract, absences_from=week(2), absences_until=week(4))
    change_terms(contract=contract, terms=terms, by=amap.treasurer)
    days = list(contract.deliveries.by_day())

    def absent(*ranks):
        deliveries = [days[rank] for rank in ranks]
        return set_absences(subscription=adam, deliveries=deliveries, on=TODAY, by=amap.treasurer, may_change_past=True)

    for ranks, code in (((1,), "outside_window"), ((5,), "outside_window"), ((2, 3, 4), "too_many")):
        with pytest.raises(AbsenceRefused) as refusal:
            absent(*ranks)
        assert refusal.value.code == code
    assert absent(2, 4).difference_cents == -2000


def test_a_price_of_zero_owes_nothing_and_is_a_price(amap, contract, adam):
    price(amap, contract, 0, since=week(5))
    assert balance_of(adam) == -5000
    price(amap, contract, 1000, since=week(5))
    assert balance_of(adam) == -10000


def test_a_total_that_no_screen_could_show_is_refused_whole(amap, contract, adam):
    dear = add_product(contract=contract, name="Truffes", price_cents=1_000_000_00, by=amap.treasurer)
    basket = contract.products.exclude(pk=dear.pk).get()

    with pytest.raises(TotalRefused):
        change(subscription=adam, to=Change(quantities={basket.pk: 1, dear.pk: 2}), on=TODAY, by=amap.treasurer)
    assert balance_of(adam) == -10000


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (dt.date(2026, 10, 18), dt.date(2026, 11, 1), 3),  # clocks go back on the 25th
        (dt.date(2027, 3, 21), dt.date(2027, 4, 4), 3),  # and forward on the 28th
        (dt.date(2028, 2, 29), dt.date(2028, 3, 7), 2),
        (dt.date(2026, 9, 6), dt.date(2027, 8, 29), 52),
    ],
)
def test_the_calendar_has_no_day_too_many(amap, first, last, count):
    weeks = (last - first).days // 7 + 1
    contract = season(amap.group, amap.farm, "Saison", 1333, weeks=weeks, by=amap.admin, starts_on=first)
    adam = amap.subscribe("ADAM Pécine", contract=contract)

    assert balance_of(adam) == -count * 1333


def test_a_monthly_contract_from_29_february_keeps_its_rank(amap):
    assert dates(Cycle.MONTHLY, dt.date(2028, 2, 29), dt.date(2028, 5, 31)) == [
        dt.date(2028, 2, 29),
        dt.date(2028, 3, 28),
        dt.date(2028, 4, 25),
        dt.date(2028, 5, 30),
    ]
