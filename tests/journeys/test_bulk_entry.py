"""Saisie de paiements en masse in a real browser, from the keyboard: a pile of cheques, a paste, slips, two clicks, a lost network, no script."""

import re
from contextlib import closing

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.journeys.serving import serving
from tests.journeys.test_every_page import RULES

TREASURER, COORDINATOR = "tresoriere@groix.example", "coordinateur@groix.example"
BANKS = ("Crédit Mutuel", "La Banque Postale", "Crédit Agricole", "CIC")
# Somebody of the same name as MADEC Loïc, in the contract of eggs: a name that is not enough.
HOMONYM = """
import datetime as dt
from escarcelle.groups.models import Group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.subscriptions.signing import Period, sign
group, today = Group.objects.get(slug="amap-de-groix"), dt.date.today()
eggs = group.contracts.get(name="Contrat œufs")
member = create_member(group=group, details=PersonalDetails("Madec", "Loïc"), on=today, by=None)
period = Period(eggs.starts_on, eggs.ends_on)
sign(contract=eggs, member=member, period=period, quantities={eggs.products.first().pk: 1}, on=today, by=None)
"""


@pytest.fixture(scope="module")
def groix(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("bulk")) as site:
        site.manage("shell", "-v0", "-c", HOMONYM)
        yield site


@pytest.fixture(scope="module")
def sessions(groix, browser):
    """By e-mail, what a browser keeps of somebody who is signed in."""
    kept = {}
    for email in (TREASURER, COORDINATOR):
        with closing(browser.new_context(locale="fr-FR")) as context:
            page = context.new_page()
            page.goto(f"{groix.url}/acces/login/")
            page.locator("[name=login]").fill(email)
            page.locator("[name=password]").fill("escarcelle-demo")
            page.keyboard.press("Enter")
            page.wait_for_url(f"{groix.url}/g/amap-de-groix/")
            kept[email] = context.storage_state()
    return kept


@pytest.fixture(scope="module")
def grids(groix, browser, sessions):
    """The address of the grid of each contract, by its name."""
    with closing(browser.new_context(storage_state=sessions[TREASURER])) as context:
        page = context.new_page()
        page.goto(f"{groix.url}/g/amap-de-groix/contrats/")
        links = page.get_by_role("link", name=re.compile("^Contrat ")).all()
        return {
            link.inner_text(): groix.url + link.get_attribute("href").replace("souscriptions/", "paiements-en-masse/") for link in links
        }


class Desk:
    """A grid in front of somebody, who only has a keyboard."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.open()

    def open(self):
        self.page.goto(self.address)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    @property
    def cell(self):
        """What is under the hands: « Montant, ADAM Pécine »."""
        return self.page.evaluate("document.activeElement.getAttribute('aria-label')")

    def tab_to(self, name):
        """Go on with Tab until a cell or a button of this name, as shown or as read aloud."""
        for _ in range(200):
            self.press("Tab")
            if name in self.page.evaluate("(document.activeElement.getAttribute('aria-label') ?? '') + document.activeElement.innerText"):
                return
        raise AssertionError(f"Tab does not lead to {name}")

    def go_to(self, name):
        """Jump to somebody by the letters of their name: the order of the pile."""
        self.type(f"/{name}")
        expect(self.page.locator(":focus")).to_have_attribute("aria-label", re.compile(f"^Numéro, {name}"))

    def cheque(self, number, bank, amount):
        """From a number to the amount of the same line."""
        self.type(number)
        self.press("Tab")
        self.type(bank)
        self.press("Tab", "Tab")
        self.type(amount)

    def balances(self):
        return dict(
            self.page.evaluate(
                "[...document.querySelectorAll('.cheques tbody')].map((row) => [row.querySelector('th b').innerText, row.querySelector('.bal b').innerText])"
            )
        )

    def balances_after(self):
        self.open()
        return self.balances()

    def amounts_of(self, name):
        return [cell.input_value() for cell in self.page.get_by_label(re.compile(f"^Montant, {name}")).all()]

    def paste(self, text):
        self.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        self.press("Control+V")

    def save_from_the_pile(self, pile=""):
        """In the box of the pile: its total, Enter leads to the button, Enter presses it."""
        expect(self.page.locator(".cheques")).to_have_class(re.compile("ready"))
        self.page.locator("#pile").focus()
        self.type(pile)
        self.press("Enter")
        expect(self.page.locator("#enregistrer")).to_be_focused()
        self.press("Enter")

    @property
    def foot(self):
        return spaced(self.page.locator(".foot dl").inner_text())

    @property
    def recorded(self):
        """The lines of the page of a batch: who, what, how much."""
        expect(self.page).to_have_url(re.compile(r"/lots/\d+/$"))
        return sorted(spaced(row.inner_text()) for row in self.page.locator(".payments tbody tr").all())


def spaced(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def sit(browser, sessions, grids):
    """Open the grid of a contract as somebody; two people, or one person twice, are two browsers."""
    contexts, desks = [], []

    def sit_down(contract="Contrat légumes", email=TREASURER, **options):
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", storage_state=sessions[email], **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        desks.append(Desk(context.new_page(), grids[contract]))
        return desks[-1]

    yield sit_down
    for context in contexts:
        context.close()
    assert [complaint for desk in desks for complaint in desk.complaints] == []


def test_a_pile_of_forty_cheques_one_of_them_wrong_saved_twice_then_undone(sit):
    desk = sit()
    before = desk.balances()
    pile = [*sorted(set(before) - {"YVON Thérèse"}, key=lambda name: name[::-1]), "YVON Thérèse"]
    desk.tab_to("Montant, ADAM Pécine")
    for rank, name in enumerate(pile):
        desk.go_to(name)
        desk.cheque(f"{4471201 + rank}", BANKS[rank % 4], "57,755" if name == "YVON Thérèse" else f"57,{rank + 10}")
    assert len(pile) == 40
    desk.press("Enter")  # the last row: below it is the box of the pile
    desk.type("2335,86")
    assert "39 chèques 2 234,31 €" in desk.foot
    assert "il manque 101,55 €" in desk.foot
    desk.save_from_the_pile()

    wrong = desk.page.locator("[aria-invalid]")
    expect(desk.page.get_by_text("Rien n’est encore enregistré")).to_be_visible()
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("57,755")
    expect(desk.page.locator(f"#{wrong.get_attribute('aria-describedby')}")).to_contain_text("trois chiffres après la virgule")
    assert desk.amounts_of("ADAM Pécine") != [""]
    desk.type("101,55")
    desk.press("Enter")
    expect(desk.page.locator(".gap")).to_contain_text("la pile est juste")
    desk.press("Enter", "Enter", "Enter")  # to the button, then twice on it

    expect(desk.page.locator("h1")).to_have_text(re.compile("^40 paiements, 2.335,86.€$"))
    assert len(desk.recorded) == 40
    after = desk.balances_after()
    assert len([name for name in before if after[name] != before[name]]) == 40
    assert desk.amounts_of("ADAM Pécine") == [""]  # what is recorded is no longer a draft

    desk.page.go_back()
    desk.tab_to("Annuler ce lot")
    desk.press("Enter")
    expect(desk.page.get_by_text("Rien n’est encore fait.")).to_be_visible()
    desk.tab_to("Annuler 40 paiements")
    desk.press("Enter")
    expect(desk.page.get_by_text("Les soldes sont revenus où ils étaient.")).to_be_visible()
    assert desk.balances_after() == before


def test_the_keys_go_where_a_spreadsheet_goes(sit):
    desk = sit()
    desk.tab_to("Montant, ADAM Pécine")
    desk.press("F2")
    assert desk.amounts_of("ADAM Pécine") == ["693,00"]
    desk.press("Enter")
    assert desk.cell == "Montant, ANGOUSTAN Bernard"
    desk.press("ArrowDown", "ArrowUp", "ArrowLeft")
    assert desk.cell == "Libellé, ANGOUSTAN Bernard"
    desk.press("ArrowRight")
    desk.type("bla")
    assert desk.cell == "Numéro, BLANC Alphée"
    desk.cheque("0998", "CIC", "=3×57,75")
    desk.press("Enter")
    assert desk.amounts_of("BLANC Alphée") == ["57,75"] * 3
    assert desk.cell == "Montant, CADIOU Iwan"
    desk.type("12 chèques")
    desk.press("Enter")
    assert desk.amounts_of("CADIOU Iwan") == ["57,75"] * 12
    desk.type("100")
    desk.press("Control+Enter")
    assert desk.cell == "Numéro, CARIOU Maëlle, chèque 2"
    desk.press("F4")
    expect(desk.page.locator(":focus")).to_have_attribute("name", "drawer")
    assert "17 chèques 1 659,25 €" in desk.foot
    desk.press("Tab", "Tab", "Tab", "Tab", "F2")
    assert desk.page.locator("tbody.many").count() == 3


def test_numbers_and_months_of_a_series_follow_each_other(sit):
    desk = sit()
    desk.tab_to("Date de réception, ADAM Pécine")
    desk.type("31/08/26")
    desk.press("Tab")
    desk.cheque("0998", "CIC", "6 chèques")
    desk.press("Enter", "F4")
    desk.page.get_by_label("Montant, ADAM Pécine", exact=True).focus()
    desk.press("F4")
    rows = desk.page.locator("tbody").first
    assert [cell.input_value() for cell in rows.locator("[name=number]").all()] == ["0998", "0999", "1000", "1001", "1002", "1003"]
    planned = ["31/08/2026", "30/09/2026", "31/10/2026", "30/11/2026", "31/12/2026", "31/01/2027"]
    assert [cell.input_value() for cell in rows.locator("[name=planned_on]").all()] == planned
    assert [cell.input_value() for cell in rows.locator("[name=amount]").all()] == ["115,50"] * 6


def test_amounts_pasted_in_a_row_are_cheques_of_that_member(sit):
    desk = sit()
    desk.tab_to("Montant, BLANC Alphée")
    desk.paste("222,00\r\n222,00\r\n222,00\r\n")
    assert desk.amounts_of("BLANC Alphée") == ["222,00"] * 3
    assert desk.cell == "Montant, BLANC Alphée, chèque 3"
    assert "3 chèques 666,00 €" in desk.foot
    desk.press("ArrowUp", "ArrowUp", "ArrowUp")
    desk.paste("9000\n9000")  # more than is owed: not a series, and no names in it
    expect(desk.page.get_by_text("Aucune colonne de noms n’a été reconnue.")).to_be_visible()
    assert desk.amounts_of("BLANC Alphée") == ["222,00"] * 3


def test_lines_of_a_spreadsheet_are_recognised_shown_chosen_and_saved(sit):
    desk = sit("Contrat œufs")
    before = desk.balances()
    sheet = (
        "Montant\tBanque\tNom\tN° chèque\tDate\n"
        "83,20 €\tCrédit Mutuel\tQuéré Jean-Marie\t0000101\t1/9/2026\n"
        "1 166,40\tCIC\tPécine Adam\t0000102\t\n"
        "20,80\tCIC\tMadec Loïc\t0000103\t\n"
        "10\tCIC\tRiou Morganne\t0000104\t\n"
        "166,4\tLCL\tPersonne Inconnue\t0000105\t\n"
        "12,345\tLCL\tTanguy Katell\t0000106\t\n"
        "1 459,15\t\tTotal\t\t\n"
    )
    desk.tab_to("Numéro, ADAM Pécine")
    desk.paste(sheet)

    seen = desk.page.locator("#collage-vu")
    expect(seen).to_be_focused()
    expect(seen.locator("h2")).to_have_text(re.compile("^6 lignes reconnues"))
    expect(seen).to_contain_text("3 noms sont à choisir.")
    expect(desk.page.get_by_label("« Madec Loïc »").locator("optgroup").first.locator("option")).to_have_count(2)
    desk.press("Tab")
    assert "Madec" in desk.page.evaluate("document.activeElement.labels[0].innerText")
    desk.type("MADEC")
    desk.press("Tab")
    desk.type("RIOU")
    desk.press("Tab")
    desk.type("Laisser")
    desk.tab_to("Poser les 6 lignes")
    desk.press("Enter")

    expect(
        desk.page.get_by_text("5 lignes sont posées dans la grille. 1 ligne est laissée de côté. Rien n’est encore enregistré.")
    ).to_be_visible()
    expect(desk.page.get_by_label("Montant, TANGUY Katell")).to_be_focused()
    desk.type("12,34")
    desk.save_from_the_pile("1292,74")
    assert [line.split(" Contrat")[0] for line in desk.recorded] == [
        "Chèque ADAM Pécine", "Chèque MADEC Loïc", "Chèque QUÉRÉ Jean-Marie", "Chèque RIOU Morgane", "Chèque TANGUY Katell",
    ]  # fmt: skip
    assert spaced(desk.balances_after()["QUÉRÉ Jean-Marie"]) == "0,00 €"
    assert before["QUÉRÉ Jean-Marie"] != "0,00 €"


def test_a_draft_outlives_its_tab_and_a_lost_network(sit):
    desk = sit("Contrat miel")
    desk.tab_to("Numéro, ADAM Pécine")
    desk.cheque("77001", "CIC", "3x10")
    desk.press("Enter")
    expect(desk.page.get_by_text("Brouillon gardé sur cet appareil")).to_be_visible()
    context = desk.page.context
    desk.page.close()

    desk = Desk(context.new_page(), desk.address)
    expect(desk.page.locator("#brouillon")).to_contain_text("repris")
    assert desk.amounts_of("ADAM Pécine") == ["10,00"] * 3
    context.set_offline(True)
    desk.save_from_the_pile()
    expect(desk.page).to_have_url(re.compile("^chrome-error"))
    context.set_offline(False)

    # This time the answer is lost on the way: the server has recorded, the browser does not know.
    desk.open()

    def lose_the_answer(route):
        route.fetch(max_redirects=0)
        route.abort()

    desk.page.route(desk.address, lambda route: lose_the_answer(route) if route.request.method == "POST" else route.continue_())
    desk.save_from_the_pile()
    expect(desk.page).to_have_url(re.compile("^chrome-error"))
    desk.page.unroute_all()
    desk.open()
    assert desk.amounts_of("ADAM Pécine") == ["10,00"] * 3
    assert spaced(desk.balances()["ADAM Pécine"]) == "−84,00 €"
    desk.save_from_the_pile()
    assert len(desk.recorded) == 3
    assert spaced(desk.balances_after()["ADAM Pécine"]) == "−84,00 €"
    assert desk.amounts_of("ADAM Pécine") == [""]


def test_two_tabs_of_one_grid_record_it_once(sit):
    desk = sit("Contrat miel")
    desk.tab_to("Montant, CARIOU Maëlle")
    desk.type("14")
    desk.press("Enter")
    expect(desk.page.get_by_text("Brouillon gardé sur cet appareil")).to_be_visible()
    other = Desk(desk.page.context.new_page(), desk.address)
    assert other.amounts_of("CARIOU Maëlle") == ["14,00"]
    addresses = set()
    for tab in (desk, other):
        tab.save_from_the_pile()
        assert len(tab.recorded) == 1
        addresses.add(tab.page.url)
    assert len(addresses) == 1


def test_the_second_of_two_treasurers_is_told_before_anything_is_recorded_twice(sit):
    martine, herve = sit(), sit(email=COORDINATOR)
    for desk, amounts in ((martine, ("58", "59")), (herve, ("58", "60"))):
        desk.tab_to("Montant, CORRE Yannick")
        for amount in amounts:
            desk.type(amount)
            desk.press("Enter")
        desk.save_from_the_pile()
    assert len(martine.recorded) == 2

    told = herve.page.get_by_role("alert").filter(has_text="Depuis que vous avez ouvert cette page")
    expect(told).to_contain_text(re.compile("1 paiement semblable a été enregistré par LE GOFF Martine.: CORRE Yannick, 58,00.€"))
    expect(told).to_contain_text("Rien n’est encore enregistré ici.")
    herve.tab_to("Retirer cette ligne")
    herve.press("Enter")
    expect(herve.page.get_by_text("1 ligne est retirée de la grille.")).to_be_visible()
    assert herve.amounts_of("CORRE Yannick") == [""]
    herve.save_from_the_pile()
    assert [re.search("DAVIGO Solène", line) is not None for line in herve.recorded] == [True]


def test_without_scripts_the_plain_form_gives_the_same_result(sit):
    """The same evening twice: with the script, then without it."""
    with_script = sit("Contrat miel")
    with_script.tab_to("Numéro, DAVIGO Solène")
    with_script.cheque("0998", "CIC", "=3×20,00")
    with_script.press("Enter", "F2")
    bank = with_script.page.get_by_label("Banque, ÉVENOU Gwenaël").input_value()  # the one of the last cheque
    with_script.save_from_the_pile()
    recorded = with_script.recorded
    assert len(recorded) == 4

    plain = sit("Contrat miel", java_script_enabled=False)
    plain.tab_to("Numéro, GUÉRIN Odette")
    plain.cheque("0998", "CIC", "=3×20,00")
    plain.tab_to("Banque, HAMON Denise")
    plain.type(bank)
    plain.press("Tab", "Tab")
    plain.type("114")
    plain.tab_to("Enregistrer")
    plain.press("Enter")
    expect(plain.page.get_by_text("Les séries sont posées, chèque par chèque.")).to_be_visible()
    plain.tab_to("Enregistrer 4 paiements")
    plain.press("Enter")

    def renamed(lines):
        return sorted(line.replace("DAVIGO Solène", "GUÉRIN Odette").replace("ÉVENOU Gwenaël", "HAMON Denise") for line in lines)

    assert renamed(plain.recorded) == renamed(recorded)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_full_grid_is_readable_by_everybody(sit, scheme, width):
    desk = sit("Contrat œufs", color_scheme=scheme, viewport={"width": width, "height": 800})
    desk.tab_to("Montant, ADAM Pécine")
    desk.type("=2×20")
    desk.press("Enter")
    desk.type("12,345")
    desk.press("Enter")
    for name in ("HAMON Denise", "JÉGO Tugdual"):
        desk.page.get_by_label(f"Numéro, {name}").focus()
        desk.cheque("123", "CIC", "10")
        desk.press("Enter")
    desk.press("F4")
    desk.page.locator("#pile").focus()
    desk.type("100")
    desk.press("Enter")
    expect(desk.page.get_by_text("est déjà saisi plus haut, pour HAMON Denise")).to_be_visible()
    expect(desk.page.get_by_text("1 cellule à reprendre")).to_be_visible()

    desk.page.evaluate(AXE_SCRIPT)
    found = desk.page.evaluate("(rules) => axe.run({runOnly: rules}).then(({violations}) => violations)", RULES)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 768, 1024, 1100, 1280])
def test_no_width_needs_scrolling_sideways(sit, width):
    desk = sit(viewport={"width": width, "height": 700})
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
