"""Modules are named after the thing; screens and the API reach data through the group they are in."""

import ast

import pytest

from tests.house.sources import PACKAGE, modules, short

NAMELESS = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc", "tools"}
BEHIND_THE_GROUP = {"objects", "_default_manager", "_base_manager"}


@pytest.mark.parametrize("path", modules("escarcelle", "scripts", "tests"), ids=short)
def test_a_module_has_a_name_of_its_own(path):
    assert not NAMELESS & {path.stem, path.parent.name}


def tables_of(package):
    """The few tables that a face keeps for itself (the answers already given, say): no group's data."""
    models = PACKAGE / package / "models.py"
    return {node.name for node in ast.parse(models.read_text()).body if isinstance(node, ast.ClassDef)} if models.exists() else set()


def reached_directly(source, own_tables=frozenset()):
    attributes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr in BEHIND_THE_GROUP]
    return [node.lineno for node in attributes if not (isinstance(node.value, ast.Name) and node.value.id in own_tables)]


@pytest.mark.parametrize("path", modules("escarcelle/web", "escarcelle/api"), ids=short)
def test_a_face_starts_from_the_group(path):
    face = path.relative_to(PACKAGE).parts[0]

    assert not reached_directly(path.read_text(), tables_of(face))


def test_a_table_reached_directly_would_be_seen():
    source = "def rows():\n    return Payment.objects.all()"

    assert reached_directly(source) == reached_directly(source, {"Answer"}) == [2]
    assert reached_directly(source, {"Payment"}) == []
