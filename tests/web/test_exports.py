"""What is exported is opened by a spreadsheet: a name never runs there, and comes back as the same name."""

import csv
import io
import re
import zipfile
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from escarcelle.catalogs.producers import create_producer
from escarcelle.groups.members import PersonalDetails, change_member
from escarcelle.importers.pasted_payments import read_paste
from escarcelle.payments.recording import ChequeDetails, Received, record_payment
from tests.books import assert_books_are_right
from tests.cast import TODAY, season
from tests.web.pages import browser
from tests.web.world import screens, word_names

FORMULAS = ["=HYPERLINK(1)", "+33|cmd", "-2+3", "@SUM(A1)", "\uff1d1+2", "\t=Tanguy", "\r=Blanc", " =Adam"]
EXPORTS = [name for name in screens() if "kind" in word_names(name)]
RUNS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
NUMBER = re.compile(r"[+-]?[0-9]+(,[0-9]+)?")


@pytest.fixture
def places(amap):
    """What the addresses of the exports may ask, in a group where everything that is typed is a formula."""
    people = [amap.someone(f"MEMBRE{rank} Un") for rank in range(len(FORMULAS))]
    producer = create_producer(group=amap.group, name="@Ferme", by=amap.admin)
    contract = season(amap.group, producer, "=Contrat+1", 1333, by=amap.admin, weeks=3, product="-Panier")
    for member, formula in zip(people, FORMULAS, strict=True):
        change_member(member=member, details=PersonalDetails(formula, "-Zoé", f"a{member.pk}@exemple.fr", "+33 6"), by=amap.admin)
        subscription = amap.subscribe(f"MEMBRE{people.index(member)} Un", contract=contract)
        details = ChequeDetails(number="=2", bank="+CMB", drawer="-Moi")
        received = Received(100, "cheque", TODAY, formula, cheque=details)
        record_payment(account=subscription.account, received=received, on=TODAY, by=amap.admin, key=uuid4())
    words = {"slug": amap.group.slug, "contract_id": contract.pk, "account_id": subscription.account_id}
    yield lambda name, kind: reverse(f"web:{name}", kwargs={word: {**words, "kind": kind}[word] for word in word_names(name)})
    assert_books_are_right()


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_of_a_csv_is_run(amap, places, name):
    sheet = browser(amap.admin).get(places(name, "csv"))

    cells = [cell for row in csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";") for cell in row]
    assert any("HYPERLINK" in cell or "Moi" in cell or "=Adam" in cell for cell in cells)
    assert [cell for cell in cells if RUNS.match(cell) and not NUMBER.fullmatch(cell)] == []


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_of_a_workbook_is_run(amap, places, name):
    book = browser(amap.admin).get(places(name, "xlsx"))

    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        sheets = [archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/")]
        words = archive.read("xl/sharedStrings.xml").decode()
    assert "=" in words
    assert [sheet for sheet in sheets if "<f" in sheet.replace("<formatCode", "").replace("<fonts", "") or "<hyperlink" in sheet] == []


def test_an_export_is_imported_again_without_making_anybody_twice(amap, places):
    client = browser(amap.admin)
    sheet = client.get(places("balances_export", "csv")).content

    page = client.post(reverse("web:import_members", args=[amap.group.slug]), {"file": SimpleUploadedFile("soldes.csv", sheet, "text/csv")})

    assert page.context["plan"].created_count == 0, [row.name for row in page.context["rows"] if row.is_new]


def test_names_copied_from_an_export_are_known_in_the_grid(amap, places):
    names = [(member.pk, member.name) for member in amap.group.members.filter(first_name="-Zoé")]
    text = "\n".join(f"'{name}\t12,50" for _pk, name in names)

    assert [row.member_id for row in read_paste(text, names, TODAY).rows] == [pk for pk, _name in names]
