"""A statement on paper: rows in, bytes out, no question to the database."""

import datetime as dt
from io import BytesIO

import pytest
from pypdf import PdfReader

from escarcelle.documents.account_statement import StatementHead, account_statement
from escarcelle.payments.statements import Computation, Part, Statement, StatementRow

SATURDAY = dt.date(2026, 9, 5)
HEAD = StatementHead("AMAP de Groix", "ADAM Pécine", "Ferme de Groix", "Contrat légumes", "du 05/09/2026 au 18/09/2027", SATURDAY)


def row(rank=1, **changes):
    why = Computation((Part("52 distributions", 69300, is_signed=False),), Part("Commandé pour la période", 69300, is_signed=False))
    values = {
        "operation_no": rank,
        "is_correction": False,
        "value_date": SATURDAY,
        "recorded_on": SATURDAY,
        "title": f"Opération {rank}",
        "details": ("1 x Panier de légumes",),
        "reason": "",
        "entered_by": "Hervé Favennec",
        "amount_cents": -69300,
        "balance_cents": -69300,
        "why": why,
    }
    return StatementRow(**{**values, **changes})


def paper(*rows, carried_cents=0, balance_cents=-69300):
    return PdfReader(BytesIO(account_statement(HEAD, Statement(None, rows, carried_cents, balance_cents, True, ""))))


def text_of(reader):
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_it_says_whose_account_with_whom_and_each_computation(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        text = text_of(paper(row()))

    for words in (
        "Relevé de compte, ADAM Pécine",
        "Envers : Ferme de Groix",
        "reste dû −693,00 €",
        "Report 0,00 €",
        "Opération 1",
        "52 distributions 693,00 €",
        "Commandé pour la période 693,00 €",
        "Solde au sam. 5 sept. 2026 −693,00 €",
        "AMAP de Groix · édité le sam. 5 sept. 2026",
    ):
        assert words in text, words


@pytest.mark.parametrize(("cents", "word"), [(-1, "reste dû −0,01 €"), (0, "à jour 0,00 €"), (123456, "avoir +1 234,56 €")])
def test_a_balance_has_its_word_and_its_sign(cents, word):
    assert word in text_of(paper(row(), balance_cents=cents))


def test_many_lines_repeat_the_heading_on_every_page():
    reader = paper(*[row(rank) for rank in range(1, 61)])

    assert len(reader.pages) > 2
    for page in reader.pages:
        assert "Saisi par" in page.extract_text()
    assert all(f"Opération {rank} " in text_of(reader) for rank in range(1, 61))


def test_typed_words_are_words():
    nasty = '#read("/etc/passwd") $x^2$ *gras* _souligné_ <label> @ref // fin /* \\ “ Nguyễn Thảo'
    text = text_of(paper(row(title=nasty, reason=nasty, details=(nasty,))))

    assert '#read("/etc/passwd")' in text
    assert "root:" not in text
    assert "Nguyễn Thảo" in text


def test_it_is_tagged_titled_and_in_french():
    reader = paper(row())

    assert reader.metadata.title == "Relevé de compte, ADAM Pécine"
    assert str(reader.trailer["/Root"]["/Lang"]).lower().startswith("fr")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
