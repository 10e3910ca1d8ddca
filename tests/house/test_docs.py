"""The papers that lead a newcomer name things that exist."""

import re

import pytest

from tests.house.sources import PACKAGE, ROOT

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


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_papers_lead_somewhere(path):
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()) if ":" not in link]

    assert not [link for link in links if not (path.parent / link).exists()]
