"""Lines copied from a spreadsheet: shown, chosen, put in the grid; recorded only by the grid's own button."""

import pytest

from escarcelle.payments.models import Payment
from tests.web.pages import words

SHEET = """Nom\tN°\tBanque\tMontant\tDate
ADAM Pécine\t0001\tLCL\t45,00\t01/09/2026
Blanc Alfé\t0002\tCIC\t12,50\t
Cariou Maelle\t0003\tCIC\t57,755\t
ADAM Pécine\t0004\tLCL\t46,00\t
Personne Du Tout\t0005\tCIC\t10,00\t
Total\t\t\t171,26\t
"""


def paste(grid, text=SHEET):
    grid.around["paste"] = [text]
    return grid.press("paste")


def test_the_preview_recognises_columns_and_proposes_names(grid, subscriptions):
    grid.type(subscriptions[4], "33")
    text = words(paste(grid))
    assert "5 lignes reconnues, 113,50 €" in text
    assert "2 noms sont à choisir." in text
    assert "« 57,755 » a trois chiffres après la virgule" in text
    assert "Titres et totaux laissés de côté : ligne 1, 7." in text
    closest = grid.html.split('name="whose-3"')[1].split("</optgroup>")[0]
    assert closest.count("<option") == 3  # choose, leave aside, and the one that is close
    assert "BLANC Alphée" in closest
    assert grid.of(subscriptions[4])[0]["amount"] == "33"
    assert not Payment.objects.exists()


def test_accepted_lines_fill_the_grid_and_nothing_is_saved(grid, subscriptions):
    paste(grid)
    grid.around["whose-3"] = [str(subscriptions[1].pk)]
    grid.around["whose-6"] = ["-"]
    text = words(grid.press("accept"))
    assert "4 lignes sont posées dans la grille. 1 ligne est laissée de côté. Rien n’est encore enregistré." in text
    first, second = grid.of(subscriptions[0])
    assert (first["amount"], first["number"], first["bank"], first["received_on"]) == ("45,00", "0001", "LCL", "01/09/2026")
    assert (second["amount"], second["number"]) == ("46,00", "0004")
    assert grid.of(subscriptions[1])[0]["amount"] == "12,50"
    assert grid.of(subscriptions[2])[0]["amount"] == "57,755"
    assert "1 cellule à reprendre" in text
    assert not Payment.objects.exists()

    grid.type(subscriptions[2], "57,76")
    assert grid.press("save").status_code == 302
    assert Payment.objects.count() == 4


def test_every_unknown_name_asks_for_an_answer(grid, subscriptions):
    paste(grid)
    grid.around["whose-3"] = [str(subscriptions[1].pk)]
    response = grid.press("accept")
    assert response.status_code == 422
    assert "Dites de qui sont les lignes" in words(response)
    assert f'<option value="{subscriptions[1].pk}" selected>' in grid.html
    assert 'name="whose-6" aria-invalid="true"' in grid.html


def test_a_row_of_another_group_is_no_answer(grid):
    paste(grid)
    grid.around["whose-3"] = grid.around["whose-6"] = ["999999"]
    assert grid.press("accept").status_code == 422


def test_a_text_changed_after_it_was_shown_is_shown_again(grid, subscriptions):
    paste(grid, "ADAM Pécine;45,00")
    grid.around["paste"] = ["ADAM Pécine;4500,00"]
    text = words(grid.press("accept"))
    assert "1 ligne reconnue, 4 500,00 €" in text
    assert grid.of(subscriptions[0])[0]["amount"] == ""


def test_a_paste_can_be_dropped(grid, subscriptions):
    grid.type(subscriptions[0], "33")
    paste(grid)
    grid.press("forget")
    assert grid.around["paste"] == [""]
    assert grid.of(subscriptions[0])[0]["amount"] == "33"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Rien n’a été collé."),
        (" \n\t\n", "Rien n’a été collé."),
        ("bonjour", "Aucune colonne"),
        ("\n".join(f"ADAM Pécine;{n},00" for n in range(1, 10_001)), "Le collage a plus de 2000 lignes."),
        ("ADAM Pécine;45\n" * 20_000, "Le collage a plus de"),
        ("x" * 2_100_000, "trop de texte"),
    ],
    ids=["nothing", "blanks", "a word", "ten thousand rows", "twenty thousand rows", "two megabytes"],
)
def test_a_paste_that_cannot_be_taken_says_why_and_loses_nothing(grid, subscriptions, text, sentence):
    grid.type(subscriptions[0], "33")
    response = paste(grid, text)
    assert response.status_code == 422
    assert sentence in words(response)
    assert grid.of(subscriptions[0])[0]["amount"] == "33"


def test_odd_text_is_shown_as_text(grid):
    response = paste(grid, '<script>alert(1)</script>;45,00\n=HYPERLINK("x");12\n\u202eZoé🧑‍🌾;13')
    assert response.status_code == 200
    assert "<script>alert" not in grid.html
