"""The look that every screen leans on: icons, amounts, dates, fields, pages, the shell, and the pages of a failure."""

import datetime as dt
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import translation
from django.views.i18n import set_language

from escarcelle.web.appearance import choose_theme
from escarcelle.web.language import of_name
from escarcelle.web.shell import shell
from escarcelle.web.templatetags.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "escarcelle" / "web"
TEMPLATES = WEB / "templates"
NBSP, NARROW = "\u00a0", "\u202f"


def fails(request):
    raise RuntimeError("a wheel came off")


def two_boxes(request):
    return HttpResponse("never shown")


urlpatterns = [
    path("acces/", include("allauth.urls")),
    path("apparence/", choose_theme, name="theme"),
    path("langue/", set_language, name="set_language"),
    path("boum/", fails),
    path("deux/", two_boxes),
]
handler500 = "escarcelle.web.errors.server_error"


def drawn(source: str, **context: object) -> str:
    with translation.override("fr"):
        return Template(source).render(Context(context))


# --- Icons ---


def test_every_icon_has_one_drawing_and_one_line_in_the_table():
    drawings = re.findall(r'<symbol id="i-([a-z]+)"', (WEB / "static" / "icons.svg").read_text())
    table = re.findall(r"^\| `([a-z]+)` \|", (ROOT / "docs" / "icons.md").read_text(), re.MULTILINE)

    assert sorted(drawings) == sorted(table) == sorted(ICONS)


def test_an_icon_beside_a_word_is_hidden_from_readers_and_alone_has_its_word():
    assert drawn('{% icon "cheque" %}') == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#i-cheque"/></svg>'
    assert '<span class="sr">Solde &lt;b&gt;</span>' in drawn('{% icon "owed" words=words %}', words="Solde <b>")


def test_an_icon_without_drawing_is_refused():
    with pytest.raises(TemplateSyntaxError):
        drawn('{% icon "check" %}')


# --- Amounts and dates ---


@pytest.mark.parametrize(
    ("balance_cents", "style", "icon", "word", "figure"),
    [
        (-69300, "owed", "owed", "dû", f"−693,00{NBSP}€"),
        (-1, "owed", "owed", "dû", f"−0,01{NBSP}€"),
        (0, "even", "even", "à jour", f"0,00{NBSP}€"),
        (2666, "good", "favour", "avoir", f"+26,66{NBSP}€"),
        (2115256, "good", "favour", "avoir", f"+21{NARROW}152,56{NBSP}€"),
    ],
)
def test_a_balance_shows_sign_word_and_icon_together(balance_cents, style, icon, word, figure):
    full = drawn("{% balance cents %}", cents=balance_cents)

    assert full.startswith(f'<span class="bal {style}"><svg')
    assert f"#i-{icon}" in full
    assert full.endswith(f"<i>{word}</i> <b>{figure}</b></span>")
    assert "<svg" not in drawn("{% balance cents icon=False %}", cents=balance_cents)


def test_a_price_has_no_plus_and_a_movement_has_one():
    assert drawn("{{ cents|money }}", cents=69300) == f"693,00{NBSP}€"
    assert drawn("{{ cents|signed_money }}", cents=69300) == f"+693,00{NBSP}€"


def test_the_margin_says_the_state_aloud():
    cell = drawn("{% margin_state cents %}", cents=-1)

    assert cell.startswith('<td class="m owed">')
    assert '<span class="sr">Solde négatif</span>' in cell


@pytest.mark.parametrize(
    ("balance_cents", "scale_cents", "bar"),
    [
        (-69300, 69300, '<rect x="-100.0" y="1" width="100.0" height="8"/>'),
        (-34650, 69300, '<rect x="-50.0" y="1" width="50.0" height="8"/>'),
        (34650, 69300, '<rect x="0" y="1" width="50.0" height="8"/>'),
        (99999, 100, '<rect x="0" y="1" width="100.0" height="8"/>'),
    ],
)
def test_a_bar_is_drawn_from_zero_and_never_leaves_its_side(balance_cents, scale_cents, bar):
    assert bar in drawn("{% zero_bar cents scale %}", cents=balance_cents, scale=scale_cents)


def test_nothing_is_drawn_at_zero_or_without_scale():
    assert "<rect" not in drawn("{% zero_bar 0 100 %}{% zero_bar 100 0 %}")


def test_days_are_long_in_sentences_and_short_in_grids():
    day = dt.date(2026, 9, 5)

    assert drawn("{{ day|day }}", day=day) == f"sam.{NBSP}5{NBSP}sept. 2026"
    assert drawn("{{ day|short_day }}", day=day) == "05/09/2026"
    assert drawn("{{ nothing|day }}{{ nothing|short_day }}", nothing=None) == ""


def test_a_name_is_elided_in_a_sentence_of_a_page_and_stays_harmless():
    page = Template(
        "{% load i18n %}{% blocktranslate asvar words with name=name %}souscription de {{ name }}{% endblocktranslate %}{{ words|elided:name }}"
    )
    shown = {name: page.render(Context({"name": name})) for name in ("ADAM Pécine", "LE GOFF Martine", "O’Brien <b>& Cie")}

    assert list(shown.values()) == [
        "souscription d’ADAM Pécine",
        "souscription de LE GOFF Martine",
        "souscription d’O’Brien &lt;b&gt;&amp; Cie",
    ]


def test_a_name_is_joined_as_french_joins_it():
    with translation.override("fr"):
        assert [of_name(name) for name in ("ADAM Pécine", "ÉVENOU Gwenaël", "LE GOFF Martine")] == [
            "d’ADAM Pécine",
            "d’ÉVENOU Gwenaël",
            "de LE GOFF Martine",
        ]


def test_an_instant_is_shown_on_the_day_of_the_group():
    just_after_midnight_in_paris = dt.datetime(2026, 9, 4, 22, 30, tzinfo=dt.UTC)

    assert drawn("{{ at|short_day }} {{ at|hour }}", at=just_after_midnight_in_paris) == f"05/09/2026 0{NBSP}h{NBSP}30"


# --- Fields and pages ---


class PaymentForm(forms.Form):
    amount = forms.CharField(label="Montant", help_text="En euros.")
    bank = forms.CharField(label="Banque", required=False)
    method = forms.ChoiceField(label="Moyen", choices=[("cheque", "Chèque")], widget=forms.RadioSelect)


def test_a_field_ties_its_label_help_and_error_to_its_box():
    box = drawn('{% field form.amount size=8 class="money" %}', form=PaymentForm({"amount": ""}))

    assert '<label for="id_amount">Montant</label>' in box
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in box
    assert 'aria-invalid="true"' in box
    assert 'size="8"' in box
    assert 'id="id_amount_helptext">En euros.' in box
    assert 'id="id_amount_error"' in box


def test_a_field_keeps_what_was_typed_and_escapes_it():
    assert 'value="57,755&quot;&gt;&lt;b&gt;"' in drawn("{% field form.amount %}", form=PaymentForm({"amount": '57,755"><b>'}))


def test_an_optional_field_says_so_and_help_may_be_taken_away():
    assert "(facultatif)" in drawn("{% field form.bank %}", form=PaymentForm())
    assert "helptext" not in drawn("{% field form.amount help=False %}", form=PaymentForm())


def test_choices_are_a_group_with_a_legend():
    group = drawn("{% field form.method %}", form=PaymentForm({}))

    assert '<fieldset class="field" aria-describedby="id_method_error">' in group
    assert "<legend>Moyen" in group


def test_the_summary_of_errors_leads_to_each_field():
    summary = drawn("{% form_errors form %}", form=PaymentForm({}))

    assert f"2 réponses sont à reprendre{NBSP}:" in summary
    assert '<a href="#id_amount">Montant</a>' in summary
    assert drawn("{% form_errors form %}", form=PaymentForm()).strip() == ""


def test_pages_keep_what_the_address_already_asks():
    request = RequestFactory().get("/?q=le+goff&page=3")
    links = drawn("{% pages page %}", request=request, page=Paginator(range(100), 10).page(3))

    assert 'rel="prev" href="?q=le+goff&amp;page=2"' in links
    assert 'rel="next" href="?q=le+goff&amp;page=4"' in links
    assert 'href="?q=le+goff&amp;page=3" aria-current="page"' in links
    assert drawn("{% pages page %}", request=request, page=Paginator(range(3), 10).page(1)).strip() == ""


# --- Templates ---

ALL_TEMPLATES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*") if file.suffix in {".html", ".txt"})
_TRANSLATED = re.compile(r'\{% translate "([^"]*)"|_\("([^"]*)"\)|\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}', re.DOTALL)


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_no_template_needs_an_inline_style_or_script(name):
    source = (TEMPLATES / name).read_text()

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert " src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_texts_have_the_spaces_and_apostrophes_of_french(name):
    for found in _TRANSLATED.finditer((TEMPLATES / name).read_text()):
        text = re.sub(r"\{[{%].*?[%}]\}", "", "".join(group or "" for group in found.groups()))
        assert not re.search(r" [:;?!»]|« |\w'\w", text), text


def test_style_sheets_take_every_colour_from_the_tokens():
    for sheet in (WEB / "static" / "css").glob("*.css"):
        if sheet.name in {"tokens.css", "print.css"}:
            continue
        colours = re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", sheet.read_text())
        assert colours in ([], ["#fff"]), sheet.name  # white paper under a QR code, whatever the theme


# --- Shell ---


def member_request(path: str = "/", *, may: bool = True, is_amap: bool = True):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.group = SimpleNamespace(name="AMAP de Groix", slug="groix", is_amap=is_amap)
    request.member = SimpleNamespace(name="LE GOFF Martine", initials="ML", roles=SimpleNamespace(all=list))
    request.rights = SimpleNamespace(
        may=lambda _permission: False,
        may_over_some_contract=lambda permission: may or permission.name == "BELONG",
        coordinated_contract_ids=frozenset(),
        producer_ids=frozenset(),
    )
    request.other_groups = []
    return request


@pytest.fixture
def tabs_exist(monkeypatch):
    monkeypatch.setattr("escarcelle.web.shell._url", lambda name, *args: f"/g/{args[0]}/{'' if name == 'web:home' else name[4:] + '/'}")


def test_the_current_tab_is_the_one_whose_address_begins_the_page(tabs_exist):
    tabs = shell(member_request("/g/groix/contracts/3/"))["shell"].tabs

    assert [tab.label for tab in tabs] == ["Accueil", "Contrats", "Distributions", "Membres", "Paiements", "Réglages"]
    assert [tab.label for tab in tabs if tab.current] == ["Contrats"]


@pytest.mark.parametrize(
    ("path", "may", "label"),
    [
        ("/g/groix/", True, "Accueil"),
        ("/g/groix/members/7/compte/", True, "Membres"),
        ("/g/groix/comptes/31/report/", True, "Membres"),
        ("/g/groix/comptes/31/report/", False, "Mon compte"),
        ("/g/groix/journal/", True, "Réglages"),
    ],
)
def test_a_page_has_one_tab_even_when_its_address_begins_like_none(tabs_exist, path, may, label):
    assert [tab.label for tab in shell(member_request(path, may=may))["shell"].tabs if tab.current] == [label]


def test_a_page_of_no_tab_does_not_pretend_to_be_the_home_page(tabs_exist):
    assert not any(tab.current for tab in shell(member_request("/g/groix/ailleurs/"))["shell"].tabs)


def test_a_plain_member_sees_only_the_tabs_they_may_open(tabs_exist):
    found = shell(member_request("/g/groix/", may=False))["shell"]

    assert [tab.label for tab in found.tabs] == ["Accueil", "Mon compte"]
    assert found.role_label == "adhérent"


def test_a_market_speaks_of_catalogues_and_clients(tabs_exist):
    labels = [tab.label for tab in shell(member_request(is_amap=False))["shell"].tabs]

    assert "Catalogues" in labels
    assert "Clients" in labels


def test_a_visitor_has_no_tab_and_no_name():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert shell(request)["shell"].tabs == ()
    assert shell(request)["shell"].member_name == ""


def test_messages_are_toasts_with_a_word_for_readers():
    toasts = drawn('{% include "_toasts.html" %}', messages=[SimpleNamespace(level_tag="error", __str__=lambda self: "x")])

    assert 'class="toast owed" role="alert"' in toasts


# --- Light and dark ---


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_the_theme_is_kept_on_the_device(client):
    response = client.post("/apparence/", {"theme": "dark", "next": "/acces/login/"})

    assert (response.status_code, response["Location"]) == (302, "/acces/login/")
    assert '<html lang="fr" data-theme="dark">' in client.get("/acces/login/").text
    client.post("/apparence/", {"theme": "auto"})
    assert 'data-theme="auto"' in client.get("/acces/login/").text


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_theme_that_does_not_exist_follows_the_device(client):
    client.cookies["theme"] = '"><script>'

    assert 'data-theme="auto"' in client.get("/acces/login/").text


@pytest.mark.urls(__name__)
def test_choosing_a_theme_never_leads_out_of_the_site(client):
    assert client.post("/apparence/", {"theme": "dark", "next": "https://exemple.fr/"})["Location"] == "/"


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_the_page_can_be_read_in_english(client):
    client.post("/langue/", {"language": "en", "next": "/acces/login/"})

    assert '<html lang="en"' in client.get("/acces/login/").text


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_page_allows_only_our_own_scripts_and_styles(client):
    policy = client.get("/acces/login/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


# --- Failures ---


@pytest.mark.urls(__name__)
def test_an_error_of_ours_shows_a_reference_that_is_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, logger="escarcelle.errors"):
        response = Client(raise_request_exception=False).get("/boum/")

    reference = re.search(r'<code class="secret">([0-9a-f-]+)</code>', response.text)[1]
    assert response.status_code == 500
    assert response["X-Request-Id"] == reference
    assert "a wheel came off" not in response.text
    [line] = [record for record in caplog.records if record.name == "escarcelle.errors"]
    assert reference in line.getMessage()
    assert "a wheel came off" in str(line.exc_info[1])


@pytest.mark.urls(__name__)
def test_an_error_in_the_page_of_the_error_still_gives_the_reference(monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no template")

    monkeypatch.setattr("escarcelle.web.errors.render_to_string", broken)
    response = Client(raise_request_exception=False).get("/boum/")

    assert response.status_code == 500
    assert response["X-Request-Id"] in response.text


@pytest.mark.urls(__name__)
def test_a_form_sent_too_late_says_that_nothing_is_lost():
    response = Client(enforce_csrf_checks=True).post("/deux/", {"amount": "57,75"})

    assert response.status_code == 403
    assert "ce que vous avez saisi y est encore" in response.text


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_an_address_that_does_not_exist_says_so_in_french(client):
    response = client.get("/nulle-part/")

    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.text


@pytest.mark.parametrize("name", ["400.html", "403.html", "429.html"])
def test_other_failures_have_a_page_too(name):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with translation.override("fr"):
        assert "<h1>" in render_to_string(name, request=request)
