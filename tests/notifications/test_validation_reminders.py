"""Whoever administers a group is told that a distribution waits: at its end and three days later, once, and in one mail a day."""

import datetime as dt
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escarcelle.catalogs.departures import leave
from escarcelle.groups.members import PersonalDetails, create_member, give_role, link_person
from escarcelle.groups.models import Role
from escarcelle.notifications.models import ValidationReminder
from escarcelle.notifications.validation_reminders import MailServerSilent, send_validation_reminders
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_distribution
from tests.cast import TODAY, signed_in
from tests.market_cast import MARKET_DAY, at, found_market

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(weeks=1)


def run(day, hour, minute=0, second=0):
    """What leaves when the computer looks at this instant: the mails, by address."""
    before = len(mail.outbox)
    count = send_validation_reminders(at=at(day, hour, minute, second))
    left = mail.outbox[before:]
    assert count == len(left)
    return {to: sent for sent in left for to in sent.to}


@pytest.fixture
def market(market):
    """« Direct Paysans » with one basket for its day, from 18:00 to 20:00."""
    market.order("ADAM Pécine", {market.bread: 1})
    return market


def address(member):
    return member.person.email


def another_administrator(market, name):
    member = signed_in(create_member(group=market.group, details=PersonalDetails(name), on=TODAY, by=market.admin))
    give_role(member=member, role=Role.Name.ADMINISTRATOR, by=market.admin)
    return member


def test_a_distribution_is_reminded_of_at_its_end_and_three_days_later_to_the_minute(market):
    three_days_later = MARKET_DAY + dt.timedelta(days=3)

    assert run(MARKET_DAY, 19, 59, 59) == {}
    assert list(run(MARKET_DAY, 20)) == [address(market.admin)]
    assert run(MARKET_DAY, 20, 5) == {}
    assert run(three_days_later, 19, 59, 59) == {}
    assert list(run(three_days_later, 20)) == [address(market.admin)]
    assert run(three_days_later, 20, 5) == {}
    assert run(three_days_later + WEEK, 20) == {}


def test_three_days_are_counted_on_the_clock_also_when_summer_time_ends(market):
    saturday = dt.date(2026, 10, 24)
    market.order("ADAM Pécine", {market.bread: 1}, day=market.plan(saturday))
    force(distribution=market.day, method="", at=at(MARKET_DAY, 20), by=market.admin)

    assert run(saturday, 20)
    assert run(dt.date(2026, 10, 27), 19, 59) == {}
    assert run(dt.date(2026, 10, 27), 20)


def test_the_mail_says_which_distributions_wait_what_the_limit_does_and_where_to_go(market, settings):
    settings.SITE_URL = "https://comptes.exemple.fr"
    market.order("BLANC Alphée", {market.bread: 1})
    market.order("BLANC Alphée", {market.bread: 1}, day=market.plan(MARKET_DAY + WEEK))

    first = run(MARKET_DAY, 20)[address(market.admin)]
    assert first.subject == "Direct Paysans\u00a0: 1 distribution attend d’être validée"
    assert "sam.\u00a05\u00a0sept. 2026, 18\u00a0h, Halle de Port-Tudy, 2 paniers à valider" in first.body
    assert "À 4 distributions passées et non validées, les membres ne peuvent plus commander\u00a0: il en manque 3." in first.body
    assert "https://comptes.exemple.fr/g/direct-paysans/distributions/" in first.body
    html = first.alternatives[0].content
    assert '<a href="https://comptes.exemple.fr/g/direct-paysans/distributions/">Aller aux distributions</a>' in html

    second = run(MARKET_DAY + WEEK, 20)[address(market.admin)]
    assert second.subject == "Direct Paysans\u00a0: 2 distributions attendent d’être validées"
    assert "sam.\u00a05\u00a0sept. 2026" in second.body
    assert "1 panier à valider" in second.body


def test_a_blocked_group_reads_how_to_open_its_orders_again(market, settings):
    settings.MAX_UNVALIDATED_DISTRIBUTIONS = 1

    body = run(MARKET_DAY, 20)[address(market.admin)].body

    assert "Les commandes du groupe sont fermées, car elles le sont à partir de 1 distributions passées et non validées." in body
    assert "Elles rouvriront dès que vous en aurez validé 1." in body


def test_everybody_reads_their_own_language(market):
    english = another_administrator(market, "Smith").person
    english.language = "en"
    english.save()

    mails = run(MARKET_DAY, 20)

    assert "Sat\u00a05\u00a0Sept 2026, 18:00" in mails[english.email].body
    assert '<html lang="en">' in mails[english.email].alternatives[0].content
    assert "sam.\u00a05\u00a0sept. 2026, 18\u00a0h" in mails[address(market.admin)].body


def test_only_who_administers_and_signs_in_is_told(market):
    gone, shut = another_administrator(market, "Partie"), another_administrator(market, "Fermé")
    leave(member=gone, on=TODAY, by=market.admin)
    shut.person.is_active = False
    shut.person.save()
    unsigned = create_member(group=market.group, details=PersonalDetails("Sans Accès", email="a@exemple.fr"), on=TODAY, by=market.admin)
    give_role(member=unsigned, role=Role.Name.ADMINISTRATOR, by=market.admin)
    treasurer = signed_in(create_member(group=market.group, details=PersonalDetails("Le Goff"), on=TODAY, by=market.admin))
    give_role(member=treasurer, role=Role.Name.TREASURER, by=market.admin)

    assert list(run(MARKET_DAY, 20)) == [address(market.admin)]


def test_two_administrators_get_one_each_and_one_who_comes_later_too(market):
    second = another_administrator(market, "Bihan")
    assert run(MARKET_DAY, 20).keys() == {address(market.admin), address(second)}

    third = another_administrator(market, "Cadic")
    assert list(run(MARKET_DAY, 21)) == [address(third)]


def test_several_groups_are_one_mail(market):
    other = found_market("La Cagnotte")
    other.order("ADAM Pécine", {other.bread: 1})
    link_person(member=other.admin, person=market.admin.person)

    [sent] = run(MARKET_DAY, 20).values()

    assert sent.subject == "Direct Paysans, La Cagnotte\u00a0: 2 distributions attendent d’être validées"
    assert sent.body.count("Aller aux distributions") == 2


def test_a_second_one_that_ends_the_same_day_is_told_the_next_day(market):
    other = found_market("La Cagnotte")
    other.order("ADAM Pécine", {other.bread: 1})
    other.day.ends_at = dt.time(20, 30)
    other.day.save()
    link_person(member=other.admin, person=market.admin.person)

    assert run(MARKET_DAY, 20)
    assert run(MARKET_DAY, 20, 30) == {}
    assert run(MARKET_DAY, 23, 59, 59) == {}
    assert list(run(MARKET_DAY + dt.timedelta(days=1), 0)) == [address(market.admin)]


def test_a_computer_that_slept_a_week_says_it_once(market):
    assert run(MARKET_DAY + WEEK, 8)
    assert run(MARKET_DAY + WEEK, 8, 5) == {}
    assert run(MARKET_DAY + WEEK + dt.timedelta(days=1), 8) == {}


def test_a_validated_one_is_not_reminded_of_nor_is_the_second_reminder_sent(market):
    evening = {"distribution": market.day, "at": at(MARKET_DAY, 19), "by": market.admin}
    force(method="", key=uuid4(), **evening)
    assert run(MARKET_DAY, 20) == {}

    reopen_distribution(reason="oubli", **evening)
    assert run(MARKET_DAY, 20, 5)
    force(method="", key=uuid4(), **evening)
    assert run(MARKET_DAY + dt.timedelta(days=3), 20) == {}


def test_a_cancelled_one_is_not_reminded_of(market):
    cancel_market_day(distribution=market.day, reason="tempête", at=at(MARKET_DAY, 12), by=market.admin)

    assert run(MARKET_DAY, 20) == {}


def test_a_day_without_a_basket_is_not_reminded_of(market):
    market.order("ADAM Pécine", {market.bread: 0})

    assert run(MARKET_DAY, 20) == {}


class Dies(BaseException):
    """The computer stops here."""


def run_and_die(monkeypatch, target, name, stop):
    with monkeypatch.context() as stopping:
        stopping.setattr(target, name, stop)
        with pytest.raises(Dies):
            send_validation_reminders(at=at(MARKET_DAY, 20))


@pytest.mark.parametrize("is_gone", [False, True], ids=["before it left", "after it left"])
def test_a_computer_that_stops_while_a_mail_leaves_never_sends_it_twice(market, monkeypatch, is_gone):
    second = another_administrator(market, "Bihan")
    really = locmem.EmailBackend.send_messages

    def stop(backend, messages):
        if is_gone:
            really(backend, messages)
        raise Dies

    run_and_die(monkeypatch, locmem.EmailBackend, "send_messages", stop)

    # Whoever was next is told; the one whose mail was leaving is told again three days later, of what still waits.
    assert list(run(MARKET_DAY, 20, 5)) == [address(second)]
    assert run(MARKET_DAY + dt.timedelta(days=1), 20) == {}
    assert run(MARKET_DAY + dt.timedelta(days=3), 20).keys() == {address(market.admin), address(second)}


def test_a_computer_that_stops_before_it_is_noted_sends_it_the_next_time(market, monkeypatch):
    def stop(*_args, **_options):
        raise Dies

    run_and_die(monkeypatch, ValidationReminder.objects, "bulk_create", stop)

    assert run(MARKET_DAY, 20, 5)


def failing(error):
    def fail(_backend, _messages):
        raise error

    return fail


def test_a_silent_mail_server_is_tried_again(market, monkeypatch):
    with monkeypatch.context() as silent:
        silent.setattr(locmem.EmailBackend, "send_messages", failing(SMTPServerDisconnected("gone")))
        with pytest.raises(MailServerSilent):
            send_validation_reminders(at=at(MARKET_DAY, 20))
        with pytest.raises(CommandError):
            call_command("send_mails")

    assert run(MARKET_DAY, 20, 5)
    assert run(MARKET_DAY, 20, 10) == {}


@pytest.mark.parametrize(("code", "is_tried_again"), [(450, True), (550, False)])
def test_a_refused_mailbox_does_not_keep_the_others_waiting(market, monkeypatch, code, is_tried_again):
    second = another_administrator(market, "Bihan")
    really = locmem.EmailBackend.send_messages

    def refuse(backend, messages):
        if messages[0].to == [address(market.admin)]:
            raise SMTPRecipientsRefused({address(market.admin): (code, b"no")})
        return really(backend, messages)

    with monkeypatch.context() as refusing:
        refusing.setattr(locmem.EmailBackend, "send_messages", refuse)
        assert list(run(MARKET_DAY, 20)) == [address(second)]

    assert list(run(MARKET_DAY, 20, 5)) == ([address(market.admin)] if is_tried_again else [])


def test_nothing_to_say_is_three_statements_however_much_waits(market):
    for week in range(1, 4):
        market.order("ADAM Pécine", {market.bread: 1}, day=market.plan(MARKET_DAY + week * WEEK), by=market.admin)
    last = MARKET_DAY + 5 * WEEK
    assert run(last, 8)

    with CaptureQueriesContext(connection) as statements:
        assert run(last, 9) == {}
    assert len(statements) == 3


def test_the_command_sends_what_is_due_now(market, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(MARKET_DAY, 20))
    out = StringIO()
    for _ in range(2):
        call_command("send_mails", stdout=out)

    assert out.getvalue() == "Mails sent: 1\n"
    assert [sent.to for sent in mail.outbox] == [[address(market.admin)]]
