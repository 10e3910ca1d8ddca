import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.payees import payee_of_book
from escarcelle.groups.accounts import general_account
from escarcelle.payments.opening_balances import AlreadyTakenOver, ControlTotalDiffers, TakeOver, take_over
from escarcelle.payments.queries import balance_with, balances_page, payee_balances
from escarcelle.payments.recording import PaymentRefused
from tests.cast import TODAY, season

pytestmark = pytest.mark.django_db


def account(amap, name):
    return general_account(group=amap.group, member=amap.someone(name), book_id=amap.farm.book_id)


def take(amap, amounts, **options):
    balances = [TakeOver(account(amap, name), cents) for name, cents in amounts.items()]
    return take_over(group=amap.group, balances=balances, on=TODAY, today=TODAY, by=amap.treasurer, **options)


def test_balances_are_taken_over_as_given(amap):
    take(amap, {"A": 4520, "B": -1280, "C": 0}, control_total_cents=3240)

    page = balances_page(amap.group, payee_of_book(amap.group, amap.farm.book_id))
    assert [(row.member_name, row.balance_cents) for row in page.rows] == [("B", -1280), ("C", 0), ("A", 4520)]
    assert page.total_cents == 3240


def test_an_order_uses_what_was_in_favour_with_the_same_payee(amap):
    take(amap, {"A": 4520})
    contract = season(amap.group, amap.farm, "Œufs", 4520, weeks=1, by=amap.admin)
    amap.subscribe("A", contract=contract)

    assert balance_with(amap.someone("A"), amap.farm.book_id) == 0
    assert [found.balance_cents for found in payee_balances(amap.someone("A"))] == [0]


def test_a_second_take_over_is_refused_even_of_zero(amap):
    take(amap, {"A": 4520, "C": 0})
    for name in ("A", "C"):
        with pytest.raises(AlreadyTakenOver):
            take(amap, {name: 100})


def test_the_control_total_must_be_met(amap):
    with pytest.raises(ControlTotalDiffers):
        take(amap, {"A": 4520, "B": -1280}, control_total_cents=3241)
    assert not amap.group.opening_balances.exists()


def test_sent_twice_it_is_taken_over_once(amap):
    key = uuid4()
    for _ in range(2):
        take(amap, {"A": 4520}, key=key)
    assert balance_with(amap.someone("A"), amap.farm.book_id) == 4520


def test_a_date_to_come_is_refused(amap):
    with pytest.raises(PaymentRefused):
        take_over(
            group=amap.group,
            balances=[TakeOver(account(amap, "A"), 100)],
            on=TODAY + dt.timedelta(days=1),
            today=TODAY,
            by=amap.treasurer,
        )
