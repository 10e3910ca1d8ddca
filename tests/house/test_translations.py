"""The catalogues hold the sentences of the code, all of them, each placeholder kept."""

import pytest
import translations
from babel.messages.catalog import Catalog

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
