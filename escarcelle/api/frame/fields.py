"""How amounts, days, hours and keys are written in JSON, and read without guessing."""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PlainValidator, Strict, WithJsonSchema

from escarcelle.lib.dates import NotADate, parse_date
from escarcelle.lib.money import api_amount, parse_api_amount
from escarcelle.lib.refusals import Refusal, gettext_noop

HIGHEST_ID = 2**63 - 1
LONGEST_TEXT = 2000

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class NotAnHour(Refusal):
    """An hour is written "17:30"."""

    sentences = {"not_an_hour": gettext_noop('«\u00a0{typed}\u00a0» n’est pas une heure. Écrivez par exemple "17:30".')}


class Body(BaseModel):
    """What is sent. A field we do not know is refused: a misspelt "received_on" must not become today."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is given back."""

    model_config = ConfigDict(frozen=True)


def _read_cents(value: object) -> int:
    # A JSON number has passed through somebody's floats already: "57.76" is the only way to be sure.
    return parse_api_amount(_as_text(value))


def _read_day(value: object) -> dt.date:
    text = _as_text(value)
    if not _ISO_DAY.fullmatch(text):
        raise NotADate("unreadable" if text else "empty", text)
    return parse_date(text)


def _read_hour(value: object) -> dt.time:
    text = _as_text(value)
    found = _HOUR.fullmatch(text)
    if not found:
        raise NotAnHour("not_an_hour", text)
    return dt.time(int(found[1]), int(found[2]))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)[:100]


_AMOUNT_PATTERN = r"^-?(0|[1-9][0-9]{0,9})\.[0-9]{2}$"

# Cents inside, "57.76" outside.
AmountIn = Annotated[
    int, PlainValidator(_read_cents), WithJsonSchema({"type": "string", "pattern": _AMOUNT_PATTERN, "examples": ["57.76"]})
]
AmountOut = Annotated[
    int,
    PlainSerializer(api_amount, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT_PATTERN, "examples": ["57.76"]}, mode="serialization"),
]
DayIn = Annotated[
    dt.date,
    PlainValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "from 2000-01-01 to 2099-12-31", "examples": ["2026-09-06"]}),
]
HourIn = Annotated[
    dt.time,
    PlainValidator(_read_hour),
    WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["17:30"]}),
]
HourOut = Annotated[
    dt.time,
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "examples": ["17:30"]}, mode="serialization"),
]
Text = Annotated[str, Strict(), Field(max_length=LONGEST_TEXT)]
Id = Annotated[int, Strict(), Field(ge=1, le=HIGHEST_ID)]
Count = Annotated[int, Strict(), Field(ge=0, le=100_000)]
Flag = Annotated[bool, Strict()]


def _only_digits(value: Any) -> Any:
    """An id in an address is ASCII digits: Python reads "+1", "1_0" and Arabic digits as well."""
    if isinstance(value, str) and not re.fullmatch(r"[1-9][0-9]{0,18}", value):
        raise ValueError("not an id")
    return value


PathId = Annotated[int, BeforeValidator(_only_digits), Field(ge=1, le=HIGHEST_ID)]
