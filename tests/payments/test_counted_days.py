"""What may still be paid for a basket once it is validated, and once the till of its day is counted."""

import pytest

from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.counted_days import DayCounted
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.recording import PaymentRefused, record_payment
from escarcelle.payments.refunds import cancel_refund, refund
from escarcelle.tills.day import Counted, count_till, day_money, undo_count
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.reopening import reopen_basket
from tests.books import figures
from tests.cast import received
from tests.market_cast import MARKET_DAY, at

pytestmark = pytest.mark.django_db
EVENING = at(MARKET_DAY, 18, 30)
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def basket(market):
    """A net of courgettes, 3.50, to be paid by transfer."""
    market.offer(cash=True, cheque=True, card_terminal=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    return market.order("ADAM Pécine", {market.courgettes: 1}, way="transfer")


@pytest.fixture
def by(market):
    return {"by": market.admin, "on": MARKET_DAY}


def pay(basket, cents, by, method="cash"):
    return record_payment(account=basket.account, received=received(cents, on=MARKET_DAY, method=method), basket=basket, **by)


def close(basket, by, leaving=""):
    validate_basket(basket=basket, at=EVENING, by=by["by"], leaving=leaving)


def count(basket, by, cash_cents):
    return count_till(distribution=basket.distribution, counted=Counted(0, cash_cents, 0), **by)


def refused(act):
    before = figures()
    with pytest.raises((PaymentRefused, DayCounted)) as refusal:
        act()
    assert figures() == before
    return refusal.value.code


def test_a_validated_basket_takes_no_payment_until_it_is_reopened(market, basket, by):
    close(basket, by, "debt")
    assert refused(lambda: pay(basket, 350, by)) == "basket_validated"

    reopen_basket(basket=basket, reason="elle revient payer", at=EVENING, by=market.admin)
    pay(basket, 350, by)
    assert market.balance("ADAM Pécine") == 0


def test_its_debt_is_paid_on_the_account(market, basket, by):
    close(basket, by, "debt")

    record_payment(account=basket.account, received=received(350, on=MARKET_DAY, method="cash"), **by)

    assert market.balance("ADAM Pécine") == 0


def test_what_was_promised_still_arrives_after_the_validation_and_after_the_count(market, basket, by):
    close(basket, by, "debt")
    count(basket, by, 0)

    receive(promise=basket.promised_payments.get(), named=Named("transfer", MARKET_DAY), by=market.admin, today=MARKET_DAY)

    assert market.balance("ADAM Pécine") == 0


def test_once_the_till_is_counted_its_cash_is_what_was_counted(market, basket, by):
    cash, cheque = pay(basket, 1000, by), pay(basket, 500, by, "cheque")
    more = {"account": basket.account, "basket": basket, "today": MARKET_DAY, **by}
    given = refund(method="cash", amount_cents=200, **more)
    close(basket, by, "credit")
    counted = count(basket, by, 800)
    forbidden = [
        lambda: refund(method="cash", amount_cents=100, **more),
        lambda: refund(method="card_terminal", amount_cents=100, **more),
        lambda: cancel_refund(refund=given, reason="non rendu", **by),
        lambda: cancel_payment(payment=cash, reason="perdu", **by),
        lambda: correct_payment(payment=cash, received=received(1000, on=MARKET_DAY, method="cheque"), reason="un chèque", **by),
        lambda: correct_payment(payment=cheque, received=received(500, on=MARKET_DAY, method="cash"), reason="en espèces", **by),
    ]

    assert {refused(act) for act in forbidden} == {"day_closed"}
    assert day_money(basket.distribution).net_cents("cash") == counted.expected_cash_cents == 800

    refund(method="transfer", amount_cents=100, **more)
    correct_payment(payment=cheque, received=received(500, on=MARKET_DAY, number="4471201"), reason="le numéro", **by)
    undo_count(count=counted, reason="recompté", **by)
    refund(method="cash", amount_cents=100, **more)
    assert day_money(basket.distribution).net_cents("cash") == 700
