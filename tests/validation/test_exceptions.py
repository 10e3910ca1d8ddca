"""What went otherwise on the day, and put back: the same due and the same promise as before."""

import datetime as dt

import pytest

from escarcelle.distributions.market_days import MarketDayRefused
from escarcelle.distributions.models import Distribution
from escarcelle.lib.refusals import Refusal
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.exceptions import add_on_the_spot, planned_shortage, set_undelivered, share_out_shortage, weigh
from escarcelle.validation.opening import ValidationRefused, opens_at
from escarcelle.validation.shortages import Rule
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 18)


@pytest.fixture
def by(market):
    market.offer(cash=True, cheque=True)
    return {"at": EVENING, "by": market.admin}


def standing(market, basket):
    promised = basket.promised_payments.filter(state="pending").values_list("way", "amount_cents")
    return market.balance("ADAM Pécine"), list(promised)


def test_the_only_line_taken_off_and_put_back_is_still_promised(market, by):
    basket = market.order("ADAM Pécine", {market.courgettes: 2}, way="on_the_spot")
    line = basket.lines.get()

    set_undelivered(line=line, count=2, **by)
    assert standing(market, basket) == (0, [])
    set_undelivered(line=line, count=0, **by)

    assert standing(market, basket) == (-700, [("on_the_spot", 700)])


def test_what_was_weighed_is_still_weighed_when_it_is_put_back(market, by):
    basket = market.order("ADAM Pécine", {market.chicken: 1}, way="on_the_spot")
    line = basket.lines.get()
    weigh(line=line, grams=1652, **by)

    set_undelivered(line=line, count=1, **by)
    assert standing(market, basket) == (0, [])
    set_undelivered(line=line, count=0, **by)

    assert standing(market, basket) == (-1966, [("on_the_spot", 1966)])


def test_what_left_with_validated_baskets_counts_in_what_came(market, by):
    gone = market.order("ADAM Pécine", {market.eggs: 5}, by=market.admin)
    waiting = market.order("BLANC Alphée", {market.eggs: 5}, way="on_the_spot")
    validate_basket(basket=gone, leaving="debt", **by)
    share = {"distribution": market.day, "product": market.eggs, "rule": Rule.PROPORTIONAL}

    share_out_shortage(delivered=7, **share, **by)
    assert [line.delivered for line in (gone.lines.get(), waiting.lines.get())] == [5, 2]
    # Fewer than those who left took: everybody else goes without.
    assert planned_shortage(delivered=3, **share) == {waiting.lines.get().pk: 5}
    with pytest.raises(ValidationRefused):
        planned_shortage(delivered=11, **share)


def test_nothing_of_a_cancelled_day_is_owed_again(market, by):
    basket = market.order("ADAM Pécine", {market.courgettes: 2}, way="on_the_spot")
    cancel_market_day(distribution=market.day, reason="neige", **by)
    share = {"distribution": market.day, "product": market.courgettes, "rule": Rule.PROPORTIONAL}

    for act in (lambda: set_undelivered(line=basket.lines.get(), count=0, **by), lambda: share_out_shortage(delivered=2, **share, **by)):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code in ("cancelled", "unknown_product")

    assert standing(market, basket) == (0, [])


def test_half_an_hour_is_half_an_hour_in_the_night_when_clocks_are_moved():
    night = Distribution(on=dt.date(2027, 3, 28), starts_at=dt.time(3, 15), ends_at=dt.time(5))

    assert night.starts.astimezone(dt.UTC) - opens_at(night).astimezone(dt.UTC) == dt.timedelta(minutes=30)


def test_a_day_planned_again_keeps_its_hours_and_its_validation(market, by):
    with pytest.raises(MarketDayRefused) as refusal:
        market.plan(MARKET_DAY, starts_at=dt.time(19), closes_at=at(MARKET_DAY, 18, 30))
    assert refusal.value.code == "closes_after_the_start"

    basket = market.order("ADAM Pécine", {market.courgettes: 1}, by=market.admin)
    validate_basket(basket=basket, leaving="debt", **by)
    with pytest.raises(MarketDayRefused) as refusal:
        market.plan(MARKET_DAY)
    assert refusal.value.code == "validated"


def test_a_part_of_what_was_weighed_is_to_be_weighed_again(market, by):
    basket = market.order("ADAM Pécine", {market.potatoes: 4}, way="on_the_spot")
    line = basket.lines.get()
    weigh(line=line, grams=2100, **by)
    assert standing(market, basket)[0] == -420

    set_undelivered(line=line, count=2, **by)
    line.refresh_from_db()
    assert (line.weighed_grams, standing(market, basket)[0]) == (None, -200)

    share_out_shortage(distribution=market.day, product=market.potatoes, delivered=3, rule=Rule.PROPORTIONAL, **by)
    assert standing(market, basket)[0] == -300


@pytest.mark.parametrize("quantity", [0, -1])
def test_what_is_added_on_the_spot_is_one_at_least(market, by, quantity):
    basket = market.order("ADAM Pécine", {market.bread: 2}, way="on_the_spot")
    with pytest.raises(ValidationRefused):
        add_on_the_spot(basket=basket, product=market.bread, quantity=quantity, **by)
    assert standing(market, basket)[0] == -560
