"""The catalogues hold the sentences of the code, all of them, each placeholder kept."""

import re

import pytest
import translations
from babel.messages.catalog import Catalog

from tests.house.sources import short, templates

PRESENT = [language for language in translations.LANGUAGES if translations.po_path(language).exists()]


def sentences(catalog):
    return {(message.context, message.id) for message in catalog if message.id}


@pytest.mark.parametrize("language", PRESENT)
def test_a_catalogue_is_that_of_the_code(language):
    written, wanted = (sentences(catalog) for catalog in (translations.read_catalog(language), translations.collect(language)))

    assert (wanted - written, written - wanted) == (set(), set()), "make messages"


@pytest.mark.parametrize("language", PRESENT)
def test_a_catalogue_is_complete_and_keeps_every_placeholder(language):
    catalog = translations.read_catalog(language)

    assert translations.untranslated(catalog) == []
    assert translations.faults(catalog) == []


def test_a_lost_placeholder_and_a_missing_plural_would_be_seen():
    catalog = Catalog(locale="en")
    catalog.add("Il reste %(total)s.", "There remains.")
    catalog.add(("%(n)s panier", "%(n)s paniers"), ("%(n)s basket", ""))

    assert "total" in translations.faults(catalog)[0]
    assert len(translations.untranslated(catalog)) == 1


# --- Typography ---

WRONG_IN_FRENCH = re.compile(r" [:;?!»€]|\u00a0[;?!]|\u202f[:»€]|«(?!\u00a0)|\w'\w|\.\.\.")
WRONG_IN_ENGLISH = re.compile(r"[ \u00a0\u202f][:;?!]|\d[ \u00a0\u202f]?€|[«»]|\w'\w|\.\.\.")


def badly_set(texts, wrong):
    return [text for text in texts if wrong.search(text)]


def test_french_sentences_have_the_spaces_and_apostrophes_of_french():
    found = {text for _name, sentence, _comments, _context in translations.sentences_of_the_code() for text in texts_of(sentence)}

    assert badly_set(found, WRONG_IN_FRENCH) == []
    assert badly_set(["Vous payez : lui", "l'un", "« lui »", "Quoi\u00a0?"], WRONG_IN_FRENCH) != []


def test_english_sentences_have_those_of_english():
    found = {text for message in translations.read_catalog("en") if message.id for text in translations.forms(message.string)}

    assert badly_set(found, WRONG_IN_ENGLISH) == []
    assert badly_set(["You pay\u00a0: him", "it's", "«him»", "20 €"], WRONG_IN_ENGLISH) != []


def texts_of(sentence):
    return sentence if isinstance(sentence, tuple) else (sentence,)


# --- Nothing is said that cannot be translated ---

TRANSLATED = re.compile(r"(?s)\{%-?\s*blocktranslate.*?endblocktranslate\s*%\}")
MARKS = re.compile(r"(?s)\{[{%#].*?[}%#]\}|<script.*?</script>|<[^>]*>|&\w+;|-->")
# Names, and what a machine reads. The invitation is written in the language of the group, as its books are.
SAID_AS_IT_IS = re.compile(r"Escarcelle|English|Français|manage\.py ledger verify|Tab|F2|F4|bla|CAMAP")


def test_templates_say_nothing_that_cannot_be_translated():
    said = {
        short(path): words for path in templates() if path.parent.name != "notifications" and (words := untranslatable(path.read_text()))
    }

    assert said == {}
    assert untranslatable('<p>Bonjour {{ name }}, {% translate "cela va" %}</p>') == ["Bonjour"]


def untranslatable(source):
    text = SAID_AS_IT_IS.sub(" ", MARKS.sub(" ", TRANSLATED.sub(" ", source)))
    return re.findall(r"[^\W\d_]{2,}|[«»]|[\u00a0\u202f][:;?!]", text)
