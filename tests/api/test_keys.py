"""Sending anything twice changes nothing: Idempotency-Key."""

import datetime as dt
import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from escarcelle.api.frame.answers import KEPT_FOR
from escarcelle.api.models import IdempotentAnswer
from escarcelle.payments.models import Payment
from tests.api.caller import Caller
from tests.api.operations import operations
from tests.cast import balance_of

pytestmark = pytest.mark.django_db

TEN = {"amount": "10.00", "method": "cheque"}


@pytest.fixture
def pay(treasurer, adam):
    """Send a payment on ADAM's account."""
    return lambda body=TEN, **options: treasurer.post(f"/accounts/{adam.account_id}/payments", body, **options)


@pytest.mark.parametrize("key", [uuid4(), "4471201", "remise du 8 septembre", "x" * 255])
def test_the_same_key_and_body_give_the_same_answer(pay, adam, key):
    first, second = pay(key=key), pay(key=key)

    assert (first.status, second.status) == (201, 201)
    assert first.response.content == second.response.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert balance_of(adam) == -69316 + 1000


def test_the_spacing_of_a_body_does_not_matter(treasurer, adam):
    path = f"/accounts/{adam.account_id}/payments"
    bodies = (b'{"amount": "10.00", "method": "cheque"}', b'{"method":"cheque","amount":"10.00"}')
    assert {treasurer.send("POST", path, body, key="k")["id"] for body in bodies} == {Payment.objects.get().pk}


def test_the_same_key_with_another_body_is_refused(pay, adam):
    pay(key="k")
    refused = pay({**TEN, "amount": "20.00"}, key="k")

    assert (refused.status, refused.code) == (409, "key_reused")
    assert balance_of(adam) == -69316 + 1000


def test_the_same_key_at_another_address_is_refused(pay, treasurer):
    pay(key="k")
    assert treasurer.post("/members", {"last_name": "Adam"}, key="k").code == "key_reused"


def test_somebody_elses_key_gives_nothing_away(pay, adam, amap):
    pay(key="k")
    refused = Caller(amap.admin).post(f"/accounts/{adam.account_id}/payments", TEN, key="k")
    assert (refused.status, refused.code) == (409, "key_reused")


def test_a_refusal_does_not_use_the_key_up(pay, adam):
    refused = pay({**TEN, "received_on": "2026-09-02"}, key="k")
    assert (refused.status, refused.code) == (422, "received_in_future")
    assert not IdempotentAnswer.objects.exists()

    assert pay(key="k").status == 201


@pytest.mark.parametrize(("key", "code"), [("", "idempotency_key_required"), ("x" * 256, "idempotency_key_unreadable")])
def test_money_needs_a_key(pay, adam, key, code):
    refused = pay(key=key)
    assert (refused.status, refused.code) == (400, code)
    assert balance_of(adam) == -69316


def test_every_post_that_moves_money_needs_one():
    needing = {operation.id for operation in operations() if operation.needs_key}
    assert needing == {
        "cancel_a_batch",
        "cancel_a_delivery",
        "cancel_a_payment",
        "cancel_balance_transfer",
        "carry_balance",
        "change_a_price",
        "change_subscription",
        "correct_a_payment",
        "end_subscription",
        "move_a_delivery",
        "plan_deliveries",
        "record_a_batch",
        "record_a_payment",
        "restore_a_delivery",
        "set_absences_of_subscription",
        "sign_subscription",
        "take_over_balances",
        "withdraw_subscription",
    }


def test_elsewhere_the_key_is_a_courtesy(treasurer):
    body = {"last_name": "Adam"}
    assert treasurer.made("/members", body, key="").json["id"] != treasurer.made("/members", body, key="k")["id"]
    assert treasurer.made("/members", body, key="k")["id"] == treasurer.made("/members", body, key="k")["id"]


def test_answers_are_forgotten_after_a_while_but_the_act_knows_its_key(pay, adam):
    first = pay(key="k")
    IdempotentAnswer.objects.update(created_at=timezone.now() - KEPT_FOR - dt.timedelta(minutes=1))
    pay({**TEN, "amount": "1.00"}, key="another")
    assert IdempotentAnswer.objects.count() == 1

    assert pay(key="k").json == first.json
    assert balance_of(adam) == -69316 + 1100
    assert pay({**TEN, "amount": "20.00"}, key="k").status == 409


def test_no_secret_is_kept(treasurer):
    secret = treasurer.made("/tokens", {"name": "tableur"}, key="k")["token"]
    assert not IdempotentAnswer.objects.filter(body__contains=secret).exists()


def test_erasing_somebody_forgets_the_answers_that_name_them(treasurer, administrator):
    member_id = treasurer.made("/members", {"last_name": "Adam"}, key="k")["id"]
    administrator.done(f"/members/{member_id}/erase")
    assert not IdempotentAnswer.objects.exists()


SETTING_UP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.cast import found_amap
from escarcelle.groups.tokens import make_token
amap = found_amap()
adam = amap.subscribe("ADAM Pécine")
print(make_token(member=amap.treasurer, name="test", by=amap.treasurer), amap.group.slug, adam.account_id)
"""
PAYING = """
import json, sys, django
django.setup()
from django.test import Client
token, slug, account_id = sys.argv[1:]
headers = {"Authorization": "Bearer " + token}
for rank in range(30):
    named = {**headers, "Idempotency-Key": f"round {rank}"}
    body = {"amount": "1.00", "method": "cheque", "received_on": "2026-09-01"}
    answer = Client(SERVER_NAME="localhost").post(f"/api/v1/groups/{slug}/accounts/{account_id}/payments", body, content_type="application/json", headers=named)
    print(answer.status_code, json.loads(answer.content)["id"])
"""
READING = """
import sys, django
django.setup()
from escarcelle.groups.models import MemberAccount
from escarcelle.ledger.verification import verify
account = MemberAccount.objects.select_related("ledger_account").get(pk=sys.argv[1])
print(account.ledger_account.balance_cents, verify().faults)
"""


@pytest.fixture
def own_database(tmp_path):
    """The address of a database that only this test sees."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'two.sqlite3'}"
        return
    name, base = f"two_keys_{os.getpid()}", os.environ["DATABASE_URL"]
    administrating = connection.copy()
    administrating.set_autocommit(True)
    try:
        with administrating.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        yield base.replace("/postgres", f"/{name}")
        with administrating.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        administrating.close()


def python(code, *arguments, url):
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "escarcelle.config.test_settings",
        "PYTHONPATH": os.getcwd(),
    }
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return out.strip()


def test_two_at_once_get_the_same_answer(own_database):
    token, slug, account_id = finished(python(SETTING_UP, url=own_database)).splitlines()[-1].split()

    senders = [python(PAYING, token, slug, account_id, url=own_database) for _ in range(2)]
    one, two = (finished(sender).splitlines() for sender in senders)

    assert one == two
    assert len({line for line in one if line.startswith("201 ")}) == 30
    assert finished(python(READING, account_id, url=own_database)) == f"{-69316 + 3000} []"
