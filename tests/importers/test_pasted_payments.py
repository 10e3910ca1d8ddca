"""Cheques pasted from a spreadsheet."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.importers.pasted_payments import MAX_CHARACTERS, MAX_ROWS, NameIndex, PasteRefused, read_paste
from escarcelle.lib.money import plain_amount

MEMBERS = [(1, "ADAM Pécine"), (2, "BLANC Alphée"), (3, "LE DREN Zoé"), (4, "LE DREN Zoé"), (5, "ADAM Zoé"), (6, "D'HOEDT Tugdual")]
TUESDAY = date(2026, 9, 15)


def paste(text):
    return read_paste(text, MEMBERS, TUESDAY)


def found(row):
    return [(problem.field, problem.refusal.code) for problem in row.problems]


@pytest.mark.parametrize(
    "text",
    [
        "ADAM Pécine\t57,75\t4471201\tCrédit Mutuel\t14/09/2026\tOctobre",
        "4471201;Crédit Mutuel;Octobre;14/09;57,75 €;Pécine Adam",
        "ADAM\tPécine\tOctobre\tCrédit Mutuel\t4471201\t14/09/26\t57.75",
        "Nom\tMontant\tN° chèque\tBanque\tDate\tLibellé\r\nadam pecine\t57,75\t4471201\tCrédit Mutuel\t14/09/2026\tOctobre\r\n",
        "Montant;Nom;Prénom;Libellé;N°;Reçu le;Banque\n57,75;ADAM;Pécine;Octobre;4471201;2026-09-14;Crédit Mutuel",
        "\n\nADAM Pécine\t\t57,75\t4471201\tCrédit Mutuel\t14/09/2026\tOctobre\t\t\n",
    ],
)
def test_columns_are_recognised_in_any_order_with_headings_or_without(text):
    (row,) = paste(text).rows

    assert (row.member_id, row.amount_cents, row.number) == (1, 5775, "4471201")
    assert (row.bank, row.received_on, row.label) == ("Crédit Mutuel", date(2026, 9, 14), "Octobre")
    assert row.problems == ()


def test_a_date_that_is_not_given_is_the_day_of_the_evening():
    assert paste("ADAM Pécine\t57,75").rows[0].received_on == TUESDAY


def test_a_number_keeps_its_zeros():
    assert paste("ADAM Pécine\t0087412\t165,00").rows[0].number == "0087412"


def test_whole_euros_beside_cheque_numbers():
    rows = paste("ADAM Pécine\t4471201\t45\nBLANC Alphée\t4471202\t50").rows

    assert [(row.number, row.amount_cents) for row in rows] == [("4471201", 4500), ("4471202", 5000)]


@pytest.mark.parametrize(
    ("typed", "proposals"), [("BLANK Alphée", (2,)), ("Alphé Blanc", (2,)), ("ADAM", (5, 1)), ("DHOEDT Tugdal", (6,)), ("Zorro", ())]
)
def test_a_name_with_a_slip_is_kept_and_close_ones_proposed(typed, proposals):
    (row,) = paste(f"Nom\tMontant\n{typed}\t12").rows

    assert row.member_id is None
    assert row.proposals == proposals
    assert row.typed["name"] == typed
    assert found(row) == [("name", "unknown_member")]


def test_a_member_with_two_subscriptions_is_a_choice_not_a_guess():
    (row,) = paste("LE DREN Zoé\t12").rows

    assert (row.member_id, row.proposals) == (None, (3, 4))
    assert found(row) == [("name", "several_members")]


def test_an_unreadable_cell_is_kept_and_the_rest_read():
    rows = paste("Nom\tMontant\tDate\tBanque\nADAM Pécine\t57,755\t31/02\tNef\nBLANC Alphée\t12,50\t\t").rows

    assert found(rows[0]) == [("amount", "three_decimals"), ("date", "no_such_day")]
    assert (rows[0].member_id, rows[0].amount_cents, rows[0].received_on, rows[0].bank) == (1, None, None, "Nef")
    assert (rows[0].typed["amount"], rows[0].typed["date"]) == ("57,755", "31/02")
    assert rows[1].amount_cents == 1250


@pytest.mark.parametrize(
    ("typed", "code"), [("", "empty"), ("0", "zero"), ("-10", "negative"), ("=1+1", "unreadable"), ("1e3", "scientific")]
)
def test_an_amount_that_is_no_payment(typed, code):
    rows = paste(f"Nom\tMontant\nADAM Pécine\t{typed}").rows

    assert found(rows[0]) == [("amount", code)]


def test_a_cell_too_long_is_named():
    (row,) = paste(f"Nom\tMontant\tLibellé\tN°\nADAM Pécine\t12\t{'x' * 500}\t{'9' * 50}").rows

    assert found(row) == [("number", "too_long"), ("label", "too_long")]


def test_headings_and_totals_are_left_aside_and_the_sum_is_of_what_was_read():
    pasted = paste("Nom\tMontant\nADAM Pécine\t12,50\n\nBLANC Alphée\tabc\nZorro\t5\nTotal\t17,50")

    assert pasted.ignored_lines == (1, 6)
    assert [row.line for row in pasted.rows] == [2, 4, 5]
    assert pasted.total_cents == 1750


def test_a_quote_left_open_swallows_no_payment():
    rows = paste('"ADAM ""dit"" Pécine"\t12\n"BLANC Alphée\t13\nADAM Zoé\t14').rows

    assert [row.typed["name"] for row in rows] == ['ADAM "dit" Pécine', '"BLANC Alphée', "ADAM Zoé"]
    assert [row.amount_cents for row in rows] == [1200, 1300, 1400]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("\n\t\n;;\n", "empty"),
        (" \n ", "empty"),
        ("x", "no_name_column"),
        ("12,50", "no_name_column"),
        ("Nom\tPrénom\nADAM\tPécine", "no_amount_column"),
        ("ADAM Pécine\t12\n" * (MAX_ROWS + 2), "too_many_rows"),
        ("x" * (MAX_CHARACTERS + 1), "too_much_text"),
    ],
    ids=lambda value: value[:20],
)
def test_what_cannot_be_a_list_of_payments_is_refused(text, code):
    with pytest.raises(PasteRefused) as refused:
        paste(text)

    assert refused.value.code == code


@given(st.lists(st.tuples(st.sampled_from([1, 2, 5, 6]), st.integers(1, 10**9)), min_size=1, max_size=40))
def test_every_payment_pasted_is_read(payments):
    names = dict(MEMBERS)
    rows = paste("\n".join(f"{names[member_id]}\t{plain_amount(cents)}" for member_id, cents in payments)).rows

    assert [(row.member_id, row.amount_cents) for row in rows] == payments


@given(st.text(max_size=300))
def test_any_paste_gives_rows_or_a_refusal(text):
    try:
        pasted = paste(text)
    except PasteRefused:
        return
    assert pasted.total_cents == sum(row.amount_cents or 0 for row in pasted.rows)


@given(st.text(max_size=60))
def test_looking_for_any_name_gives_known_ids(name):
    index = NameIndex(MEMBERS)

    assert {*index.closest(name), *index.ids_of(name)} <= {member_id for member_id, _ in MEMBERS}


def test_a_huge_paste_is_read_whole():
    rows = paste("\n".join(f"ADAM Pécin{rank}\t12,50\t{4_000_000 + rank}" for rank in range(MAX_ROWS))).rows

    assert len(rows) == MAX_ROWS
    assert rows[-1].number == "4009999"
