"""The bench runs, on a few rows: what it measures is read by people, on a machine at rest."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.house.sources import ROOT

WORKS = {
    "Souscriptions", "Saisie en masse", "Saisie en masse, enregistrer", "Solde des adhérents", "Compte", "Valider tous les paniers",
    "Commander tous à la fois", "post one durable", "post bulk 500",
}  # fmt: skip
KEYS = ["work", "database", "n", "history", "statements", "milliseconds", "raw_ratio"]


def bench(output, **environment):
    command = [sys.executable, ROOT / "scripts" / "bench.py", "--tiny", "--output", output]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def sizes(figures, work):
    return {(figure["n"], figure["history"]) for figure in figures if figure["work"] == work}


def test_it_writes_what_it_measured_and_says_which_aims_are_met(tmp_path):
    done = bench(tmp_path / "bench.json", DATA_DIR=str(tmp_path / "untouched"))

    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "bench.json").read_text())
    assert {figure["work"] for figure in figures} == WORKS
    assert {figure["database"] for figure in figures} == {connection.vendor}
    assert all(list(figure) == KEYS for figure in figures)
    assert all((figure["raw_ratio"] is not None) == figure["work"].startswith("post ") for figure in figures)
    assert sizes(figures, "Compte") == {(n, history) for n in (2, 3) for history in (5, 50)}
    assert sizes(figures, "Valider tous les paniers") == {(n, history) for n in (2, 3) for history in (1, 10, 100)}
    assert sizes(figures, "Commander tous à la fois") == {(4, 0)}
    assert "objectifs tenus" in done.stdout
    assert not (tmp_path / "untouched").exists()


@pytest.mark.sqlite_only
def test_a_second_run_adds_its_figures(tmp_path):
    (tmp_path / "bench.json").write_text('[{"work": "earlier"}]')

    assert bench(tmp_path / "bench.json").returncode == 0

    earlier, *mine = json.loads((tmp_path / "bench.json").read_text())
    assert earlier == {"work": "earlier"}
    assert len(mine) > 20
