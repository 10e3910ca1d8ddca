"""What was promised waits again when the payment that had kept the promise is taken back."""

from collections import Counter

import pytest

from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.promises import Named, receive
from tests.cast import TODAY, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(market):
    market.offer(cash=True, cheque=True)
    return {"by": market.admin}


def promised(basket):
    return Counter(basket.promised_payments.filter(state="pending").values_list("way", "amount_cents"))


def kept(basket, by):
    return receive(promise=basket.promised_payments.get(state="pending"), named=Named("cash", TODAY), today=TODAY, **by)


def take_back(payment, by):
    cancel_payment(payment=payment, reason="pas venu", on=TODAY, **by)


def test_it_joins_what_was_promised_since_in_the_same_way(market, by):
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="on_the_spot")
    first = kept(basket, by)
    market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")

    take_back(first, by)

    assert promised(basket) == {("on_the_spot", 630): 1}
    assert market.balance("ADAM Pécine") == -630


def test_two_payments_of_one_basket_can_both_be_taken_back(market, by):
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="on_the_spot")
    first = kept(basket, by)
    market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")
    second = kept(basket, by)

    take_back(first, by)
    take_back(second, by)

    assert promised(basket) == {("on_the_spot", 630): 1}


def test_a_payment_named_otherwise_still_keeps_its_promise(market, by):
    basket = market.order("ADAM Pécine", {market.courgettes: 1}, way="on_the_spot")
    paid = kept(basket, by)

    named = correct_payment(payment=paid, received=received(350, on=TODAY, method="cheque"), reason="un chèque", on=TODAY, **by)
    assert not promised(basket)
    take_back(named, by)

    assert promised(basket) == {("on_the_spot", 350): 1}
