"""Every operation of the API, as its own document lists them."""

import re
from dataclasses import dataclass

from escarcelle.api.urls import api

ROOT = "/api/v1"


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    needs_key: bool

    @property
    def names(self):
        """What its address names, beside the group."""
        return [name for name in re.findall(r"{(\w+)}", self.path) if name != "slug"]

    def address(self, slug, ids):
        return self.path.format(slug=slug, **ids)


def document():
    return api.get_openapi_schema()


def operations():
    found = []
    for path, methods in document()["paths"].items():
        for method, details in methods.items():
            key = any(parameter["name"] == "Idempotency-Key" and parameter["required"] for parameter in details["parameters"])
            found.append(Operation(details["operationId"], method.upper(), path, key))
    return found
