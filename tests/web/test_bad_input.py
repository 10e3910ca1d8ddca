"""Whatever is typed, pasted or posted: a sentence, nothing half-saved, nothing lost, no failure of ours.

Every box of every form gets every absurd value, the others being filled as a person would: `every_form` finds them."""

import io
import zipfile
from functools import partial, partialmethod

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse

from escarcelle.web.validation.baskets import ACTS
from tests.web.every_form import SCRIPTED, TAKERS, everything, everything_of, taken_back, wrong_answer, wrongly_kept
from tests.web.forms import Form
from tests.web.world import screens, word_names

pytestmark = pytest.mark.django_db

ABSURD = {
    "nothing": "",
    "blanks": " \u00a0\t\u3000",
    "10,000 letters": "a" * 10_000,
    "10,000 figures": "9" * 10_000,
    "beyond 64 bits": str(2**63),
    "NUL": "a\x00b",
    "control characters": "\x1b[31m\x7f\x85",
    "half a character": "\ud83e",
    "emoji": "🧺👨‍👩‍👧",
    "right to left": "\u202e00,31\u202c مرحبا",
    "HTML": "<script>alert(1)</script>",
    "a template": "{{ request }} {typed} {0} %s %(name)s {",
    "SQL": "'; DROP TABLE groups_member; --",
    "below zero": "-1",
    "exponent": "1e3",
    "not a number": "NaN",
    "three decimals": "12,345",
    "other figures": "١٢٣",
    "year zero": "01/01/0000",
    "the last year": "31/12/9999",
    "no such day": "31/02/2026",
    "a formula": "=HYPERLINK(1)",
    "lines": "une\r\ndeux\n",
}
# In one box at a time, those that may pass its own reading and do harm behind it.
PIERCING = {
    called: ABSURD[called]
    for called in (
        "nothing",
        "10,000 figures",
        "beyond 64 bits",
        "NUL",
        "half a character",
        "emoji",
        "right to left",
        "HTML",
        "below zero",
        "other figures",
        "the last year",
        "a formula",
    )
}
MILLIONS_OF_LETTERS = "é" * 2_500_000


def test_every_screen_is_reached_and_every_form_can_be_filled(site):
    assert {name for name in screens() if not site.addresses(name)} == set(), "give `world` what these addresses name"
    only_posted = {name for name in screens() if {site.browser_at(url).get(url).status_code for url in site.addresses(name)} == {405}}
    assert {name for name in [*only_posted, *site.shown] if not site.forms.get(name)} - SCRIPTED.keys() == set(), "say in `every_form` how"


def test_every_act_on_a_basket_is_among_the_forms(site):
    assert {form.act for form in site.forms["basket_act"]} == ACTS.keys()
    assert any("weight" in form.shown() for form in site.forms["basket_act"])
    assert any("comment" in form.shown() for form in site.forms["till"])
    assert {button for form in site.forms["shortage"] for button, _value in form.buttons} >= {"do"}


# --- Every form ---


@pytest.mark.parametrize("name", TAKERS)
def test_no_absurd_value_in_any_box_does_harm(site, name):
    before, found = everything(), []
    for form in site.one_of_each(name):
        valid = site.valid(name, form)
        for box in form.one_of_each():
            for called, value in PIERCING.items():
                typed = {**valid, box: [value, *valid.get(box, [])[1:]]}
                found += [f"{box} = {called}: {wrong}" for wrong in site.complaints(name, form, typed, before)]
    assert found[:10] == []


@pytest.mark.parametrize("name", TAKERS)
def test_no_absurd_value_in_all_boxes_does_harm_whatever_the_button(site, name):
    before, found = everything(), []
    for form in site.forms.get(name, []):
        for button, pressed in form.buttons or [("", "")]:
            for called, value in ABSURD.items():
                typed = {box: [value] * len(sent) for box, sent in site.valid(name, form).items()} | {button or "bouton": [pressed]}
                found += [f"{pressed} with {called}: {wrong}" for wrong in site.complaints(name, form, typed, before)]
    assert found[:10] == []


@pytest.mark.parametrize("name", TAKERS)
def test_a_box_missing_doubled_or_called_otherwise_does_no_harm(site, name):
    before, found = everything(), []
    for form in site.one_of_each(name):
        valid = site.valid(name, form)
        for box in valid:
            others = {other: sent for other, sent in valid.items() if other != box}
            for called, typed in (
                ("missing", others),
                ("doubled", {**valid, box: valid[box] * 2}),
                ("an array", {**others, f"{box}[]": valid[box], f"{box}[0][x]": valid[box]}),
                ("with NUL in its name", {**others, f"{box}\x00": valid[box]}),
            ):
                found += [f"{box} {called}: {wrong}" for wrong in site.complaints(name, form, typed, before)]
    assert found[:10] == []


@pytest.mark.parametrize("name", TAKERS)
def test_what_belongs_to_another_group_is_out_of_reach(site, name):
    theirs, touched = everything_of(site.elsewhere.group), []
    for form in site.forms.get(name, []):
        valid = site.valid(name, form)
        for box in form.boxes_of_numbers():
            for number in sorted(site.elsewhere.numbers()):
                with taken_back() as writes:
                    site.send(name, form, {**valid, box: [str(number), *valid.get(box, [])[1:]]})
                    if writes and everything_of(site.elsewhere.group) != theirs:
                        touched.append(f"{box} = {number}")
    assert touched[:10] == []


BODIES = {
    "JSON": ("application/json", b'{"last_name": ["x"]}'),
    "XML": ("text/xml", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"),
    "no type": ("", b"name=x"),
    "no such alphabet": ("application/x-www-form-urlencoded; charset=klingon", b"name=x"),
    "another alphabet": ("application/x-www-form-urlencoded; charset=utf-16", b"name=%ff%fe"),
    "half a character": ("application/x-www-form-urlencoded", b"name=%e2%82&key=%"),
    "bare bytes": ("application/x-www-form-urlencoded", bytes(range(256))),
    "multipart without boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "multipart cut short": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nhal'),
    "multipart of nothing": ("multipart/form-data; boundary=x", b""),
    "multipart in bad base64": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
    ),
    "a file for every box": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="../../x"\r\n\r\nhello\r\n--x--\r\n',
    ),
    "thirteen megabytes": ("application/x-www-form-urlencoded", b"name=" + b"a" * 13_000_000),
    "too many boxes": ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 120_001)),
}


@pytest.mark.parametrize("name", TAKERS)
def test_no_body_whatever_its_type_does_harm(site, name):
    before, found = everything(), []
    path = site.forms[name][0].path if site.forms.get(name) else site.addresses(name)[0]
    for called, (content_type, body) in BODIES.items():
        with taken_back():
            response = site.browser_at(path).generic("POST", path, body, content_type=content_type)
            if not site.acts_without_a_word(name):
                found += [f"{called}: {wrong}" for wrong in (*wrong_answer(response), *wrongly_kept(name, response, before))]
    assert found[:10] == []


@pytest.mark.parametrize("name", ["bulk_payments", "member_new", "opening_balances", "subscription_new", "import_members"])
def test_five_megabytes_in_a_box_do_no_harm(site, name):
    before, found = everything(), []
    for form in site.forms.get(name, []):
        box = form.written_boxes()[-1:] or ["name"]
        typed = {**site.valid(name, form), box[0]: [MILLIONS_OF_LETTERS]}
        found += site.complaints(name, form, typed, before)
    assert found[:10] == []


@pytest.mark.parametrize("value", ABSURD.values(), ids=ABSURD.keys())
def test_what_a_script_asks_is_answered_whatever_it_sends(site, value):
    before = everything()
    for name, sent in SCRIPTED.items():
        form = Form(site.addresses(name)[0], [], [], takes_files=False)
        for box in sent:
            assert site.complaints(name, form, {**sent, box: [value]}, before) == []


# --- Every address ---


@pytest.mark.parametrize("name", screens())
def test_no_number_in_an_address_does_harm(site, name):
    found, words = [], site.words_of(name)
    for word in word_names(name):
        for value in _absurd_words(words[word][0]):
            url = reverse(f"web:{name}", kwargs={other: words[other][0] for other in word_names(name)} | {word: value})
            with taken_back():
                response = site.browser_at(url).get(url)
            if response.status_code not in (403, 404, 405, 410):
                found.append(f"{word} = {str(value)[:30]}: status {response.status_code}")
    assert found[:10] == []


def _absurd_words(usual):
    return (0, 2**31, 2**63, int("9" * 400)) if isinstance(usual, int) else ("x", "-", "exe", "0" * 300)


@pytest.mark.parametrize("name", screens())
def test_no_question_in_an_address_does_harm(site, name, monkeypatch):
    found = []
    url = site.addresses(name)[0]
    for question in sorted(_questions(site, url, monkeypatch)):
        for called, value in ABSURD.items():
            response = site.browser_at(url).get(url, {question: value.encode("utf-8", "surrogatepass")})
            if response.status_code not in (200, 302, 403, 404, 405):
                found.append(f"{question} = {called}: status {response.status_code}")
            if response.status_code == 200 and b"<script>alert" in response.content:
                found.append(f"{question}: HTML is in the page")
    assert found[:10] == []


def _questions(site, url, monkeypatch):
    """The names that a screen looks for in its address."""
    asked = set()
    read = {name: getattr(QueryDict, name) for name in ("get", "getlist", "__getitem__", "__contains__")}

    def spy(method, question, key, *rest):
        if dict.__contains__(question, "marque"):
            asked.add(key)
        return method(question, key, *rest)

    with monkeypatch.context() as spied:
        for name, method in read.items():
            spied.setattr(QueryDict, name, partialmethod(partial(spy, method)))
        site.browser_at(url).get(url, {"marque": "1"})
    return asked


# --- Files ---


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


UNREADABLE = {
    "nothing": ("vide.csv", b""),
    "blanks": ("vide.csv", b" \n\r\n\t"),
    "only a mark": ("vide.csv", b"\xef\xbb\xbf"),
    "a picture": ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "a PDF": ("liste.csv", b"%PDF-1.7 \n1 0 obj"),
    "an old workbook": ("membres.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
    "a zip of something else": ("photos.xlsx", zipped(photo="x")),
    "half a workbook": ("membres.xlsx", zipped(xl__workbook_xml="<x/>")[:60]),
    "a workbook of nothing": ("membres.xlsx", zipped(xl__workbook_xml="<x/>")),
    "a bomb": ("membres.xlsx", zipped(xl__workbook_xml=b"0" * 110_000_000)),
    "a document full of nothing": ("membres.ods", zipped(content_xml="<office/>")),
    "bare bytes": ("membres.csv", bytes(range(256)) * 40),
    "NUL": ("membres.csv", b"Nom;Pr\x00nom\nBlanc;Zo\x00\n"),
    "an open quote": ("membres.csv", b'Nom;Prenom\n"Blanc;Zoe\nAdam;P\n'),
    "10,001 lines": ("membres.csv", b"Nom;Courriel\n" + b"".join(b"Blanc%d;x\n" % rank for rank in range(10_001))),
    "a thousand columns": ("membres.csv", b";".join(b"Nom%d" % rank for rank in range(1_000)) + b"\nx\n"),
    "too heavy": ("membres.csv", b"Nom\n" + b"x" * 4_100_000),
}


@pytest.mark.parametrize("name", ["import_camap", "import_members"])
@pytest.mark.parametrize(("file_name", "content"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_is_no_table_is_refused_in_a_sentence(site, name, file_name, content):
    before = everything()
    url = reverse(f"web:{name}", args=[site.amap.group.slug])

    response = site.browser_at(url).post(url, {"file": SimpleUploadedFile(file_name, content)})

    assert response.status_code == 422
    assert [*wrong_answer(response), *wrongly_kept(name, response, before)] == []


def test_a_table_of_absurd_cells_is_shown_line_by_line_and_keeps_nothing(site):
    before = everything()
    lines = [f'"{value.replace(chr(0), "")}";"";"{number}"' for number, value in enumerate(ABSURD.values())]
    content = "\n".join(["Nom;Courriel;Solde", *lines]).encode("utf-8", "replace")
    url = reverse("web:import_members", args=[site.amap.group.slug])

    response = site.browser_at(url).post(url, {"file": SimpleUploadedFile("m.csv", content)})

    assert response.status_code == 200
    assert [*wrong_answer(response), *wrongly_kept("import_members", response, before)] == []
    assert response.context["rows"]
