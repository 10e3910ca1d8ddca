"""Take the pictures of the README and of the guides, by doing what they show: `make screenshots`.

A server of its own serves new demo groups from a folder that does not outlive the run. One album alone is taken by its name:

    .venv/bin/python scripts/screenshots.py adherente
"""

import datetime as dt
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import chromium
from palette_png import with_palette
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CAMAP_FILE = ROOT / "tests" / "importers" / "files" / "camap-subscriptions.csv"
PASSWORD = "escarcelle-demo"  # noqa: S105  the demo's own
DESK: ViewportSize = {"width": 1180, "height": 760}
PHONE: ViewportSize = {"width": 390, "height": 780}
SERVER = ["granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--log-level", "error", "--blocking-threads", "4"]


@dataclass
class Camera:
    """Somebody's browser, and where its pictures go."""

    page: Page
    site: str

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.site}/g/amap-de-groix/{path}")

    def follow(self, words: str) -> None:
        """Click on the link or the button of these words."""
        page = self.page
        page.get_by_role("link", name=words, exact=True).or_(page.get_by_role("button", name=words, exact=True)).first.click()
        page.wait_for_load_state()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(facultatif\))?\s*$"))

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def choose(self, label: str, words: str) -> None:
        self.field(label).select_option(label=words)

    def type_in(self, column: str, member_name: str, text: str) -> None:
        """Type in a cell of the grid, or press the key of that name there, and leave the cell."""
        self.page.get_by_label(f"{column}, {member_name}", exact=True).click()
        self.page.keyboard.press("ControlOrMeta+A")
        if text == "F2":
            self.page.keyboard.press(text)
        else:
            self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def take(self, name: str, *, whole: bool = False, stay: bool = False) -> None:
        """Save the top of the page, or what is seen of it where one is, or the whole page."""
        self.page.mouse.move(0, 0)
        # What a last key set in motion has settled.
        self.page.wait_for_timeout(300)
        if not stay:
            self.page.evaluate("scrollTo(0, 0)")
        png = self.page.screenshot(full_page=whole)
        path = IMAGES / f"{name}.png"
        path.write_bytes(with_palette(png))
        print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} kB", flush=True)


def the_door(camera: Camera) -> None:
    camera.page.goto(f"{camera.site}/acces/login/")
    camera.take("connexion")


def home(camera: Camera) -> None:
    camera.visit("")
    camera.take("accueil")


def contract(camera: Camera) -> None:
    """A contract being opened, its distributions counted before it is."""
    camera.visit("contrats/nouveau/")
    first = next_june()
    camera.choose("Producteur", "Ferme de Groix")
    camera.fill("Nom du contrat", "Contrat petits fruits")
    camera.fill("Premier jour", f"{first:%d/%m/%Y}")
    camera.fill("Dernier jour", f"{first + dt.timedelta(weeks=11):%d/%m/%Y}")
    camera.fill("Produit 1", "Barquette de fraises, 500 g")
    camera.fill("Prix du produit 1", "4,50")
    camera.choose("Rythme", "Toutes les semaines")
    camera.fill("Lieu", "Salle du Bourg")
    camera.fill("De", "17:30")
    camera.fill("À", "19:00")
    camera.follow("Compter les distributions")
    camera.take("contrat-nouveau", whole=True)


def subscriptions(camera: Camera) -> None:
    camera.visit("contrats/")
    camera.follow("Contrat légumes")
    camera.take("souscriptions")


def grid(camera: Camera) -> None:
    """The pile of an evening: typed, in series, one cell to put right, checked against the adding machine, saved, undone."""
    camera.visit("contrats/")
    camera.follow("Contrat légumes")
    camera.follow("Saisie de paiements en masse")
    camera.type_in("Montant", "ADAM Pécine", "F2")
    camera.type_in("Numéro", "ADAM Pécine", "4471201")
    camera.type_in("Montant", "ANGOUSTAN Bernard", "165")
    camera.type_in("Numéro", "ANGOUSTAN Bernard", "0082417")
    camera.type_in("Numéro", "BELLEC Nadia", "1530066")
    camera.type_in("Montant", "BELLEC Nadia", "=3×231")
    camera.type_in("Numéro", "BLANC Alphée", "7700942")
    camera.type_in("Montant", "BLANC Alphée", "666")
    camera.fill("Total de la pile", "2 217,00")
    camera.take("saisie-en-masse")
    camera.type_in("Montant", "CADIOU Iwan", "12,345")
    camera.take("saisie-a-reprendre", stay=True)
    camera.type_in("Montant", "CADIOU Iwan", "693")
    camera.fill("Total de la pile", "2 910,00")
    paste(camera)
    camera.page.get_by_role("button", name=re.compile("^Enregistrer")).click()
    camera.page.wait_for_load_state()
    camera.take("lot-enregistre")
    camera.follow("Annuler ce lot")
    camera.take("lot-a-annuler")


def paste(camera: Camera) -> None:
    """Lines of a spreadsheet, one of whose names has to be chosen; the picture taken, they are dropped."""
    lines = "Nom\tMontant\tN°\tBanque\nDavigo Solène\t693,00\t6610043\tLa Banque Postale\n"
    lines += "Stephan Lena\t693,00\t0341772\tCrédit Mutuel\nThomas Elisabeth\t231,00\t2290311\tCIC\n"
    camera.page.get_by_text("Coller depuis un tableur").click()
    camera.fill("Lignes copiées dans le tableur", lines)
    camera.follow("Voir ce qui est reconnu")
    camera.take("collage", stay=True)
    camera.follow("Laisser tomber ce collage")


def balances(camera: Camera) -> None:
    camera.visit("membres/soldes/")
    camera.take("soldes")


def one_account(camera: Camera) -> None:
    """An account on which a payment was corrected; then, on another, what makes up the amount due."""
    camera.visit("membres/soldes/")
    camera.follow("RIOU Morgane")
    camera.take("compte", whole=True)
    camera.visit("membres/soldes/")
    camera.follow("ADAM Pécine")
    why = camera.page.get_by_text("Pourquoi ce montant").first
    why.click()
    why.evaluate("summary => summary.closest('tr').scrollIntoView({block: 'center'})")
    camera.take("pourquoi", stay=True)


def correction(camera: Camera) -> None:
    """A payment of which the digits were swapped, about to be put right."""
    camera.visit("paiements/")
    row = camera.page.get_by_role("row").filter(has_text="LE DREN Anaïg").first
    row.get_by_text("Gérer").click()
    row.get_by_text("Corriger").click()
    camera.page.wait_for_load_state()
    camera.fill("Montant", "330,00")
    camera.fill("Motif", "chiffres inversés : 330,00 € et non 300,00 €")
    camera.take("corriger")


def carried_balance(camera: Camera) -> None:
    """The credit of last season, about to be carried to this one."""
    camera.visit("membres/soldes/")
    camera.follow("MADEC Loïc")
    camera.page.get_by_role("link", name=re.compile("Contrat légumes 20")).first.click()
    camera.page.wait_for_load_state()
    camera.follow("Reporter le solde")
    camera.take("report-de-solde")


def opening_balances(camera: Camera) -> None:
    """Balances whose sum is not the one announced: nothing is saved."""
    camera.visit("membres/soldes/reprise/")
    for member_name, amount in (("ADAM Pécine", "20"), ("ANGOUSTAN Bernard", "-12,50"), ("BELLEC Nadia", "0")):
        camera.page.get_by_label(re.compile(member_name)).fill(amount)
    camera.fill("Total de contrôle", "10")
    camera.follow("Reprendre ces soldes")
    camera.take("reprise-de-solde")


def verification(camera: Camera) -> None:
    camera.visit("comptes/verification/")
    camera.follow("Vérifier maintenant")
    camera.take("verification")


def imported(camera: Camera) -> None:
    """What a file of CAMAP would bring: nothing is saved."""
    camera.visit("importer/camap/")
    camera.page.locator("input[type=file]").set_input_files(CAMAP_FILE)
    camera.follow("Voir ce qui serait repris")
    camera.take("import-camap")


def members(camera: Camera) -> None:
    camera.visit("membres/")
    camera.take("membres")
    camera.follow("FAVENNEC Hervé")
    camera.take("membre", whole=True)


def my_page(camera: Camera) -> None:
    camera.visit("")
    camera.take("adherent-accueil")
    camera.visit("mon-compte/")
    camera.take("adherent-compte")


def next_june() -> dt.date:
    """The first Saturday of a June to come: a season that one would be preparing."""
    june = dt.date(dt.datetime.now(dt.UTC).year + 1, 6, 1)
    return june + dt.timedelta(days=(5 - june.weekday()) % 7)


@dataclass(frozen=True)
class Album:
    """The pictures taken while one person is signed in; nobody, at the door."""

    who: str
    view: ViewportSize
    pictures: Sequence[Callable[[Camera], None]]


# The album that saves payments comes last.
ALBUMS = {
    "porte": Album("", DESK, [the_door]),
    "adherente": Album("adherente@groix.example", PHONE, [my_page]),
    "administratrice": Album("administratrice@groix.example", DESK, [members]),
    "tresoriere": Album(
        "tresoriere@groix.example",
        DESK,
        [
            home,
            subscriptions,
            contract,
            balances,
            one_account,
            correction,
            carried_balance,
            opening_balances,
            imported,
            verification,
            grid,
        ],
    ),
}


def take(album: Album, browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=album.view, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
    camera = Camera(context.new_page(), site)
    if album.who:
        camera.page.goto(f"{site}/acces/login/")
        camera.fill("Adresse e-mail", album.who)
        camera.fill("Mot de passe", PASSWORD)
        camera.page.locator("main button.main").click()
        camera.page.wait_for_url("**/g/**")
    for picture in album.pictures:
        picture(camera)
    context.close()


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Serve new demo groups from `data`; the address comes back once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    site = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DATA_DIR": str(data), "SITE_URL": site, "DATABASE_URL": "", "DEBUG": "0"}
    subprocess.run([sys.executable, "scripts/prepare.py", "--demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", *SERVER, "--port", str(port), "escarcelle.config.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(site)
        yield site
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(site: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{site}/acces/login/", timeout=30).close()  # noqa: S310  our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{site} does not answer")


def main(names: list[str]) -> None:
    IMAGES.mkdir(exist_ok=True)
    albums = [album for name, album in ALBUMS.items() if not names or name in names]
    with tempfile.TemporaryDirectory(prefix="escarcelle-") as folder, serving(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=["--disable-gpu", "--disable-dev-shm-usage"])
        for album in albums:
            take(album, browser, site)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
