"""The commands a newcomer meets: `make` alone explains all of them."""

import re
import subprocess

from tests.house.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
# What other targets begin with; nobody types them.
STEPS = {"runtime", "dev"}


def targets():
    return set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def test_make_alone_lists_every_target_with_its_line():
    listed = subprocess.run(["make", "-s", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = dict(line.split(maxsplit=1) for line in listed.splitlines())

    assert lines.keys() == targets() - STEPS
    assert lines.keys() >= {"run", "test", "stories", "bench", "serve", "messages", "lock", "format", "screenshots", "clean"}


def test_no_target_is_taken_for_a_file():
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split()

    assert set(phony) == targets()


def test_the_readme_and_the_recipes_name_real_targets():
    texts = "\n".join((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
    commands = re.findall(r"`[^`\n]+`|^ {4}.*$", texts, re.MULTILINE)
    named = {target for command in commands for target in re.findall(r"\bmake ([a-z]+)\b", command)}

    assert {"run", "test", "serve"} <= named <= targets()


def test_one_command_is_ci():
    assert "make test" in (ROOT / ".ci/run").read_text()
