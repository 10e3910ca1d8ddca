import pytest

from escarcelle.payments.promises import Named, receive
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.opening import ValidationRefused
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db


def test_a_cancelled_day_owes_nothing_and_keeps_what_was_paid_as_a_credit(market):
    market.offer(cheque=True)
    paid = market.order("ADAM Pécine", {market.courgettes: 2}, way="cheque")
    market.order("BLANC Alphée", {market.bread: 1}, way="cheque")
    receive(promise=paid.promised_payments.get(), named=Named("cheque", MARKET_DAY), by=market.admin, today=MARKET_DAY)

    outcome = cancel_market_day(distribution=market.day, reason="tempête", at=market.now, by=market.admin)

    assert (outcome.basket_count, outcome.difference_cents) == (2, -980)
    assert (market.balance("ADAM Pécine"), market.balance("BLANC Alphée")) == (700, 0)
    assert not market.group.promised_payments.filter(state="pending").exists()
    assert not market.day.deliveries.standing().exists()


def test_a_day_with_a_validated_basket_is_not_cancelled(market):
    basket = market.order("ADAM Pécine", {market.courgettes: 2})
    validate_basket(basket=basket, at=at(MARKET_DAY, 18), by=market.admin)

    with pytest.raises(ValidationRefused):
        cancel_market_day(distribution=market.day, reason="tempête", at=at(MARKET_DAY, 18), by=market.admin)
    with pytest.raises(ValidationRefused):
        cancel_market_day(distribution=market.day, reason=" ", at=at(MARKET_DAY, 18), by=market.admin)
    assert market.balance("ADAM Pécine") == -700
