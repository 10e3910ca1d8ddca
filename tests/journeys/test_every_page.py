"""Every page in a real browser: readable by everybody, light and dark, on a telephone and on a screen, and quiet in the console."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.journeys.every_page import PAGES, VISITOR, VISITS, Visit
from tests.journeys.serving import Site, serving

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, SCREEN, NARROWEST = 360, 1280, 320
HEIGHT = 900
# What a dark page changes is its colours; the rest was looked at in the light.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


@dataclass(frozen=True)
class FullSite:
    """The site with the fuller demo: its numbers, and a session for each person."""

    site: Site
    numbers: dict[str, str | int]
    sessions: dict[str, str]

    @property
    def url(self) -> str:
        return self.site.url

    @property
    def mails(self) -> Path:
        return self.site.mails


@pytest.fixture(scope="module")
def full_site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("full")) as site:
        yield FullSite(site, **json.loads(site.run(str(Path(__file__).with_name("fuller_demo.py")))))


class Reader:
    """Somebody in front of a page, who hears what the browser complains about."""

    def __init__(self, context, visit, site):
        self.visit, self.site = visit, site
        self.page = context.new_page()
        self.complaints = []
        self.status = 0
        self.page.on("console", lambda message: self._hear(message.text) if message.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self._hear(str(error)))
        self.page.on("response", self._note)

    def _hear(self, text):
        # The browser notes every refusal of a form; the answer itself is looked at.
        if f"status of {self.visit.status}" not in text:
            self.complaints.append(text)

    def _note(self, response):
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def go(self):
        visit, known = self.visit, self.site.numbers
        self.page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        self.page.goto(self.site.url + visit.path(known, visit.start))
        if visit.step:
            visit.step(self.page, self.site)
            self.page.wait_for_url(lambda url: url.split("?")[0] == self.site.url + visit.path(known).split("?")[0])
            self.page.wait_for_load_state()

    def facts(self):
        return self.page.evaluate(
            """() => ({
                title: document.title, lang: document.documentElement.lang,
                heads: [...document.querySelectorAll("h1")].map((head) => head.innerText.trim()),
            })"""
        )

    def width_at(self, width):
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        return self.page.evaluate("document.documentElement.scrollWidth")

    def spilt(self):
        """Rows whose content reaches over the next one; menus, which float, and what is for screen readers apart."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("main tr, main li")].filter((row) => {
                const floor = row.getBoundingClientRect().bottom + 2;
                return [...row.querySelectorAll("*")].some((part) =>
                    !part.closest(".menu, .sr, svg, details:not([open])") && part.getBoundingClientRect().bottom > floor);
            }).map((row) => row.innerText.slice(0, 80))"""
        )

    def violations(self, only):
        found = self.page.evaluate(
            "async (only) => (await axe.run(document, {runOnly: only, resultTypes: ['violations']})).violations", only
        )
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def violations_at(self, width):
        """Light, then dark."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        light = self.violations({"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        return light + [f"dark {one}" for one in self.violations({"type": "rule", "values": COLOUR_RULES})]


@pytest.fixture(scope="module")
def doors(browser, browser_context_args, full_site):
    """One browser for each person, signed in; a visitor has a new one each time."""
    kept = {}

    def door(email):
        if email != VISITOR and email in kept:
            return kept[email]
        context = kept[email] = browser.new_context(**browser_context_args)
        if email != VISITOR:
            context.add_cookies([{"name": "sessionid", "value": full_site.sessions[email], "url": full_site.url}])
        return context

    yield door
    for context in kept.values():
        context.close()


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_is_readable_by_everybody(doors, full_site, visit):
    reader = Reader(doors(visit.by), visit, full_site)
    with closing(reader.page):
        reader.go()
        facts = reader.facts()

        assert reader.status == visit.status
        assert facts["lang"] == "fr"
        assert facts["title"].endswith("Escarcelle")
        assert not facts["title"].startswith(("·", "Escarcelle"))
        assert len(facts["heads"]) == 1
        assert facts["heads"][0]
        reader.page.evaluate(AXE_SCRIPT)
        assert reader.violations_at(PHONE) == []
        assert reader.width_at(PHONE) <= PHONE
        assert reader.spilt() == []
        assert reader.width_at(NARROWEST) <= NARROWEST
        assert reader.violations_at(SCREEN) == []
        assert reader.width_at(SCREEN) <= SCREEN
        assert reader.spilt() == []
        assert reader.complaints == []


def test_no_page_is_left_out():
    assert {visit.name for visit in VISITS} == set(PAGES)


def test_a_new_address_would_be_missed():
    assert Visit("web:subscriptions").path({"slug": "groix", "contract_id": 3}) == "/g/groix/contrats/3/souscriptions/"
    assert PAGES["web:batch_cancel"] == "g/<slug:slug>/contrats/<int:contract_id>/lots/<int:batch_id>/annuler/"
