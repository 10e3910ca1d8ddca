"""The plain form of the grid under what no browser sends: always a sentence, nothing half-saved, nothing of it lost."""

from uuid import uuid4

import pytest

from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.models import Payment
from escarcelle.subscriptions.signing import withdraw
from tests.cast import TODAY, balance_of, received
from tests.web.pages import words
from tests.web.payments.grid import CELLS, Grid

# As a browser sends it: what is half a character has become a question mark.
ABSURD = {
    "ten thousand figures": "9" * 10_000,
    "ten thousand zeros": "0" * 10_000,
    "a hundred thousand letters": "é" * 100_000,
    "NUL": "a\0b",
    "NUL alone": "\0",
    "right to left": "\u202e12,50\u202c",
    "emoji": "👩‍🌾" * 50,
    "HTML": '"><script>alert(1)</script>',
    "other figures": "١٢٣",
    "half a character": "\ud83e".encode("utf-8", "replace").decode(),
    "formula": "=1+1",
    "lines": "12\r\n13",
    "a series of a billion": "=999999999×1",
}


@pytest.mark.parametrize("typed", ABSURD.values(), ids=ABSURD.keys())
def test_no_cell_can_be_filled_so_that_the_rest_is_lost(grid, subscriptions, typed):
    blank = [dict(line) for line in grid.lines]
    for cell in CELLS:
        grid.lines = [dict(line) for line in blank]
        grid.type(subscriptions[0], "12")
        grid.type(subscriptions[1], "45", label="Octobre")
        grid.lines[0][cell] = typed
        response = grid.press("check")
        assert response.status_code == 200, cell
        assert b"<script>alert(1)" not in response.content
        assert [grid.of(subscriptions[1])[0][kept] for kept in ("amount", "label")] == ["45", "Octobre"]
    assert grid.press("save").status_code in (302, 422)
    assert Payment.objects.count() in (0, 2)


AROUND = (
    "key", "default_day", "pile", "answered", "opened", "paste", "paste_seen", "seen", "seen_before", "balances_seen", "whose-1", "act",
)  # fmt: skip


@pytest.mark.parametrize("typed", ABSURD.values(), ids=ABSURD.keys())
def test_nothing_around_the_grid_can_lose_what_is_in_it(grid, subscriptions, typed):
    grid.type(subscriptions[0], "45,55")
    for box in AROUND:
        for act in ("check", "accept", "drop"):
            response = grid.client.post(grid.url, {**grid.sent(act), box: [typed]})
            assert response.status_code in (200, 422), box
            assert b"<script>alert(1)" not in response.content
            assert b'value="45,55"' in response.content
        response = grid.client.post(grid.url, {**grid.sent("save"), box: [typed]})
        assert response.status_code in (200, 302, 422), box
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("key", ["", "nonsense", None])
def test_without_its_key_nothing_is_recorded_and_a_new_one_is_given(grid, subscriptions, key):
    grid.type(subscriptions[0], "45")
    sent = grid.sent("save")
    del sent["key"]
    response = grid.client.post(grid.url, sent if key is None else {**sent, "key": key})
    assert response.status_code == 422
    assert "cet envoi est arrivé sans sa clé" in words(response)
    assert not Payment.objects.exists()
    grid.response = response
    grid.read()
    assert grid.of(subscriptions[0])[0]["amount"] == "45"
    assert grid.press("save").status_code == 302


def test_the_key_of_another_act_records_nothing(amap, grid, subscriptions):
    key = uuid4()
    eggs = amap.open("Contrat œufs", amap.farm, 300)
    record_batch(contract=eggs, rows=[BatchRow(amap.subscribe("ADAM Pécine", contract=eggs).pk, received(100))], on=TODAY, by=None, key=key)
    grid.type(subscriptions[0], "45")
    grid.around["key"] = [str(key)]
    response = grid.press("save")
    assert response.status_code == 422
    assert "Cet envoi porte la clé d’un autre" in words(response)
    assert grid.around["key"] != [str(key)]
    assert grid.of(subscriptions[0])[0]["amount"] == "45"
    assert Payment.objects.count() == 1
    assert grid.press("save").status_code == 302


@pytest.mark.parametrize("count", [2_100, 10_000])
def test_thousands_of_lines_are_refused_with_a_sentence(grid, subscriptions, count):
    lines = {cell: [grid.lines[0][cell]] * count for cell in CELLS}
    response = grid.client.post(grid.url, {**grid.sent("save"), **lines, "amount": ["1"] * count})
    assert response.status_code == 422
    assert "Une saisie compte 2000 lignes au plus" in words(response).replace("2 000", "2000")
    assert b" data-fresh" in response.content  # the browser puts its draft back
    assert not Payment.objects.exists()


def test_more_boxes_than_any_browser_has_are_refused(grid):
    assert grid.client.post(grid.url, {"amount": ["1"] * 130_000}).status_code == 400


def test_columns_of_different_lengths_record_what_they_say(grid, subscriptions):
    grid.type(subscriptions[0], "45")
    sent = {**grid.sent("save"), "bank": [], "drawer": ["Tante Jeanne"], "planned_on": ["", "", "", "", "", "", "", "", "demain"]}
    assert grid.client.post(grid.url, sent).status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount_cents, payment.cheque.bank, payment.cheque.drawer) == (4500, "", "Tante Jeanne")


def test_a_row_withdrawn_meanwhile_is_said_and_what_was_typed_is_kept(amap, grid, subscriptions):
    grid.type(subscriptions[0], "45")
    grid.type(subscriptions[1], "46", number="777001")
    withdraw(subscription=subscriptions[1], on=TODAY, by=amap.treasurer)
    response = grid.press("save")
    assert response.status_code == 422
    assert "n’est pas ou n’est plus au contrat. Elle portait : 46, 777001." in words(response)
    assert not Payment.objects.exists()
    assert grid.press("save").status_code == 302
    assert balance_of(subscriptions[0]) == -69316 + 4500


def test_names_of_every_kind_are_pasted_and_found(amap, treasurer):
    names = ["عائشة Ḥasan", "🧑‍🌾 Zoé", "L’HOSTIS Paul", "O'NEIL Seán", "NGUYỄN Thảo", "ŒUVRARD Maëlle"]
    rows = [amap.subscribe(name) for name in names]
    grid = Grid(treasurer, amap.vegetables)
    shown = {row.member.name for row in rows}
    grid.around["paste"] = ["Nom\tMontant\n" + "\n".join(f"{name}\t1,50" for name in shown)]
    assert "6 lignes reconnues, 9,00 €" in words(grid.press("paste"))
    grid.press("accept")
    assert [line["amount"] for line in grid.lines] == ["1,50"] * 6
    assert grid.press("save").status_code == 302
