"""Nouvelle souscription, Modifier."""

import datetime as dt

import pytest
from django.urls import reverse

from escarcelle.catalogs.departures import leave
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.subscriptions.models import Subscription
from tests.cast import TODAY, balance_of, found_amap
from tests.web.pages import MOST_STATEMENTS, as_sent, browser, shown_then_done, statements, words


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


@pytest.fixture
def new(amap):
    return reverse("web:subscription_new", args=[amap.group.slug, amap.vegetables.pk])


def listing(amap):
    return reverse("web:subscriptions", args=[amap.group.slug, amap.vegetables.pk])


def edit(amap, subscription):
    return reverse("web:subscription_edit", args=[amap.group.slug, amap.vegetables.pk, subscription.pk])


def typed(amap, treasurer, url, **more):
    """The form as shown, for Bernard, with what is typed over it."""
    form = treasurer.get(url).context["form"]
    more = {f"quantity_{amap.basket.pk}" if name == "quantity" else name: value for name, value in more.items()}
    who = {"member": amap.someone("ANGOUSTAN Bernard").pk} if "member" in form.fields else {}
    return as_sent(form, **{**who, **more})


def test_the_total_is_shown_then_saved(amap, treasurer, new):
    data = typed(amap, treasurer, new, quantity="2")

    shown = treasurer.post(new, data)
    assert "Nbre de distributions 52 Total commandé 1 386,32 € Solde dû −1 386,32 € Rien n’est encore enregistré." in words(shown)
    assert not Subscription.objects.exists()

    done = shown_then_done(treasurer, new, data)
    assert done.url == listing(amap)
    assert balance_of(Subscription.objects.get()) == -52 * 2666


def test_the_form_proposes_the_whole_contract_and_one_of_the_only_product(amap, treasurer, new):
    form = treasurer.get(f"{new}?membre={amap.member.pk}").context["form"]

    assert (form["starts_on"].value(), form["ends_on"].value()) == ("06/09/2026", "29/08/2027")
    assert form[f"quantity_{amap.basket.pk}"].value() == 1
    assert form["member"].value() == str(amap.member.pk)


def test_someone_who_joins_in_mid_season_starts_today(amap, treasurer, new, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2027, 3, 1))

    shown_then_done(treasurer, new, typed(amap, treasurer, new))

    subscription = Subscription.objects.get()
    assert subscription.starts_on == dt.date(2027, 3, 1)
    assert balance_of(subscription) == -26 * 1333


def test_alternate_and_absences_are_typed_at_once(amap, treasurer, new):
    first = amap.vegetables.deliveries.by_day().first()
    adam = amap.someone("ADAM Pécine")

    shown_then_done(treasurer, new, typed(amap, treasurer, new, alternate=adam.pk, begins="alternate", absences=[first.pk]))

    subscription = Subscription.objects.get()
    assert (subscription.alternate, subscription.alternate_begins) == (adam, True)
    assert balance_of(subscription) == -51 * 1333


def test_sent_twice_one_subscription_is_signed(amap, treasurer, new):
    data = typed(amap, treasurer, new, absences=[amap.vegetables.deliveries.by_day().first().pk])

    shown_then_done(treasurer, new, data)
    again = treasurer.post(new, data)

    assert again.status_code == 302
    assert balance_of(Subscription.objects.get()) == -51 * 1333


def test_what_was_not_shown_is_shown_before_it_is_saved(amap, treasurer, new):
    data = typed(amap, treasurer, new)
    shown = treasurer.post(new, data)

    page = treasurer.post(new, {**data, f"quantity_{amap.basket.pk}": "9", "seen": shown.context["seen"]})

    assert page.status_code == 200
    assert page.context["after"].total_cents == 9 * 52 * 1333
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("typed_over", "box", "sentence"),
    [
        ({"starts_on": "05/09/2026"}, "starts_on", "Le contrat ne commence que le 06/09/2026."),
        ({"ends_on": "30/08/2027"}, "ends_on", "Le contrat finit le 29/08/2027."),
        ({"ends_on": "30/02/2027"}, "ends_on", "n’existe pas dans le calendrier"),
        ({"starts_on": "1/9/2027", "ends_on": "1/1/2027"}, "ends_on", "Le dernier jour vient avant le premier."),
        ({"quantity": "0"}, "quantity", "Indiquez la quantité d’au moins un produit."),
        ({"quantity": "deux"}, "quantity", "Écrivez un nombre entier"),
        ({"quantity": "-1"}, "quantity", "supérieure ou égale à 0"),
        ({"member": ""}, "member", "Choisissez un membre."),
        ({"member": "9999999"}, "member", "Ce membre n’appartient pas au groupe"),
        ({"absences": ["9999999"]}, "absences", "9999999"),
    ],
)
def test_what_will_not_do_is_refused_on_its_box_and_stays_typed(amap, treasurer, new, typed_over, box, sentence):
    data = typed(amap, treasurer, new, **typed_over)

    page = treasurer.post(new, data)

    form = page.context["form"]
    assert page.status_code == 422
    assert (f"quantity_{amap.basket.pk}" if box == "quantity" else box) in form.errors
    assert sentence in words(page)
    assert form["starts_on"].value() == data["starts_on"]
    assert form["key"].value() == str(data["key"])
    assert not Subscription.objects.exists()


def test_too_many_absences_are_refused_on_the_days_and_nothing_is_signed(amap, treasurer, new):
    days = [delivery.pk for delivery in amap.vegetables.deliveries.by_day()[:5]]

    page = treasurer.post(new, typed(amap, treasurer, new, absences=days))

    assert page.status_code == 422
    assert "Le contrat permet 4 absence(s) au plus." in words(page)
    assert not Subscription.objects.exists()


def test_overlap_and_alternation_with_oneself_are_refused(amap, treasurer, new):
    bernard = amap.subscribe("ANGOUSTAN Bernard").member

    assert "Ce membre a déjà une souscription à ce contrat du 06/09/2026 au 29/08/2027" in words(
        treasurer.post(new, typed(amap, treasurer, new))
    )
    page = treasurer.post(new, typed(amap, treasurer, new, alternate=bernard.pk))
    assert page.context["form"].errors["alternate"] == ["On n’alterne pas avec soi-même\u00a0: choisissez quelqu’un d’un autre foyer."]


def test_members_of_another_group_second_persons_and_leavers_are_not_offered(amap, treasurer, new):
    other = found_amap("AMAP de Houat").member
    partner = create_member(group=amap.group, details=PersonalDetails("Hamon", "Gaël"), on=TODAY, by=amap.admin, household_of=amap.member)
    leave(member=amap.volunteer, on=TODAY, by=amap.admin)

    for stranger in (other, partner, amap.volunteer):
        assert treasurer.post(new, typed(amap, treasurer, new, member=stranger.pk)).status_code == 422


def test_a_change_of_quantity_shows_before_and_after(amap, treasurer):
    adam = amap.subscribe("ADAM Pécine")
    url = edit(amap, adam)
    data = typed(amap, treasurer, url, quantity="2", quantities_from="22/08/2027")

    shown = treasurer.post(url, data)
    assert "Total commandé 693,16 € 719,82 € Solde dû −693,16 € dû −719,82 €" in words(shown)
    assert balance_of(adam) == -52 * 1333

    assert shown_then_done(treasurer, url, data).url == listing(amap)
    assert treasurer.post(url, data).status_code == 302
    assert balance_of(adam) == -54 * 1333


def test_absences_are_ticked_and_unticked(amap, treasurer):
    adam = amap.subscribe("ADAM Pécine")
    url = edit(amap, adam)
    first = amap.vegetables.deliveries.by_day().first()

    shown_then_done(treasurer, url, typed(amap, treasurer, url, absences=[first.pk]))
    assert balance_of(adam) == -51 * 1333

    form = treasurer.get(url).context["form"]
    assert form["absences"].value() == [first.pk]
    shown_then_done(treasurer, url, as_sent(form, absences=[]))
    assert balance_of(adam) == -52 * 1333


def test_what_is_not_touched_is_left_alone(amap, treasurer):
    """A later change of quantity stays when only the alternate is typed."""
    adam = amap.subscribe("ADAM Pécine")
    url = edit(amap, adam)
    shown_then_done(treasurer, url, typed(amap, treasurer, url, quantity="2", quantities_from="22/08/2027"))

    shown_then_done(treasurer, url, typed(amap, treasurer, url, alternate=amap.member.pk))

    adam.refresh_from_db()
    assert adam.alternate == amap.member
    assert balance_of(adam) == -54 * 1333


def test_an_alternate_who_left_stays_until_another_is_chosen(amap, treasurer):
    adam = amap.subscribe("ADAM Pécine", alternate="BLANC Alphée")
    leave(member=amap.someone("BLANC Alphée"), on=TODAY, by=amap.admin)
    url = edit(amap, adam)

    shown_then_done(treasurer, url, typed(amap, treasurer, url, ends_on="22/08/2027"))

    adam.refresh_from_db()
    assert adam.alternate == amap.someone("BLANC Alphée")
    assert balance_of(adam) == -51 * 1333


def test_the_past_is_not_changed(amap, treasurer, monkeypatch):
    adam = amap.subscribe("ADAM Pécine")
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2027, 3, 1))
    url = edit(amap, adam)

    page = treasurer.post(url, typed(amap, treasurer, url, quantity="2", quantities_from="06/09/2026"))

    assert page.status_code == 422
    assert "Des distributions passées changeraient" in words(page)
    assert page.context["form"].errors["quantities_from"]


def test_subscriptions_of_other_contracts_and_groups_do_not_exist(amap, treasurer):
    other = found_amap("AMAP de Houat").subscribe("ADAM Pécine")
    next_door = amap.subscribe("ADAM Pécine", contract=amap.open("Contrat œufs", amap.farm, 300, weeks=2))

    for stranger in (other, next_door):
        for name in ("subscription_edit", "subscription_delete", "subscription_end"):
            assert treasurer.get(reverse(f"web:{name}", args=[amap.group.slug, amap.vegetables.pk, stranger.pk])).status_code == 404


@pytest.mark.parametrize("who", ["producer_member", "volunteer", "member"])
def test_who_may_not_sign(amap, new, who):
    adam = amap.subscribe("ADAM Pécine")
    client = browser(getattr(amap, who))

    for url in (new, edit(amap, adam)):
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code == 403


def test_forms_take_the_same_statements_whatever_the_subscriptions(amap, treasurer, new):
    adam = amap.subscribe("ADAM Pécine", alternate="BLANC Alphée")
    counts = []
    for ranks in (range(5), range(5, 40)):
        for rank in ranks:
            amap.subscribe(f"NOM{rank} Ana")
        counts.append((statements(treasurer, new), statements(treasurer, edit(amap, adam))))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_STATEMENTS
