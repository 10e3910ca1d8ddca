"""Every operation of the API × every role, with a key and with a session, over one's own group and over another's."""

import pytest
from django.db import transaction
from django.test import Client

from escarcelle.groups.tokens import make_token, revoke_token
from tests.rights.addresses import api_operations
from tests.rights.conftest import written
from tests.rights.table import EVERYBODY, OPERATIONS, OUTSIDE

pytestmark = pytest.mark.django_db
# Read, done, or told what an empty request lacks, or that the state of things forbids it.
LET_IN = {200, 201, 204, 409, 422}
WITH_A_KEY = sorted(EVERYBODY)
STRANGERS = sorted(OUTSIDE - {"gone"})
OTHER_METHODS = ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST", "GET")


def url_of(operation, world, **changes):
    here = side_of(operation, world).here
    return operation.address(here.slug, {**here.things, **changes})


def side_of(operation, world):
    return world.side(OPERATIONS[operation.id])


def said(client, operation, url, *, token="", method="", **headers):
    """The status of an empty request."""
    named = {"Idempotency-Key": "once", **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
    method = method or operation.method
    content = b"{}" if method in ("POST", "PATCH", "PUT") else b""
    return client.generic(method, url, content, content_type="application/json", headers=named).status_code


def tried(*args, **options):
    """The same, whatever was done taken back."""
    with transaction.atomic():
        status = said(*args, **options)
        transaction.set_rollback(True)
    return status


@pytest.fixture(scope="module")
def client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("role", WITH_A_KEY)
def test_with_a_key_who_holds_the_permission_comes_in_and_nobody_else(world, client, role):
    before, wrong = written(), {}
    for operation in api_operations():
        url, token = url_of(operation, world), side_of(operation, world).tokens[role]
        if role in OPERATIONS[operation.id].passes:
            status = tried(client, operation, url, token=token)
            is_right = status in LET_IN
        else:
            status = said(client, operation, url, token=token)
            is_right = status == 403
        if not is_right:
            wrong[operation.id] = status

    assert wrong == {}
    assert written() == before


@pytest.mark.parametrize("role", ["coordinator", "other_coordinator", "holder", "alternate", "member"])
def test_with_a_session_it_is_the_same(world, role):
    before, wrong = written(), {}
    for operation in api_operations():
        is_in = role in OPERATIONS[operation.id].passes
        status = (tried if is_in else said)(side_of(operation, world).browsers[role], operation, url_of(operation, world))
        if not (status in LET_IN if is_in else status == 403):
            wrong[operation.id] = status

    assert wrong == {}
    assert written() == before


def of_the_group():
    return [operation for operation in api_operations() if "{slug}" in operation.path]


@pytest.mark.parametrize("role", STRANGERS)
def test_for_a_key_of_another_group_it_does_not_exist(world, client, role):
    before = written()

    assert {
        said(client, operation, url_of(operation, world), token=side_of(operation, world).tokens[role]) for operation in of_the_group()
    } == {404}
    assert written() == before


@pytest.mark.parametrize("role", ["elsewhere_administrator", "elsewhere_member"])
def test_nor_for_a_session(world, role):
    before = written()

    assert {said(side_of(operation, world).browsers[role], operation, url_of(operation, world)) for operation in of_the_group()} == {404}
    assert written() == before


def test_who_has_left_opens_nothing_with_the_key_nor_with_the_session_they_still_hold(world, client):
    before = written()

    assert {
        said(client, operation, url_of(operation, world), token=side_of(operation, world).tokens["gone"]) for operation in api_operations()
    } == {401}
    assert {said(side_of(operation, world).browsers["gone"], operation, url_of(operation, world)) for operation in of_the_group()} == {404}
    assert written() == before


@pytest.mark.parametrize("token", ["", "esc_", "esc_inventee", "Bearer", "é", "null"])
def test_without_a_key_or_with_an_invented_one_nothing_opens(world, client, token):
    assert {
        said(client, operation, url_of(operation, world), token=token.encode().decode("latin-1")) for operation in api_operations()
    } == {401}


def test_a_revoked_key_opens_nothing(world, client):
    with transaction.atomic():
        tokens = {}
        for side in (world.amaps, world.markets):
            treasurer, admin = side.here.roles["treasurer"], side.here.roles["administrator"]
            tokens[side] = make_token(member=treasurer, name="perdue", by=treasurer)
            revoke_token(token=treasurer.api_tokens.latest("pk"), by=admin)
        statuses = {
            said(client, operation, url_of(operation, world), token=tokens[side_of(operation, world)]) for operation in api_operations()
        }
        transaction.set_rollback(True)

    assert statuses == {401}


def test_no_other_method_is_a_way_round(world, client):
    """A method that an address does not know is said so, whatever header pretends otherwise."""
    known = {}
    for operation in api_operations():
        known.setdefault(operation.path, set()).add(operation.method)
    before, wrong = written(), {}
    for operation in api_operations():
        for method in set(OTHER_METHODS) - known[operation.path]:
            override = {"X-HTTP-Method-Override": operation.method, "X-HTTP-Method": operation.method}
            status = said(
                client,
                operation,
                url_of(operation, world),
                token=side_of(operation, world).tokens["administrator"],
                method=method,
                **override,
            )
            if status != 405:
                wrong[method, operation.path] = status

    assert wrong == {}
    assert written() == before


# --- Crossed addresses ---


def crossed(world, client, role, things_beside):
    """Every operation, each thing it names replaced in turn; what was not « does not exist »."""
    wrong, count = {}, 0
    for operation in api_operations():
        things = things_beside(side_of(operation, world))
        for word in operation.names:
            if word != "role" and word in things and role in OPERATIONS[operation.id].passes:
                count += 1
                status = tried(
                    client, operation, url_of(operation, world, **{word: things[word]}), token=side_of(operation, world).tokens[role]
                )
                if status != 404:
                    wrong[operation.id, word] = status
    assert count > 20
    return wrong


@pytest.mark.parametrize("role", ["administrator", "coordinator", "machine_treasurer"])
def test_another_groups_things_are_not_found_under_our_name(world, client, role):
    assert crossed(world, client, role, lambda side: side.elsewhere.things) == {}


def test_a_number_beyond_all_is_not_found(world, client):
    assert crossed(world, client, "administrator", lambda side: dict.fromkeys(side.here.things, 10**30)) == {}


@pytest.mark.parametrize(("name", "word"), [("change_a_price", "product_id"), ("change_a_product", "catalogue_product_id")])
def test_a_product_of_another_contract_is_not_found_under_this_one(world, client, name, word):
    [operation] = [one for one in api_operations() if one.id == name]
    side = side_of(operation, world)
    url = url_of(operation, world, **{word: side.here.other_things[word]})

    assert said(client, operation, url, token=side.tokens["coordinator"]) == 404
