"""Message catalogues: compile them, or collect the sentences of the code and templates into them.

    .venv/bin/python scripts/translations.py compile    every .po newer than its .mo
    .venv/bin/python scripts/translations.py collect    what `make messages` does

The sentences themselves are the French ones, so the French catalogue holds the plurals alone: without it gettext counts in the
English way ("0 souscriptions").
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "escarcelle" / "locale"
SOURCE_LANGUAGE = "fr"
PLACEHOLDER = re.compile(r"%\(\w+\)|\{\w*\}|%[sd]")
LANGUAGES = (SOURCE_LANGUAGE, "en")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def po_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read_catalog(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        header = f"# The sentences of Escarcelle: {language}. Collected by `make messages`."
        people = {"last_translator": "", "language_team": "", "msgid_bugs_address": ""}
        return Catalog(locale=language, project="Escarcelle", version="1", header_comment=header, fuzzy=False, **people)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def faults(catalog: Catalog) -> list[str]:
    """One line for each translation that lost, added or renamed a placeholder, or has the wrong number of plurals."""
    return [
        f"{catalog.locale_identifier}: « {message.id} » : {fault}"
        for message in catalog
        if message.id
        for fault in _faults(message, catalog)
    ]


def _faults(message: Message, catalog: Catalog) -> Iterator[str]:
    yield from (str(error) for error in message.check(catalog))
    sources = [set(PLACEHOLDER.findall(text)) for text in forms(message.id)]
    # "Une réponse" may leave out the number that "%(number)s réponses" shows.
    required, allowed = set.intersection(*sources), set.union(*sources)
    for text in filter(None, forms(message.string)):
        found = set(PLACEHOLDER.findall(text))
        if not required <= found <= allowed:
            yield f"« {text} » doit contenir {sorted(required)}"


def forms(text: object) -> list[str]:
    """A sentence, or its singular and its plurals, as a list."""
    return [str(each or "") for each in text] if isinstance(text, list | tuple) else [str(text or "")]


def compile_catalog(language: str) -> list[str]:
    """Write the .mo beside the .po; nothing is written when there are faults, which are given back."""
    catalog = read_catalog(language)
    if found := faults(catalog):
        return found
    temporary = po_path(language).with_suffix(".part")
    with temporary.open("wb") as file:
        write_mo(file, catalog)
    temporary.replace(po_path(language).with_suffix(".mo"))
    return []


def compile_stale_catalogs() -> list[str]:
    def is_stale(po: Path) -> bool:
        mo = po.with_suffix(".mo")
        return po.exists() and (not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime)

    return [error for language in LANGUAGES if is_stale(po_path(language)) for error in compile_catalog(language)]


def sentences_of_the_code() -> Iterator[tuple[str, str | tuple[str, ...], list[str], str | None]]:
    """(file, sentence or (singular, plural), comments, context) for every translatable sentence, by file."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for name, _line, message, comments, context in extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS):
        yield name, message, comments, context


def collect(language: str) -> Catalog:
    """The language's catalogue with exactly the sentences of the code: new ones empty, vanished ones dropped."""
    template = Catalog(project="Escarcelle", fuzzy=False)
    for name, sentence, comments, context in sentences_of_the_code():
        if language != SOURCE_LANGUAGE or isinstance(sentence, tuple):
            template.add(sentence, None, [(name, 0)], auto_comments=comments, context=context)
    catalog = read_catalog(language)
    # Told not to guess: a sentence that only looks like another is another one.
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    if language == SOURCE_LANGUAGE:
        for message in catalog:
            if message.id:
                message.string = message.id
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """The sentences without a translation, or with a plural of which a form is missing."""
    return [str(message.id) for message in catalog if message.id and not all(forms(message.string))]


def write_collected(language: str) -> None:
    catalog = collect(language)
    po_path(language).parent.mkdir(parents=True, exist_ok=True)
    with po_path(language).open("wb") as file:
        # No line numbers and a stable order: a diff then shows sentences, not every line that moved.
        write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True)
    print(f"{po_path(language).relative_to(ROOT)}: {len(catalog)} sentences, {len(untranslated(catalog))} to translate")


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        for each in LANGUAGES:
            write_collected(each)
    sys.exit("\n".join(compile_stale_catalogs()) or 0)
