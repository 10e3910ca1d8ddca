"""Reprise des soldes in a real browser: what stands under the grid follows what is typed, and the server counts again."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import expect

TREASURER = "tresoriere@groix.example"


def spaced(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def page(site, browser):
    with closing(browser.new_context(locale="fr-FR")) as context:
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site}/acces/login/")
        page.locator("[name=login]").fill(TREASURER)
        page.locator("[name=password]").fill("escarcelle-demo")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/g/amap-de-groix/")
        page.goto(f"{site}/g/amap-de-groix/membres/soldes/reprise/")
        yield page
        assert complaints == []


def foot(page):
    return spaced(page.locator(".foot dl").inner_text())


def test_the_total_follows_what_is_typed_and_the_server_has_the_last_word(page):
    cells = page.locator("input[name^=amount-]")
    assert foot(page) == "Montants lus 0 Somme 0,00 €"

    cells.nth(0).fill("45,20")
    cells.nth(1).fill("−12,80 €")
    cells.nth(2).fill("0")
    assert foot(page) == "Montants lus 3 Somme +32,40 €"

    page.locator("[name=control_total]").fill("30")
    assert foot(page) == "Montants lus 3 Somme +32,40 € Écart avec le total de contrôle −2,40 €"

    cells.nth(2).fill("12,345")
    page.keyboard.press("Tab")
    expect(cells.nth(2)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{cells.nth(2).get_attribute('aria-describedby')}")).to_contain_text("trois chiffres après la virgule")
    assert "Montants lus 2 Somme +32,40 €" in foot(page)
    cells.nth(2).fill("−2,40")
    page.keyboard.press("Tab")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    assert foot(page).endswith("Somme +30,00 € Écart avec le total de contrôle aucun, le total est juste")

    page.locator("[name=control_total]").fill("30,01")
    page.get_by_role("button", name="Reprendre ces soldes").click()
    expect(page.get_by_text(re.compile("le total de contrôle annonce"))).to_be_visible()
    assert foot(page) == "Montants lus 3 Somme +30,00 € Écart avec le total de contrôle +0,01 €"
