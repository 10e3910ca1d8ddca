"""The distributions of one contract."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from escarcelle.subscriptions.absences import set_absences
from tests.cast import TODAY, balance_of, found_amap
from tests.web.pages import MOST_STATEMENTS, as_sent, browser, shown_then_done, statements, words


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


@pytest.fixture
def last(amap):
    return amap.vegetables.deliveries.by_day().last()


def address(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, amap.vegetables.pk, *args])


def list_of(amap):
    return address(amap, "contract_distributions")


def test_the_list_says_where_when_and_how_many_collect(amap, treasurer, last):
    amap.subscribe("ADAM Pécine")
    blanc = amap.subscribe("BLANC Alphée")
    set_absences(subscription=blanc, deliveries=[last], on=TODAY, by=amap.treasurer, may_change_past=True)

    page = treasurer.get(list_of(amap))

    rows = page.context["coming"]
    assert (len(rows), rows[0].collecting_count, rows[-1].collecting_count) == (52, 2, 1)
    assert "dim. 6 sept. 2026 Salle du Bourg 17 h 30 – 19 h prévue" in words(page)


def test_an_absence_outside_a_shortened_period_takes_no_basket_away(amap, treasurer, last):
    from escarcelle.subscriptions.signing import end

    blanc = amap.subscribe("BLANC Alphée")
    amap.subscribe("ADAM Pécine")
    set_absences(subscription=blanc, deliveries=[last], on=TODAY, by=amap.treasurer, may_change_past=True)
    end(subscription=blanc, last_day=last.distribution.on - dt.timedelta(days=1), on=TODAY, by=amap.treasurer)

    assert treasurer.get(list_of(amap)).context["coming"][-1].collecting_count == 1


def test_cancelling_shows_how_much_comes_back(amap, treasurer, last):
    adam, _ = amap.subscribe("ADAM Pécine"), amap.subscribe("BLANC Alphée", quantity=2)
    url = address(amap, "delivery_cancel", last.pk)

    shown = treasurer.get(url)
    assert [(shift.subscription_count, shift.difference_cents) for shift in shown.context["effect"].shifts] == [(1, 2666), (1, 1333)]
    assert balance_of(adam) == -52 * 1333

    data = as_sent(shown.context["form"], reason="Tempête", seen=shown.context["effect"].seen)
    assert treasurer.post(url, data).url == list_of(amap)
    assert balance_of(adam) == -51 * 1333
    assert "annulée : Tempête" in words(treasurer.get(list_of(amap)))


def test_a_reason_is_asked(amap, treasurer, last):
    url = address(amap, "delivery_cancel", last.pk)
    amap.subscribe("ADAM Pécine")

    page = treasurer.post(url, as_sent(treasurer.get(url).context["form"], reason=" "))

    assert page.status_code == 422
    assert page.context["form"].errors["reason"]
    assert page.context["effect"].subscription_count == 1


def test_cancelling_twice_gives_back_once_and_restoring_takes_it_back(amap, treasurer, last):
    adam = amap.subscribe("ADAM Pécine")
    url = address(amap, "delivery_cancel", last.pk)
    data = as_sent(treasurer.get(url).context["form"], reason="Tempête")
    shown_then_done(treasurer, url, data)
    assert treasurer.post(url, data).status_code == 302
    assert balance_of(adam) == -51 * 1333

    url = address(amap, "delivery_restore", last.pk)
    shown = treasurer.get(url)
    assert shown.context["effect"].total_cents == -1333
    treasurer.post(url, as_sent(shown.context["form"], seen=shown.context["effect"].seen))
    assert balance_of(adam) == -52 * 1333


def test_moving_keeps_everybody(amap, treasurer, last):
    adam = amap.subscribe("ADAM Pécine")
    url = address(amap, "delivery_move", last.pk)

    done = shown_then_done(treasurer, url, as_sent(treasurer.get(url).context["form"], to="5/9/2027"))

    assert done.url == list_of(amap)
    last.refresh_from_db()
    amap.vegetables.refresh_from_db()
    adam.refresh_from_db()
    assert last.distribution.on == amap.vegetables.ends_on == adam.ends_on == dt.date(2027, 9, 5)
    assert balance_of(adam) == -52 * 1333


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("22/08/2027", "Le contrat est déjà distribué le 22/08/2027 (Salle du Bourg) : un jour se compte une seule fois."),
        ("01/09/2026", "Le 01/09/2026 est hors de la période du contrat."),
        ("31/02/2027", "« 31/02/2027 » n’existe pas dans le calendrier."),
        ("", "Il manque une date."),
    ],
)
def test_a_day_that_will_not_do_is_refused_and_stays_typed(amap, treasurer, last, to, sentence):
    url = address(amap, "delivery_move", last.pk)

    page = treasurer.post(url, as_sent(treasurer.get(url).context["form"], to=to))

    assert page.status_code == 422
    assert sentence in words(page)
    assert page.context["form"]["to"].value() == to


def test_more_days_are_planned_and_shown_first(amap, treasurer):
    adam = amap.subscribe("ADAM Pécine")
    url = address(amap, "deliveries_plan")
    form = treasurer.get(url).context["form"]
    assert form["place"].value() == "Salle du Bourg"
    data = as_sent(form, cycle="every_two_weeks", first_on="08/09/2026", last_on="10/10/2026")

    shown = treasurer.post(url, data)
    assert len(shown.context["days"]) == 3
    assert shown.context["effect"].total_cents == -3 * 1333

    assert shown_then_done(treasurer, url, data).url == list_of(amap)
    assert treasurer.post(url, data).status_code == 302
    assert amap.vegetables.deliveries.count() == 55
    assert balance_of(adam) == -55 * 1333


def test_one_day_alone_is_planned(amap, treasurer):
    url = address(amap, "deliveries_plan")

    shown_then_done(treasurer, url, as_sent(treasurer.get(url).context["form"], cycle="once", first_on="24/12/2026"))

    assert amap.vegetables.deliveries.filter(distribution__on=dt.date(2026, 12, 24)).exists()


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"first_on": "24/12/2026", "last_on": "01/12/2026"}, "first_on"),
        ({"cycle": "once", "first_on": "24/12/2028"}, "first_on"),
        ({"cycle": "once", "first_on": "24/12/2026", "starts_at": "19:00", "ends_at": "17:30"}, "ends_at"),
        ({"cycle": "once", "first_on": "24/12/2026", "starts_at": "sept heures"}, "starts_at"),
        ({"cycle": "hourly", "first_on": "24/12/2026"}, "cycle"),
    ],
)
def test_days_that_will_not_do_are_refused(amap, treasurer, typed, box):
    url = address(amap, "deliveries_plan")

    page = treasurer.post(url, as_sent(treasurer.get(url).context["form"], **typed))

    assert page.status_code == 422
    assert box in page.context["form"].errors
    assert amap.vegetables.deliveries.count() == 52


def test_a_day_is_deleted_while_nobody_has_subscribed(amap, treasurer, last):
    url = address(amap, "delivery_delete", last.pk)
    data = as_sent(treasurer.get(url).context["form"])

    for _ in range(2):
        assert treasurer.post(url, data).url == list_of(amap)

    assert amap.vegetables.deliveries.count() == 51


def test_a_day_that_is_owed_is_not_deleted_and_the_way_out_is_shown(amap, treasurer, last):
    amap.subscribe("ADAM Pécine")
    url = address(amap, "delivery_delete", last.pk)

    asked = treasurer.get(url)
    assert "Des membres ont souscrit : annulez la distribution du 29/08/2027" in words(asked)
    assert address(amap, "delivery_cancel", last.pk) in asked.content.decode()

    assert treasurer.post(url, as_sent(asked.context["form"])).status_code == 422
    assert amap.vegetables.deliveries.count() == 52


def test_absences_are_listed_by_member(amap, treasurer, last):
    blanc = amap.subscribe("BLANC Alphée")
    amap.subscribe("ADAM Pécine")
    set_absences(subscription=blanc, deliveries=[last], on=TODAY, by=amap.treasurer, may_change_past=True)

    page = treasurer.get(address(amap, "contract_absences"))

    assert "BLANC Alphée 1 sur 4 dim. 29 août 2027" in words(page)
    assert "ADAM Pécine" not in words(page)


def test_a_producer_reads_the_days_and_changes_none(amap, last):
    producer = browser(amap.producer_member)

    assert "Gérer" not in words(producer.get(list_of(amap)))
    assert producer.get(address(amap, "contract_absences")).status_code == 200
    for name in ("delivery_move", "delivery_cancel", "delivery_restore", "delivery_delete"):
        assert producer.post(address(amap, name, last.pk), {"key": uuid4()}).status_code == 403
    assert producer.get(address(amap, "deliveries_plan")).status_code == 403


@pytest.mark.parametrize("name", ["delivery_move", "delivery_cancel", "delivery_restore", "delivery_delete"])
def test_a_day_of_another_contract_or_group_does_not_exist(amap, treasurer, name):
    other = found_amap("AMAP de Houat").vegetables.deliveries.first()
    next_door = amap.open("Contrat œufs", amap.farm, 300, weeks=2).deliveries.first()

    for delivery in (other, next_door):
        assert treasurer.get(address(amap, name, delivery.pk)).status_code == 404


@pytest.mark.parametrize("name", ["contract_distributions", "contract_absences", "deliveries_plan"])
def test_pages_take_the_same_statements_whatever_the_subscriptions(amap, treasurer, last, name):
    counts = []
    for names in (range(5), range(5, 40)):
        for rank in names:
            subscription = amap.subscribe(f"NOM{rank} Ana")
            set_absences(subscription=subscription, deliveries=[last], on=TODAY, by=amap.treasurer, may_change_past=True)
        counts.append(statements(treasurer, address(amap, name)))

    assert counts[0] == counts[1] <= MOST_STATEMENTS
