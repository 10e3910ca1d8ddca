"""What is to be written in a book, before it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """From one account to another of the same book, in cents."""

    debit_no: int
    credit_no: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation to be written. `ref` names it for ever: posting it again changes nothing."""

    ref: str
    kind: str
    label: str
    value_date: dt.date
    moves: Sequence[Move]
    about: str = ""
    reason: str = ""
    reverses_no: int | None = None
