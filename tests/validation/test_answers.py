"""What validating and reopening answer: what really stays owed, and the same answer to the same act sent twice."""

from uuid import uuid4

import pytest

from escarcelle.payments.corrections import correct_payment
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_distribution
from tests.cast import received
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 19)


def forced(market):
    return force(distribution=market.day, method="cash", at=EVENING, by=market.admin)


def test_what_is_given_up_is_not_a_debt(market):
    market.offer(cash=True, small_difference="give", small_difference_cents=400)
    market.order("ADAM Pécine", {market.courgettes: 1}, by=market.admin)
    market.order("BLANC Alphée", {market.courgettes: 2}, by=market.admin)

    assert forced(market).debt_cents == 700
    assert (market.balance("ADAM Pécine"), market.balance("BLANC Alphée")) == (0, -700)


def test_what_a_money_pot_lacks_stays_in_it(market):
    market.offer(money_pot=True, negative_money_pot=True, small_difference="give", small_difference_cents=400)
    market.order("ADAM Pécine", {market.courgettes: 1})

    assert (forced(market).debt_cents, market.balance("ADAM Pécine")) == (350, -350)


def test_reopening_sent_twice_answers_the_same(market):
    market.offer(cash=True, cheque=True)
    for name in ("ADAM Pécine", "BLANC Alphée"):
        basket = market.order(name, {market.courgettes: 1}, way="on_the_spot")
    forced(market)
    cheque = received(350, on=MARKET_DAY, method="cheque")
    correct_payment(payment=basket.payments.get(), received=cheque, reason="un chèque", on=MARKET_DAY, by=market.admin)
    act = {"distribution": market.day, "reason": "erreur", "at": EVENING, "by": market.admin, "key": uuid4()}

    first = reopen_distribution(**act)

    assert (len(first.taken_back), len(first.left_alone)) == (1, 1)
    assert reopen_distribution(**act) == first
