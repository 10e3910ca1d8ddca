"""Modules are named after the thing; screens and the API reach data through the group they are in."""

import ast

import pytest

from tests.house.sources import modules, short

NAMELESS = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc", "tools"}
BEHIND_THE_GROUP = {"objects", "_default_manager", "_base_manager"}


@pytest.mark.parametrize("path", modules("escarcelle", "scripts", "tests"), ids=short)
def test_a_module_has_a_name_of_its_own(path):
    assert not NAMELESS & {path.stem, path.parent.name}


def reached_directly(source):
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr in BEHIND_THE_GROUP]


@pytest.mark.parametrize("path", modules("escarcelle/web", "escarcelle/api"), ids=short)
def test_a_face_starts_from_the_group(path):
    assert not reached_directly(path.read_text())


def test_a_table_reached_directly_would_be_seen():
    assert reached_directly("def rows():\n    return Payment.objects.all()") == [2]
