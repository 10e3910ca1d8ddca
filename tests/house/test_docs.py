"""The papers that lead a newcomer name things that exist."""

import re

import pytest

from tests.house.sources import PACKAGE, ROOT
from tests.house.test_translations import WRONG_IN_FRENCH

DOCS = ROOT / "docs"
GLOSSARY_ROW = re.compile(r"^\|([^|]+)\|([^|]+)\|([^|]+)\|$", re.MULTILINE)


def where_paths():
    """Every `path` of docs/where.md: what holds a slash or ends like a file."""
    quoted = re.findall(r"`([^`\s]+)`", (DOCS / "where.md").read_text())
    return [name for name in quoted if "/" in name or re.search(r"\.(py|md|html|css|js|toml|txt)$", name)]


def test_the_map_leads_to_files_that_exist():
    paths = where_paths()

    assert len(paths) >= 10
    assert not [name for name in paths if not (ROOT / name).exists()]


def places():
    """What a newcomer may look for: every floor, every area of the screens, every script."""
    areas = [path for path in (PACKAGE / "web").iterdir() if (path / "urls.py").exists()]
    scripts = (ROOT / "scripts").glob("*.py")
    floors = [path for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
    return [str(path.relative_to(ROOT)) for path in (*floors, *areas, *scripts)]


def test_every_place_is_on_the_map():
    named = where_paths()

    assert [place for place in places() if not any(name.startswith(place) for name in named)] == []


def glossary():
    """(French, code, meaning) for each word of the glossary."""
    rows = [[cell.strip() for cell in row] for row in GLOSSARY_ROW.findall((DOCS / "glossary.md").read_text())]
    return [row for row in rows if row[0] != "French" and not set(row[0]) <= set("-: ")]


def test_every_word_of_the_glossary_is_a_word_of_the_code():
    code = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    words = [word for _french, cell, _meaning in glossary() for word in re.findall(r"`([^`]+)`", cell)]

    assert len(words) >= 20
    assert not [word for word in words if not re.search(rf"\b{re.escape(word)}\b", code)]


def test_one_word_has_one_meaning():
    rows = glossary()

    assert not [row for row in rows if not all(row)]
    assert len({row[0] for row in rows}) == len(rows)


PAPERS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
NOT_PROSE = re.compile(r"^ {4}.*$|^```.*?^```$|`[^`\n]*`|\]\([^)]*\)|^[|:\- ]+$", re.MULTILINE | re.DOTALL)


def short(path):
    return str(path.relative_to(ROOT))


def anchors(path):
    """What a link may point to in a paper: its titles, as a forge writes them."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAPERS, ids=short)
def test_links_between_papers_lead_somewhere(path):
    links = [link.partition("#") for link in re.findall(r"\]\(([^)\s]+)[^)]*\)", path.read_text()) if ":" not in link]
    targets = [((path.parent / file if file else path), anchor) for file, _, anchor in links]

    assert not [target for target, _ in targets if not target.exists()]
    assert not [(target, anchor) for target, anchor in targets if anchor and anchor not in anchors(target)]


def test_every_picture_is_shown_by_a_paper():
    shown = {name for path in PAPERS for name in re.findall(r"images/([\w-]+)\.png", path.read_text())}

    assert shown == {path.stem for path in (DOCS / "images").glob("*.png")}


def test_every_picture_is_taken_by_the_script():
    script = (ROOT / "scripts/screenshots.py").read_text()

    assert {path.stem for path in (DOCS / "images").glob("*.png")} == set(re.findall(r'take\("([\w-]+)"', script))


@pytest.mark.parametrize("path", sorted((DOCS / "guides").glob("*.md")), ids=short)
def test_the_guides_have_the_spaces_and_apostrophes_of_french(path):
    prose = NOT_PROSE.sub("", path.read_text())

    assert not [line for line in prose.splitlines() if WRONG_IN_FRENCH.search(line)]
