"""Settings of the group, keys to the API, the log."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from escarcelle.distributions.places import add_place
from escarcelle.groups.models import Activity
from escarcelle.groups.tokens import make_token, member_of_token
from escarcelle.payments.batches import BatchRow, cancel_batch, record_batch
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.web.settings.sentences import SENTENCES
from tests.cast import TODAY, found_amap, received
from tests.web.pages import MOST_STATEMENTS, browser, statements, words

SOURCES = Path(__file__).resolve().parents[3] / "escarcelle"


def url(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *args])


# --- The group ---


def test_a_group_is_renamed_and_its_address_stays(amap):
    client, slug = browser(amap.admin), amap.group.slug
    key = uuid4()
    for _ in range(2):
        client.post(url(amap, "group_rename"), {"name": "AMAP de Groix et Locmaria", "key": key})

    amap.group.refresh_from_db()
    assert (amap.group.name, amap.group.slug) == ("AMAP de Groix et Locmaria", slug)
    assert Activity.objects.filter(kind="group.renamed").count() == 1
    assert "AMAP de Groix et Locmaria" in words(client.get(url(amap, "settings")))


def test_a_group_keeps_a_name(amap):
    page = browser(amap.admin).post(url(amap, "group_rename"), {"name": " ", "key": uuid4()})

    assert page.status_code == 422
    assert "Il manque un nom." in words(page)


def test_places_are_added_once_and_corrected(amap):
    client, sent = browser(amap.admin), {"name": "Halle", "address": "Le Bourg", "key": uuid4()}
    for _ in range(2):
        assert client.post(url(amap, "place_new"), sent).status_code == 302
    place = amap.group.places.get(name="Halle")

    client.post(url(amap, "place_edit", place.pk), {"name": "Grande halle", "address": "", "key": uuid4()})
    place.refresh_from_db()
    assert (place.name, place.address) == ("Grande halle", "")


def test_two_places_do_not_share_a_name(amap):
    client = browser(amap.admin)
    page = client.post(url(amap, "place_new"), {"name": "Salle du Bourg", "address": "ici", "key": uuid4()})

    assert page.status_code == 422
    assert "porte déjà ce nom" in words(page)
    assert 'value="ici"' in page.content.decode()


def test_settings_are_for_administrators_and_of_one_group(amap):
    houat = found_amap("AMAP de Houat")
    elsewhere = add_place(group=houat.group, name="Port", address="", by=houat.admin)

    assert browser(amap.treasurer).get(url(amap, "settings")).status_code == 403
    assert browser(amap.treasurer).get(url(amap, "tokens")).status_code == 403
    assert browser(amap.admin).get(url(amap, "place_edit", elsewhere.pk)).status_code == 404
    assert browser(amap.admin).get(url(houat, "settings")).status_code == 404


# --- Keys to the API ---


def test_a_key_is_shown_once_and_made_once(amap):
    client, sent = browser(amap.admin), {"name": "Tableur du dimanche", "key": uuid4()}

    first, second = (client.post(url(amap, "tokens"), sent) for _ in range(2))

    token = first.context["made"]
    assert token in words(first)
    assert member_of_token(token, TODAY) == amap.admin
    assert second.status_code == 422
    assert "déjà été montrée" in words(second)
    assert token not in words(second)
    assert token not in words(client.get(url(amap, "tokens")))
    assert amap.group.api_tokens.count() == 1


def test_a_revoked_key_opens_nothing(amap):
    token = make_token(member=amap.admin, name="Tableur", by=amap.admin)
    client = browser(amap.admin)
    for _ in range(2):
        client.post(url(amap, "token_revoke", amap.group.api_tokens.get().pk))

    assert member_of_token(token, TODAY) is None
    assert "Révoquées" in words(client.get(url(amap, "tokens")))
    assert Activity.objects.filter(kind="token.revoked").count() == 1


def test_a_key_of_another_group_is_out_of_reach(amap):
    houat = found_amap("AMAP de Houat")
    token = make_token(member=houat.admin, name="Tableur", by=houat.admin)

    assert browser(amap.admin).post(url(amap, "token_revoke", houat.group.api_tokens.get().pk)).status_code == 404
    assert member_of_token(token, TODAY) == houat.admin


# --- The log ---


def test_every_kind_of_act_has_its_sentence():
    # An act begins with its kind: as a word, as a choice between two, or as a constant.
    patterns = [r'\bkind="([a-z_]+\.[a-z_]+)"', r'\bkind = "([a-z_.]+)" if', r'\bkind = .* else "([a-z_.]+)"']
    sources = [source.read_text() for source in SOURCES.rglob("*.py")]
    written = {kind for text in sources for pattern in patterns for kind in re.findall(pattern, text)}
    for text in sources:
        for name in re.findall(r"\bbegin\([^)]*\bkind=([A-Z_]+)", text):
            written |= set(re.findall(rf'^{name} = "([a-z_.]+)"', text, re.MULTILINE))

    assert {"member.created", "delivery.cancelled", "delivery.restored", "camap.imported"} <= written
    assert written == set(SENTENCES)


def test_the_log_tells_who_did_what_newest_first(amap):
    subscription = amap.subscribe("ADAM Pécine")
    payment = amap.pay(subscription, 5775)
    corrected = correct_payment(payment=payment, received=received(5776), reason="lu de travers", on=TODAY, by=amap.treasurer)
    cancel_payment(payment=corrected, reason="chèque rendu", on=TODAY, by=amap.treasurer)
    batch = record_batch(
        contract=amap.vegetables, rows=[BatchRow(subscription.pk, received(69316))], on=TODAY, by=amap.coordinator, key=uuid4()
    )
    cancel_batch(batch=batch, on=TODAY, by=amap.admin)

    rows = browser(amap.treasurer).get(url(amap, "activity")).context["rows"]

    told = [(row.who, row.what.replace("\u00a0", " ").replace("\u202f", " ")) for row in rows[:7]]
    assert told == [
        ("ADMIN Anne", "a annulé un lot de 1 paiement(s), 693,16 €."),
        ("FAVENNEC Hervé", "a saisi 1 paiement(s), 693,16 €, pour Contrat légumes."),
        ("LE GOFF Martine", "a annulé un paiement de 57,76 € sur le compte d’ADAM Pécine (Contrat légumes)."),
        ("LE GOFF Martine", "a corrigé un paiement sur le compte d’ADAM Pécine (Contrat légumes) (+0,01 €)."),
        ("LE GOFF Martine", "a noté un paiement de 57,75 € sur le compte d’ADAM Pécine (Contrat légumes)."),
        ("LE GOFF Martine", "a inscrit ADAM Pécine (Contrat légumes), pour 693,16 €."),
        ("LE GOFF Martine", "a ajouté ADAM Pécine."),
    ]


def test_the_log_is_read_to_its_end_without_missing_or_repeating_an_act(amap):
    for rank in range(60):
        amap.someone(f"MEMBRE{rank} Un")
    client, query, told = browser(amap.treasurer), {}, []
    while query is not None:
        page = client.get(url(amap, "activity"), query)
        told += [(row.at, row.what) for row in page.context["rows"]]
        query = {"avant": page.context["older"]} if page.context["older"] else None

    assert len(told) == amap.group.activities.count() > 60
    assert told == sorted(told, key=lambda row: row[0], reverse=True)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "1e3", "²"])
def test_a_made_up_address_of_the_log_begins_at_the_newest(amap, before):
    page = browser(amap.treasurer).get(url(amap, "activity"), {"avant": before})

    assert page.status_code == 200
    assert page.context["rows"]


def test_the_log_takes_as_many_statements_for_many_acts(amap):
    for name in ("ADAM Pécine", "BLANC Alphée"):
        amap.pay(amap.subscribe(name), 1000)
    client = browser(amap.treasurer)
    few = statements(client, url(amap, "activity"))
    for rank in range(12):
        amap.pay(amap.subscribe(f"MEMBRE{rank} Un"), 1000)

    assert statements(client, url(amap, "activity")) == few <= MOST_STATEMENTS


def test_the_log_of_another_group_says_nothing_here(amap):
    found_amap("AMAP de Houat").someone("SECRET Membre")

    assert "SECRET" not in words(browser(amap.treasurer).get(url(amap, "activity")))
    assert browser(amap.coordinator).get(url(amap, "activity")).status_code == 403
