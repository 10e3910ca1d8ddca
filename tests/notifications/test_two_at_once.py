"""Two computers look at the same minute: everybody gets one mail."""

import pytest

from tests.own_database import answer, begun, own_database

ADMINISTRATORS = 12
FOUNDING = f"""
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from escarcelle.groups.members import give_role
from tests.market_cast import found_market
market = found_market()
market.order("ADAM Pécine", {{market.bread: 1}})
administrators = [market.admin, *(market.client(f"ADMIN{{rank:02}} A") for rank in range(1, {ADMINISTRATORS}))]
for member in administrators[1:]:
    give_role(member=member, role="administrator", by=market.admin)
print(json.dumps(sorted(member.person.email for member in administrators)))
"""
SENDING = """
import json, sys, time, django
django.setup()
from django.core import mail
from django.core.mail.backends import locmem
from escarcelle.notifications.validation_reminders import send_validation_reminders
from tests.market_cast import MARKET_DAY, at
really = locmem.EmailBackend.send_messages
def slowly(backend, messages):
    time.sleep(0.1)
    return really(backend, messages)
locmem.EmailBackend.send_messages = slowly
print("ready", flush=True)
sys.stdin.readline()
send_validation_reminders(at=at(MARKET_DAY, 20))
print(json.dumps([sent.to[0] for sent in getattr(mail, "outbox", [])]))
"""


@pytest.fixture
def url(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), own_database(tmp_path) as url:
        yield url


def test_two_computers_share_the_work_and_nobody_is_told_twice(url):
    administrators = answer(begun(FOUNDING, url))

    one, two = begun(SENDING, url), begun(SENDING, url)
    assert [computer.stdout.readline() for computer in (one, two)] == ["ready\n", "ready\n"]
    for computer in (one, two):
        computer.stdin.write("go\n")
        computer.stdin.flush()
    sent = [answer(computer) for computer in (one, two)]

    assert sorted(sent[0] + sent[1]) == administrators
    assert all(sent), "one had ended before the other began"
