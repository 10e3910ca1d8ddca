"""Members from a spreadsheet: once each, with their household and, where asked, the balance they arrive with."""

from uuid import uuid4

import pytest

from escarcelle.catalogs.payees import payees_of
from escarcelle.importers.member_import import carry_out, preview
from escarcelle.importers.member_sheet import propose_columns, read_members
from escarcelle.importers.tables import read_table
from escarcelle.payments.queries import payee_balances
from tests.books import assert_books_are_right
from tests.cast import TODAY

SHEET = """Nom;Prénom;E-mail;Tél;Nom conjoint;Prénom conjoint;Solde
Adam;Pécine;pecine@exemple.fr;0611;Adam;Mathurin;20,00
Blanc;Alphée;;;;;-12,50
Corre;Yannick;;;;;0
Tanguy;Hélène;;;;;
"""


@pytest.fixture(autouse=True)
def _books_stay_right(db):
    yield
    assert_books_are_right()


def read(text):
    table = read_table(text.encode(), file_name="membres.csv")
    return read_members(table, propose_columns(table))


@pytest.fixture
def farm(amap):
    return next(payee for payee in payees_of(amap.group) if payee.producer_id == amap.farm.pk)


def carried_out(amap, text=SHEET, payee=None, **options):
    return carry_out(group=amap.group, sheet=read(text), payee=payee, on=TODAY, by=amap.treasurer, **options)


def test_members_and_second_persons_are_added_once(amap):
    # Yannick Corre is of the group already.
    for created in ((3, 1), (0, 0)):
        plan = carried_out(amap)
        assert (plan.created_count, plan.second_count) == created
    assert plan.already_there == 4
    second = amap.group.members.get(first_name="Mathurin")
    assert second.household_of.email == "pecine@exemple.fr"


def test_the_same_sending_again_gives_the_first_act(amap):
    key = uuid4()

    assert carried_out(amap, key=key).activity_id == carried_out(amap, key=key).activity_id


def test_balances_are_taken_over_with_one_payee_and_once(amap, farm):
    plan = carried_out(amap, payee=farm)

    assert (plan.taken_count, plan.taken_balance_cents, plan.sheet_balance_cents) == (3, 750, 750)
    [balance] = payee_balances(amap.group.members.get(first_name="Alphée"))
    assert (balance.payee, balance.balance_cents) == (farm, -1250)

    again = carried_out(amap, payee=farm)
    assert again.taken_count == 0
    assert [doubt.refusal.code for doubt in again.doubts] == ["balance_there"] * 3


def test_without_a_payee_no_balance_is_taken(amap):
    assert carried_out(amap).taken_count == 0
    assert not amap.group.opening_balances.exists()


def test_a_preview_keeps_nothing(amap, farm):
    before = (amap.group.members.count(), amap.group.accounts.count(), amap.group.activities.count())

    plan = preview(group=amap.group, sheet=read(SHEET), payee=farm, on=TODAY, by=amap.treasurer)

    assert (plan.created_count, plan.taken_count) == (3, 3)
    assert (amap.group.members.count(), amap.group.accounts.count(), amap.group.activities.count()) == before


def test_a_bad_line_is_named_and_the_others_are_taken(amap):
    plan = carried_out(amap, "Nom;E-mail;Tél\nAdam;pas une adresse;\nBlanc;;" + "0" * 35 + "\nTanguy;;\n")

    assert [(problem.line, problem.refusal.code) for problem in plan.problems] == [(2, "unreadable"), (3, "too_long")]
    assert plan.problems[0].sentence().startswith("Ligne 2, colonne B «\u00a0E-mail\u00a0»\u00a0: ")
    assert [row.name for row in plan.rows] == ["TANGUY"]


def test_a_second_person_who_belongs_elsewhere_is_left_where_they_are(amap):
    amap.someone("ADAM Mathurin")

    plan = carried_out(amap)

    assert [doubt.refusal.code for doubt in plan.doubts] == ["household_differs"]
    assert amap.group.members.get(first_name="Mathurin").household_of is None


def test_a_balance_that_no_book_holds_is_named(amap, farm):
    plan = carried_out(amap, "Nom;Solde\nAdam;1000000,01\nBlanc;5\n", payee=farm)

    assert [(problem.line, problem.refusal.code) for problem in plan.problems] == [(2, "balance_too_large")]
    assert plan.taken_balance_cents == 500
