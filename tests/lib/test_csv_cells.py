"""Sheets that spreadsheets open without running anything."""

import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from escarcelle.lib.csv_cells import Column, neutral, write_csv, write_xlsx

COLUMNS = (Column("Membre"), Column("Solde", "amount_cents"), Column("Paniers", "number"), Column("Début", "date"), Column("Note"))
ROWS = [
    ("ADAM Pécine", -69300, 52, date(2026, 9, 5), None),
    ('=HYPERLINK("http://mal.example";"clic")', 0, 0, None, "-12,50"),
    ('Rucher "des Dunes"; œufs & Cie', 2115256, 1, date(2026, 9, 6), "0004512"),
]
ATTACKS = [
    "=1+1",
    "+33 6 12 34 56 78",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "-2+3+cmd|' /C calc'!A0",
    '=cmd|"/C calc"!A0',
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_could_run_is_marked_as_text(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12,50", "+12.50", "-3", "12,50", "ADAM Pécine", "a=b", "06-12", "", "'", "œ"])
def test_numbers_and_words_are_left_alone(text):
    assert neutral(text) == text


@given(st.text(max_size=30))
def test_nothing_that_a_spreadsheet_could_run_is_left(text):
    cell = neutral(text)

    assert cell in (text, f"'{text}")
    assert not cell.lstrip().startswith(("=", "@"))


def test_a_csv_for_french_spreadsheets():
    written = write_csv(COLUMNS, ROWS)

    assert written.startswith(b"\xef\xbb\xbfMembre;Solde;Paniers;D\xc3\xa9but;Note\r\n")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))[1:] == [
        ["ADAM Pécine", "-693,00", "52", "05/09/2026", ""],
        ['\'=HYPERLINK("http://mal.example";"clic")', "0,00", "0", "", "-12,50"],
        ['Rucher "des Dunes"; œufs & Cie', "21152,56", "1", "06/09/2026", "0004512"],
    ]


def test_a_heading_is_a_cell_too():
    assert write_csv([Column("=1+1")], []) == b"\xef\xbb\xbf'=1+1\r\n"


def test_a_row_of_another_width_is_our_own_mistake():
    with pytest.raises(ValueError, match="zip"):
        write_csv(COLUMNS, [("ADAM Pécine",)])


def test_a_workbook_reads_back_as_what_it_was():
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(COLUMNS, ROWS, sheet_name="Soldes"))).get_sheet_by_name("Soldes")

    assert sheet.to_python() == [
        ["Membre", "Solde", "Paniers", "Début", "Note"],
        ["ADAM Pécine", -693.0, 52.0, date(2026, 9, 5), ""],
        ['=HYPERLINK("http://mal.example";"clic")', 0.0, 0.0, "", "-12,50"],
        ['Rucher "des Dunes"; œufs & Cie', 21152.56, 1.0, date(2026, 9, 6), "0004512"],
    ]


@pytest.mark.parametrize(
    "text", [*ATTACKS, "http://mal.example", "mailto:a@b.fr", "internal:A1", "{=1}", "12", "a\x00b\ud800", "x" * 40_000]
)
def test_a_workbook_holds_text_and_no_formula_nor_link(text):
    written = write_xlsx([Column(text)], [(text,)], sheet_name="Feuille")

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="s"') == 2


@pytest.mark.parametrize("name", ["Légumes [2026]: *?/\\", "x" * 99, "'", "", "\x00"])
def test_any_title_can_name_a_sheet(name):
    assert CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(COLUMNS, ROWS, sheet_name=name))).sheet_names[0]


@given(st.integers(-(10**12), 10**12))
def test_every_amount_survives_the_workbook(cents):
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(write_xlsx([Column("€", "amount_cents")], [(cents,)], sheet_name="s"))
    ).get_sheet_by_index(0)

    assert round(sheet.to_python()[1][0] * 100) == cents
