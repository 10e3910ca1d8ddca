"""Hundreds of requests made up from the document, good and bad: no failure of ours, and every answer is one the document knows."""

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

from tests.api.operations import ROOT, operations
from tests.api.world import MarketWorld, World
from tests.rights.table import OPERATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

# The same requests each time, so that a red build is red again at home.
FEW = settings(max_examples=3, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture
def sides():
    """Where an operation is asked, and with which key: in the AMAP (False), or in the market (True)."""
    amap, market = World(), MarketWorld()
    return {
        False: ({"slug": amap.slug, **amap.things_of("ADAM Pécine")}, amap.callers["administrator"].headers),
        True: ({"slug": market.slug, **market.things_of("ADAM Pécine")}, market.administrator.headers),
    }


@pytest.fixture(autouse=True)
def _one_connection():
    """A real server leaves its connection after a request; here the whole test lives in one transaction of one connection."""
    request_signals = (signals.request_started, signals.request_finished)
    for signal in request_signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in request_signals:
        signal.connect(close_old_connections)


@pytest.fixture
def schema(sides):
    load_all_checks()
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", WSGIHandler())


def answers_to(made_up, headers):
    """The statuses of a few requests made up for one operation."""
    statuses = []

    @FEW
    @given(case=made_up)
    def try_one(case):
        with transaction.atomic():
            response = case.call(headers={**headers, "Accept-Encoding": "identity"})
            transaction.set_rollback(True)
        statuses.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    try_one()
    return statuses


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_made_up_request_breaks_anything(sides, schema, mode):
    statuses = []

    for operation in operations():
        ids, key = sides[operation.id in OPERATIONS and OPERATIONS[operation.id].in_market]
        named = {name: ids[name] for name in ["slug", *operation.names]} if "{slug}" in operation.path else {}
        statuses += answers_to(schema[operation.path][operation.method].as_strategy(mode, path_parameters=named or None), key)

    assert len(statuses) > 200
    assert statuses.count(200) + statuses.count(201) > (20 if mode is GenerationMode.POSITIVE else 0)
