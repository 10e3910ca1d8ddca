"""The demo is the AMAP of the documents, built by the same acts as people do, on any day of the year."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from escarcelle.demo import groix
from escarcelle.demo.cast import DIRECT_PAYSANS, GONE, GROIX, INVITED, LA_CAGNOTTE, PASSWORD
from escarcelle.groups.models import Group
from escarcelle.ledger.models import Operation
from escarcelle.orders.dated_queries import contract_orders
from escarcelle.payments.models import Payment
from escarcelle.people.models import Person
from escarcelle.subscriptions.queries import subscriptions_page
from tests.books import assert_books_are_right

pytestmark = pytest.mark.django_db
LEAP_DAY, NEW_YEARS_EVE = dt.date(2028, 2, 29), dt.date(2026, 12, 31)
THREE_HOUSEHOLDS = ("ADAM Pécine", "ANGOUSTAN Bernard", "BLANC Alphée")


def page(group, contract_name, today):
    return subscriptions_page(group.contracts.get(name=contract_name), on=today)


@pytest.mark.parametrize("today", [LEAP_DAY, NEW_YEARS_EVE], ids=str)
def test_the_amap_is_the_one_of_the_documents(today):
    group = groix.build(today)
    vegetables = page(group, "Contrat légumes", today)
    named = {row.member_name: row for row in vegetables.rows if row.member_name in THREE_HOUSEHOLDS}

    assert (vegetables.count, vegetables.negative_count) == (40, 34)
    assert [(named[name].delivery_count, named[name].total_cents, named[name].balance_cents) for name in THREE_HOUSEHOLDS] == [
        (52, 69300, -69300),
        (52, 16500, -16500),
        (51, 66600, -66600),
    ]
    assert named["ANGOUSTAN Bernard"].alternate_name == "ADAM Pécine"
    assert {contract.producer.name for contract in group.contracts.all()} == {
        "Ferme de Groix",
        "Poulailler de Locmaria",
        "Rucher de Kerlard",
        "GAEC des Embruns",
    }
    assert_books_are_right()


@pytest.fixture
def built(db):
    """What the command prints when it builds the demo, today."""
    printed = StringIO()
    call_command("demo", stdout=printed)
    return printed.getvalue()


def test_the_command_builds_once_and_says_how_to_sign_in(built):
    operations, people = Operation.objects.count(), Person.objects.count()
    Group.objects.filter(slug="amap-de-groix").update(name="AMAP de chez nous")

    again = StringIO()
    call_command("demo", stdout=again)

    assert (Operation.objects.count(), Person.objects.count(), Group.objects.count()) == (operations, people, 3)
    for login in (*GROIX, *DIRECT_PAYSANS, *LA_CAGNOTTE):
        assert login.email in built
        assert login.email in again.getvalue()
        assert Person.objects.get(email=login.email).check_password(PASSWORD)


def test_the_demo_tells_a_year_in_its_order(built):
    group = Group.objects.get(slug="amap-de-groix")

    moments = list(group.activities.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] < timezone.now()
    assert moments[-1] - moments[0] > dt.timedelta(days=365)

    kinds = set(group.activities.values_list("kind", flat=True))
    assert kinds >= {"batch.recorded", "batch.cancelled", "payment.corrected", "payment.cancelled", "balance.moved", "absences.set"}

    cheques = Payment.objects.standing().exclude(cheque=None).values_list("cheque__bank", "cheque__drawer", "cheque__number")
    assert len(set(cheques)) == len(cheques) > 200

    last_season = subscriptions_page(group.contracts.earliest("starts_on"), on=timezone.localdate()).rows
    assert len(last_season) == 31
    assert {row.member_name: row.balance_cents for row in last_season if row.balance_cents} == {"MADEC Loïc": 1280}

    gone, invited = (group.members.get(last_name=last_name) for last_name, _ in (GONE, INVITED))
    assert gone.left_on
    assert (invited.email, invited.person) == ("brigitte.guegan@groix.example", None)
    assert group.activities.filter(kind="member.invited", details__member=invited.pk).exists()
    assert group.members.get(first_name="Mathurin").household_of.name == "ADAM Pécine"
    assert_books_are_right()


def test_cheese_is_ordered_by_name_by_default_and_not_by_who_is_away(built):
    group = Group.objects.get(slug="amap-de-groix")
    found = contract_orders(group.contracts.get(name="Contrat fromages"), timezone.now())
    first, second, third = found.dates[:3]

    assert (first.taking_count, first.default_count, first.absent_count) == (8, 4, 1)
    assert (second.taking_count, second.default_count, second.absent_count) == (9, 5, 0)
    assert third.taking_count - third.default_count == 4
