"""Where the sources of the house are, for the tests about the house itself."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "escarcelle"


def modules(*folders):
    """Every Python file below these folders of the repository, without the migrations."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert files, folders
    return [path for path in files if "migrations" not in path.parts]


def templates():
    files = sorted(path for path in PACKAGE.rglob("templates/**/*") if path.suffix in {".html", ".txt"})
    assert files
    return files


def floors():
    """The packages from the top floor to the ground, as import-linter reads them; packages of one floor stand together."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in layers]


def short(path):
    """The name of a file as a person would say it: from the root of the repository."""
    return str(path.relative_to(ROOT))
