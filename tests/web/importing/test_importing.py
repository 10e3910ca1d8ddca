"""Files of other programs, in the browser: chosen, looked at, accepted. Without JavaScript: the file travels in the page."""

import base64
import re
import zlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from escarcelle.groups.models import Activity
from escarcelle.web.importing.kept_file import MOST_BYTES
from tests.cast import found_amap
from tests.web.pages import browser, statements, words

SAMPLE = Path(__file__).resolve().parents[2] / "importers" / "files" / "camap-subscriptions.csv"
SHEET = "Personne;Contact;Doit\nADAM Pécine;pecine@exemple.fr;-12,50\nBLANC Alphée;;3\n".encode()


def url(amap, name="import_camap", *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *args])


def upload(client, address, data, name="export.csv"):
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def kept(page, **typed):
    """What the form of a preview sends back."""
    html = page.content.decode()
    names = ("key", "file_name", "kept", "columns", "seen")
    hidden = {name: found[1] for name in names if (found := re.search(rf'name="{name}" value="([^"]*)"', html))}
    return {**hidden, **typed}


# --- CAMAP ---


def test_the_export_is_looked_at_then_taken_over_once(amap):
    client = browser(amap.treasurer)
    shown = upload(client, url(amap), SAMPLE.read_bytes(), SAMPLE.name)
    assert "Rien n’est encore enregistré" in words(shown)
    assert "Total commandé 36 248,80 € 36 248,80 €" in words(shown)
    assert "LE DREN Zoé" in words(shown)
    assert not amap.group.subscriptions.exists()

    sent = kept(shown, accept="1")
    done, again = (client.post(url(amap), sent, follow=True) for _ in range(2))

    assert done.redirect_chain == again.redirect_chain
    assert "100 souscriptions reprises" in words(done)
    assert "Somme des soldes −7 963,03 € −7 963,03 €" in words(done)
    assert amap.group.subscriptions.count() == 100
    assert Activity.objects.filter(kind="camap.imported").count() == 1
    assert "déjà repris" in words(upload(client, url(amap), SAMPLE.read_bytes()))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("vide.csv", b" ", "est vide"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\x00", "n’est ni un CSV"),
        ("autre.csv", b"a;b\n1;2\n", "n’est pas l’export"),
        ("gros.csv", b"a" * (MOST_BYTES + 1), "dépasse 4 Mo"),
        ("<b>.csv", b"a;b\n1;2\n", "<b>.csv"),
    ],
)
@pytest.mark.parametrize("name_of_screen", ["import_camap"])
def test_a_file_that_is_something_else_is_refused_in_a_sentence(amap, name, data, says, name_of_screen):
    page = upload(browser(amap.treasurer), url(amap, name_of_screen), data, name)

    assert page.status_code == 422
    assert says in words(page)
    assert "<b>.csv" not in page.content.decode()


def test_no_file_and_a_broken_one_are_said(amap):
    client = browser(amap.treasurer)

    assert "Choisissez un fichier" in words(client.post(url(amap)))
    bomb = base64.b64encode(zlib.compress(b"0" * (MOST_BYTES + 10))).decode()
    for sent in ("pas du base64", base64.b64encode(b"pas du zlib").decode(), bomb, ""):
        page = client.post(url(amap), {"kept": sent, "file_name": "x", "accept": "1", "key": uuid4()})
        assert page.status_code == 422
        assert "revenu entier" in words(page)


def test_accepting_without_a_key_shows_the_preview_again(amap):
    client = browser(amap.treasurer)
    sent = kept(upload(client, url(amap), SAMPLE.read_bytes()), accept="1", key="pas une clé")

    assert "Rien n’est encore enregistré" in words(client.post(url(amap), sent))
    assert not amap.group.subscriptions.exists()


def test_more_lines_than_a_page_can_take_are_sent_to_the_command(amap, monkeypatch):
    monkeypatch.setattr("escarcelle.web.importing.pages.MOST_LINES", 99)

    page = upload(browser(amap.treasurer), url(amap), SAMPLE.read_bytes())

    assert page.status_code == 422
    assert "a 100 lignes" in words(page)


# --- Members ---


def test_columns_are_named_by_hand_where_they_are_not_recognised(amap):
    client = browser(amap.treasurer)
    shown = upload(client, url(amap, "import_members"), SHEET, "membres.csv")
    assert shown.status_code == 422
    assert "Aucune colonne de noms" in words(shown)

    columns = {"column_0": "name", "column_1": "email", "column_2": "balance", "payee": str(amap.farm.book_id)}
    shown = client.post(url(amap, "import_members"), kept(shown, **columns, look="1"))
    assert "2 membres seraient ajoutés" in words(shown)
    assert "À reprendre : −9,50 €" in words(shown)
    assert not amap.group.members.filter(last_name="ADAM").exists()

    done = client.post(url(amap, "import_members"), kept(shown, **columns, accept="1"), follow=True)
    assert "2 soldes repris, −9,50 € en tout" in words(done)
    assert amap.group.members.get(last_name="ADAM").email == "pecine@exemple.fr"


def test_columns_changed_since_the_preview_are_looked_at_again(amap):
    client = browser(amap.treasurer)
    shown = upload(client, url(amap, "import_members"), b"Nom;Tel\nAdam;0611\n", "membres.csv")

    page = client.post(url(amap, "import_members"), kept(shown, column_0="last_name", accept="1"))

    assert "Rien n’est encore enregistré" in words(page)
    assert not amap.group.members.filter(last_name="Adam").exists()


def test_a_recognised_sheet_is_taken_in_two_steps_and_twice_adds_once(amap):
    client = browser(amap.treasurer)
    shown = upload(client, url(amap, "import_members"), "Adhérent;Courriel\nADAM Pécine;p@exemple.fr\n".encode(), "membres.csv")
    sent = kept(shown, column_0="name", column_1="email", accept="1")

    for _ in range(2):
        done = client.post(url(amap, "import_members"), sent, follow=True)

    assert "1 personne ajoutée" in words(done)
    assert amap.group.members.filter(last_name="ADAM").count() == 1


# --- Who ---


@pytest.mark.parametrize("who", ["member", "volunteer", "coordinator", "producer_member"])
@pytest.mark.parametrize("name", ["import_camap", "import_members"])
def test_importing_is_for_who_keeps_the_accounts(amap, who, name):
    assert browser(getattr(amap, who)).get(url(amap, name)).status_code == 403


def test_an_import_of_another_group_does_not_exist(amap):
    houat = found_amap("AMAP de Houat")
    client = browser(houat.treasurer)
    done = client.post(url(houat), kept(upload(client, url(houat), SAMPLE.read_bytes()), accept="1"))

    assert client.get(done.url).status_code == 200
    number = int(done.url.rstrip("/").rpartition("/")[2])
    assert browser(amap.treasurer).get(url(amap, "import_done", number)).status_code == 404
    other = Activity.objects.filter(kind="group.founded", group=amap.group).get()
    assert browser(amap.treasurer).get(url(amap, "import_done", other.pk)).status_code == 404


def test_the_page_of_an_import_takes_as_many_statements_whatever_the_file(amap):
    client = browser(amap.treasurer)
    header, *lines = SAMPLE.read_bytes().splitlines(keepends=True)
    counts = set()
    for part in (lines[:2], lines):
        done = client.post(url(amap), kept(upload(client, url(amap), b"".join([header, *part])), accept="1"))
        counts.add(statements(client, done.url))

    assert len(counts) == 1
