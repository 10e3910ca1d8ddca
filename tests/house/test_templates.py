"""Templates hold no style and no script (the policy of the server refuses them), and name only files that exist."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

from tests.house.sources import PACKAGE, short, templates

INLINE = re.compile(
    r"""<style\b | \sstyle\s*= | <script\b(?![^>]*(?:\ssrc=|application/json)) | \son[a-z]+\s*= | javascript:""", re.VERBOSE | re.IGNORECASE
)
STATIC = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


@pytest.mark.parametrize("path", templates(), ids=short)
def test_a_template_compiles_without_inline_style_or_script(path):
    name = str(path).partition("/templates/")[2]

    assert engines["django"].get_template(name)
    assert not INLINE.findall(path.read_text())


@pytest.mark.parametrize(
    "source", ['<p style="color: red">', "<style>p {}</style>", "<script>go()</script>", '<a onclick="go()">', '<a href="javascript:go()">']
)
def test_inline_style_and_script_would_be_seen(source):
    assert INLINE.search(source)


@pytest.mark.parametrize(
    "source", ['<script src="/a.js" defer></script>', '<script type="application/json">{}</script>', "<p>Style : on = 1"]
)
def test_what_the_policy_allows_passes(source):
    assert not INLINE.search(source)


def test_every_static_file_named_in_a_template_exists():
    named = {name for path in templates() for name in STATIC.findall(path.read_text())}
    named |= {name for path in PACKAGE.rglob("*.py") for name in re.findall(r"\bstatic\([\"']([^\"']+)[\"']\)", path.read_text())}

    assert named
    assert not [name for name in sorted(named) if not finders.find(name)]
