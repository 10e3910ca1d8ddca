import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.groups.activity import KeyReused
from escarcelle.groups.models import Activity
from escarcelle.subscriptions.dues import contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import (
    Alternation,
    CannotWithdraw,
    Change,
    Period,
    SubscriptionRefused,
    change,
    end,
    sign,
    withdraw,
)
from tests.cast import TODAY, balance_of, found_amap

pytestmark = pytest.mark.django_db


def test_52_distributions_and_no_payment_are_the_whole_total_owed(amap):
    assert balance_of(amap.subscribe("ADAM Pécine")) == -69316


def test_signing_twice_with_one_key_engages_once(amap):
    key = uuid4()
    signed = [_sign(amap, "ADAM Pécine", key=key) for _ in range(2)]

    assert signed[0] == signed[1]
    assert Subscription.objects.count() == 1
    assert balance_of(signed[0]) == -69316


def test_the_same_key_with_another_quantity_is_refused(amap):
    key = uuid4()
    _sign(amap, "ADAM Pécine", key=key)

    with pytest.raises(KeyReused):
        _sign(amap, "ADAM Pécine", key=key, quantity=2)


def test_an_act_is_in_the_log_with_who_did_it(amap):
    amap.subscribe("ADAM Pécine")

    activity = Activity.objects.filter(kind="subscription.signed").get()
    assert activity.by == amap.treasurer
    assert activity.details["total_cents"] == 69316


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [(-1, 0, "starts_before_contract"), (0, 1, "ends_after_contract")],
)
def test_a_period_outside_the_contract_is_refused_and_nothing_is_created(amap, starts, ends, code):
    contract = amap.vegetables
    with pytest.raises(SubscriptionRefused) as refusal:
        amap.subscribe(
            "ADAM Pécine",
            starts_on=contract.starts_on + dt.timedelta(days=starts),
            ends_on=contract.ends_on + dt.timedelta(days=ends),
        )

    assert refusal.value.code == code
    assert not Subscription.objects.exists()


def test_a_second_subscription_may_begin_the_day_after_the_first_ends_but_not_that_day(amap):
    last = amap.vegetables.starts_on + dt.timedelta(days=30)
    amap.subscribe("ADAM Pécine", ends_on=last)

    with pytest.raises(SubscriptionRefused) as refusal:
        amap.subscribe("ADAM Pécine", starts_on=last)
    assert refusal.value.code == "overlap"

    amap.subscribe("ADAM Pécine", starts_on=last + dt.timedelta(days=1))
    assert Subscription.objects.count() == 2


def test_nobody_alternates_with_themselves_or_with_a_stranger(amap):
    stranger = found_amap("AMAP d’ailleurs").member
    for other, code in ((amap.someone("ADAM Pécine"), "alternate_is_holder"), (stranger, "unknown_alternate")):
        with pytest.raises(SubscriptionRefused) as refusal:
            _sign(amap, "ADAM Pécine", alternation=Alternation(other))
        assert refusal.value.code == code
    assert not Subscription.objects.exists()


def test_quantities_change_from_a_date_on_and_only_the_difference_is_booked(amap):
    adam = amap.subscribe("ADAM Pécine")
    tenth = amap.vegetables.starts_on + dt.timedelta(weeks=9)

    difference = _change(amap, adam, quantities={amap.basket.pk: 2}, quantities_from=tenth)

    assert difference.difference_cents == 43 * 1333
    assert balance_of(adam) == -(9 + 2 * 43) * 1333


def test_quantities_never_change_what_was_collected(amap):
    adam = amap.subscribe("ADAM Pécine")
    third_week = amap.vegetables.starts_on + dt.timedelta(weeks=3)

    with pytest.raises(SubscriptionRefused) as refusal:
        _change(amap, adam, quantities={amap.basket.pk: 2}, quantities_from=amap.vegetables.starts_on, on=third_week)

    assert refusal.value.code == "would_rewrite_the_past"
    assert balance_of(adam) == -69316


def test_ending_early_gives_back_what_is_no_longer_due_and_can_be_undone(amap):
    adam = amap.subscribe("ADAM Pécine")

    end(subscription=adam, last_day=amap.vegetables.starts_on, on=TODAY, by=amap.treasurer)
    assert balance_of(adam) == -1333

    _change(amap, adam)
    assert balance_of(adam) == -69316


def test_supprimer_brings_the_account_back_to_zero_and_can_be_sent_twice(amap):
    adam = amap.subscribe("ADAM Pécine")
    for _ in range(2):
        withdraw(subscription=adam, on=TODAY, by=amap.treasurer)

    assert balance_of(adam) == 0
    assert not amap.vegetables.subscriptions.standing().exists()


def test_supprimer_is_refused_after_a_distribution_and_after_a_payment(amap):
    adam = amap.subscribe("ADAM Pécine")
    with pytest.raises(CannotWithdraw) as refusal:
        withdraw(subscription=adam, on=amap.vegetables.starts_on + dt.timedelta(days=1), by=amap.treasurer)
    assert refusal.value.code == "past_delivery"

    amap.pay(adam, 100)
    with pytest.raises(CannotWithdraw) as refusal:
        withdraw(subscription=adam, on=TODAY, by=amap.treasurer)
    assert refusal.value.code == "payment"


def test_the_computation_shown_adds_up_to_the_total(amap):
    adam = amap.subscribe("ADAM Pécine")
    _change(amap, adam, quantities={amap.basket.pk: 3}, quantities_from=amap.vegetables.starts_on + dt.timedelta(weeks=20))
    adam.refresh_from_db()

    facts = contract_facts(amap.vegetables.pk, [adam])
    shares = facts.shares(adam)

    assert [(share.delivery_count, share.quantity) for share in shares] == [(20, 1), (32, 3)]
    assert sum(share.total_cents for share in shares) == facts.due(adam).total_cents == -balance_of(adam)


def _sign(amap, name, *, key=None, quantity=1, alternation=None):
    return sign(
        contract=amap.vegetables,
        member=amap.someone(name),
        period=Period(amap.vegetables.starts_on, amap.vegetables.ends_on),
        quantities={amap.basket.pk: quantity},
        alternation=alternation,
        on=TODAY,
        by=amap.treasurer,
        key=key,
    )


def _change(amap, subscription, *, on=TODAY, quantities=None, quantities_from=None):
    period = Period(amap.vegetables.starts_on, amap.vegetables.ends_on)
    to = Change(period.starts_on, period.ends_on, quantities=quantities, quantities_from=quantities_from)
    return change(subscription=subscription, to=to, on=on, by=amap.treasurer)
