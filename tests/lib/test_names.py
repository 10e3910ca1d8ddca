"""Names typed, shown, sorted, looked for; lines of text made safe."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.names import (
    SORT_KEY_LENGTH,
    Name,
    NotAnEmail,
    TextRefused,
    clean_email,
    clean_paragraph,
    clean_text,
    display_name,
    fold,
    initials,
    matches,
    sort_key,
    split_name,
)

ANY_TEXT = st.text(alphabet=st.characters(), max_size=80)


def test_a_pile_of_cheques_sorts_like_a_phone_book():
    pile = [
        ("ZÉBULON", "Ana"),
        ("Œuvrard", "Léo"),
        ("LEBRUN", "Ana"),
        ("LE GOFF", "Loïc"),
        ("Évenou", "René"),
        ("EVENOU", "Alphée"),
        ("D'HOEDT", "Tugdual"),
        ("DHOEDT", "Ursule"),
        ("d’Hoedt", "Victor"),
        ("ADAM", "Pécine"),
        ("ADAM", "Jean Marie"),
        ("ADAM", "Jean-Marc"),
        ("ADAMO", "Ana"),
    ]

    assert sorted(pile, key=lambda name: sort_key(*name)) == [
        ("ADAM", "Jean-Marc"),
        ("ADAM", "Jean Marie"),
        ("ADAM", "Pécine"),
        ("ADAMO", "Ana"),
        ("D'HOEDT", "Tugdual"),
        ("DHOEDT", "Ursule"),
        ("d’Hoedt", "Victor"),
        ("EVENOU", "Alphée"),
        ("Évenou", "René"),
        ("LE GOFF", "Loïc"),
        ("LEBRUN", "Ana"),
        ("Œuvrard", "Léo"),
        ("ZÉBULON", "Ana"),
    ]


def test_a_key_for_latin_names_is_plain_ascii_letters_and_zeros():
    assert sort_key("D’HOËDT-ŒIL", "Marie Ève") == "dhoedt0oeil00marie0eve"
    assert sort_key("ÐØRŁ", "ß") == "dorl00ss"


@given(ANY_TEXT, ANY_TEXT)
def test_a_key_fits_its_column_and_does_not_depend_on_how_accents_are_encoded(last, first):
    key = sort_key(last, first)

    assert len(key) <= SORT_KEY_LENGTH
    assert key == sort_key(unicodedata.normalize("NFD", last), unicodedata.normalize("NFD", first))


@pytest.mark.parametrize(
    ("last", "first", "shown", "letters"),
    [
        ("Adam", "Pécine", "ADAM Pécine", "PA"),
        ("Le Goff", "Martine", "LE GOFF Martine", "ML"),
        ("D'Hoedt", "Tugdual", "D'HOEDT Tugdual", "TD"),
        ("œuvrard", "élise", "ŒUVRARD élise", "ÉŒ"),
        ("Adam", "", "ADAM", "A"),
        ("", "Pécine", "Pécine", "P"),
        ("", "", "", ""),
        ("🥕", "Zoé", "🥕 Zoé", "Z"),
    ],
)
def test_a_name_and_its_initials(last, first, shown, letters):
    assert display_name(last, first) == shown
    assert initials(last, first) == letters


@pytest.mark.parametrize(
    ("written", "last", "first"),
    [
        ("QUÉRÉ Jean-Marie", "QUÉRÉ", "Jean-Marie"),
        ("LE DREN Zoé", "LE DREN", "Zoé"),
        ("D'HOEDT Tugdual", "D'HOEDT", "Tugdual"),
        ("d’HOEDT Tugdual", "d’HOEDT", "Tugdual"),
        ("O'BRIEN Thuỳ", "O'BRIEN", "Thuỳ"),
        ("McDONALD Ann", "McDONALD", "Ann"),
        ("de LA TOUR Marie", "de LA TOUR", "Marie"),
        ("NGUYEN Marie-Ève", "NGUYEN", "Marie-Ève"),
        ("Jean-Marie QUÉRÉ", "QUÉRÉ", "Jean-Marie"),
        ("Anne Marie LE GOFF", "LE GOFF", "Anne Marie"),
        ("Bernard Angoustan", "Angoustan", "Bernard"),
        ("Zoé Le Dren", "Le Dren", "Zoé"),
        ("Marie de La Tour", "de La Tour", "Marie"),
        ("Angoustan, Bernard", "Angoustan", "Bernard"),
        ("LE DREN ZOÉ", "LE DREN", "ZOÉ"),
        ("QUÉRÉ JEAN", "QUÉRÉ", "JEAN"),
        ("J. DUPONT", "DUPONT", "J."),
        ("DUPONT J.", "DUPONT", "J."),
        ("Cher", "Cher", ""),
        ("  ADAM   Pécine ", "ADAM", "Pécine"),
        ("", "", ""),
        (",", "", ""),
    ],
)
def test_a_whole_name_is_taken_apart(written, last, first):
    assert split_name(written) == Name(last, first)


@pytest.mark.parametrize(
    ("written", "last", "first"),
    [
        ("Quéré Jean Marie", "Quéré", "Jean Marie"),
        ("Le Goff Loïc", "Le Goff", "Loïc"),
        ("QUÉRÉ Jean", "QUÉRÉ", "Jean"),
        ("Jean QUÉRÉ", "QUÉRÉ", "Jean"),
    ],
)
def test_a_file_may_be_known_to_write_the_family_first(written, last, first):
    assert split_name(written, last_name_first=True) == Name(last, first)


@given(ANY_TEXT)
def test_taking_a_name_apart_loses_no_word(written):
    name = split_name(written)

    assert sorted(f"{name.last} {name.first}".split()) == sorted(written.replace(",", " ").split())


@pytest.mark.parametrize(
    ("typed", "name", "found"),
    [
        ("bla", "BLANC Alphée", True),
        ("BLA", "BLANC Alphée", True),
        ("alp", "BLANC Alphée", True),
        ("eve", "ÉVENOU René", True),
        ("éve", "EVENOU René", True),
        ("le g", "LE GOFF Loïc", True),
        ("leg", "LE GOFF Loïc", True),
        ("gof", "LE GOFF Loïc", True),
        ("dho", "D'HOEDT Tugdual", True),
        ("d’h", "D'HOEDT Tugdual", True),
        ("marie", "QUÉRÉ Jean-Marie", True),
        ("jean-m", "QUÉRÉ Jean-Marie", True),
        ("lan", "BLANC Alphée", False),
        ("blanca", "BLANC Alphée", True),
        ("blancb", "BLANC Alphée", False),
        ("", "BLANC Alphée", False),
        ("'", "BLANC Alphée", False),
    ],
)
def test_three_letters_jump_to_a_member(typed, name, found):
    assert matches(typed, name) is found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  ADAM\t Pécine\r\n", "ADAM Pécine"),
        ("e\u0301t\u00e9", "été"),
        ("a\x00b\x1bc", "a b c"),
        ("pay\u202eés", "payés"),
        ("\u2066ADAM\u2069\u200b", "ADAM"),
        ("a\ud800b", "ab"),
        ("un\u00a0deux\u2028trois", "un deux trois"),
        ("محمد", "محمد"),
        ("👩\u200d🌾 Zoé", "👩\u200d🌾 Zoé"),
        ('<b>"O\'Brien" & Cie</b>', '<b>"O\'Brien" & Cie</b>'),
        ("", ""),
    ],
)
def test_a_typed_line_is_made_safe_and_nothing_else(typed, kept):
    assert clean_text(typed, max_length=80) == kept


@given(ANY_TEXT)
def test_a_clean_line_can_be_stored_anywhere_and_stays_clean(typed):
    kept = clean_text(typed, max_length=10_000)

    assert kept.encode("utf-8").decode("utf-8") == kept
    assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in kept)
    assert clean_text(kept, max_length=10_000) == kept


def test_a_long_line_is_refused_and_never_cut():
    assert clean_text("x" * 80, max_length=80) == "x" * 80
    with pytest.raises(TextRefused) as refused:
        clean_text("x" * 81, max_length=80)

    assert refused.value.code == "too_long"
    assert "81 caractères, 80 au plus" in str(refused.value)


def test_a_paragraph_keeps_its_lines():
    assert clean_paragraph("un \r\n\r\ndeux\x00\rtrois\n\n", max_length=80) == "un\n\ndeux\ntrois"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoe@Exemple.FR", "zoe@exemple.fr"),
        (" <zoe.le-dren+amap@exemple.co.uk> ", "zoe.le-dren+amap@exemple.co.uk"),
        ("mailto:zoe@exemple.fr", "zoe@exemple.fr"),
        ("zoe@\u200bexemple.fr", "zoe@exemple.fr"),
        ("zoe@écuries.fr", "zoe@écuries.fr"),
        ("o'brien@exemple.fr", "o'brien@exemple.fr"),
    ],
)
def test_one_address_is_read(typed, kept):
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("zoe", "unreadable"),
        ("zoe@exemple", "unreadable"),
        ("zoe@exemple.f", "unreadable"),
        ("zoé@exemple.fr", "unreadable"),
        ("zoe@exemple..fr", "unreadable"),
        (".zoe@exemple.fr", "unreadable"),
        ("zoe@-exemple.fr", "unreadable"),
        ("zoe le@exemple.fr", "unreadable"),
        ("zoe@exemple.fr\nBcc: tous", "unreadable"),
        ("zoe@exemple.fr, leo@exemple.fr", "several"),
        ("z" * 250 + "@exemple.fr", "too_long"),
    ],
)
def test_what_is_not_one_address_is_refused(typed, code):
    with pytest.raises(NotAnEmail) as refused:
        clean_email(typed)

    assert refused.value.code == code


def test_folding_is_for_comparing():
    assert fold("D’Hoëdt-Œil") == fold("d'hoedt oeil") == "dhoedt oeil"
    assert fold("  ÉLISE__Ångström ") == "elise angstrom"


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(typed):
    assert fold(fold(typed)) == fold(typed)
