"""The screens of a market day: a client orders, the administrator validates, counts, reopens."""

import re

import pytest
from django.urls import reverse

from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.ways import ways_of
from tests.market_cast import MARKET_DAY, at
from tests.web.pages import statements

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def on_the_day(monkeypatch):
    """The clock of the screens; the server's day is that of the distribution."""

    def set_clock(instant):
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    set_clock(at(MARKET_DAY, 10))
    return set_clock


@pytest.fixture
def url(market):
    return lambda name, *args: reverse(f"web:{name}", args=[market.group.slug, *args])


def key_of(response, action=""):
    forms = response.content.decode().split("<form")[1:]
    form = next(part for part in forms if action in part.split(">")[0] and 'name="key"' in part)
    return re.search(r'name="key" value="([^"]+)"', form)[1]


def test_a_client_orders_and_sees_what_is_promised(market, sign_in, on_the_day, url):
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    adam = sign_in(market.client("ADAM Pécine"))
    page = adam.get(url("shop", market.day.pk))
    typed = {"key": key_of(page), f"produit-{market.bread.pk}": "2", f"produit-{market.eggs.pk}": "", "way": "transfer"}

    assert page.status_code == 200
    done = adam.post(url("shop", market.day.pk), typed)
    assert adam.post(url("shop", market.day.pk), typed).url == done.url
    order = adam.get(done.url).content.decode()

    assert market.balance("ADAM Pécine") == -560
    assert "FR76 3000 6000" in order
    assert "RF" in order
    assert "<svg" in order
    assert adam.get(url("market")).status_code == 200


@pytest.mark.parametrize("quantity", ["1001", "-1", "deux", "1e3", "9" * 40, "<b>"])
def test_an_absurd_quantity_is_shown_again_with_a_sentence(market, sign_in, on_the_day, url, quantity):
    market.offer(cash=True, cheque=True)
    adam = sign_in(market.client("ADAM Pécine"))
    page = adam.get(url("shop", market.day.pk))

    answer = adam.post(url("shop", market.day.pk), {"key": key_of(page), f"produit-{market.bread.pk}": quantity, "way": "on_the_spot"})

    assert answer.status_code == 422
    assert "Une quantité va de 0" in answer.content.decode()
    assert market.balance("ADAM Pécine") == 0


def test_a_basket_is_named_and_validated_in_one_press(market, sign_in, on_the_day, url):
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.bread: 2}, way="on_the_spot")
    after = market.order("BLANC Alphée", {market.bread: 1}, way="on_the_spot")
    admin = sign_in(market.admin)
    on_the_day(at(MARKET_DAY, 18))
    page = admin.get(url("basket", basket.pk))
    typed = {"key": key_of(page, "/valider/"), "method": "cheque", "number": "4471201", "bank": "LCL", "leaving": ""}

    done = admin.post(url("basket_act", basket.pk, "valider"), typed)
    admin.post(url("basket_act", basket.pk, "valider"), typed)

    assert done.url == url("basket", after.pk)
    assert basket.payments.get().cheque.number == "4471201"
    assert market.balance("ADAM Pécine") == 0
    assert "validé" in admin.get(url("basket", basket.pk)).content.decode()


def test_a_debt_is_asked_about_before_it_is_left(market, sign_in, on_the_day, url):
    market.offer(cash=True)
    basket = market.order("ADAM Pécine", {market.bread: 2}, by=market.admin)
    admin = sign_in(market.admin)
    on_the_day(at(MARKET_DAY, 18))
    page = admin.get(url("basket", basket.pk))

    asked = admin.post(url("basket_act", basket.pk, "valider"), {"key": key_of(page, "/valider/")})
    assert asked.status_code == 422
    assert "Valider en laissant cette dette" in asked.content.decode()

    admin.post(url("basket_act", basket.pk, "valider"), {"key": key_of(asked, "/valider/"), "leaving": "debt"})
    basket.refresh_from_db()
    assert basket.is_validated


def test_missing_weighed_and_added(market, sign_in, on_the_day, url):
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.chicken: 1, market.eggs: 1}, way="on_the_spot")
    chicken, eggs = basket.lines.get(product=market.chicken), basket.lines.get(product=market.eggs)
    admin = sign_in(market.admin)
    on_the_day(at(MARKET_DAY, 18))

    def act(name, action, **typed):
        page = admin.get(url("basket", basket.pk))
        return admin.post(url("basket_act", basket.pk, name), {"key": key_of(page, f"/{action}/"), **typed})

    assert act("pesee", "pesee", line=chicken.pk, weight="16,52").status_code == 422
    assert act("pesee", "pesee", line=chicken.pk, weight="1,652").status_code == 302
    assert act("manquant", "manquant", line=eggs.pk, count=1).status_code == 302
    assert act("ajout", "ajout", product=market.bread.pk, quantity=1).status_code == 302
    assert act("pesee", "pesee", line=10**9, weight="1").status_code == 404
    assert act("inconnu", "pesee", line=1).status_code == 404

    assert market.balance("ADAM Pécine") == -(1966 + 280)
    assert basket.promised_payments.get().amount_cents == 1966 + 280


def test_the_purple_button_the_till_and_opening_again(market, sign_in, on_the_day, url):
    market.offer(cash=True, cheque=True)
    for name in ("ADAM Pécine", "BLANC Alphée"):
        market.order(name, {market.bread: 1}, way="on_the_spot")
    admin = sign_in(market.admin)
    on_the_day(at(MARKET_DAY, 19))
    page = admin.get(url("validation", market.day.pk))
    assert "Valider les 2 paniers" in page.content.decode()

    typed = {"key": key_of(page, "valider-tout"), "method": "cash"}
    assert admin.post(url("force_validation", market.day.pk), typed).status_code == 302
    till = admin.get(url("till", market.day.pk))
    count = {"key": key_of(till), "opening_float": "80", "cash": "85,60", "kept_float": "80", "terminal": "", "comment": ""}
    assert admin.post(url("till", market.day.pk), {**count, "cash": "85"}).status_code == 422
    assert admin.post(url("till", market.day.pk), count).status_code == 302
    reopen = admin.get(url("reopen_distribution", market.day.pk))
    assert admin.post(url("reopen_distribution", market.day.pk), {"key": key_of(reopen), "reason": "erreur"}).status_code == 422
    counted = market.group.till_counts.get()
    page = admin.get(url("reopen_till", counted.pk))
    assert admin.post(url("reopen_till", counted.pk), {"key": key_of(page), "reason": "recompté"}).status_code == 302
    assert admin.post(url("reopen_distribution", market.day.pk), {"key": key_of(reopen), "reason": "erreur"}).status_code == 302
    assert PromisedPayment.objects.filter(state="pending").count() == 2


def test_shortages_prices_and_cancelling(market, sign_in, on_the_day, url):
    for name in ("ADAM Pécine", "BLANC Alphée"):
        market.order(name, {market.eggs: 2})
    admin = sign_in(market.admin)
    on_the_day(at(MARKET_DAY, 18))
    page = admin.get(url("shortage", market.day.pk))
    typed = {"key": key_of(page), "product": market.eggs.pk, "delivered": "3", "rule": "first_served"}
    shown = admin.post(url("shortage", market.day.pk), typed)
    assert "BLANC Alphée" in shown.content.decode()
    assert admin.post(url("shortage", market.day.pk), {**typed, "do": "1"}).status_code == 302
    page = admin.get(url("day_price", market.day.pk))
    assert admin.post(url("day_price", market.day.pk), {"key": key_of(page), "product": market.eggs.pk, "price": "3"}).status_code == 302
    assert (market.balance("ADAM Pécine"), market.balance("BLANC Alphée")) == (-600, -300)
    page = admin.get(url("cancel_day", market.day.pk))
    assert admin.post(url("cancel_day", market.day.pk), {"key": key_of(page), "reason": "tempête"}).status_code == 302
    assert market.balance("ADAM Pécine") == 0


def test_ways_to_pay_say_what_they_exclude_and_leave_behind(market, sign_in, on_the_day, url):
    admin = sign_in(market.admin)
    page = admin.get(url("ways_to_pay"))
    typed = {"key": key_of(page, "post"), "small_difference": "carry", "money_pot": "on", "cash": "on"}
    refused = admin.post(url("ways_to_pay"), typed)
    assert refused.status_code == 422
    assert "La cagnotte ne va avec aucun autre" in refused.content.decode()

    market.offer(cash=True, cheque=True)
    market.order("ADAM Pécine", {market.bread: 1}, way="on_the_spot")
    pot = {"key": key_of(page, "post"), "small_difference": "carry", "money_pot": "on"}
    warned = admin.post(url("ways_to_pay"), pot)
    assert "reste promis" in warned.content.decode()
    assert admin.post(url("ways_to_pay"), {**pot, "seen": "1"}).status_code == 302
    assert ways_of(market.group).money_pot


def test_pages_open_and_take_the_same_statements_at_any_size(market, sign_in, on_the_day, url):
    market.offer(cash=True, cheque=True)
    admin, counts = sign_in(market.admin), []
    for size in (3, 12):
        for rank in range(size):
            basket = market.order(f"CLIENT{size}{rank} A", {market.bread: 1, market.chicken: 1, market.eggs: 2}, way="on_the_spot")
        pages = [
            url("distributions"),
            url("distribution", market.day.pk),
            url("validation", market.day.pk),
            url("basket", basket.pk),
            url("till", market.day.pk),
            url("market"),
            url("shop", market.day.pk),
            url("choose_client", market.day.pk),
            url("blocked"),
        ]
        assert [admin.get(page).status_code for page in pages] == [200] * len(pages)
        counts.append([statements(admin, page) for page in pages])
    assert counts[0] == counts[1]


def test_a_new_day_is_planned(market, sign_in, on_the_day, url):
    admin = sign_in(market.admin)
    page = admin.get(url("plan_day"))
    typed = {
        "key": key_of(page), "on": "12/09/2026", "starts_at": "18:00", "ends_at": "20:00", "place": "Halle de Port-Tudy",
        "catalogues": [market.bakery.pk, market.vegetables.pk], "closes_on": "11/09/2026", "closes_at": "20:00",
    }  # fmt: skip

    assert admin.post(url("plan_day"), {**typed, "closes_on": "13/09/2026"}).status_code == 422
    assert admin.post(url("plan_day"), typed).status_code == 302
    assert market.group.distributions.count() == 2


def test_another_client_does_not_see_my_order(market, sign_in, on_the_day, url):
    basket = market.order("ADAM Pécine", {market.bread: 1})

    blanc = sign_in(market.client("BLANC Alphée"))

    assert blanc.get(url("order", basket.pk)).status_code == 403
    assert blanc.get(url("basket", basket.pk)).status_code == 403
    assert blanc.get(url("validation", market.day.pk)).status_code == 403
    assert blanc.get(url("shop_for", market.day.pk, market.client("ADAM Pécine").pk)).status_code == 403
