"""A method of payment that is added is known wherever methods are told apart."""

from typing import get_args

import pytest

from escarcelle.api.payments import PaymentIn
from escarcelle.payments.models import Method
from escarcelle.payments.recording import AMAP_METHODS, KEPT_IN, Received, label_of
from escarcelle.web.payments.grid_words import count_words
from escarcelle.web.payments.journal import METHODS
from escarcelle.web.payments.rows import ICONS
from tests.cast import TODAY


@pytest.mark.parametrize("method", Method)
def test_a_method_has_an_account_a_name_an_icon_and_words(method):
    assert KEPT_IN[method]
    assert label_of(Received(100, method, TODAY))
    assert ICONS[method]
    assert count_words(method, 2).startswith("2 ")


def test_the_journal_and_the_api_tell_all_methods_apart():
    assert set(METHODS.values()) == set(Method)
    assert set(get_args(PaymentIn.model_fields["method"].annotation)) == set(Method.values)


def test_no_money_changes_hands_in_an_amap():
    assert not {Method.CASH, Method.CARD_TERMINAL} & set(AMAP_METHODS)
