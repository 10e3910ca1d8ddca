"""Everything can be read in English: pages, refusals, mails, papers, files and the API; what stands in the books stays French."""

import re
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
import translations
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from escarcelle.lib.money import NotAnAmount, parse_amount
from tests.cast import found_amap
from tests.market_cast import MARKET_DAY, at
from tests.web.pages import words
from tests.web.world import amap_world, market_world, screens

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# An operation keeps the words under which it entered the books.
WORDS_OF_THE_BOOKS = {"Reprise de solde", "Report de solde", "Distribution du", "compte général"}


def french_sentences():
    """What no English page may show: the fixed parts of every sentence, those long enough not to be met by chance."""
    pairs = (
        (french, english)
        for message in translations.read_catalog("en")
        if message.id
        for french, english in zip(translations.forms(message.id), translations.forms(message.string), strict=True)
    )
    parts = {part.strip(" \u00a0\u202f") for french, english in pairs if french != english for part in PLACEHOLDER.split(french)}
    return {part for part in parts if len(part) >= 12 and " " in part} - WORDS_OF_THE_BOOKS


FRENCH = french_sentences()


def reader(member=None):
    """An English browser, which has said so by its own settings."""
    client = Client(headers={"Accept-Language": "en-GB,en;q=0.9"})
    if member:
        client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def left_in_french(response):
    shown = unescape(re.sub(r"(?s)<(script|style).*?</\1>", "", response.content.decode()))
    return {sentence for sentence in FRENCH if sentence in shown}


def test_there_is_something_to_look_for():
    assert len(FRENCH) > 800
    assert "Il manque un montant." in FRENCH


@pytest.mark.parametrize(("found_world", "least_seen"), [(amap_world, 50), (market_world, 40)])
def test_no_screen_of_a_group_keeps_a_french_sentence(db, found_world, least_seen):
    world = found_world()
    browser, left, seen_count = reader(world.administrator), {}, 0
    for name in screens():
        for url in world.addresses(name):
            response = browser.get(url)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                seen_count += 1
                assert '<html lang="en"' in response.text, url
                if found := left_in_french(response):
                    left[url] = found

    assert left == {}
    assert seen_count > least_seen


@pytest.mark.parametrize(
    "url", ["/acces/login/", "/acces/login/code/", "/acces/password/reset/", "/acces/signup/", "/acces/inactive/", "/nulle-part/"]
)
def test_no_page_of_the_door_keeps_a_french_sentence(db, url):
    response = reader().get(url)

    assert '<html lang="en"' in response.text
    assert left_in_french(response) == set()


def test_a_page_left_open_too_long_says_so_in_english(db):
    visitor = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})

    assert "This page stayed open too long" in visitor.post("/acces/login/", {}).text


def test_the_language_that_was_chosen_outlasts_the_settings_of_the_browser(db):
    browser = Client(headers={"Accept-Language": "fr"})
    browser.post("/langue/", {"language": "en", "next": "/acces/login/"})

    assert "Forgotten password?" in browser.get("/acces/login/").text


def test_after_a_refusal_choosing_a_language_comes_back_to_the_page_of_the_form(db):
    amap = found_amap()
    page = f"/g/{amap.group.slug}/reglages/"
    refused = reader(amap.admin).post(f"{page}nom/", {"name": "", "key": ""}, headers={"Referer": f"http://testserver{page}"})

    assert refused.status_code == 422
    assert f'name="next" value="http://testserver{page}"' in refused.text


def test_a_refusal_writes_its_amounts_as_its_reader_does():
    with pytest.raises(NotAnAmount) as refused, translation.override("en"):
        parse_amount("1.250")

    with translation.override("en"):
        sentence = refused.value.sentence(translation.gettext)
    assert sentence == "“1.250” can be read in two ways. Is it €1.25 or €1,250.00? Write the cents too, with two digits."


def test_amounts_and_days_of_a_page_are_english(amap):
    adam = amap.subscribe("ADAM Pécine")
    amap.pay(adam, 100_000)
    page = words(reader(amap.treasurer).get(f"/g/{amap.group.slug}/membres/{adam.member_id}/compte/"))

    assert "in favour +€306.84" in page
    assert "Tue 1 Sept 2026" in page


def test_a_box_proposes_its_amount_with_a_point_and_takes_it_back(amap):
    adam = amap.subscribe("ADAM Pécine")
    browser, url = reader(amap.treasurer), f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/souscriptions/{adam.pk}/paiements/"
    form = browser.get(url).context["form"]

    assert form["amount"].as_widget().count('value="693.16"') == 1
    assert parse_amount("693.16") == parse_amount("693,16") == 69316


def test_the_code_to_sign_in_is_sent_in_the_language_of_the_page(amap):
    reader().post("/acces/login/code/", {"email": amap.treasurer.person.email})

    assert mail.outbox[-1].subject == "Escarcelle: Your sign-in code"
    assert mail.outbox[-1].body.startswith("Hello,\n")
    assert not {sentence for sentence in FRENCH if sentence in mail.outbox[-1].body}


def test_the_statement_on_paper_and_the_files_have_english_headings(amap):
    adam = amap.subscribe("ADAM Pécine")
    browser = reader(amap.treasurer)
    paper = browser.get(f"/g/{amap.group.slug}/comptes/{adam.account_id}/releve.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(b"".join(paper))).pages)
    sheet = browser.get(f"/g/{amap.group.slug}/contrats/{amap.vegetables.pk}/souscriptions/export.xlsx")
    headings = CalamineWorkbook.from_filelike(BytesIO(b"".join(sheet))).get_sheet_by_index(0).to_python()[0]

    assert "Statement of account" in text
    assert "−€693.16" in text.replace(" ", "")
    assert "Commitment" in headings
    assert "Balance" in headings


def test_the_api_explains_in_the_language_that_is_asked_for(amap):
    url = f"/api/v1/groups/{amap.group.slug}/members"
    english = Client().get(url, headers={"Accept-Language": "en"}).json()
    french = Client().get(url).json()

    assert (english["code"], english["title"]) == (french["code"], "Key missing or refused")
    assert french["title"] == "Clé absente ou refusée"


def test_a_visitor_whose_language_we_do_not_speak_reads_french(db):
    assert '<html lang="fr"' in Client(headers={"Accept-Language": "de"}).get("/acces/login/").text
    assert settings.LANGUAGE_CODE == "fr"


# --- A market day ---

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def market_day(db, market, monkeypatch):
    """« Direct Paysans » on its day: one basket for each way to pay, one without. Gives the market and its clock."""
    market.offer(cash=True, cheque=True, card_terminal=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    market.order("ADAM Pécine", {market.chicken: 1, market.potatoes: 3, market.bread: 2}, way="on_the_spot")
    market.order("BLANC Alphée", {market.eggs: 2}, way="transfer")
    market.order("CARIOU Maëlle", {market.bread: 1}, by=market.admin)

    def set_clock(instant):
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    set_clock(at(MARKET_DAY, 10))
    return market, set_clock


def place(market, name, *args):
    return reverse(f"web:{name}", args=[market.group.slug, *args])


def test_no_screen_of_a_market_day_keeps_a_french_sentence(market_day):
    market, set_clock = market_day
    admin, adam = reader(market.admin), reader(market.client("ADAM Pécine"))
    day, baskets = market.day.pk, [basket.pk for basket in market.group.baskets.order_by("number")]
    shown = [adam.get(place(market, *words)) for words in (("market",), ("shop", day), ("order", baskets[0]))]
    names = ["distributions", "plan_day", "blocked", "ways_to_pay"]
    shown += [admin.get(place(market, name)) for name in names] + [admin.get(place(market, "order", basket)) for basket in baskets]
    of_the_day = ["distribution", "validation", "cancel_day", "choose_client", "shortage", "day_price", "reopen_distribution", "till"]
    for hour in (10, 18):
        set_clock(at(MARKET_DAY, hour))
        shown += [admin.get(place(market, name, day)) for name in of_the_day] + [admin.get(place(market, "basket", pk)) for pk in baskets]

    assert {page.request["PATH_INFO"]: left for page in shown if (left := left_in_french(page))} == {}
    assert {page.status_code for page in shown} == {200}


def test_what_is_refused_on_the_day_is_refused_in_english(market_day):
    market, set_clock = market_day
    admin, basket = reader(market.admin), market.group.baskets.get(number=1)
    chicken = basket.lines.get(product=market.chicken)
    too_early = admin.post(place(market, "basket_act", basket.pk, "valider"), {"key": uuid4(), "method": "cash"})
    set_clock(at(MARKET_DAY, 18))
    unlikely = admin.post(place(market, "basket_act", basket.pk, "pesee"), {"key": uuid4(), "line": chicken.pk, "weight": "16.52"})
    unpaid = admin.post(place(market, "basket_act", market.group.baskets.get(number=3).pk, "valider"), {"key": uuid4()})

    assert "Validation opens on 05/09/2026 at 17:30, half an hour before the distribution." in words(too_early)
    assert "16.520 kg instead of the expected 1.800 kg: is that what the scale says?" in words(unlikely)
    assert "€2.80 is missing: is it a debt that CARIOU Maëlle will settle later?" in words(unpaid)
    assert [left_in_french(page) for page in (too_early, unlikely, unpaid)] == [set()] * 3


def test_weights_amounts_and_hours_of_a_basket_are_english(market_day):
    market, set_clock = market_day
    set_clock(at(MARKET_DAY, 18))
    admin, basket = reader(market.admin), market.group.baskets.get(number=1)
    chicken = basket.lines.get(product=market.chicken)
    act = place(market, "basket_act", basket.pk, "pesee")
    page = words(admin.post(act, {"key": uuid4(), "line": chicken.pk, "weight": "1.652"}, follow=True))

    assert "“Poulet fermier” is weighed." in page
    assert "weighed 1.652 kg at €11.90/kg, instead of 1.800 kg" in page
    assert "1.500 kg expected at €2.00/kg, to be weighed" in page
    assert "from 18:00 to 20:00" in page


def test_the_day_that_is_over_is_told_in_english(market_day):
    market, set_clock = market_day
    set_clock(at(MARKET_DAY, 19))
    admin, day = reader(market.admin), market.day.pk
    done = admin.post(place(market, "force_validation", day), {"key": uuid4(), "method": "cash"}, follow=True)
    count = {"key": uuid4(), "opening_float": "80.00", "cash": "109.00", "kept_float": "80.00", "terminal": "", "comment": "pourboire"}
    counted = admin.post(place(market, "till", day), count, follow=True)
    reopening = admin.get(place(market, "reopen_till", market.group.till_counts.get().pk))
    validated = [admin.get(place(market, "basket", basket.pk)) for basket in market.group.baskets.all()]

    assert "3 baskets validated, €" in words(done)
    assert "The till is counted." in words(counted)
    assert "Float kept €80.00" in words(counted)
    assert [left_in_french(page) for page in (done, counted, reopening, *validated)] == [set()] * 6
