import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.departures import leave
from escarcelle.catalogs.payees import payee_of_book
from escarcelle.groups.accounts import general_account
from escarcelle.groups.activity import KeyReused
from escarcelle.lib.refusals import Refusal
from escarcelle.payments.erasure import erase_member
from escarcelle.payments.opening_balances import (
    AlreadyTakenOver,
    ControlTotalDiffers,
    OpeningNotCorrected,
    TakeOver,
    correct_opening_balance,
    take_over,
)
from escarcelle.payments.queries import balance_with, balances_page, payee_balances
from escarcelle.payments.recording import PaymentRefused
from escarcelle.payments.statements import statement_of
from escarcelle.subscriptions.signing import CannotWithdraw, withdraw
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


def correct(amap, opening, cents, *, on=TODAY, reason="mal lu", **options):
    return correct_opening_balance(
        opening=opening, amount_cents=cents, on=on, reason=reason, today=TODAY, by=options.pop("by", amap.treasurer), **options
    )


def lines(amap, name):
    """Of somebody's general account, the oldest first: what, how much, why."""
    found = statement_of(account(amap, name), on=TODAY)
    return [(row.title, row.amount_cents, row.reason) for row in found.rows]


def test_a_wrong_balance_is_replaced_by_the_right_one_and_the_account_says_why(amap):
    [opening] = take(amap, {"A": 4520})

    corrected = correct(amap, opening, 5420, reason="45,20 lu pour 54,20")

    assert balance_with(amap.someone("A"), amap.farm.book_id) == 5420
    assert (corrected.corrects, corrected.amount_cents, corrected.state) == (opening, 5420, "standing")
    assert lines(amap, "A") == [
        ("Reprise de solde", 4520, ""),
        ("Correction de la reprise de solde", 900, "45,20 lu pour 54,20"),
    ]


def test_a_correction_is_one_line_that_opens_on_its_two_operations(amap):
    [opening] = take(amap, {"A": 4520})
    correct(amap, opening, -1280, on=TODAY - dt.timedelta(days=3))

    [first, folded] = statement_of(account(amap, "A"), on=TODAY).rows
    assert first.details == ("Le solde d’avant Escarcelle. Ni commande, ni paiement.", "Corrigé ensuite")
    assert [part.amount_cents for part in folded.parts] == [-4520, -1280]
    assert (folded.amount_cents, folded.balance_cents, folded.is_correction) == (-5800, -1280, True)
    assert folded.parts[1].words == "Repris\u00a0: le solde au sam.\u00a029\u00a0août 2026"


def test_corrections_stay_whole_from_page_to_page(amap):
    [opening] = take(amap, {"A": 4520})
    for cents in (100, 200, 300):
        opening = correct(amap, opening, cents)

    for limit in (2, 3, 4, 5):
        page, titles, amounts = statement_of(account(amap, "A"), on=TODAY, limit=limit), [], []
        while True:
            titles, amounts = [row.title for row in page.rows] + titles, [row.amount_cents for row in page.rows] + amounts
            if not page.older:
                break
            page = statement_of(account(amap, "A"), on=TODAY, before=page.older, limit=limit)
        assert titles == ["Reprise de solde"] + ["Correction de la reprise de solde"] * 3
        assert amounts == [4520, -4420, 100, 100]


def test_correcting_back_is_the_exact_undo_even_after_other_acts(amap):
    [opening] = take(amap, {"A": 4520})
    wrong = correct(amap, opening, 9999)
    contract = season(amap.group, amap.farm, "Œufs", 4520, weeks=1, by=amap.admin)
    amap.subscribe("A", contract=contract)

    correct(amap, wrong, 4520, reason="c’était juste")

    assert balance_with(amap.someone("A"), amap.farm.book_id) == 0


def test_zero_takes_it_back_and_what_was_zero_gets_a_balance(amap):
    [opening] = take(amap, {"A": 4520})
    nothing = correct(amap, opening, 0)
    assert (nothing.operation_no, balance_with(amap.someone("A"), amap.farm.book_id)) == (None, 0)

    correct(amap, nothing, -2000, reason="dû en fait")

    assert balance_with(amap.someone("A"), amap.farm.book_id) == -2000
    assert [(amount, reason) for _, amount, reason in lines(amap, "A")] == [(4520, ""), (-4520, "mal lu"), (-2000, "dû en fait")]


def test_the_date_alone_may_be_wrong(amap):
    [opening] = take(amap, {"A": 4520})
    earlier = TODAY - dt.timedelta(days=30)

    assert correct(amap, opening, 4520, on=earlier).on == earlier
    assert balance_with(amap.someone("A"), amap.farm.book_id) == 4520


def test_a_correction_sent_twice_is_made_once(amap):
    [opening] = take(amap, {"A": 4520})
    key = uuid4()

    assert correct(amap, opening, 5420, key=key) == correct(amap, opening, 5420, key=key)
    assert balance_with(amap.someone("A"), amap.farm.book_id) == 5420
    assert amap.group.opening_balances.count() == 2
    with pytest.raises(KeyReused):
        correct(amap, opening, 5421, key=key)


def test_the_first_take_over_sent_again_gives_what_it_gave_then(amap):
    key = uuid4()
    [opening] = take(amap, {"A": 4520}, key=key)
    correct(amap, opening, 5420)

    assert take(amap, {"A": 4520}, key=key) == [opening]
    assert balance_with(amap.someone("A"), amap.farm.book_id) == 5420


def test_two_treasurers_before_the_same_figure_the_second_starts_from_the_last(amap):
    [opening] = take(amap, {"A": 4520})
    correct(amap, opening, 5420)

    with pytest.raises(OpeningNotCorrected, match="\\+54,20"):
        correct(amap, opening, 4000)
    assert balance_with(amap.someone("A"), amap.farm.book_id) == 5420


def test_a_corrected_balance_is_still_not_taken_over_twice(amap):
    [opening] = take(amap, {"A": 4520})
    correct(amap, opening, 0)

    with pytest.raises(AlreadyTakenOver):
        take(amap, {"A": 4520})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cents": 4520}, "same_opening"),
        ({"reason": "  "}, "reason_missing"),
        ({"on": TODAY + dt.timedelta(days=1)}, "received_in_future"),
        ({"on": dt.date(1999, 12, 31)}, "received_too_long_ago"),
        ({"cents": 100_000_001}, "amount_too_large"),
        ({"cents": -100_000_001}, "amount_too_large"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_nothing_is_written(amap, changes, code):
    [opening] = take(amap, {"A": 4520})
    acts = amap.group.activities.count()

    with pytest.raises(Refusal) as refused:
        correct(amap, opening, **{"cents": 5420, **changes})

    assert refused.value.code == code
    assert (balance_with(amap.someone("A"), amap.farm.book_id), amap.group.activities.count()) == (4520, acts)


def test_who_has_left_is_corrected_who_was_erased_is_not(amap):
    [opening] = take(amap, {"A": 4520})
    leave(member=amap.someone("A"), on=TODAY, by=amap.admin)
    opening = correct(amap, opening, 5420)
    erase_member(member=amap.someone("A"), on=TODAY, by=amap.admin)

    with pytest.raises(OpeningNotCorrected, match="effacé"):
        correct(amap, opening, 0)


def test_a_subscription_may_be_withdrawn_once_its_balance_is_taken_back_and_is_then_left_alone(amap):
    contract = season(amap.group, amap.farm, "Œufs", 4520, weeks=1, by=amap.admin)
    subscription = amap.subscribe("A", contract=contract)
    [opening] = take_over(group=amap.group, balances=[TakeOver(subscription.account, 500)], on=TODAY, today=TODAY, by=amap.treasurer)
    with pytest.raises(CannotWithdraw):
        withdraw(subscription=subscription, on=TODAY, by=amap.treasurer)

    nothing = correct(amap, opening, 0)
    withdraw(subscription=subscription, on=TODAY, by=amap.treasurer)

    with pytest.raises(PaymentRefused, match="supprimée"):
        correct(amap, nothing, 500)
