"""What lies between the dependencies and the server: translations, static files, database, demo groups.

    .venv/bin/python scripts/prepare.py [--demo]

Each step looks first whether it has anything to do, so that a second run takes about two seconds; each may be interrupted
and run again.
"""

import fcntl
import hashlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402  the project must be importable first
import translations  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

# A bundle of API documentation that we do not serve: compressing it takes half a minute.
NOT_COLLECTED = ["redoc*"]


def say(text: str) -> None:
    print(text, flush=True)


def refuse_a_busy_port(port: int) -> None:
    """Say at once what the server would only say at the end, in English."""
    with closing(socket.socket()) as probe:
        # As the server does: connections that a stopped server left closing are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(
                f"Le port {port} est déjà pris sur cette machine\u00a0: choisissez-en un autre, par exemple «\u00a0make run PORT={port + 1}\u00a0»."
            )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts on the same data follow each other: the second finds everything done."""
    with (Path(settings.DATA_DIR) / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def refuse_unguarded_books() -> None:
    """Stop before anybody is served when tables or triggers of the books are missing."""
    from escarcelle.ledger import checks

    try:
        checks.refuse_unguarded_books()
    except checks.BooksUnguarded as missing:
        sys.exit(f"Les livres de comptes ne sont plus protégés, rien ne démarre. {missing}")


def static_fingerprint() -> str:
    """What the collected files depend on: our own files (name, size, date), the settings, the installed packages."""
    sources = sorted(path for path in ROOT.glob("escarcelle/*/static/**/*") if path.is_file())
    sources += [ROOT / "escarcelle/config/settings.py", ROOT / "requirements/runtime.txt", Path(__file__)]
    lines = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in sources]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def collect_static_files() -> None:
    """Hash and compress the static files, when one of them changed.

    The stamp goes first and comes back last: without it a former run was cut short and may have left half a file, so all are made anew.
    """
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    wanted = static_fingerprint()
    found = stamp.read_text() if stamp.exists() else None
    if found == wanted:
        return
    say("Fichiers statiques…")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=found is None, ignore_patterns=NOT_COLLECTED)
    temporary = stamp.with_suffix(".part")
    temporary.write_text(wanted)
    temporary.replace(stamp)


def main(arguments: list[str]) -> None:
    if port := os.environ.get("PORT_TO_CHECK"):
        refuse_a_busy_port(int(port))
    if errors := translations.compile_stale_catalogs():
        sys.exit("\n".join(errors))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escarcelle.config.settings")
    django.setup()
    with one_at_a_time():
        call_command("migrate", interactive=False, verbosity=0)
        refuse_unguarded_books()
        call_command("createcachetable", verbosity=0)
        collect_static_files()
        if "--demo" in arguments:
            call_command("demo")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Interrompu. Relancez la même commande\u00a0: elle reprend où elle en était.")
