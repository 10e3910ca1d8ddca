"""The page of the books names every guard that stands, and none that does not."""

import re
from pathlib import Path

from escarcelle.ledger.schema import statements

PAGE = (Path(__file__).parents[2] / "docs" / "money" / "ledger.md").read_text()


def named(pattern):
    text = "\n".join(statement for vendor in ("sqlite", "postgresql") for statement in statements(vendor))
    return set(re.findall(pattern, text))


def test_every_guard_is_told_and_every_name_is_a_guard():
    guards = named(r"CREATE TRIGGER (\w+)") | named(r"ADD CONSTRAINT (\w+)")
    told = set(re.findall(r"`(ledger_\w+)`", PAGE))

    assert len(guards) >= 20
    assert guards <= told
    assert told <= guards | named(r"CREATE FUNCTION (\w+)")
