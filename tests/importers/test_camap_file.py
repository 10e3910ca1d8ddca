"""The subscriptions export of CAMAP, as that program writes it."""

import csv
import io
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from escarcelle.importers.camap_file import CamapRefused, read_camap
from escarcelle.importers.tables import TableRefused
from escarcelle.lib.names import Name

REAL_FILE = (Path(__file__).parent / "files" / "camap-subscriptions.csv").read_bytes()
HEADER = (
    "subscriptionId;userId;userName;userEmail;userPhone;user2Name;vendorName;catalogId;catalogName;"
    "Date de début;Date de fin;totalPrice;paymentsTotal;balance;Payé"
)
GOOD = [
    "1",
    "16",
    "QUÉRÉ Jean-Marie",
    "jm@exemple.fr",
    "06 11",
    "",
    "Ferme",
    "1",
    "Légumes",
    "2026-09-05",
    "2027-09-04",
    "13",
    "13",
    "0",
    "oui",
]
NAMES = HEADER.split(";")


def changed(**cells):
    return [cells.get(name, cell) for name, cell in zip([name.replace(" ", "_") for name in NAMES], GOOD, strict=True)]


def read(*lines, header=HEADER):
    text = "\n".join([header, *(";".join(f'"{cell}"' for cell in line) for line in lines)])
    return read_camap(text.encode(), file_name="export.csv")


def found(problems):
    return [(problem.line, problem.column, problem.refusal.code) for problem in problems]


def test_the_real_file_gives_its_control_totals():
    camap = read_camap(REAL_FILE, file_name="camap-subscriptions.csv")

    assert camap.problems == ()
    assert asdict(camap.totals) == {
        "member_count": 50,
        "contract_count": 3,
        "producer_count": 3,
        "subscription_count": 100,
        "alternated_count": 25,
        "ordered_cents": 3624880,
        "paid_cents": 2828577,
        "negative_count": 77,
        "positive_count": 13,
        "balance_sum_cents": -796303,
    }


def test_a_line_of_the_real_file():
    row = read_camap(REAL_FILE, file_name="camap-subscriptions.csv").rows[0]

    assert (row.line, row.subscription_id, row.user_id, row.catalog_id) == (2, 100026, 16, 3)
    assert row.name == Name("QUÉRÉ", "Jean-Marie")
    assert (row.email, row.phone) == ("membre16@example.org", "06 11 34 60 89")
    assert (row.vendor_name, row.catalog_name) == ('Rucher "des Dunes"', "Contrat miel")
    assert (row.starts_on, row.ends_on) == (date(2026, 10, 18), date(2027, 4, 11))
    assert (row.ordered_cents, row.paid_cents, row.balance_cents) == (3750, 0, -3750)


def test_two_members_of_one_name_leave_a_doubt_on_who_alternates():
    camap = read_camap(REAL_FILE, file_name="camap-subscriptions.csv")

    assert found(camap.doubts) == [(3, "user2Name", "alternate_ambiguous")]
    assert camap.rows[1].alternate_user_ids == (36, 38)


def as_saved_by_a_spreadsheet(separator, encoding):
    rows = [line.strip('"').split('";"') for line in REAL_FILE.decode().splitlines()[1:]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([NAMES, *rows])
    return out.getvalue().encode(encoding, "replace")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + REAL_FILE,
        REAL_FILE.replace(b"\n", b"\r\n"),
        REAL_FILE.decode().encode("cp1252", "replace"),
        REAL_FILE.replace(b'";"', b'","').replace(HEADER.encode(), HEADER.replace(";", ",").encode()),
        as_saved_by_a_spreadsheet(";", "utf-8-sig"),
        as_saved_by_a_spreadsheet(",", "utf-8"),
        as_saved_by_a_spreadsheet("\t", "utf-16"),
        as_saved_by_a_spreadsheet(";", "cp1252"),
    ],
    ids=["mark", "crlf", "windows-1252", "comma", "resaved", "resaved comma", "resaved utf-16", "resaved windows-1252"],
)
def test_the_same_file_in_other_clothes_gives_the_same_totals(data):
    camap = read_camap(data, file_name="export.csv")

    assert camap.problems == ()
    assert camap.totals == read_camap(REAL_FILE, file_name="export.csv").totals


@pytest.mark.parametrize(
    "last_names", ["Start date;End date;totalPrice;paymentsTotal;balance;Paid", "Startdatum;Enddatum;Summe;Zahlungen;Saldo;Bezahlt"]
)
def test_the_translated_headings_are_found_by_their_place(last_names):
    header = ";".join([*NAMES[:9], last_names])

    assert read(GOOD, header=header).rows == read(GOOD).rows


def test_columns_in_another_order_are_found_by_their_name():
    turned = read(GOOD[::-1], header=";".join(NAMES[::-1]))

    assert turned.rows == read(GOOD).rows


def test_a_producer_with_a_semicolon_and_quotes():
    row = read(changed(vendorName='Poulailler; "œufs" & Cie')).rows[0]

    assert row.vendor_name == 'Poulailler; "œufs" & Cie'


@pytest.mark.parametrize(
    ("header", "missing"),
    [("Nom;Prénom;Solde", "subscriptionId"), (HEADER.replace("userName", "x"), "userName"), (";".join(NAMES[:12]), "paymentsTotal")],
)
def test_another_file_is_refused_naming_what_is_missing(header, missing):
    with pytest.raises(CamapRefused) as refused:
        read(GOOD, header=header)

    assert refused.value.code == "not_this_export"
    assert missing in str(refused.value)


def test_a_header_alone_is_refused():
    with pytest.raises(CamapRefused) as refused:
        read()

    assert refused.value.code == "no_line"


def test_nothing_at_all_is_refused():
    with pytest.raises(TableRefused):
        read_camap(b"", file_name="export.csv")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"subscriptionId": ""}, "subscriptionId", "missing"),
        ({"subscriptionId": "1.5"}, "subscriptionId", "not_an_id"),
        ({"userId": "-3"}, "userId", "not_an_id"),
        ({"userName": "  "}, "userName", "missing"),
        ({"userName": "x" * 500}, "userName", "too_long"),
        ({"userEmail": "pas une adresse"}, "userEmail", "unreadable"),
        ({"vendorName": ""}, "vendorName", "missing"),
        ({"catalogName": ""}, "catalogName", "missing"),
        ({"Date_de_début": "2026-02-30"}, "Date de début", "no_such_day"),
        ({"Date_de_fin": "bientôt"}, "Date de fin", "unreadable"),
        ({"Date_de_fin": "2026-09-04"}, "Date de fin", "ends_before_it_starts"),
        ({"totalPrice": "13,005"}, "totalPrice", "three_decimals"),
        ({"totalPrice": "1e3"}, "totalPrice", "scientific"),
        ({"paymentsTotal": ""}, "paymentsTotal", "empty"),
        ({"balance": "0,01"}, "balance", "balance_differs"),
        ({"user2Name": "QUÉRÉ Jean-Marie"}, "user2Name", "alternates_with_self"),
    ],
)
def test_a_bad_line_is_named_with_its_reason_and_the_others_are_kept(cells, column, code):
    other = changed(subscriptionId="2", userId="17", userName="BLANC Benoît", userEmail="")

    camap = read(changed(**cells), other)

    assert found(camap.problems) == [(2, column, code)]
    assert [row.subscription_id for row in camap.rows] == [2]


def test_all_that_is_wrong_with_a_line_is_said_at_once():
    camap = read(changed(userEmail="x", totalPrice="abc", catalogId=""))

    assert found(camap.problems) == [(2, "userEmail", "unreadable"), (2, "catalogId", "missing"), (2, "totalPrice", "unreadable")]


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("Date de fin", "colonne K «\u00a0Date de fin\u00a0»"),
        ("End date", "colonne K «\u00a0End date\u00a0»"),
        ("endDate", "colonne K «\u00a0endDate\u00a0»"),
        # Another language than ours is found by its place, and still called what the file calls it.
        ("Enddatum", "colonne K «\u00a0Enddatum\u00a0»"),
        ("", "colonne K"),
    ],
)
def test_a_column_is_called_what_the_file_calls_it(heading, place):
    camap = read(changed(Date_de_fin="bientôt"), header=HEADER.replace("Date de fin", heading))

    assert camap.problems[0].sentence().startswith(f"Ligne 2, {place}\u00a0: «\u00a0bientôt\u00a0»")


def test_a_column_that_was_moved_is_named_where_it_is():
    camap = read(changed(balance="7")[::-1], header=";".join(NAMES[::-1]))

    assert camap.problems[0].sentence().startswith("Ligne 2, colonne B «\u00a0balance\u00a0»")


def test_a_line_with_a_cell_too_many():
    camap = read([*GOOD, "reste"], changed(subscriptionId="2"))

    assert found(camap.problems) == [(2, "", "cells")]
    assert camap.totals.subscription_count == 1


def test_a_balance_that_is_not_paid_minus_ordered_gives_the_figures():
    problem = read(changed(totalPrice="13,00", paymentsTotal="5", balance="-7")).problems[0]

    assert problem.sentence() == (
        "Ligne 2, colonne N «\u00a0balance\u00a0»\u00a0: 5,00\u00a0€ payés − 13,00\u00a0€ commandés font −8,00\u00a0€, et non −7,00\u00a0€."
    )


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({}, "subscriptionId", "repeated_subscription"),
        ({"subscriptionId": "2", "userName": "BLANC Benoît"}, "userName", "name_differs"),
        ({"subscriptionId": "2", "vendorName": "Rucher"}, "vendorName", "vendor_differs"),
        ({"subscriptionId": "2", "catalogName": "Miel"}, "catalogName", "catalog_differs"),
    ],
)
def test_a_line_that_contradicts_an_earlier_one(cells, column, code):
    camap = read(GOOD, changed(**cells))

    assert found(camap.problems) == [(3, column, code)]
    assert camap.totals.subscription_count == 1
    assert "ligne 2" in camap.problems[0].sentence()


def test_an_alternate_is_found_by_name_wherever_they_stand():
    other = changed(subscriptionId="2", userId="17", userName="BLANC Benoît", userEmail="")

    camap = read(changed(user2Name="Blanc Benoit"), other)

    assert camap.rows[0].alternate_user_ids == (17,)
    assert camap.doubts == ()


def test_between_namesakes_the_holder_is_not_the_other_half():
    camap = read(changed(user2Name="QUÉRÉ Jean-Marie"), changed(subscriptionId="2", userId="17", userEmail=""))

    assert camap.rows[0].alternate_user_ids == (17,)


def test_an_alternate_without_a_subscription_is_a_doubt():
    camap = read(changed(user2Name="ABSENTE Zoé"))

    assert found(camap.doubts) == [(2, "user2Name", "alternate_unknown")]
    assert camap.rows[0].alternate_user_ids == ()


def test_an_address_shared_by_two_members_is_a_doubt_said_once():
    other = changed(subscriptionId="2", userId="17", userName="BLANC Benoît")
    again = changed(subscriptionId="3", userId="17", userName="BLANC Benoît")

    assert found(read(GOOD, other, again).doubts) == [(3, "userEmail", "email_shared")]


def test_strange_names_are_kept_and_made_safe():
    camap = read(changed(userName="O'BRIEN \u202eZoé 🥕", vendorName="<b>Ferme</b>"))

    assert camap.rows[0].name == Name("O'BRIEN", "Zoé 🥕")
    assert camap.rows[0].vendor_name == "<b>Ferme</b>"
