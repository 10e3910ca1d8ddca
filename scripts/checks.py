"""Everything that must hold before a change is accepted: what `make test` and CI run.

    .venv/bin/python scripts/checks.py            all of it; the last line counts everything
    .venv/bin/python scripts/checks.py quick      without the tests: format, lint, types, floors, migrations, templates
    .venv/bin/python scripts/checks.py stories    the acceptance stories alone, on SQLite

A check counts as one test. A failure does not hide the next: all run, and the exit status tells whether one failed.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import chromium

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
PYTEST = [PYTHON, "-m", "pytest", "-q"]
# Each run says itself which database it means: SQLite, or the PostgreSQL started for it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
IS_CI = os.environ.get("CI") == "true"


@dataclass(frozen=True)
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def title(text: str) -> None:
    print(f"\n── {text}", flush=True)


def read_report(report: Path) -> Outcome:
    """The counts of one pytest run, from its JUnit file."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314  written by our own pytest a moment ago
    counts = [{name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites]
    total = {name: sum(each[name] for each in counts) for name in ("tests", "failures", "errors", "skipped")}
    failed = total["failures"] + total["errors"]
    return Outcome(total["tests"] - failed - total["skipped"], failed, total["skipped"])


def run_tests(name: str, command: list[str]) -> Outcome:
    """Run pytest with its output shown; a run that broke before it could count its tests is one failure."""
    title(name)
    report = BUILD / f"tests-{name.lower().rsplit(maxsplit=1)[-1]}.xml"
    report.unlink(missing_ok=True)
    status = subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, env=ENVIRONMENT, check=False).returncode
    outcome = read_report(report) if report.exists() else Outcome()
    is_explained = status == 0 or outcome.failed
    return outcome if is_explained else outcome + Outcome(failed=1)


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("escarcelle/**/templates/**/*.html"))


def static_checks() -> dict[str, list[str]]:
    return {
        "types": [str(BIN / "mypy")],
        "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "--diff", "."],
        "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
        "floors": [str(BIN / "lint-imports"), "--no-cache"],
        "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        "templates": [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()],
    }


def run_static_checks() -> Outcome:
    """Two at a time, the longest first. Only a failure shows its output."""
    title("Vérifications")

    def run(item: tuple[str, list[str]]) -> tuple[str, subprocess.CompletedProcess[str], float]:
        started_at = time.monotonic()
        done = subprocess.run(item[1], cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return item[0], done, time.monotonic() - started_at

    outcome = Outcome()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, done, seconds in pool.map(run, static_checks().items()):
            print(f"{'✗' if done.returncode else '✓'} {name} ({seconds:.0f} s)", flush=True)
            if done.returncode:
                print(done.stdout, flush=True)
            outcome += Outcome(failed=1) if done.returncode else Outcome(passed=1)
    return outcome


def run_sqlite_tests() -> Outcome:
    return run_tests("Tests sur SQLite", [*PYTEST, "-n", "2", "tests", "--ignore=tests/journeys"])


def run_postgres_tests() -> Outcome:
    """The same, but for the tests about the house: they read its sources, which know no database."""
    elsewhere = ["--ignore=tests/journeys", "--ignore=tests/house"]
    return run_tests("Tests sur PostgreSQL", [PYTHON, "scripts/with_postgres.py", *PYTEST, "-n", "2", "tests", *elsewhere])


def run_journeys() -> Outcome:
    """The journeys in a real browser; where there is none, a failure in CI and a loud line elsewhere."""
    missing = chromium.missing_packages()
    if missing and not IS_CI:
        title(f"⚠ PARCOURS NON EXÉCUTÉS : installez {' '.join(missing)} (ou indiquez CHROMIUM=/chemin du navigateur)")
        return Outcome()
    if missing:
        title(f"✗ Parcours impossibles\u00a0: installez {' '.join(missing)}")
        return Outcome(failed=1)
    keep_traces = ["--screenshot=only-on-failure", "--tracing=retain-on-failure", f"--output={BUILD / 'journeys'}"]
    return run_tests("Parcours dans Chromium", [*PYTEST, *keep_traces, "tests/journeys"])


def run_stories() -> Outcome:
    return run_tests("Histoires", [*PYTEST, "-p", "no:randomly", "tests/stories"])


SELECTIONS: dict[str, list[Callable[[], Outcome]]] = {
    "all": [run_static_checks, run_sqlite_tests, run_postgres_tests, run_journeys],
    "quick": [run_static_checks],
    "stories": [run_stories],
}


def main(selection: str) -> int:
    BUILD.mkdir(exist_ok=True)
    started_at = time.monotonic()
    outcome = Outcome()
    for step in SELECTIONS[selection]:
        outcome += step()
    title(f"{time.monotonic() - started_at:.0f} s" + (f", {outcome.skipped} skipped" if outcome.skipped else ""))
    print(f"{outcome.passed} passed, {outcome.failed} failed", flush=True)
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    # As Ctrl-C does: the running step ends first, and with it the server it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
    except KeyboardInterrupt:
        sys.exit("Interrompu.")
