"""Files that people hand us."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escarcelle.importers import tables
from escarcelle.importers.tables import Headings, LineProblem, LineRefused, Row, TableRefused, column_letter, read_table, sniff_separator
from tests.importers.workbooks import ods, xlsx, zipped

WANTED = [("Nom", "Solde", "Depuis"), ("ÉVENOU René", "12,50", "05/09/2026"), ("D'HOEDT; fils", "-3", "")]


def cells(data, name="membres.csv"):
    return [row.cells for row in read_table(data, file_name=name).rows]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_every_house(separator, ending, encoding):
    text = ending.join(separator.join(f'"{cell}"' for cell in row) for row in WANTED)

    assert cells(text.encode(encoding)) == WANTED


def test_a_decimal_comma_is_not_a_separator():
    assert sniff_separator("Nom;Montant\nADAM;12,50\nBLANC;13,00") == ";"
    assert sniff_separator("ADAM;12,50\nBLANC;13,00") == ";"
    assert sniff_separator('"a,b","c"\n"d,e","f"') == ","
    assert sniff_separator("seul\nautre") == ";"


def test_lines_keep_the_number_that_an_editor_shows():
    rows = read_table(b'Nom;Note\n\nADAM;"deux\nlignes"\n;;\nBLANC;\n', file_name="m.csv").rows

    assert rows == (Row(1, ("Nom", "Note")), Row(3, ("ADAM", "deux\nlignes")), Row(6, ("BLANC", "")))


def test_quotes_inside_a_cell_are_read_doubled_or_not():
    doubled = b'"Producteur";"No"\n"Rucher ""des Dunes""";"3"'
    bare = b'Producteur;No\n"Rucher "des Dunes"";"3"\n"";"4"\n""Fin" de ligne";"5"'

    assert cells(doubled) == [("Producteur", "No"), ('Rucher "des Dunes"', "3")]
    assert cells(bare) == [("Producteur", "No"), ('Rucher "des Dunes"', "3"), ("", "4"), ('"Fin" de ligne', "5")]


def test_a_cell_over_two_lines_with_bare_quotes():
    bare = b'Producteur;No\n"Rucher "des\nDunes"";"3"\n"Ferme";"4"'

    assert cells(bare)[1:] == [('Rucher "des\nDunes"', "3"), ("Ferme", "4")]


def test_a_cell_beyond_the_line_is_empty():
    row = Row(1, ("  a ", "b"))

    assert [row.cell(rank) for rank in (0, 1, 2, -1, None)] == ["a", "b", "", "", ""]


VALUES = [
    ["Nom", "Solde", "Depuis", "Tél"],
    ["ÉVENOU René", 57.76, date(2026, 9, 5), 612345678],
    ["=1+1", -3, "", "0004512"],
    ["x", 0.1 + 0.2, "", ""],
]
AS_TEXT = [
    ("Nom", "Solde", "Depuis", "Tél"),
    ("ÉVENOU René", "57.76", "2026-09-05", "612345678"),
    ("=1+1", "-3", "", "0004512"),
    ("x", "0.3"),
]


@pytest.mark.parametrize(("make", "name"), [(xlsx, "membres.xlsx"), (ods, "membres.ods"), (xlsx, "sans-nom")])
def test_workbooks_give_what_was_typed(make, name):
    assert cells(make(VALUES), name) == AS_TEXT


def test_a_table_need_not_start_in_the_corner():
    rows = read_table(xlsx([[], ["", "Nom"], [], ["", "ADAM"]]), file_name="m.xlsx").rows

    assert rows == (Row(2, ("", "Nom")), Row(4, ("", "ADAM")))


def test_the_first_visible_sheet_is_read_and_the_others_named():
    table = read_table(xlsx([["Nom"]], sheet="Membres", hidden_first=True), file_name="m.xlsx")

    assert [row.cells for row in table.rows] == [("Nom",)]
    assert table.other_sheets == ("Vide",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\r\n ", "empty"),
        (b";;;\n;;", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a" * (tables.MAX_BYTES + 1), "too_large"),
        (b"\n".join([b"a;b"] * (tables.MAX_ROWS + 1)), "too_many_rows"),
        (b";".join([b"a"] * (tables.MAX_COLUMNS + 1)), "too_many_columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "unknown_format"),
        (b"%PDF-1.7 abc", "unknown_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "unknown_format"),
        (b'Nom;Note\nADAM;x\nBLANC;"ouvert\nCORRE;y', "open_quote"),
        (zipped({"photo.jpg": b"x"}), "unknown_format"),
        (b"PK\x03\x04 abc", "unreadable"),
        (zipped({"xl/workbook.xml": "<broken"}), "unreadable"),
        (xlsx([["a"]])[:-40], "unreadable"),
        (xlsx([]), "empty"),
        (xlsx([["a"]] * (tables.MAX_ROWS + 1)), "too_many_rows"),
        (xlsx([["a"] * (tables.MAX_COLUMNS + 1)]), "too_many_columns"),
        (zipped({"content.xml": b" " * (tables.MAX_UNZIPPED_BYTES + 1)}), "unzips_too_large"),
        (zipped({"content.xml": "", **{f"{rank}.xml": "" for rank in range(tables.MAX_FILES_IN_ZIP)}}), "unzips_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_table_is_refused_with_a_sentence(data, code):
    with pytest.raises(TableRefused) as refused:
        read_table(data, file_name="fichier")

    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_an_open_quote_is_named_with_its_line():
    with pytest.raises(TableRefused) as refused:
        read_table(b'Nom;Note\nADAM;x\nBLANC;"ouvert\nCORRE;y', file_name="m.csv")

    assert str(refused.value).startswith("Ligne 3 de «\u00a0m.csv\u00a0»")


def test_a_cell_in_the_last_corner_costs_the_reader_its_life_and_nobody_else():
    with pytest.raises(TableRefused) as refused:
        read_table(xlsx([["a"]], far_cell=True), file_name="m.xlsx")

    assert refused.value.code == "too_heavy"


def test_a_zip_that_lies_about_its_size_is_not_believed():
    honest = zipped({"content.xml": b"0" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    assert honest.count(size) == 2

    with pytest.raises(TableRefused):
        read_table(honest.replace(size, (10).to_bytes(4, "little")), file_name="m.ods")


def test_entities_of_a_hostile_sheet_are_not_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = bomb + (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="F"><table:table-row><table:table-cell office:value-type="string">'
        "<text:p>&f;&b;</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    data = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})

    try:
        found = repr(cells(data, "m.ods"))
    except TableRefused as refusal:
        found = str(refusal)
    assert "root:" not in found
    assert "aaaaaaaaaa" not in found


@settings(max_examples=200)
@given(st.binary(min_size=1, max_size=300).filter(lambda data: not data.startswith(b"PK")))
def test_any_bytes_give_rows_or_a_refusal(data):
    try:
        rows = read_table(data, file_name="f").rows
    except TableRefused:
        return
    assert all(any(cell.strip() for cell in row.cells) for row in rows)
    assert [row.line for row in rows] == sorted({row.line for row in rows})


@pytest.mark.parametrize(("rank", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_spreadsheets_call_them(rank, letter):
    assert column_letter(rank) == letter


def test_a_problem_says_where_and_why():
    refusal = LineRefused("cells", found=3, expected=15)

    headings = Headings(["", *["x"] * 26, " Solde dû "], {"balance": 27, "name": 0})
    found = headings.problem(12, "balance", refusal)
    assert found.sentence().startswith("Ligne 12, colonne AB «\u00a0Solde dû\u00a0»\u00a0: 3 cellules")
    assert headings.problem(12, "name", refusal).sentence().startswith("Ligne 12, colonne A\u00a0: 3 cellules")
    assert headings.problem(12, "email", refusal).sentence().startswith("Ligne 12\u00a0: 3 cellules")
    assert (
        LineProblem(12, "", refusal).sentence()
        == "Ligne 12\u00a0: 3 cellules au lieu de 15\u00a0: un point-virgule ou un guillemet est de trop."
    )
