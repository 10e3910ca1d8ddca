import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_door_is_open_to_everybody(site, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + "/acces/login/")

    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [violation["id"] for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_treasurer_signs_in_with_the_keyboard(site, page):
    page.goto(site + "/acces/login/")
    page.get_by_label("E-mail").or_(page.get_by_label("Adresse e-mail")).first.focus()
    page.keyboard.type("tresoriere@groix.example")
    page.keyboard.press("Tab")
    page.locator("input[type=password]").focus()
    page.keyboard.type("escarcelle-demo")
    page.keyboard.press("Enter")

    expect(page).not_to_have_url(site + "/acces/login/")
