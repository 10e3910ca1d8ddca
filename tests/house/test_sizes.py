"""Sizes are lamps, not fences; these are the sizes at which one stops."""

import ast

import pytest

from tests.house.sources import modules, short, templates

LONGEST_FUNCTION = 70
LONGEST_MODULE = 600
LONGEST_TEMPLATE = 200
SOURCES = modules("escarcelle", "scripts", "tests")


def function_lengths(source):
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node.end_lineno - node.lineno + 1 for node in ast.walk(ast.parse(source)) if isinstance(node, functions)}


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_a_module_and_its_functions_can_be_read_in_one_go(path):
    source = path.read_text()

    assert len(source.splitlines()) <= LONGEST_MODULE
    assert not {name: lines for name, lines in function_lengths(source).items() if lines > LONGEST_FUNCTION}


@pytest.mark.parametrize("path", templates(), ids=short)
def test_a_template_can_be_read_in_one_go(path):
    assert len(path.read_text().splitlines()) <= LONGEST_TEMPLATE


def test_a_long_function_would_be_seen():
    assert function_lengths("def act():\n" + "    pass\n" * LONGEST_FUNCTION) == {"act": LONGEST_FUNCTION + 1}
