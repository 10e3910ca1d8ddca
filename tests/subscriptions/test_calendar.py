import datetime as dt

import pytest

from escarcelle.catalogs.contracts import ContractRefused, ContractTerms, open_contract
from escarcelle.distributions.market_days import MarketDay, Window, plan_market_day
from escarcelle.distributions.planning import PlanningRefused, Slot, place_named
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.subscriptions.absences import AbsenceRefused, set_absences
from escarcelle.subscriptions.alternation import collector
from escarcelle.subscriptions.calendar import cancel_delivery, change_price, change_terms, move_delivery, plan, restore_delivery
from tests.cast import TODAY, balance_of, season
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_weeks(amap):
    return season(amap.group, amap.farm, "Contrat d’hiver", 1300, weeks=5, by=amap.admin)


def test_moving_one_of_five_weekly_distributions_keeps_five_and_65_euros(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    first = five_weeks.deliveries.by_day().first()

    move_delivery(delivery=first, to=five_weeks.ends_on - dt.timedelta(days=1), on=TODAY, by=amap.coordinator)

    assert five_weeks.deliveries.count() == 5
    assert balance_of(adam) == -6500


def test_postponing_beyond_the_last_day_prolongs_contract_and_subscription(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    later = five_weeks.ends_on + dt.timedelta(days=7)

    move_delivery(delivery=five_weeks.deliveries.by_day().last(), to=later, on=TODAY, by=amap.coordinator)

    adam.refresh_from_db()
    assert adam.ends_on == adam.contract.ends_on == later
    assert balance_of(adam) == -6500


def test_a_day_already_taken_is_refused(amap, five_weeks):
    first, second = five_weeks.deliveries.by_day()[:2]
    with pytest.raises(PlanningRefused) as refusal:
        move_delivery(delivery=first, to=second.distribution.on, on=TODAY, by=amap.coordinator)
    assert refusal.value.code == "day_taken"


@pytest.fixture
def port(amap):
    """Another place, where part of the group would like to collect."""
    return Slot(place_named(amap.group, "Port-Tudy"), dt.time(18), dt.time(19))


def test_one_day_at_two_places_is_refused_and_nobody_pays_twice(amap, five_weeks, port):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    first, second = (delivery.distribution.on for delivery in five_weeks.deliveries.by_day()[:2])

    with pytest.raises(PlanningRefused, match=f"{second:%d/%m/%Y} \\(Salle du Bourg\\)"):
        plan(contract=five_weeks, slot=port, days=[first + dt.timedelta(days=1), second], on=TODAY, by=amap.coordinator)

    assert five_weeks.deliveries.count() == 5
    assert not amap.group.distributions.filter(place=port.place).exists()
    assert balance_of(adam) == -6500


def test_moving_to_the_other_place_keeps_the_day_and_onto_another_day_is_refused(amap, five_weeks, port):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    first, second = five_weeks.deliveries.by_day()[:2]

    with pytest.raises(PlanningRefused):
        move_delivery(delivery=first, to=second.distribution.on, place=port.place, on=TODAY, by=amap.coordinator)
    move_delivery(delivery=first, to=first.distribution.on, place=port.place, on=TODAY, by=amap.coordinator)

    first.refresh_from_db()
    assert (first.distribution.place, first.distribution.on) == (port.place, five_weeks.starts_on)
    assert balance_of(adam) == -6500


def test_a_cancelled_day_is_not_planned_elsewhere_since_it_may_be_restored(amap, five_weeks, port):
    amap.subscribe("ADAM Pécine", contract=five_weeks)
    first = five_weeks.deliveries.by_day().first()
    cancel_delivery(delivery=first, reason="tempête", on=TODAY, by=amap.coordinator)

    with pytest.raises(PlanningRefused):
        plan(contract=five_weeks, slot=port, days=[first.distribution.on], on=TODAY, by=amap.coordinator)


def test_another_contract_may_be_delivered_elsewhere_on_that_day(amap, five_weeks, port):
    eggs = season(amap.group, amap.farm, "Contrat œufs", 320, weeks=1, by=amap.admin)
    move_delivery(delivery=eggs.deliveries.get(), to=eggs.starts_on, place=port.place, on=TODAY, by=amap.coordinator)

    assert amap.group.distributions.filter(on=five_weeks.starts_on).count() == 2


def test_a_cancelled_distribution_is_owed_by_nobody_and_restoring_is_its_exact_opposite(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    delivery = five_weeks.deliveries.by_day().first()

    for _ in range(2):
        cancel_delivery(delivery=delivery, reason="tempête", on=TODAY, by=amap.coordinator)
    assert balance_of(adam) == -5200

    for _ in range(2):
        restore_delivery(delivery=delivery, on=TODAY, by=amap.coordinator)
    assert balance_of(adam) == -6500


def test_several_contracts_share_the_distribution_of_a_place_and_day(amap, five_weeks):
    season(amap.group, amap.farm, "Contrat œufs", 320, weeks=5, by=amap.admin)

    assert amap.group.distributions.filter(on=five_weeks.starts_on).count() == 1


def test_planning_again_adds_nothing(amap, five_weeks):
    slot = Slot(place_named(amap.group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))
    days = dates(Cycle.WEEKLY, five_weeks.starts_on, five_weeks.ends_on)

    assert plan(contract=five_weeks, slot=slot, days=days, on=TODAY, by=amap.admin) == []


def test_a_price_changes_from_a_date_on_for_everybody(amap, five_weeks):
    subscriptions = [amap.subscribe(name, contract=five_weeks) for name in ("ADAM Pécine", "BLANC Alphée")]
    product = five_weeks.products.get()

    differences = change_price(
        product=product, price_cents=1350, from_date=five_weeks.starts_on + dt.timedelta(weeks=2), on=TODAY, by=amap.coordinator
    )

    assert [difference.difference_cents for difference in differences] == [150, 150]
    assert [balance_of(subscription) for subscription in subscriptions] == [-6650, -6650]


def test_a_price_never_changes_what_was_delivered(amap, five_weeks):
    with pytest.raises(ContractRefused) as refusal:
        change_price(
            product=five_weeks.products.get(),
            price_cents=1350,
            from_date=five_weeks.starts_on,
            on=five_weeks.starts_on + dt.timedelta(days=1),
            by=amap.coordinator,
        )
    assert refusal.value.code == "would_rewrite_the_past"


def test_terms_cannot_leave_a_subscription_outside(amap, five_weeks):
    amap.subscribe("ADAM Pécine", contract=five_weeks)
    terms = ContractTerms(name="Contrat d’hiver", starts_on=five_weeks.starts_on, ends_on=five_weeks.ends_on - dt.timedelta(days=1))
    with pytest.raises(ContractRefused) as refusal:
        change_terms(contract=five_weeks, terms=terms, by=amap.admin)
    assert refusal.value.code == "something_ends_after"


def test_absences_lower_the_total_within_the_limits_of_the_contract(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    deliveries = list(five_weeks.deliveries.by_day())

    set_absences(subscription=adam, deliveries=deliveries[:2], on=TODAY, by=amap.member, may_change_past=False)
    assert balance_of(adam) == -3900

    with pytest.raises(AbsenceRefused) as refusal:
        set_absences(subscription=adam, deliveries=deliveries, on=TODAY, by=amap.member, may_change_past=False)
    assert refusal.value.code == "too_many"

    set_absences(subscription=adam, deliveries=[], on=TODAY, by=amap.member, may_change_past=False)
    assert balance_of(adam) == -6500


def test_a_member_cannot_note_an_absence_afterwards_a_coordinator_can(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks)
    first = five_weeks.deliveries.by_day().first()
    the_day = first.distribution.on

    with pytest.raises(AbsenceRefused) as refusal:
        set_absences(subscription=adam, deliveries=[first], on=the_day, by=amap.member, may_change_past=False)
    assert refusal.value.code == "past"

    set_absences(subscription=adam, deliveries=[first], on=the_day, by=amap.coordinator, may_change_past=True)
    assert balance_of(adam) == -5200


def test_an_alternated_share_is_collected_in_turn_whatever_is_cancelled(amap, five_weeks):
    adam = amap.subscribe("ADAM Pécine", contract=five_weeks, alternate="ANGOUSTAN Bernard")
    days = [delivery.distribution.on for delivery in five_weeks.deliveries.by_day()]

    turns = [collector(adam, days, day).last_name for day in days]

    assert turns == ["ADAM", "ANGOUSTAN", "ADAM", "ANGOUSTAN", "ADAM"]


def test_onions_and_baskets_over_two_distributions_come_to_64(amap):
    from escarcelle.catalogs.contracts import add_product

    contract = season(amap.group, amap.farm, "Légumes", 1300, weeks=2, by=amap.admin)
    onions = add_product(contract=contract, name="Oignons", price_cents=200, unit="botte", by=amap.admin)
    basket = contract.products.exclude(pk=onions.pk).get()
    adam = amap.subscribe_to(contract, "ADAM Pécine", {onions.pk: 3, basket.pk: 2})

    assert balance_of(adam) == -6400


def test_cycles_of_the_documents_plan_the_days_they_say(amap):
    terms = ContractTerms(name="Hiver", starts_on=dt.date(2018, 12, 24), ends_on=dt.date(2019, 1, 24))
    contract = open_contract(group=amap.group, producer=amap.farm, terms=terms, by=amap.admin)
    slot = Slot(place_named(amap.group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))

    deliveries = plan(contract=contract, slot=slot, days=dates(Cycle.WEEKLY, terms.starts_on, terms.ends_on), on=TODAY, by=amap.admin)

    assert len(deliveries) == 5


def test_a_catalogue_of_a_market_may_be_sold_at_two_places_on_one_day(market):
    """What is sold there is what is ordered there: nothing is due twice."""
    quay = Slot(place_named(market.group, "Quai"), dt.time(9), dt.time(12))
    day = MarketDay([market.vegetables], Window(closes_at=at(MARKET_DAY, 8)))

    elsewhere = plan_market_day(group=market.group, slot=quay, on=MARKET_DAY, day=day, by=market.admin)

    assert market.group.distributions.filter(on=MARKET_DAY).count() == 2
    assert elsewhere.deliveries.get().contract == market.vegetables
