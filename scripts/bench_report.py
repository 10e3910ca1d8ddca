"""What a bench measured: its file, its table, and which aims it meets."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LIST_PAGES = ("Souscriptions", "Saisie en masse", "Solde des adhérents")
PAGES = (*LIST_PAGES, "Compte")
BULK_POST = "Saisie en masse, enregistrer"
FORCED, RUSH = "Valider tous les paniers", "Commander tous à la fois"
ACTS = {*PAGES, BULK_POST, FORCED}
# Whatever the size; a page makes at most fifteen.
MOST_STATEMENTS = {BULK_POST: 30, FORCED: 40}
POST_ONE, POST_BULK = "post one durable", "post bulk 500"


@dataclass(frozen=True)
class Figure:
    """One work at one size. `milliseconds` is a median; `raw_ratio` the median of pairs against plain SQL without a guard."""

    work: str
    database: str
    n: int
    history: int
    statements: int
    milliseconds: float
    raw_ratio: float | None = None


@dataclass(frozen=True)
class Aim:
    """A promise: what is looked at, what was found, and the most it may be."""

    words: str
    found: float
    most: float

    @property
    def is_met(self) -> bool:
        return self.found <= self.most


def aims(figures: Sequence[Figure]) -> list[Aim]:
    """Every promise that the figures of one database can be held to."""
    return [*_statement_aims(figures), *_time_aims(figures), *_history_aims(figures), *_raw_aims(figures)]


def _statement_aims(figures: Sequence[Figure]) -> Iterable[Aim]:
    for work, found in _by_work(figures, lambda figure: figure.work in ACTS):
        counts = {figure.statements for figure in found}
        yield Aim(f"{work} : requêtes", max(counts), MOST_STATEMENTS.get(work, 15))
        yield Aim(f"{work} : écart de requêtes entre tailles", max(counts) - min(counts), 0)


def _time_aims(figures: Sequence[Figure]) -> Iterable[Aim]:
    for work, found in _by_work(figures, lambda figure: figure.work in {*LIST_PAGES, FORCED}):
        largest = max(figure.n for figure in found)
        slowest = max(figure.milliseconds for figure in found if figure.n == largest)
        yield Aim(f"{work} : ms à {largest}", slowest, 500 if work == FORCED else 150)


def _history_aims(figures: Sequence[Figure]) -> Iterable[Aim]:
    for work, found in _by_work(figures, lambda figure: figure.work in ACTS):
        for n in sorted({figure.n for figure in found}):
            young, *older = sorted((figure for figure in found if figure.n == n), key=lambda figure: figure.history)
            for old in older:
                ratio = round(old.milliseconds / young.milliseconds, 2)
                yield Aim(f"{work}, {n} : historique ×{old.history // young.history}", ratio, 1.1)


def _raw_aims(figures: Sequence[Figure]) -> Iterable[Aim]:
    for figure in figures:
        if figure.raw_ratio is not None:
            is_bulk_on_postgresql = figure.work == POST_BULK and figure.database == "postgresql"
            yield Aim(f"{figure.work} : rapport au SQL nu", figure.raw_ratio, 1.2 if is_bulk_on_postgresql else 2.0)


def _by_work(figures: Sequence[Figure], wanted: Callable[[Figure], bool]) -> list[tuple[str, list[Figure]]]:
    works = dict.fromkeys(figure.work for figure in figures if wanted(figure))
    return [(work, [figure for figure in figures if figure.work == work]) for work in works]


def write(figures: Sequence[Figure], path: Path) -> None:
    """Add the figures to those that an earlier run on the other database left there."""
    earlier = json.loads(path.read_text()) if path.exists() else []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*earlier, *map(asdict, figures)], indent=1, ensure_ascii=False) + "\n")


def print_table(figures: Sequence[Figure]) -> None:
    print(f"\n{'':30} {'n':>5} {'historique':>10} {'requêtes':>9} {'ms':>9} {'÷ SQL nu':>9}")
    for figure in figures:
        ratio = "" if figure.raw_ratio is None else f"{figure.raw_ratio:.2f}"
        print(f"{figure.work:30} {figure.n:5} {figure.history:10} {figure.statements:9} {figure.milliseconds:9.2f} {ratio:>9}")


def print_aims(figures: Sequence[Figure]) -> None:
    every = aims(figures)
    print()
    for aim in every:
        print(f"{'✓' if aim.is_met else '✗'} {aim.words} : {aim.found:g} (au plus {aim.most:g})")
    missed = sum(not aim.is_met for aim in every)
    print(f"{len(every) - missed} objectifs tenus, {missed} manqués", flush=True)
