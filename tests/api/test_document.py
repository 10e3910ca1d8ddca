"""The OpenAPI document is served, valid and complete; the page to try it loads nothing from elsewhere."""

import json
import re

import pytest
from openapi_spec_validator import validate

from tests.api.operations import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(client):
    response = client.get(f"{ROOT}/openapi.json")
    assert response.status_code == 200
    return json.loads(response.content)


def every_operation(served):
    for path, methods in served["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_a_valid_openapi_3_1_document(served):
    assert served["openapi"].startswith("3.1")
    validate(served)


def test_every_operation_says_what_it_does_who_may_and_what_it_refuses(served):
    tags = {tag["name"] for tag in served["tags"]}
    for name, operation in every_operation(served):
        assert operation["summary"], name
        assert "Who: " in operation["description"], name
        assert set(operation["tags"]) <= tags, name
        assert operation["security"] == [{"Token": []}, {"Session": []}], name
        wanted = {"401", "403", "404", "405", "422", "500"}
        if name.startswith(("POST", "PATCH", "PUT")):
            wanted |= {"400", "409", "413", "415"}
        assert wanted <= operation["responses"].keys(), name
        for status in wanted:
            content = operation["responses"][status]["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)


def test_what_is_sent_has_an_example_that_its_own_schema_takes(served):
    from openapi_schema_validator import OAS31Validator

    for name, operation in every_operation(served):
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            schema = {**content["schema"], "components": served["components"]}
            assert not list(OAS31Validator(schema).iter_errors(content["example"])), name


def test_amounts_are_strings_with_two_decimals(served):
    amounts = {"amount", "balance", "total", "owed", "price", "due", "difference", "carried", "balance_after", "in_favour"}
    schemas = {name: schema for name, schema in served["components"]["schemas"].items() if not name.endswith("Filter")}
    found = [schema["properties"][field] for schema in schemas.values() for field in amounts & schema.get("properties", {}).keys()]

    assert len(found) > 20
    assert {field.get("anyOf", [field])[0]["pattern"] for field in found} == {r"^-?(0|[1-9][0-9]{0,9})\.[0-9]{2}$"}


def test_lists_have_a_page_size(served):
    paged = [operation for name, operation in every_operation(served) if any(one["name"] == "cursor" for one in operation["parameters"])]
    assert len(paged) > 10
    for operation in paged:
        [limit] = [one["schema"] for one in operation["parameters"] if one["name"] == "limit"]
        assert (limit["default"], limit["maximum"]) == (50, 200)


def test_the_page_to_try_it_is_ours_alone(client):
    response = client.get(f"{ROOT}/docs")
    page = response.content.decode()

    assert response.status_code == 200
    assert not re.findall(r"(?:src|href)=\"(?!/)[^\"]+\"", page)
    # Whatever runs is a file of ours: nothing is written into the page itself.
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_two_shapes_never_share_a_name():
    from escarcelle.api.frame.fields import Answer, Body

    def descendants(kind):
        return [one for child in kind.__subclasses__() for one in (child, *descendants(child))]

    names = [shape.__name__ for shape in descendants(Answer) + descendants(Body) if shape.__module__.startswith("escarcelle")]
    assert len(names) == len(set(names)) > 50
