"""Somebody asks to be forgotten: the books keep every amount, and nothing that is kept names them any more."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from escarcelle.groups.accounts import general_account
from escarcelle.groups.activity import KeyReused
from escarcelle.groups.members import PersonalDetails, change_member, create_member, link_person
from escarcelle.groups.tokens import make_token
from escarcelle.payments.balance_transfers import cancel_transfer, move_balance
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.corrections import correct_payment
from escarcelle.payments.erasure import erase_member
from escarcelle.payments.models import Method
from escarcelle.payments.opening_balances import TakeOver, take_over
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from escarcelle.people.models import Person
from tests.books import assert_books_are_right
from tests.cast import TODAY, balance_of, found_amap
from tests.web.pages import browser

KEY = "0f0e0d0c-0b0a-4a0a-8a0a-000000000001"
# Each is written nowhere else.
SECRETS = ("kermadec", "zéphirin", "zephirin", "0699887766", "06 99 88 77 66", "7654321", "banque zef", "mot pour zef")


@pytest.fixture(autouse=True)
def _books_stay_right(db):
    yield
    assert_books_are_right()


def cheque(amount_cents, drawer="", label="", number="7654321", bank="Banque Zef"):
    details = ChequeDetails(number=number, bank=bank, drawer=drawer, written_on=TODAY)
    return Received(amount_cents, Method.CHEQUE, TODAY, label, cheque=details)


@pytest.fixture
def zephirin(amap):
    """A member about whom as much as possible is known: a login, cheques, a corrected payment, a batch, a carried balance."""
    details = PersonalDetails("Kermadec", "Zéphirin", "Zephirin.Kermadec@exemple.fr", "06 99 88 77 66")
    member = create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer, key=KEY)
    change_member(member=member, details=PersonalDetails("Kermadec", "Zéphirin", "zephirin@exemple.fr", "0699887766"), by=amap.treasurer)
    person = Person.objects.create_user("zephirin@exemple.fr", "escarcelle-2026", last_name="Kermadec", first_name="Zéphirin")
    person.emailaddress_set.create(email="zephirin@exemple.fr", verified=True, primary=True)
    link_person(member=member, person=person)
    member.refresh_from_db()
    make_token(member=member, name="Tableur de Zéphirin", by=member)
    amap.people["KERMADEC Zéphirin"] = member
    subscription = amap.subscribe("KERMADEC Zéphirin")
    account, options = subscription.account, {"on": TODAY, "by": amap.treasurer}
    payment = record_payment(account=account, received=cheque(5775, "Zéphirin KERMADEC", "mot pour Zef"), key=uuid4(), **options)
    correct_payment(payment=payment, received=cheque(5776, "M. Kermadec"), reason="mot pour Zef", **options)
    record_batch(contract=amap.vegetables, rows=[BatchRow(subscription.pk, cheque(1000, label="mot pour Zef"))], key=uuid4(), **options)
    general = general_account(group=amap.group, member=member, book_id=amap.farm.book_id)
    take_over(group=amap.group, balances=[TakeOver(general, 2000)], on=TODAY, today=TODAY, by=amap.treasurer, key=uuid4())
    transfer = move_balance(source=general, target=account, **options)
    cancel_transfer(transfer=transfer, reason="mot pour Zef", **options)
    return subscription


def everything_kept():
    """Every cell of the database, as text, but the sessions of browsers."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "django_session":
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    yield from ((f"{table}.{name}", _text(cell)) for name, cell in zip(names, row, strict=True))


def _text(cell):
    return (bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell)).casefold()


def where_named():
    return sorted({place for place, text in everything_kept() if any(secret in text for secret in SECRETS)})


def test_nothing_that_is_kept_names_who_was_erased(amap, zephirin):
    assert {"groups_member.email", "people_person.email", "ledger_operation.label", "payments_cheque.number"} <= set(where_named())
    before = balance_of(zephirin)

    erase_member(member=zephirin.member, on=TODAY, by=amap.admin)

    assert where_named() == []
    assert balance_of(zephirin) == before == 5776 + 1000 - 69316


def test_what_others_lines_say_of_them_goes_and_the_rest_stays(amap, zephirin):
    adam = amap.subscribe("ADAM Pécine")
    kept = record_payment(
        account=adam.account, received=cheque(100, "ADAM Pécine", "pour octobre", "11", "CMB"), on=TODAY, by=amap.admin, key=uuid4()
    )
    lent = record_payment(
        account=adam.account,
        received=cheque(200, "Kermadec Zephirin", "avancé par ZÉPHIRIN Kermadec"),
        on=TODAY,
        by=amap.admin,
        key=uuid4(),
    )

    erase_member(member=zephirin.member, on=TODAY, by=amap.admin)

    assert where_named() == []
    kept.refresh_from_db()
    lent.refresh_from_db()
    assert (kept.label, kept.cheque.drawer, kept.cheque.number) == ("pour octobre", "ADAM Pécine", "11")
    assert (lent.label, lent.cheque.drawer, lent.cheque.number) == ("", "", "")
    assert balance_of(adam) == 300 - 69316


def test_a_namesake_by_half_keeps_everything(amap, zephirin):
    other = create_member(group=amap.group, details=PersonalDetails("Kermadec", "Anna"), on=TODAY, by=amap.treasurer)

    erase_member(member=zephirin.member, on=TODAY, by=amap.admin)

    other.refresh_from_db()
    assert other.name == "KERMADEC Anna"


def test_the_second_person_of_a_household_is_erased_alone(amap, zephirin):
    first = zephirin.member
    second = create_member(group=amap.group, details=PersonalDetails("Tanguy", "Maï"), on=TODAY, by=amap.treasurer, household_of=first)

    erase_member(member=first, on=TODAY, by=amap.admin)

    second.refresh_from_db()
    assert (second.name, second.household_of, second.is_present) == ("TANGUY Maï", None, True)


def test_a_login_used_in_another_group_stays_theirs(amap, zephirin):
    person = zephirin.member.person
    houat = found_amap("AMAP de Houat")
    there = create_member(group=houat.group, details=PersonalDetails("K", "Z"), on=TODAY, by=houat.admin)
    link_person(member=there, person=person)

    erase_member(member=zephirin.member, on=TODAY, by=amap.admin)

    there.refresh_from_db()
    assert there.person == person


def test_answers_of_the_api_of_the_last_days_go_too_even_when_it_is_done_on_the_screen(amap):
    token = make_token(member=amap.treasurer, name="essai", by=amap.treasurer)
    sent = {"last_name": "Kermadec", "first_name": "Zéphirin", "email": "zephirin@exemple.fr"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    url = f"/api/v1/groups/{amap.group.slug}/members"
    made = Client().post(url, sent, content_type="application/json", headers=headers).json()
    assert "api_idempotentanswer.body" in where_named()

    browser(amap.admin).post(reverse("web:member_erase", args=[amap.group.slug, made["id"]]))

    assert where_named() == []


def test_the_form_that_created_them_cannot_be_sent_again(amap, zephirin):
    erase_member(member=zephirin.member, on=TODAY, by=amap.admin)
    details = PersonalDetails("Kermadec", "Zéphirin", "Zephirin.Kermadec@exemple.fr", "06 99 88 77 66")

    with pytest.raises(KeyReused):
        create_member(group=amap.group, details=details, on=TODAY + dt.timedelta(days=1), by=amap.treasurer, key=KEY)
