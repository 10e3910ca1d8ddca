"""Réglages of a contract."""

import pytest
from django.urls import reverse

from tests.cast import balance_of, found_amap
from tests.web.pages import MOST_STATEMENTS, as_sent, browser, shown_then_done, statements, words


@pytest.fixture
def treasurer(amap):
    return browser(amap.treasurer)


def address(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, amap.vegetables.pk, *args])


def settings_page(amap, treasurer):
    return treasurer.get(address(amap, "contract_settings"))


def test_terms_are_changed(amap, treasurer):
    form = settings_page(amap, treasurer).context["terms_form"]

    treasurer.post(address(amap, "contract_terms"), as_sent(form, cheque_payable_to="SCEA du Bourg", absences_allowed="6"))

    amap.vegetables.refresh_from_db()
    assert (amap.vegetables.cheque_payable_to, amap.vegetables.absences_allowed) == ("SCEA du Bourg", 6)


def test_a_period_that_leaves_something_out_is_refused_and_stays_typed(amap, treasurer):
    form = settings_page(amap, treasurer).context["terms_form"]

    page = treasurer.post(address(amap, "contract_terms"), as_sent(form, starts_on="13/09/2026"))

    assert page.status_code == 422
    assert "Une souscription ou une distribution commence avant ce jour." in words(page)
    assert 'value="13/09/2026"' in page.content.decode()


def test_a_product_is_added_once(amap, treasurer):
    data = as_sent(settings_page(amap, treasurer).context["product_form"], name="Oignons", unit="botte", price="2")

    for _ in range(2):
        assert treasurer.post(address(amap, "product_new"), data).status_code == 302

    onions = amap.vegetables.products.get(name="Oignons")
    assert (onions.unit, onions.prices.get().price_cents) == ("botte", 200)


def test_a_product_without_a_price_says_so(amap, treasurer):
    data = as_sent(settings_page(amap, treasurer).context["product_form"], name="Oignons", price="deux")

    page = treasurer.post(address(amap, "product_new"), data)

    assert page.status_code == 422
    assert "« deux » n’est pas un montant." in words(page)
    assert 'value="Oignons"' in page.content.decode()


def test_a_new_price_is_shown_before_it_counts(amap, treasurer):
    adam, blanc = amap.subscribe("ADAM Pécine"), amap.subscribe("BLANC Alphée", quantity=2)
    url = address(amap, "product_price", amap.basket.pk)
    data = as_sent(treasurer.get(url).context["form"], price="14,33", from_date="30/08/2027")

    shown = treasurer.post(url, data)
    # One distribution is left by then, the last one of the season.
    assert [(shift.subscription_count, shift.difference_cents) for shift in shown.context["effect"].shifts] == []

    data["from_date"] = "22/08/2027"
    shown = treasurer.post(url, data)
    assert [(shift.subscription_count, shift.difference_cents) for shift in shown.context["effect"].shifts] == [(1, -400), (1, -200)]
    assert "2 souscriptions −6,00 €" in words(shown)
    assert balance_of(adam) == -52 * 1333

    done = shown_then_done(treasurer, url, data)
    assert done.url == address(amap, "contract_settings")
    assert (balance_of(adam), balance_of(blanc)) == (-52 * 1333 - 200, -104 * 1333 - 400)


def test_the_price_that_was_not_shown_is_shown_first(amap, treasurer):
    amap.subscribe("ADAM Pécine")
    url = address(amap, "product_price", amap.basket.pk)
    data = as_sent(treasurer.get(url).context["form"], price="14,33", from_date="22/08/2027")
    seen = treasurer.post(url, data).context["effect"].seen

    page = treasurer.post(url, {**data, "price": "15", "seen": seen})

    assert page.status_code == 200
    assert page.context["effect"].seen != seen
    assert amap.basket.prices.count() == 1


def test_a_price_sent_twice_counts_once(amap, treasurer):
    adam = amap.subscribe("ADAM Pécine")
    url = address(amap, "product_price", amap.basket.pk)
    data = as_sent(treasurer.get(url).context["form"], price="14,33")

    shown_then_done(treasurer, url, data)
    again = treasurer.post(url, data)

    assert again.status_code == 302
    assert balance_of(adam) == -52 * 1433


def test_a_past_price_is_not_rewritten(amap, treasurer, monkeypatch):
    amap.subscribe("ADAM Pécine")
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: amap.vegetables.ends_on)
    url = address(amap, "product_price", amap.basket.pk)
    data = as_sent(treasurer.get(url).context["form"], price="14,33", from_date="06/09/2026")

    page = treasurer.post(url, data)

    assert page.status_code == 422
    assert "Une distribution passée changerait de prix" in words(page)
    assert page.context["form"].errors["from_date"]


def test_a_coordinator_is_appointed_and_dismissed(amap, treasurer):
    treasurer.post(address(amap, "coordinator_appoint"), {"coordinator": amap.volunteer.pk})
    assert amap.vegetables.coordinations.filter(member=amap.volunteer).exists()

    treasurer.post(address(amap, "coordinator_dismiss", amap.volunteer.pk))
    assert not amap.vegetables.coordinations.filter(member=amap.volunteer).exists()


def test_a_coordinator_who_dismisses_themselves_leaves_for_the_list(amap):
    done = browser(amap.coordinator).post(address(amap, "coordinator_dismiss", amap.coordinator.pk))

    assert done.url == reverse("web:contracts", args=[amap.group.slug])


def test_nothing_of_another_group_is_reached(amap, treasurer):
    other = found_amap("AMAP de Houat")

    assert treasurer.get(reverse("web:contract_settings", args=[amap.group.slug, other.vegetables.pk])).status_code == 404
    assert treasurer.get(address(amap, "product_price", other.basket.pk)).status_code == 404
    assert treasurer.post(address(amap, "coordinator_appoint"), {"coordinator": other.member.pk}).status_code == 422
    assert treasurer.post(address(amap, "coordinator_dismiss", other.member.pk)).status_code == 404


@pytest.mark.parametrize("name", ["contract_terms", "product_new", "coordinator_appoint"])
def test_acts_are_only_sent(amap, treasurer, name):
    assert treasurer.get(address(amap, name)).status_code == 405


@pytest.mark.parametrize("who", ["producer_member", "volunteer", "member"])
def test_who_may_not_settle_the_contract(amap, who):
    client = browser(getattr(amap, who))

    assert client.get(address(amap, "contract_settings")).status_code == 403
    assert client.post(address(amap, "product_new"), {}).status_code == 403


def test_the_settings_take_the_same_statements_whatever_the_subscriptions(amap, treasurer):
    counts = []
    for names in (range(5), range(5, 40)):
        for name in names:
            amap.subscribe(f"NOM{name} Ana")
        counts.append(statements(treasurer, address(amap, "contract_settings")))

    assert counts[0] == counts[1] <= MOST_STATEMENTS
