"""Reprise de solde: one member, then the whole group with its control total."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escarcelle.groups.models import MemberAccount
from escarcelle.payments.models import OpeningBalance
from escarcelle.payments.queries import balance_with
from tests.cast import found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def people(amap):
    """A, B and C of the stories, who come from a spreadsheet."""
    return [amap.someone(name) for name in ("ADAM Pécine", "BLANC Alphée", "CARIOU Maëlle")]


@pytest.fixture
def grid(amap):
    return reverse("web:opening_balances", args=[amap.group.slug])


def one(amap, member):
    return reverse("web:opening_balance", args=[amap.group.slug, member.pk])


def correcting(amap, opening=None):
    opening = opening or OpeningBalance.objects.standing().get()
    return reverse("web:opening_balance_correct", args=[amap.group.slug, opening.pk])


def typed(amap, **changes):
    return {"key": uuid4(), "payee": amap.farm.book_id, "amount": "+20", "on": "01/09/2026", **changes}


def cells(amap, amounts, **changes):
    boxes = {f"amount-{member.pk}": amount for member, amount in amounts.items()}
    return {"key": uuid4(), "beneficiaire": amap.farm.book_id, "on": "01/09/2026", "control_total": "", **boxes, **changes}


@pytest.mark.parametrize(("amount", "cents"), [("+20", 2000), ("−20,00", -2000), ("-20", -2000), ("0", 0), ("1 250,50 €", 125050)])
def test_a_signed_amount_becomes_the_balance(amap, people, amount, cents):
    response = browser(amap.treasurer).post(one(amap, people[0]), typed(amap, amount=amount))

    assert response.status_code == 302
    assert balance_with(people[0], amap.farm.book_id) == cents
    assert OpeningBalance.objects.count() == 1


def test_a_second_take_over_is_refused_and_keeps_what_was_typed(amap, people):
    client = browser(amap.treasurer)
    client.post(one(amap, people[0]), typed(amap))

    response = client.post(one(amap, people[0]), typed(amap, amount="35,20"))

    assert response.status_code == 422
    assert "Déjà repris : ADAM Pécine. Une seconde reprise compterait double" in words(response)
    assert f'href="{correcting(amap)}"' in response.content.decode()
    assert 'value="35,20"' in response.content.decode()
    assert balance_with(people[0], amap.farm.book_id) == 2000


def test_the_same_form_twice_takes_over_once(amap, people):
    form = typed(amap)
    client = browser(amap.treasurer)

    assert [client.post(one(amap, people[0]), form).status_code for _ in range(2)] == [302, 302]
    assert balance_with(people[0], amap.farm.book_id) == 2000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "12,345"}, "trois chiffres"),
        ({"amount": ""}, "Il manque un montant"),
        ({"on": "31/02/2026"}, "n’existe pas"),
        ({"on": "02/09/2026"}, "n’est pas encore passé"),
        ({"payee": "0"}, "Sélectionnez un choix valide"),
        ({"amount": "9999999"}, "dépasse un million"),
        ({"key": ""}, "clé"),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_is_lost(amap, people, changes, sentence):
    response = browser(amap.treasurer).post(one(amap, people[0]), typed(amap, **changes))

    assert response.status_code == 422
    assert sentence in words(response)
    assert not OpeningBalance.objects.exists()
    assert not MemberAccount.objects.exists()


def test_the_second_person_of_a_household_takes_over_for_the_household(amap, people):
    people[1].household_of = people[0]
    people[1].save()

    browser(amap.treasurer).post(one(amap, people[1]), typed(amap))

    assert OpeningBalance.objects.get().account.member == people[0]


def test_a_whole_group_at_once_with_its_control_total(amap, grid, people):
    amounts = dict(zip(people, ("+45,20", "−12,80", "0"), strict=True))

    response = browser(amap.treasurer).post(grid, cells(amap, amounts, control_total="32,40"))

    assert response.status_code == 302
    assert [balance_with(member, amap.farm.book_id) for member in people] == [4520, -1280, 0]
    again = browser(amap.treasurer).get(f"{grid}?beneficiaire={amap.farm.book_id}")
    assert "repris, au mar. 1er sept. 2026" in words(again)
    assert f'name="amount-{people[0].pk}"' not in again.content.decode()


def test_a_control_total_that_differs_saves_nothing_and_keeps_everything(amap, grid, people):
    response = browser(amap.treasurer).post(grid, cells(amap, dict(zip(people, ("45,20", "−12,80", ""), strict=True)), control_total="32"))

    assert response.status_code == 422
    assert "Les soldes font +32,40 €, le total de contrôle annonce +32,00 €" in words(response)
    html = response.content.decode()
    assert 'value="45,20"' in html
    assert 'value="−12,80"' in html
    assert not OpeningBalance.objects.exists()
    assert not MemberAccount.objects.exists()


def test_one_unreadable_cell_is_named_and_the_others_stay(amap, grid, people):
    response = browser(amap.treasurer).post(grid, cells(amap, dict(zip(people, ("45,20", "douze", "1e3"), strict=True))))

    assert response.status_code == 422
    text = words(response)
    assert "2 montants sont à reprendre" in text
    assert "« douze » n’est pas un montant" in text
    assert 'value="45,20"' in response.content.decode()
    assert response.content.decode().count('aria-invalid="true"') == 2
    assert not OpeningBalance.objects.exists()


def test_an_empty_grid_is_refused(amap, grid, people):
    response = browser(amap.treasurer).post(grid, cells(amap, {}))

    assert response.status_code == 422
    assert "il n’y a rien à enregistrer" in words(response)


def test_the_same_grid_twice_takes_over_once(amap, grid, people):
    form = cells(amap, dict(zip(people, ("45,20", "−12,80", "0"), strict=True)))
    client = browser(amap.treasurer)

    assert [client.post(grid, form).status_code for _ in range(2)] == [302, 302]
    assert OpeningBalance.objects.count() == 3


def test_a_pasted_column_fills_the_rows_in_order_and_saves_nothing(amap, grid, people):
    rows = [row.member for row in browser(amap.treasurer).get(grid).context["rows"]]
    column = "\n".join(str(rank) for rank, _ in enumerate(rows))

    response = browser(amap.treasurer).post(grid, cells(amap, {}, collage=column, lire="1"))

    assert response.status_code == 200
    assert [row.typed for row in response.context["rows"]] == [str(rank) for rank, _ in enumerate(rows)]
    assert not OpeningBalance.objects.exists()


def test_pasted_names_find_their_rows_and_unknown_ones_are_said(amap, grid, people):
    paste = "Pécine ADAM\t45,20\r\nblanc alphee;-12,80\nCARIOU Maelle 1 250,00 €\nPERSONNE Jean 3\nADAM Pécine 7\nrien"

    response = browser(amap.treasurer).post(grid, cells(amap, {amap.member: "9,99"}, collage=paste, lire="1"))

    written = {row.member: row.typed for row in response.context["rows"] if row.typed}
    assert written == {people[0]: "45,20", people[1]: "-12,80", people[2]: "1 250,00 €", amap.member: "9,99"}
    text = words(response)
    assert "Ligne 4 : « PERSONNE Jean » n’est pas un membre à reprendre" in text
    assert "Ligne 5 : ADAM Pécine a déjà un montant" in text
    assert "Ligne 6 : « rien » n’a pas de montant" in text
    assert "PERSONNE Jean 3" in response.content.decode()
    assert response.context["total_cents"] == 4520 - 1280 + 125000 + 999
    sent = {bound: value for bound, value in re.findall(r'name="(amount-\d+)" value="([^"]*)"', response.content.decode()) if value}
    assert len(sent) == 4


def test_ten_thousand_lines_are_read_and_more_are_refused(amap, grid, people):
    client = browser(amap.treasurer)

    response = client.post(grid, cells(amap, {}, collage="INCONNU Jean 1\n" * 10_001, lire="1"))

    assert response.status_code == 200
    assert "plus de 10 000 lignes" in words(response)


def test_another_groups_members_are_not_in_the_grid(amap, grid, people):
    theirs = found_amap("AMAP de Belle-Île")
    stranger = theirs.someone("MOREAU Jean")

    response = browser(amap.treasurer).post(grid, cells(amap, {people[0]: "1", stranger: "5"}))

    assert response.status_code == 302
    assert [opening.account.member for opening in OpeningBalance.objects.select_related("account__member")] == [people[0]]
    assert browser(amap.treasurer).get(one(amap, stranger)).status_code == 404
    assert browser(amap.treasurer).post(one(amap, people[1]), typed(amap, payee=theirs.farm.book_id)).status_code == 422


def test_only_who_may_take_over(amap, grid, people):
    for member in (amap.coordinator, amap.volunteer, amap.producer_member, amap.member):
        assert browser(member).get(grid).status_code == 403
        assert browser(member).post(one(amap, people[0]), typed(amap)).status_code == 403
    assert not OpeningBalance.objects.exists()


def test_statements_do_not_depend_on_how_many_members_there_are(amap, grid, people):
    client = browser(amap.treasurer)
    few = statements(client, grid)
    crowd = [amap.someone(f"NOMBREUX Numéro{rank}") for rank in range(46)]

    assert statements(client, grid) == few <= MOST_STATEMENTS
    client.post(grid, cells(amap, {crowd[0]: "1,50"}))
    costs = []
    for taken in (crowd[1:6], crowd[6:]):
        with CaptureQueriesContext(connection) as captured:
            assert client.post(grid, cells(amap, dict.fromkeys(taken, "1,50"))).status_code == 302
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert OpeningBalance.objects.count() == 46


@pytest.fixture
def taken(amap, people):
    """ADAM Pécine arrived with 45,20 €."""
    browser(amap.treasurer).post(one(amap, people[0]), typed(amap, amount="45,20"))
    return OpeningBalance.objects.get()


def right(amount="54,20", **changes):
    return {"key": uuid4(), "amount": amount, "on": "01/09/2026", "reason": "mal lu", **changes}


def test_every_page_that_shows_a_balance_taken_over_leads_to_its_correction(amap, grid, people, taken):
    account = reverse("web:account", args=[amap.group.slug, people[0].pk])
    for page in (account, one(amap, people[0]), f"{grid}?beneficiaire={amap.farm.book_id}"):
        assert f'href="{correcting(amap)}"' in browser(amap.treasurer).get(page).content.decode()


def test_the_form_shows_what_was_taken_over_with_its_sign(amap, taken):
    html = browser(amap.treasurer).get(correcting(amap)).content.decode()
    assert 'value="+45,20"' in html
    assert 'value="01/09/2026"' in html


def test_a_correction_goes_back_to_the_account_and_says_what_became_of_it(amap, people, taken):
    response = browser(amap.treasurer).post(correcting(amap), right("−12,80"), follow=True)

    assert "La reprise de solde est corrigée : +45,20 € devient −12,80 €." in words(response)
    assert "Correction de la reprise de solde" in words(response)
    assert "Motif : « mal lu »." in words(response)
    assert balance_with(people[0], amap.farm.book_id) == -1280


def test_the_same_correction_twice_is_made_once(amap, people, taken):
    form, client, page = right(), browser(amap.treasurer), correcting(amap)
    assert [client.post(page, form).status_code for _ in range(2)] == [302, 302]
    assert balance_with(people[0], amap.farm.book_id) == 5420


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "45,20"}, "il n’y a rien à corriger"),
        ({"amount": "12,345"}, "trois chiffres"),
        ({"amount": ""}, "Il manque un montant"),
        ({"on": "02/09/2026"}, "n’est pas encore passé"),
        ({"reason": " "}, "Indiquez le motif"),
        ({"key": ""}, "clé"),
    ],
)
def test_a_wrong_correction_is_said_and_nothing_is_lost(amap, people, taken, changes, sentence):
    response = browser(amap.treasurer).post(correcting(amap), right(**changes))

    assert response.status_code == 422
    assert sentence in words(response)
    assert balance_with(people[0], amap.farm.book_id) == 4520


def test_who_comes_too_late_is_led_to_the_last_one(amap, people, taken):
    first = correcting(amap)
    browser(amap.treasurer).post(first, right())

    late = browser(amap.treasurer).post(first, right("40"))

    assert late.status_code == 422
    assert "a été corrigée entre-temps : +54,20 €" in words(late)
    assert f'href="{correcting(amap)}"' in late.content.decode()
    assert balance_with(people[0], amap.farm.book_id) == 5420
    assert "Corriger cette reprise" not in words(browser(amap.treasurer).get(first))


def test_only_who_may_take_over_may_correct(amap, people, taken):
    for member in (amap.coordinator, amap.volunteer, amap.producer_member, amap.member):
        assert browser(member).post(correcting(amap), right()).status_code == 403
    theirs = found_amap("AMAP de Belle-Île")
    elsewhere = reverse("web:opening_balance_correct", args=[theirs.group.slug, taken.pk])
    assert browser(theirs.treasurer).get(elsewhere).status_code == 404
    assert balance_with(people[0], amap.farm.book_id) == 4520


def test_the_log_tells_the_correction(amap, taken):
    browser(amap.treasurer).post(correcting(amap), right())
    log = browser(amap.treasurer).get(reverse("web:activity", args=[amap.group.slug]))
    assert "a corrigé la reprise de solde d’ADAM Pécine (+9,00 €)." in words(log)


@pytest.mark.parametrize(("control", "said"), [("32", "−0,40 €"), ("32,40", "aucun, le total est juste")])
def test_without_a_script_the_distance_to_the_control_total_is_shown_with_the_paste(amap, grid, people, control, said):
    paste = "Pécine ADAM 45,20\nBLANC Alphée -12,80"

    response = browser(amap.treasurer).post(grid, cells(amap, {}, collage=paste, lire="1", control_total=control))

    assert f"Écart avec le total de contrôle {said}" in words(response)


@pytest.mark.parametrize("control", ["", "douze"])
def test_without_a_control_total_there_is_no_distance(amap, grid, people, control):
    response = browser(amap.treasurer).post(grid, cells(amap, {people[0]: "45,20"}, lire="1", control_total=control))

    assert re.search(r'data-live="gap" hidden', response.content.decode())
