"""Measure the pages, the market and the books, print what they cost and which aims are met, and add the figures to build/bench.json.

    .venv/bin/python scripts/bench.py                                                      on SQLite
    .venv/bin/python scripts/with_postgres.py --durable .venv/bin/python scripts/bench.py  on PostgreSQL

All data is made in a folder, or a database, of its own, removed at the end: nothing of yours is read or written.
`--tiny` measures nothing worth reading, in seconds: it shows that everything runs.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bench_report  # noqa: E402  the project must be importable first
import django  # noqa: E402
import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402


@dataclass(frozen=True)
class Sizes:
    """How many subscriptions, baskets and clients, and how often each thing is measured."""

    subscriptions: tuple[int, ...] = (50, 400)
    baskets: tuple[int, ...] = (50, 400)
    clients: int = 200
    rounds: int = 12
    validations: int = 8
    pairs: int = 400
    bulk_pairs: int = 21
    bulk_size: int = 500


TINY = Sizes(subscriptions=(2, 3), baskets=(2, 3), clients=4, rounds=1, validations=1, pairs=2, bulk_pairs=1, bulk_size=5)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The address of a database that nobody else uses: a file in the folder, or a new database of the server in DATABASE_URL."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    name = f"escarcelle_bench_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepare(folder: Path, database_url: str) -> None:
    """Set Django up as a server would be, but for static files: hashing them is no part of a page."""
    os.environ |= {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "SITE_URL": "http://localhost"}
    os.environ |= {"DEBUG": "0", "DJANGO_SETTINGS_MODULE": "escarcelle.config.settings"}
    from escarcelle.config import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT.mkdir()
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def measure(folder: Path, sizes: Sizes) -> list[bench_report.Figure]:
    """The books first, while the disk is calm."""
    import bench_ledger
    import bench_market
    import bench_pages
    import bench_rush

    hasty = bench_ledger.refuse_a_hasty_server()
    if hasty and sizes != TINY:
        sys.exit(f"Cette base n’attend pas le disque ({hasty}) : ses figures ne vaudraient rien. Voir « with_postgres.py --durable ».")
    ledger = bench_ledger.measure(folder, pairs=sizes.pairs, bulk_pairs=sizes.bulk_pairs, bulk_size=sizes.bulk_size, say=say)
    pages = bench_pages.measure(sizes.subscriptions, sizes.rounds, say)
    market = bench_market.measure(sizes.baskets, sizes.validations, say)
    return [*pages, *market, *bench_rush.measure(sizes.clients, say), *ledger]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few rows of each, to see that it runs")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench.json")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="escarcelle-bench-", dir="/tmp") as name, own_database(Path(name)) as database_url:
        prepare(Path(name), database_url)
        figures = measure(Path(name), TINY if options.tiny else Sizes())
        django.db.connections.close_all()
    bench_report.write(figures, options.output)
    bench_report.print_table(figures)
    bench_report.print_aims(figures)
    say(f"{time.monotonic() - started:.0f} s, {options.output}")


if __name__ == "__main__":
    main()
