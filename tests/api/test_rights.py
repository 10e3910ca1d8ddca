"""Every operation × every role: over what is somebody else's, over what is one's own, over another group's things."""

import pytest
from django.db import transaction
from django.test import Client

from tests.api.operations import operations
from tests.api.world import World

pytestmark = pytest.mark.django_db

STAFF = {"administrator", "treasurer"}
OVER_CONTRACT = STAFF | {"coordinator"}
SEES_CONTRACT = OVER_CONTRACT | {"producer"}
OVER_SOME = STAFF | {"coordinator", "other_coordinator"}
SEES_SOME = OVER_SOME | {"producer", "other_producer"}
ON_THE_DAY = OVER_SOME | {"volunteer"}
ADMINISTRATOR = {"administrator"}
EVERYBODY = SEES_SOME | {"volunteer", "member", "second_person"}

# Who may, over the vegetables and over what is ADAM's.
RIGHTS = {
    "list_groups": EVERYBODY,
    "read_group": EVERYBODY,
    "read_me": EVERYBODY,
    "list_payees": EVERYBODY,
    "list_members": OVER_SOME,
    "create_a_member": STAFF,
    "read_member": OVER_SOME,
    "change_a_member": STAFF,
    "invite_member": STAFF,
    "let_member_leave": STAFF,
    "let_member_come_back": STAFF,
    "erase_a_member": ADMINISTRATOR,
    "give_a_role": ADMINISTRATOR,
    "take_a_role": ADMINISTRATOR,
    "list_producers": SEES_SOME,
    "create_a_producer": STAFF,
    "give_access": ADMINISTRATOR,
    "take_access": ADMINISTRATOR,
    "list_contracts": SEES_SOME,
    "open_a_contract": STAFF,
    "read_contract": SEES_CONTRACT,
    "change_contract_terms": OVER_CONTRACT,
    "appoint_a_coordinator": OVER_CONTRACT,
    "dismiss_a_coordinator": OVER_CONTRACT,
    "add_a_product": OVER_CONTRACT,
    "change_a_price": OVER_CONTRACT,
    "list_places": EVERYBODY,
    "note_place": OVER_SOME,
    "list_distributions": ON_THE_DAY,
    "read_day": ON_THE_DAY,
    "list_deliveries": SEES_CONTRACT,
    "plan_deliveries": OVER_CONTRACT,
    "read_delivery": SEES_CONTRACT,
    "move_a_delivery": OVER_CONTRACT,
    "cancel_a_delivery": OVER_CONTRACT,
    "restore_a_delivery": OVER_CONTRACT,
    "delete_a_delivery": OVER_CONTRACT,
    "list_subscriptions": SEES_CONTRACT,
    "export_subscriptions": SEES_CONTRACT,
    "sign_subscription": OVER_CONTRACT,
    "read_subscription": SEES_CONTRACT,
    "list_subscriptions_of_member": STAFF,
    "change_subscription": OVER_CONTRACT,
    "end_subscription": OVER_CONTRACT,
    "withdraw_subscription": OVER_CONTRACT,
    "set_absences_of_subscription": OVER_CONTRACT,
    "read_calendar": SEES_CONTRACT,
    "list_payments": STAFF,
    "list_payments_of_account": SEES_CONTRACT,
    "record_a_payment": OVER_CONTRACT,
    "read_payment": SEES_CONTRACT,
    "correct_a_payment": OVER_CONTRACT,
    "cancel_a_payment": OVER_CONTRACT,
    "list_batches": OVER_SOME,
    "record_a_batch": OVER_CONTRACT,
    "read_batch": OVER_CONTRACT,
    "cancel_a_batch": OVER_CONTRACT,
    "list_balances": STAFF,
    "read_balances_of_member": STAFF,
    "open_general_account": STAFF,
    "read_account": SEES_CONTRACT,
    "read_statement": SEES_CONTRACT,
    "list_opening_balances": STAFF,
    "take_over_balances": STAFF,
    "list_balance_transfers": STAFF,
    "carry_balance": OVER_CONTRACT,
    "read_balance_transfer": SEES_CONTRACT,
    "cancel_balance_transfer": OVER_CONTRACT,
    "list_activity": STAFF,
    "verify_books": STAFF,
    "list_tokens": EVERYBODY,
    "make_a_token": EVERYBODY,
    "revoke_a_token": STAFF,  # the key in the address is the treasurer's
    "add_a_machine": ADMINISTRATOR,
}

# What one may besides, over what is one's own household's.
OF_ONES_OWN = {
    "read_member",
    "read_subscription",
    "list_subscriptions_of_member",
    "set_absences_of_subscription",
    "read_calendar",
    "list_payments_of_account",
    "read_payment",
    "read_balances_of_member",
    "read_account",
    "read_statement",
    "read_balance_transfer",
}


@pytest.fixture
def world():
    return World()


def send(caller, operation, ids, client=None):
    """Send an operation with an empty body, look at the status, then undo whatever it did."""
    with transaction.atomic():
        address = operation.address(caller.root.rpartition("/")[2], ids)
        named = {**({} if client else caller.headers), "Idempotency-Key": "once"}
        content = b"{}" if operation.method in ("POST", "PATCH") else b""
        response = (client or caller.client).generic(operation.method, address, content, content_type="application/json", headers=named)
        transaction.set_rollback(True)
    return response.status_code


def wrong(statuses, expected):
    """What differs: the statuses got, where they were not those expected."""
    return {name: status for name, status in statuses.items() if not expected(name, status)}


def test_the_table_names_every_operation():
    assert {operation.id for operation in operations()} == RIGHTS.keys()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_who_may_do_what_over_what_is_somebody_elses(world, role):
    ids = world.things_of("ADAM Pécine")
    got = {operation.id: send(world.callers[role], operation, ids) for operation in operations()}

    # 422: let in, and told what an empty request lacks.
    assert not wrong(got, lambda name, status: status in (200, 201, 204, 409, 422) if role in RIGHTS[name] else status == 403)


@pytest.mark.parametrize("role", ["member", "second_person"])
def test_what_is_ones_own_may_be_seen(world, role):
    ids = world.things_of("HAMON Denise")
    ids["token_id"] = world.roles[role].api_tokens.get().pk
    got = {operation.id: send(world.callers[role], operation, ids) for operation in operations()}
    allowed = OF_ONES_OWN | {"revoke_a_token"} | {name for name, roles in RIGHTS.items() if roles == EVERYBODY}

    assert not wrong(got, lambda name, status: status in (200, 201, 204, 409, 422) if name in allowed else status == 403)


def test_the_one_who_alternates_sees_the_calendar_and_nothing_else(world):
    subscription = world.amap.subscribe("BLANC Alphée", alternate="HAMON Denise")
    ids = {**world.things_of("ADAM Pécine"), "subscription_id": subscription.pk, "account_id": subscription.account_id}
    got = {
        operation.id: send(world.callers["member"], operation, ids) for operation in operations() if "subscription_id" in operation.names
    }

    assert {name for name, status in got.items() if status != 403} == {"read_calendar"}


def test_another_groups_things_do_not_exist(world):
    ids, elsewhere = world.things_of("ADAM Pécine"), World("AMAP d’ailleurs").things_of("BLANC Alphée")
    statuses = {}
    for operation in operations():
        for name in operation.names:
            if name != "role":
                statuses[f"{operation.id}: {name}"] = send(world.callers["administrator"], operation, {**ids, name: elsewhere[name]})

    assert len(statuses) > 40
    assert not wrong(statuses, lambda _, status: status == 404)


def test_another_group_does_not_exist(world):
    elsewhere = World("AMAP d’ailleurs")
    ids = elsewhere.things_of("BLANC Alphée")
    stranger = world.callers["administrator"]
    stranger.root = f"/api/v1/groups/{elsewhere.slug}"
    signed_in = Client()
    signed_in.force_login(world.roles["administrator"].person)
    inside = [operation for operation in operations() if "{slug}" in operation.path]

    assert {send(stranger, operation, ids) for operation in inside} == {404}
    assert {send(stranger, operation, ids, client=signed_in) for operation in inside} == {404}


def test_who_has_left_opens_nothing(world):
    ids, gone = world.things_of("ADAM Pécine"), world.callers["gone"]

    assert {send(gone, operation, ids) for operation in operations()} == {401}


def test_nobody_opens_nothing(world):
    ids, nobody = world.things_of("ADAM Pécine"), world.callers["member"]
    nobody.headers = {}

    assert {send(nobody, operation, ids) for operation in operations()} == {401}
