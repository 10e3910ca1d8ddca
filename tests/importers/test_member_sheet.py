"""Members from whatever spreadsheet a group keeps."""

import pytest

from escarcelle.importers.member_sheet import SheetRefused, clean_phone, propose_columns, read_members
from escarcelle.importers.tables import Row, Table, read_table
from escarcelle.lib.names import Name
from tests.importers.workbooks import ods, xlsx


def table(*lines):
    return Table(tuple(Row(rank, tuple(line)) for rank, line in enumerate(lines, start=1)))


def members(*lines):
    sheet = table(*lines)
    return read_members(sheet, propose_columns(sheet))


def found(problems):
    return [(problem.line, problem.column, problem.refusal.code) for problem in problems]


@pytest.mark.parametrize(
    ("headings", "ranks"),
    [
        (("Nom", "Prénom", "Courriel", "Téléphone"), {"last_name": 0, "first_name": 1, "email": 2, "phone": 3}),
        (("PRENOM", "NOM DE FAMILLE", "E-mail", "Portable"), {"first_name": 0, "last_name": 1, "email": 2, "phone": 3}),
        (("Nom complet", "Mail", "Solde"), {"name": 0, "email": 1, "balance": 2}),
        (("Nom et prénom du membre", "Adresse e-mail du membre"), {"name": 0, "email": 1}),
        (("Adhérent", "Tél."), {"who": 0, "phone": 1}),
        (("last_name", "first_name", "e_mail"), {"last_name": 0, "first_name": 1, "email": 2}),
        (
            ("Nom", "Prénom", "Nom conjoint", "Prénom conjoint", "Mail conjoint"),
            {"last_name": 0, "first_name": 1, "second_last_name": 2, "second_first_name": 3, "second_email": 4},
        ),
        (
            ("Nom", "Prénom", "Mail", "Nom", "Prénom", "Mail"),
            {"last_name": 0, "first_name": 1, "email": 2, "second_last_name": 3, "second_first_name": 4, "second_email": 5},
        ),
        (("Nom", "Prénom", "2e personne", "Reprise de solde"), {"last_name": 0, "first_name": 1, "second_name": 2, "balance": 3}),
        (("Rue", "Nom", "Ville"), {"last_name": 1}),
    ],
)
def test_columns_are_recognised_under_the_names_people_give_them(headings, ranks):
    assert propose_columns(table(headings, ("x",))).ranks == ranks


def test_headings_may_stand_under_a_title_and_unused_columns_are_listed():
    columns = propose_columns(table(("AMAP de Groix",), ("Liste au 01/09/2026",), ("Nom", "Prénom", "Rue"), ("ADAM", "Pécine", "du Port")))

    assert columns.first_row == 3
    assert columns.unused == ("Rue",)


def test_a_sheet_without_names_is_refused_and_shows_what_it_has():
    with pytest.raises(SheetRefused) as refused:
        propose_columns(table(("Rue", "Ville"), ("du Port", "Groix")))

    assert refused.value.code == "no_name_column"
    assert "Rue" in str(refused.value)


def test_headings_alone_are_refused():
    with pytest.raises(SheetRefused) as refused:
        members(("Nom", "Prénom"))

    assert refused.value.code == "no_line"


def test_a_person_may_say_which_column_is_which():
    sheet = table(("Qui", "Où"), ("ADAM Pécine", "Groix"))
    columns = propose_columns(table(("Nom", "Où")))

    assert read_members(sheet, columns).rows[0].person.name == Name("ADAM", "Pécine")


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_workbook_of_members(make):
    data = make(
        [
            ["Nom", "Prénom", "Courriel", "Tél", "Solde"],
            ["ÉVENOU", "René", "Rene@Exemple.fr", 612345678, -12.8],
            ["LE DREN", "Zoé", "", "+33 6 44 46 10 28", 45.2],
        ]
    )
    sheet = read_table(data, file_name="membres")

    rows = read_members(sheet, propose_columns(sheet)).rows

    assert [(row.person.name.last, row.person.email, row.person.phone, row.balance_cents) for row in rows] == [
        ("ÉVENOU", "rene@exemple.fr", "0612345678", -1280),
        ("LE DREN", "", "+33 6 44 46 10 28", 4520),
    ]


def test_a_household_of_two():
    row = members(("Nom", "Prénom", "Nom 2", "Prénom 2", "Mail 2"), ("ADAM", "Pécine", "BLANC", "Alphée", "Alphee@exemple.fr")).rows[0]

    assert row.person.name == Name("ADAM", "Pécine")
    assert (row.second.name, row.second.email) == (Name("BLANC", "Alphée"), "alphee@exemple.fr")


def test_no_second_person_where_the_cells_are_empty():
    assert members(("Nom", "Prénom", "Conjoint"), ("ADAM", "Pécine", "")).rows[0].second is None


@pytest.mark.parametrize(
    ("headings", "cells", "name"),
    [
        (("Nom",), ("QUÉRÉ Jean-Marie",), Name("QUÉRÉ", "Jean-Marie")),
        (("Nom", "Prénom"), ("quéré", ""), Name("quéré", "")),
        (("Nom", "Prénom"), ("", "Jean"), Name("Jean", "")),
        (("Nom complet",), ("Bernard Angoustan",), Name("Angoustan", "Bernard")),
        (("Membre",), ("LE GOFF Loïc",), Name("LE GOFF", "Loïc")),
    ],
)
def test_names_in_one_column_or_two(headings, cells, name):
    assert members(headings, cells).rows[0].person.name == name


def test_an_opening_balance_is_signed_or_absent():
    rows = members(("Nom", "Solde"), ("ADAM", "45,20 €"), ("BLANC", "−12,80"), ("CORRE", "0"), ("DAVIGO", "")).rows

    assert [row.balance_cents for row in rows] == [4520, -1280, 0, None]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("", "Zoé", "x", "", ""), (2, "Mail", "unreadable")),
        (("", "", "zoe@exemple.fr", "", ""), (2, "Nom", "no_name")),
        (("x" * 200, "", "", "", ""), (2, "Nom", "too_long")),
        (("ADAM", "", "zoe at exemple.fr", "", ""), (2, "Mail", "unreadable")),
        (("ADAM", "", "a@exemple.fr; b@exemple.fr", "", ""), (2, "Mail", "several")),
        (("ADAM", "", "", "0" * 99, ""), (2, "Tél", "too_long")),
        (("ADAM", "", "", "", "12,345"), (2, "Solde", "three_decimals")),
    ],
)
def test_a_bad_line_is_named_with_its_reason_and_the_others_are_kept(cells, problem):
    sheet = members(("Nom", "Prénom", "Mail", "Tél", "Solde"), cells, ("BLANC", "Alphée", "", "", ""))

    assert found(sheet.problems) == [problem]
    assert [row.person.name.last for row in sheet.rows] == ["BLANC"]


@pytest.mark.parametrize(
    ("second", "problems", "doubts"),
    [
        (("BLANC", "Alphée", "ADAM@exemple.fr"), [(3, "Mail", "repeated_email")], []),
        (("Adam", "Pecine", ""), [(3, "Nom", "repeated_name")], []),
        (("ADAM", "Pécine", "autre@exemple.fr"), [], [(3, "Nom", "homonym")]),
        (("ADAM", "Zoé", ""), [], []),
    ],
)
def test_someone_who_is_twice_in_the_file(second, problems, doubts):
    sheet = members(("Nom", "Prénom", "Mail"), ("ADAM", "Pécine", "adam@exemple.fr"), second)

    assert found(sheet.problems) == problems
    assert found(sheet.doubts) == doubts
    assert len(sheet.rows) == 2 - len(problems)


def test_the_line_of_totals_is_nobody():
    sheet = members(("Nom", "Solde"), ("ADAM", "12"), ("Total", "12"))

    assert [row.line for row in sheet.rows] == [2]
    assert sheet.problems == ()


@pytest.mark.parametrize(
    ("typed", "kept"), [("612345678", "0612345678"), ("06 11 22 33 44", "06 11 22 33 44"), ("+33612345678", "+33612345678"), ("", "")]
)
def test_a_phone_number_gets_back_the_zero_that_a_spreadsheet_ate(typed, kept):
    assert clean_phone(typed) == kept
