from uuid import uuid4

import pytest

from escarcelle.catalogs.producers import create_producer
from escarcelle.ledger import balances, books
from escarcelle.ledger.models import AccountKind
from escarcelle.payments.balance_transfers import TransferRefused, cancel_transfer, move_balance
from tests.cast import TODAY, balance_of, season

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_seasons(amap):
    """ADAM has 26,66 € left of last season and owes the next one whole."""
    old = amap.subscribe("ADAM Pécine")
    amap.pay(old, 69316 + 2666)
    return old, amap.subscribe("ADAM Pécine", contract=season(amap.group, amap.farm, "Suivant", 1360, by=amap.admin))


def move(amap, source, target, key=None):
    return move_balance(source=source.account, target=target.account, on=TODAY, by=amap.treasurer, key=key)


def test_a_balance_in_favour_goes_to_the_next_season_and_comes_back(amap, two_seasons):
    old, new = two_seasons
    transfer = move(amap, old, new)
    assert (balance_of(old), balance_of(new)) == (0, -70720 + 2666)
    assert transfer.source_operation_no != transfer.target_operation_no

    for _ in range(2):
        cancel_transfer(transfer=transfer, reason="", on=TODAY, by=amap.treasurer)
    assert (balance_of(old), balance_of(new)) == (2666, -70720)


def test_a_debt_moves_too_and_nothing_stays_on_the_way(amap, two_seasons):
    old, new = two_seasons
    move(amap, new, old)

    book_id = amap.farm.book_id
    assert (balance_of(old), balance_of(new)) == (2666 - 70720, 0)
    assert balances.balance(book_id, books.singleton(book_id, AccountKind.BALANCE_TRANSFER)) == 0


def test_sent_twice_it_moves_once(amap, two_seasons):
    old, new = two_seasons
    key = uuid4()
    assert move(amap, old, new, key) == move(amap, old, new, key)
    assert balance_of(new) == -70720 + 2666


def test_between_payees_or_members_it_is_refused(amap, two_seasons):
    old, _ = two_seasons
    hens = create_producer(group=amap.group, name="Poulailler de Locmaria", by=amap.admin)
    eggs = amap.subscribe("ADAM Pécine", contract=season(amap.group, hens, "Œufs", 320, by=amap.admin))
    other = amap.subscribe("BLANC Alphée")
    for target, code in ((eggs, "another_payee"), (other, "another_member"), (old, "same_account")):
        with pytest.raises(TransferRefused) as refusal:
            move(amap, old, target)
        assert refusal.value.code == code
