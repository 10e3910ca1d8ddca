"""The grid as a plain form: what is typed, what comes back, what is recorded."""

import datetime as dt

import pytest
from django.utils import timezone

from escarcelle.payments.models import Batch, Payment
from tests.cast import balance_of, found_amap
from tests.web.pages import browser, words
from tests.web.payments.grid import Grid

TODAY = timezone.localdate()


def test_a_row_per_subscription_by_name_with_what_is_owed(grid, subscriptions):
    assert [line["subscription"] for line in grid.lines] == [str(subscription.pk) for subscription in subscriptions]
    text = words(grid.response)
    assert "ADAM Pécine" in text
    assert "dû −693,16 €" in text
    assert "5 souscriptions, dont 5 avec un solde négatif." in text
    assert {line["method"] for line in grid.lines} == {"cheque"}


def test_save_records_a_batch_and_leads_to_it(grid, subscriptions):
    grid.type(subscriptions[0], "693,16", number="4471201", bank="Crédit Mutuel", received_on="01/09/2026", label="Octobre")
    grid.type(subscriptions[2], "57.76", method="transfer")
    response = grid.press("save")

    batch = Batch.objects.get()
    assert response.status_code == 302
    assert response.url.endswith(f"/lots/{batch.pk}/")
    assert (batch.payment_count, batch.total_cents) == (2, 69316 + 5776)
    assert [balance_of(subscription) for subscription in subscriptions[:3]] == [0, -69316, -69316 + 5776]
    cheque = batch.payments.get(method="cheque")
    assert (cheque.received_on, cheque.label) == (dt.date(2026, 9, 1), "Octobre")
    assert (cheque.cheque.number, cheque.cheque.bank, cheque.cheque.written_on) == ("4471201", "Crédit Mutuel", dt.date(2026, 9, 1))
    assert "2 paiements, 750,92 €" in words(grid.client.get(response.url))


def test_a_line_without_date_takes_the_date_of_the_page(grid, subscriptions):
    grid.type(subscriptions[0], "10")
    grid.around["default_day"] = ["31/8/26"]
    grid.press("save")
    assert Payment.objects.get().received_on == dt.date(2026, 8, 31)


def test_pressing_save_twice_records_once_and_shows_the_same_batch(grid, subscriptions):
    grid.type(subscriptions[0], "693,16")
    urls = {grid.press("save").url for _ in range(2)}
    assert len(urls) == 1
    assert Payment.objects.count() == 1


def test_the_same_key_with_other_lines_says_what_is_recorded_already(grid, subscriptions):
    grid.type(subscriptions[0], "693,16")
    first_key = grid.around["key"]
    grid.press("save")
    grid.type(subscriptions[1], "45")
    response = grid.press("save")

    assert response.status_code == 422
    assert "Une première version de cette saisie est déjà enregistrée : 1 paiement, 693,16 €." in words(response)
    assert grid.of(subscriptions[1])[0]["amount"] == "45"
    assert grid.around["key"] != first_key
    assert Payment.objects.count() == 1


def test_nothing_typed_is_said(grid):
    response = grid.press("save")
    assert response.status_code == 422
    assert "Aucun montant n’est saisi" in words(response)


@pytest.mark.parametrize(
    ("cell", "typed", "sentence"),
    [
        ("amount", "57,755", "« 57,755 » a trois chiffres après la virgule"),
        ("amount", "-10", "« -10 » est négatif"),
        ("amount", "0", "« 0 » vaut zéro"),
        ("amount", "1e3", "« 1e3 » est une écriture de calculatrice."),
        ("amount", "0×45", "« 0×45 » ne fait aucun chèque."),
        ("amount", "=61×45", "fait plus de 60 chèques."),
        ("received_on", "31/02/2026", "« 31/02/2026 » n’existe pas dans le calendrier."),
        ("received_on", "01/09/2098", "n’est pas encore passé"),
        ("received_on", "01/01/1999", "est hors de portée"),
        ("number", "1" * 21, "est trop long"),
        ("bank", "B" * 81, "est trop long"),
        ("method", "cash", "n’est pas proposé par le groupe"),
        ("method", "gold", "n’est pas proposé par le groupe"),
        ("planned_on", "demain", "« demain » n’est pas une date."),
        ("written_on", "30/2/26", "n’existe pas"),
    ],
)
def test_a_bad_cell_is_marked_and_every_other_one_is_kept(grid, subscriptions, cell, typed, sentence):
    for subscription in subscriptions:
        grid.type(subscription, "45", number=f"00{subscription.pk}", bank="LCL")
    grid.of(subscriptions[2])[0][cell] = typed
    before = [dict(line) for line in grid.lines]
    response = grid.press("save")

    assert response.status_code == 422
    assert sentence in words(response)
    assert f'id="cell-2-{cell}" aria-invalid="true" aria-describedby="note-2-{cell}"' in grid.html
    assert f'id="note-2-{cell}"' in grid.html
    assert "1 cellule à reprendre" in words(response)
    if cell != "method":
        assert grid.lines == before
    assert not Payment.objects.exists()


def test_a_number_without_amount_is_not_forgotten(grid, subscriptions):
    grid.type(subscriptions[0], "45")
    grid.type(subscriptions[1], "", number="4471201")
    response = grid.press("save")
    assert response.status_code == 422
    assert "Il manque un montant." in words(response)


def test_a_page_date_that_cannot_be_read_is_said_and_kept(grid, subscriptions):
    grid.type(subscriptions[0], "45")
    grid.around["default_day"] = ["hier"]
    response = grid.press("save")
    assert response.status_code == 422
    assert "« hier » n’est pas une date." in words(response)
    assert grid.around["default_day"] == ["hier"]


def test_one_more_cheque_keeps_everything_and_takes_the_next_number(grid, subscriptions):
    grid.type(subscriptions[1], "45", number="0099", bank="LCL", received_on="01/09/2026")
    grid.type(subscriptions[3], "abc")
    response = grid.press(f"add:{subscriptions[1].pk}")

    assert response.status_code == 200
    first, second = grid.of(subscriptions[1])
    assert (first["amount"], first["number"]) == ("45", "0099")
    assert (second["amount"], second["number"], second["bank"], second["received_on"]) == ("", "0100", "LCL", "01/09/2026")
    assert grid.of(subscriptions[3])[0]["amount"] == "abc"
    assert "Montant, BLANC Alphée, chèque 2" in grid.html


def test_details_open_without_losing_anything_and_are_recorded(grid, subscriptions):
    grid.type(subscriptions[0], "45", number="1")
    grid.press(f"details:{subscriptions[0].pk}")
    grid.type(subscriptions[0], "45", drawer="Tante Jeanne", written_on="30/08/2026", planned_on="15/10/2026")
    grid.press("save")
    cheque = Payment.objects.get().cheque
    assert (cheque.drawer, cheque.written_on, cheque.planned_on) == ("Tante Jeanne", dt.date(2026, 8, 30), dt.date(2026, 10, 15))


def test_a_series_is_laid_and_shown_before_anything_is_recorded(grid, subscriptions):
    grid.type(subscriptions[0], "=3×57,75", number="0998", bank="LCL", received_on="15/09/2026")
    response = grid.press("save")

    assert response.status_code == 200
    assert "Les séries sont posées" in words(response)
    assert not Payment.objects.exists()
    laid = grid.of(subscriptions[0])
    assert [line["amount"] for line in laid] == ["57,75"] * 3
    assert [line["number"] for line in laid] == ["0998", "0999", "1000"]
    assert [line["planned_on"] for line in laid] == ["15/09/2026", "15/10/2026", "15/11/2026"]
    assert [line["label"] for line in laid] == ["Septembre 2026", "Octobre 2026", "Novembre 2026"]
    assert "3 chèques, 173,25 €" in words(response)

    assert grid.press("save").status_code == 302
    assert Payment.objects.count() == 3
    assert balance_of(subscriptions[0]) == -69316 + 17325


def test_cheques_split_what_is_still_owed_and_the_last_one_takes_the_cents(grid, subscriptions):
    grid.type(subscriptions[0], "12 chèques")
    grid.press("save")
    assert [line["amount"] for line in grid.of(subscriptions[0])] == ["57,76"] * 11 + ["57,80"]

    grid.type(subscriptions[1], "93,16")
    grid.press(f"add:{subscriptions[1].pk}")
    grid.type(subscriptions[1], "6 chèques", rank=1)
    grid.press("check")
    assert [line["amount"] for line in grid.of(subscriptions[1])] == ["93,16"] + ["100,00"] * 6


def test_a_number_that_would_grow_stops_the_series_at_the_number(grid, subscriptions):
    grid.type(subscriptions[0], "3x45", number="999")
    response = grid.press("save")
    assert response.status_code == 422
    assert "aurait un chiffre de plus" in words(response)
    assert 'id="cell-0-number"' in grid.html


def test_all_that_is_owed_is_filled_where_nothing_was_typed(grid, subscriptions):
    grid.type(subscriptions[0], "45")
    grid.press("fill")
    assert [line["amount"] for line in grid.lines] == ["45"] + ["693,16"] * 4
    assert "Enregistrer 5 paiements" in words(grid.response)


def test_the_foot_compares_with_the_pile(grid, subscriptions):
    grid.type(subscriptions[0], "57,75", number="1")
    grid.type(subscriptions[1], "100", method="transfer")
    for pile, gap in (
        ("215,50", "il manque 57,75 €"),
        ("157,75", "la pile est juste"),
        ("100", "57,75 € de trop"),
        ("12,345", "trois chiffres"),
    ):
        grid.around["pile"] = [pile]
        text = words(grid.press("check"))
        assert gap in text
        assert "1 chèque 57,75 € 1 virement 100,00 €" in text


def test_a_cheque_typed_twice_is_a_doubt_that_never_blocks(grid, subscriptions):
    for subscription in subscriptions[:2]:
        grid.type(subscription, "57,75", number="4471202", bank="Crédit Mutuel")
    response = grid.press("check")
    assert "Le n° 4471202 (Crédit Mutuel) est déjà saisi plus haut, pour ADAM Pécine." in words(response)
    assert "C’est bien un autre chèque" in words(response)

    grid.around["answered"] = [f"{subscriptions[1].pk}:4471202:crédit mutuel"]
    assert "est déjà saisi plus haut" not in words(grid.press("check"))
    assert grid.press("save").status_code == 302
    assert Payment.objects.count() == 2


def test_a_cheque_already_in_the_books_is_a_doubt_before_and_after(amap, grid, subscriptions):
    amap.pay(subscriptions[4], 5775, number="4471202", bank="Crédit Mutuel")
    grid.type(subscriptions[0], "57,75", number="4471202", bank="crédit mutuel")
    told = "Le n° 4471202 (crédit mutuel) est déjà enregistré pour LE DREN Anaïg, 57,75 €, reçu le 01/09/2026."
    assert told in words(grid.press("check"))
    response = grid.press("save")
    assert response.status_code == 302
    assert told in words(grid.client.get(response.url))


def test_the_script_asks_which_cheques_are_in_the_books(amap, grid, subscriptions):
    amap.pay(subscriptions[4], 5775, number="4471202", bank="Crédit Mutuel")
    url = f"{grid.url}cheques-connus/"
    asked = {"number": ["4471202", "12", "4471202", "a\0b"], "bank": ["Crédit Mutuel", "LCL", "LCL", "x" * 200]}
    [known] = grid.client.post(url, asked).json()["recorded"]
    assert (known["number"], known["bank"]) == ("4471202", "Crédit Mutuel")
    assert "LE DREN Anaïg" in known["sentence"]
    assert grid.client.get(url).status_code == 405


def test_banks_of_members_are_offered(amap, subscriptions, treasurer):
    amap.pay(subscriptions[1], 100, bank="Banque de Groix")
    grid = Grid(treasurer, amap.vegetables)
    assert 'data-bank="Banque de Groix"' in grid.html
    assert '<option value="Banque de Groix">' in grid.html


@pytest.mark.parametrize(
    "name", ['L’"Hostis" <b>Paul</b>', "عائشة Ḥasan", "🧑‍🌾 Zoé", "=HYPERLINK(1)", "O'Neil & Fils </script><script>alert(1)</script>"]
)
def test_any_name_and_any_text_come_back_as_typed(amap, treasurer, name):
    subscription = amap.subscribe(name)
    grid = Grid(treasurer, amap.vegetables)
    grid.type(subscription, "abc", label=name, bank=name, number=name[:20])
    grid.press("check")
    assert {grid.lines[0][cell] for cell in ("label", "bank")} == {name}
    assert "<script>alert(1)" not in grid.html
    grid.type(subscription, "12")
    assert grid.press("save").status_code == 302
    assert Payment.objects.get().label


def test_rows_of_others_record_nothing_and_lose_nothing(amap, grid, subscriptions):
    elsewhere = found_amap("AMAP d’ailleurs")
    eggs = amap.open("Contrat œufs", amap.farm, 300)
    for stranger in (elsewhere.subscribe("VOISIN Zoé"), amap.subscribe("ADAM Pécine", contract=eggs)):
        grid.lines.append({**grid.lines[0], "subscription": str(stranger.pk), "amount": "12", "number": "777001"})
    for odd in ("", "x", "9" * 30, "-1", "１２"):
        grid.lines.append({**grid.lines[0], "subscription": odd, "amount": "12", "number": "777002"})
    grid.type(subscriptions[0], "45")
    response = grid.press("save")

    assert response.status_code == 422
    assert words(response).count("n’est pas ou n’est plus au contrat") == 7
    assert "777001" in words(response)
    assert grid.of(subscriptions[0])[0]["amount"] == "45"
    assert not Payment.objects.exists()


def test_a_form_cut_short_is_no_error_of_ours(grid):
    data = {**grid.sent("save"), "amount": ["12"], "received_on": []}
    assert grid.client.post(grid.url, data).status_code == 302
    assert grid.client.post(grid.url, {"act": "save"}).status_code == 422
    assert grid.client.post(grid.url, {"act": "nothing:we:know"}).status_code == 200
    assert grid.client.post(grid.url, {"act": "add:x"}).status_code == 200


def test_too_many_lines_are_refused_with_a_sentence(grid):
    data = {**grid.sent("save"), **{cell: [grid.lines[0][cell]] * 2100 for cell in grid.lines[0]}, "amount": ["1"] * 2100}
    response = grid.client.post(grid.url, data)
    assert response.status_code == 422
    assert "Une saisie compte 2000 lignes au plus" in words(response)


def test_who_may(amap, grid, subscriptions):
    for member, status in (
        (amap.coordinator, 200),
        (amap.admin, 200),
        (amap.producer_member, 403),
        (amap.volunteer, 403),
        (amap.member, 403),
    ):
        assert browser(member).get(grid.url).status_code == status
    outsider = found_amap("AMAP d’ailleurs").treasurer
    assert browser(outsider).get(grid.url).status_code == 404


def test_an_empty_contract_says_so(amap, treasurer):
    eggs = amap.open("Contrat œufs", amap.farm, 300)
    response = treasurer.get(f"/g/{amap.group.slug}/contrats/{eggs.pk}/paiements-en-masse/")
    assert "Aucune souscription" in words(response)
