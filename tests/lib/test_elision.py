"""« de » before a name."""

import pytest

from escarcelle.lib.elision import elided, elides, filled


@pytest.mark.parametrize("name", ["ADAM Pécine", "évenou Gwenaël", "ÎLE", "Œufs, les six", "Æsa", "YVON Loïc", "Yves", "E\u0301VENOU"])
def test_de_is_elided_before_a_vowel(name):
    assert elides(name)
    assert filled("le compte de {name}.", {"name": name}) == f"le compte d’{name}."


@pytest.mark.parametrize("name", ["LE GOFF Martine", "HAMON Denise", "Yann", "Y", "…", "", "693,00 €", "« Œufs »", "🥕 Anne", "'Ana"])
def test_de_stays_before_anything_else(name):
    assert filled("le compte de {name}.", {"name": name}) == f"le compte de {name}."


def test_only_de_before_a_part_is_touched():
    parts = {"name": "ADAM {x} de {name}", "amount": "8,00 €"}
    assert filled("de là, {amount} de {name} à {name}, monde {name}", parts) == (
        "de là, 8,00 € d’ADAM {x} de {name} à ADAM {x} de {name}, monde ADAM {x} de {name}"
    )
    assert filled("on the account of {name}", parts) == "on the account of ADAM {x} de {name}"


def test_a_text_that_holds_the_name_already():
    assert elided("Le compte de ADAM perd 8 €, vers ADAM.", "ADAM") == "Le compte d’ADAM perd 8 €, vers ADAM."
    assert elided("Le compte de HAMON perd 8 €.", "HAMON") == "Le compte de HAMON perd 8 €."
