"""Two people at once, in two processes on one database: each round one wins, or both do; the books are right and nobody meets a failure."""

import datetime as dt

import pytest

from tests.api.senders import senders
from tests.api.two_treasurers import FIRST, WEEKS, Table
from tests.own_database import own_database

ROUNDS = 30
# Where each round needs people and subscriptions of its own.
FEWER = 12
DUE = "-53.32"  # four baskets at 13.33


@pytest.fixture(scope="module")
def table(tmp_path_factory, django_db_blocker):
    with django_db_blocker.unblock(), own_database(tmp_path_factory.mktemp("races")) as url, senders(url, 3) as (clerk, one, two):
        yield Table(clerk, one, two)


@pytest.fixture(autouse=True)
def _books_are_right(table):
    yield
    assert table.clerk.get("/books/verification")["faults"] == []


def cheque(amount):
    return {"amount": amount, "method": "cheque"}


def outcomes(both):
    """Who got what, whoever it was."""
    return sorted((said.status, said.code or "") for said in both)


def test_two_treasurers_pay_the_same_subscription(table):
    _, account_id = table.subscription()
    path = f"/accounts/{account_id}/payments"
    for _ in range(ROUNDS):
        assert outcomes(table.at_once((path, cheque("1.00")), (path, cheque("2.00")))) == [(201, ""), (201, "")]

    assert table.balance(account_id) == f"{-53.32 + 3 * ROUNDS:.2f}"


def test_two_treasurers_send_the_same_pile_under_one_key(table):
    subscription_id, account_id = table.subscription()
    path = f"/contracts/{table.contract_id}/batches"
    pile = {"rows": [{"subscription_id": subscription_id, **cheque("1.00")}] * 3}
    for rank in range(ROUNDS):
        one, two = table.at_once((path, pile), (path, pile), keys=(f"pile {rank}", f"pile {rank}"))
        assert (one.status, one.body) == (201, two.body)

    assert table.balance(account_id) == f"{-53.32 + 3 * ROUNDS:.2f}"


def test_a_batch_is_undone_while_one_of_its_payments_is_corrected(table):
    for _ in range(FEWER):
        subscription_id, account_id = table.subscription()
        rows = [{"subscription_id": subscription_id, **cheque("10.00")}] * 2
        batch = table.clerk.made(f"/contracts/{table.contract_id}/batches", {"rows": rows})
        payment_id = batch["payments"][0]["id"]
        correction = {**cheque("20.00"), "reason": "mal lu"}
        undone, corrected = table.at_once((f"/batches/{batch['id']}/cancel", {}), (f"/payments/{payment_id}/correct", correction))

        assert undone.status == 200
        if corrected.status == 201:
            assert (undone["left_alone_payment_ids"], table.balance(account_id)) == ([payment_id], "-33.32")
            assert table.clerk.get(f"/payments/{payment_id}")["state"] == "corrected"
        else:
            assert corrected.code == "payment_not_standing"
            assert (undone["left_alone_payment_ids"], table.balance(account_id)) == ([], DUE)


def test_a_subscription_is_deleted_while_a_payment_is_entered(table):
    for _ in range(FEWER):
        subscription_id, account_id = table.subscription()
        both = table.at_once((f"/subscriptions/{subscription_id}/withdraw", None), (f"/accounts/{account_id}/payments", cheque("53.32")))

        assert outcomes(both) in ([(200, ""), (409, "withdrawn")], [(201, ""), (409, "payment")])
        assert table.balance(account_id) == "0.00"


def test_a_subscription_is_deleted_while_the_pile_is_entered(table):
    for _ in range(FEWER):
        subscription_id, account_id = table.subscription()
        pile = {"rows": [{"subscription_id": subscription_id, **cheque("53.32")}]}
        both = table.at_once((f"/subscriptions/{subscription_id}/withdraw", None), (f"/contracts/{table.contract_id}/batches", pile))

        assert outcomes(both) in ([(200, ""), (422, "batch_refused")], [(201, ""), (409, "payment")])
        assert table.balance(account_id) == "0.00"


def test_two_change_quantities_at_once(table):
    subscription_id, _ = table.subscription()
    path = f"/subscriptions/{subscription_id}/change"
    for _ in range(ROUNDS):
        asked = [{"lines": [{"product_id": table.product_id, "quantity": quantity}]} for quantity in (2, 3)]
        assert outcomes(table.at_once((path, asked[0]), (path, asked[1]))) == [(200, ""), (200, "")]
        now = table.read(subscription_id)
        assert now["total"] in ("106.64", "159.96")
        assert now["balance"] == f"-{now['total']}"


def test_quantities_change_while_the_subscription_is_ended(table):
    last_day = (FIRST + dt.timedelta(weeks=1)).isoformat()
    for _ in range(FEWER):
        subscription_id, _ = table.subscription()
        doubled = {"lines": [{"product_id": table.product_id, "quantity": 2}]}
        both = table.at_once(
            (f"/subscriptions/{subscription_id}/change", doubled), (f"/subscriptions/{subscription_id}/end", {"last_day": last_day})
        )

        assert outcomes(both) == [(200, ""), (200, "")]
        now = table.read(subscription_id)
        assert (now["ends_on"], now["total"], now["balance"]) == (last_day, "53.32", "-53.32")


def test_overlapping_subscriptions_are_signed_at_once(table):
    for _ in range(FEWER):
        member_id = table.somebody()
        both = table.at_once(table.signing(member_id), table.signing(member_id))

        assert outcomes(both) == [(201, ""), (422, "overlap")]
        [found] = table.clerk.get(f"/members/{member_id}/balances")["items"]
        assert found["balance"] == DUE


def test_somebody_leaves_while_they_are_named_as_alternate(table):
    for _ in range(FEWER):
        alternate_id = table.somebody()
        signing = table.signing(table.somebody(), alternate={"member_id": alternate_id})
        signed, left = table.at_once(signing, (f"/members/{alternate_id}/leave", None))

        assert left.status == 200
        assert signed.code in (None, "unknown_alternate")


def test_a_balance_is_carried_twice_at_once(table):
    following, _ = table.contract(table.farm["id"], "Légumes, saison suivante")
    for _ in range(FEWER):
        member_id = table.somebody()
        (_, old), (_, new) = table.subscription(member_id=member_id), table.subscription(following, member_id)
        carrying = (f"/accounts/{old}/transfers", {"target_account_id": new})
        both = table.at_once(carrying, carrying)

        assert outcomes(both) == [(201, ""), (409, "nothing_to_move")]
        assert (table.balance(old), table.balance(new)) == ("0.00", "-106.64")


def test_a_carried_balance_comes_back_twice_at_once(table):
    following, _ = table.contract(table.farm["id"], "Légumes, dernière saison")
    member_id = table.somebody()
    (_, old), (_, new) = table.subscription(member_id=member_id), table.subscription(following, member_id)
    for _ in range(ROUNDS):
        transfer_id = table.clerk.made(f"/accounts/{old}/transfers", {"target_account_id": new})["id"]
        back = (f"/balance-transfers/{transfer_id}/cancel", {})
        assert outcomes(table.at_once(back, back)) == [(200, ""), (200, "")]
        assert (table.balance(old), table.balance(new)) == (DUE, DUE)


def test_a_payment_is_cancelled_twice_at_once(table):
    _, account_id = table.subscription()
    for _ in range(ROUNDS):
        payment_id = table.clerk.made(f"/accounts/{account_id}/payments", cheque("5.00"))["id"]
        back = (f"/payments/{payment_id}/cancel", {"reason": "rendu"})
        assert outcomes(table.at_once(back, back)) == [(200, ""), (409, "payment_not_standing")]
        assert table.balance(account_id) == DUE


def test_a_balance_is_taken_over_twice_at_once_with_two_producers_in_any_order(table):
    hens = table.producer("Poulailler de Locmaria")
    for _ in range(FEWER):
        member_id = table.somebody()
        rows = [{"member_id": member_id, "payee_id": payee["payee_id"], "amount": "7.00"} for payee in (table.farm, hens)]
        both = table.at_once(("/opening-balances", {"rows": rows}), ("/opening-balances", {"rows": rows[::-1]}))

        assert outcomes(both) == [(201, ""), (409, "already_taken_over")]
        assert [found["balance"] for found in table.clerk.get(f"/members/{member_id}/balances")["items"]] == ["7.00", "7.00"]


def test_a_price_changes_while_somebody_signs(table):
    contract_id, product_id = table.contract(table.farm["id"], "Légumes à prix changeant")
    for rank in range(FEWER):
        price = {"price": f"{14 + rank}.00", "from_date": FIRST.isoformat()}
        changed, signed = table.at_once(
            (f"/contracts/{contract_id}/products/{product_id}/prices", price), table.signing(table.somebody(), contract_id)
        )
        assert (changed.status, signed.status) == (200, 201)
        assert table.read(signed["id"])["balance"] == f"-{(14 + rank) * WEEKS}.00"


def test_two_distributions_are_postponed_beyond_the_end_at_once(table):
    for rank in range(FEWER):
        contract_id, _ = table.contract(table.farm["id"], f"Légumes repoussés {rank}")
        subscription_id, _ = table.subscription(contract_id)
        days = table.clerk.get(f"/contracts/{contract_id}/deliveries")["items"]
        later = [(FIRST + dt.timedelta(weeks=WEEKS + more)).isoformat() for more in (0, 1)]
        both = table.at_once(*((f"/deliveries/{day['id']}/move", {"to": to}) for day, to in zip(days[-2:], later, strict=True)))

        assert outcomes(both) == [(200, ""), (200, "")]
        assert table.clerk.get(f"/contracts/{contract_id}")["ends_on"] == later[1]
        now = table.read(subscription_id)
        assert (now["delivery_count"], now["balance"]) == (WEEKS, DUE)


def test_a_day_is_emptied_by_one_producer_while_another_joins_it(table):
    hens = table.producer("Poulailler du Bourg")
    eggs, _ = table.contract(hens["id"], "Œufs")
    far = FIRST + dt.timedelta(weeks=2)
    [delivery_id] = [day["id"] for day in table.clerk.get(f"/contracts/{eggs}/deliveries")["items"] if day["on"] == far.isoformat()]
    honey, _ = table.contract(table.producer("Rucher")["id"], "Miel")
    table.clerk.made("/places", {"name": "Salle du Bourg"})
    for rank in range(FEWER):
        old, new = (far + dt.timedelta(days=1 + (rank + more) % 3) for more in (0, 1))
        table.clerk.made(f"/deliveries/{delivery_id}/move", {"to": old.isoformat()})
        joining = {"place_id": table.place_id, "starts_at": "17:30", "ends_at": "19:00", "dates": [old.isoformat()]}
        both = table.at_once((f"/deliveries/{delivery_id}/move", {"to": new.isoformat()}), (f"/contracts/{honey}/deliveries", joining))

        assert outcomes(both) in ([(200, ""), (201, "")], [(200, ""), (409, "conflict")], [(201, ""), (409, "conflict")])
        for day in table.clerk.get(f"/contracts/{honey}/deliveries")["items"]:
            if day["on"] == old.isoformat():
                table.one.send("DELETE", f"/deliveries/{day['id']}")
                assert table.one.received().status == 204
