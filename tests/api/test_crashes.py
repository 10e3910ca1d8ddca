"""The power goes at the worst moment of an act: sent again, it is done once and answered."""

import pytest

from tests.api.senders import Sender, senders
from tests.api.two_treasurers import Table
from tests.own_database import own_database

PILE = 3


@pytest.fixture(scope="module")
def there(tmp_path_factory, django_db_blocker):
    """A treasurer with a pile of cheques, and the address of their database."""
    with django_db_blocker.unblock(), own_database(tmp_path_factory.mktemp("crashes")) as url, senders(url, 1) as (clerk,):
        yield url, Table(clerk, clerk, clerk)


@pytest.mark.parametrize(("when", "done"), [("before the commit", 0), ("after the commit", PILE)])
def test_the_pile_sent_again_is_recorded_once(there, when, done):
    url, table = there
    subscription_id, account_id = table.subscription()
    path = f"/contracts/{table.contract_id}/batches"
    pile = {"rows": [{"subscription_id": subscription_id, "amount": "1.00", "method": "cheque"}] * PILE}
    unlucky = Sender(url, table.clerk.founded)
    unlucky.send("POST", path, pile, key=when, die=when)
    assert unlucky.leave() == 9
    assert table.balance(account_id) == f"{-53.32 + done:.2f}"

    answers = [table.clerk.made(path, pile, key=when) for _ in range(2)]

    assert {(answer.status, answer["payment_count"]) for answer in answers} == {(201, PILE)}
    assert answers[0].body == answers[1].body
    assert table.balance(account_id) == f"{-53.32 + PILE:.2f}"
    assert table.clerk.get("/books/verification")["faults"] == []
