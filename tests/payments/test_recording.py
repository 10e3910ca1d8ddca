import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.groups.models import MemberAccount
from escarcelle.ledger import balances, books
from escarcelle.ledger.models import AccountKind
from escarcelle.payments.corrections import PaymentNotStanding, cancel_payment, correct_payment
from escarcelle.payments.models import Method, Payment
from escarcelle.payments.recording import PaymentRefused, record_payment
from tests.cast import TODAY, balance_of, received

pytestmark = pytest.mark.django_db


def kept(amap, kind):
    """Cents of the farm's money that are in one place; money there is a debit, shown here as a plus."""
    book_id = amap.farm.book_id
    return -balances.balance(book_id, books.singleton(book_id, kind))


def test_order_then_pay_then_overpay(amap):
    adam = amap.subscribe("ADAM Pécine")
    assert balance_of(adam) == -69316

    amap.pay(adam, 69316)
    assert balance_of(adam) == 0

    amap.pay(adam, 2000)
    assert balance_of(adam) == 2000


def test_a_cheque_keeps_what_is_written_on_it_and_is_in_hand(amap):
    payment = amap.pay(amap.subscribe("ADAM Pécine"), 5776, number="4471201")

    assert (payment.cheque.number, payment.cheque.bank) == ("4471201", "Crédit Mutuel")
    assert kept(amap, AccountKind.CHEQUES_IN_HAND) == 5776


def test_sent_twice_it_is_recorded_once(amap):
    adam, key = amap.subscribe("ADAM Pécine"), uuid4()
    payments = [record_payment(account=adam.account, received=received(69316), on=TODAY, by=amap.treasurer, key=key) for _ in range(2)]

    assert payments[0] == payments[1]
    assert balance_of(adam) == 0


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"amount_cents": 0}, "amount_not_positive"),
        ({"amount_cents": -1000}, "amount_not_positive"),
        ({"amount_cents": 10**12}, "amount_too_large"),
        ({"amount_cents": 100, "method": Method.CASH}, "method_not_offered"),
        ({"amount_cents": 100, "on": TODAY + dt.timedelta(days=1)}, "received_in_future"),
        ({"amount_cents": 100, "on": dt.date(1926, 9, 1)}, "received_too_long_ago"),
    ],
)
def test_what_cannot_be_a_payment_is_refused(amap, details, code):
    adam = amap.subscribe("ADAM Pécine")
    with pytest.raises(PaymentRefused) as refusal:
        record_payment(account=adam.account, received=received(**details), on=TODAY, by=amap.treasurer)
    assert refusal.value.code == code
    assert balance_of(adam) == -69316


def test_cancelling_needs_a_reason_and_puts_the_debt_back_once(amap):
    adam = amap.subscribe("ADAM Pécine")
    payment, key = amap.pay(adam, 69316), uuid4()

    with pytest.raises(PaymentRefused):
        cancel_payment(payment=payment, reason=" ", on=TODAY, by=amap.treasurer)
    for _ in range(2):
        cancel_payment(payment=payment, reason="mauvaise ligne", on=TODAY, by=amap.treasurer, key=key)

    assert balance_of(adam) == -69316
    assert kept(amap, AccountKind.CHEQUES_IN_HAND) == 0
    with pytest.raises(PaymentNotStanding):
        cancel_payment(payment=payment, reason="encore", on=TODAY, by=amap.treasurer)


def test_a_correction_reverses_and_records_again(amap):
    adam = amap.subscribe("ADAM Pécine")
    wrong = amap.pay(adam, 7575, number="4471204")

    right = correct_payment(
        payment=wrong, received=received(5775, number="4471204"), reason="chiffres inversés", on=TODAY, by=amap.treasurer
    )

    wrong.refresh_from_db()
    assert (wrong.state, wrong.corrected_by) == (Payment.State.CORRECTED, right)
    assert balance_of(adam) == -69316 + 5775


def test_naming_an_unknown_method_leaves_the_member_alone(amap):
    adam = amap.subscribe("ADAM Pécine")
    payment = amap.pay(adam, 69316, method=Method.UNKNOWN)
    assert kept(amap, AccountKind.UNKNOWN_METHOD) == 69316

    correct_payment(payment=payment, received=received(69316, number="7"), reason="c’était un chèque", on=TODAY, by=amap.treasurer)

    assert balance_of(adam) == 0
    assert kept(amap, AccountKind.UNKNOWN_METHOD) == 0
    assert kept(amap, AccountKind.CHEQUES_IN_HAND) == 69316


def test_one_account_per_subscription_in_the_book_of_its_payee(amap):
    adam = amap.subscribe("ADAM Pécine")
    assert MemberAccount.objects.filter(member=adam.member, book=amap.farm.book).count() == 1
