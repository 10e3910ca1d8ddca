"""The locks name packages, versions and hashes; where to get them is the business of the machine that installs."""

import re

import pytest

from tests.house.sources import ROOT

LOCKS = ["uv", "runtime", "dev"]
ADDRESS = re.compile(r"\w+://|--(extra-)?index-url|--find-links|--trusted-host|\w @ ")


def pins(lock):
    lines = (ROOT / f"requirements/{lock}.txt").read_text().splitlines()
    return dict(re.match(r"([\w.-]+)(?:\[.*\])?==([^ ;]+)", line).groups() for line in lines if re.match(r"[\w.-]+", line))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_server(lock):
    assert not ADDRESS.findall((ROOT / f"requirements/{lock}.txt").read_text())


@pytest.mark.parametrize("line", ["--index-url https://example.org/simple", "thing @ https://example.org/thing.whl", "--find-links /opt"])
def test_an_address_would_be_seen(line):
    assert ADDRESS.search(line)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes(lock):
    blocks = re.split(r"\n(?=[\w.-]+(?:\[.*\])?==)", (ROOT / f"requirements/{lock}.txt").read_text())[1:]

    assert len(blocks) == len(pins(lock)) > 0
    assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


def test_what_is_tested_is_what_runs():
    assert pins("runtime").items() <= pins("dev").items()
