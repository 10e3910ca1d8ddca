"""JSON as the RFC has it: no NaN, no name twice."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class StrictJson(Parser):
    """Refuse what Python reads and JSON does not know. Whatever fails here is told as 400."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(request.body, parse_constant=_refuse, object_pairs_hook=_once_each)
        return body


def _refuse(name: str) -> None:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice in one object")
    return found
