"""Compiles every .po beside its .mo when it is newer, and refuses a translation that loses a placeholder."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent.parent / "escarcelle" / "locale"


def compile_catalog(po: Path) -> list[str]:
    """What is wrong with a catalogue; nothing, and it is compiled."""
    with po.open("rb") as file:
        catalog = read_po(file, locale=po.parts[-3])
    errors = [f"{po}: « {message.id} » : {error}" for message in catalog for error in message.check(catalog)]
    if not errors:
        with po.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return errors


if __name__ == "__main__":
    stale = [
        po
        for po in LOCALES.glob("*/LC_MESSAGES/*.po")
        if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]
    sys.exit("\n".join(error for po in stale for error in compile_catalog(po)) or 0)
