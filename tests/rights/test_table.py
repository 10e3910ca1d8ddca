"""The table is complete: by construction from the resolver and from the API's document, never from a list kept by hand."""

from collections import defaultdict

from django.urls import resolve

from escarcelle.api.urls import api
from escarcelle.groups.permissions import Permission
from tests.rights.addresses import addresses, api_operations, screens
from tests.rights.table import EVERYBODY, ONES_OWN_LOGIN, OPEN_TO_ALL, OPERATIONS, SCREENS


def test_every_address_is_in_the_table():
    of_groups = {f"web:{name}" for name in SCREENS} | {f"api:{name}" for name in OPERATIONS}

    assert {address.full_name for address in addresses()} == of_groups | OPEN_TO_ALL | ONES_OWN_LOGIN


def test_every_address_of_a_group_asks_a_permission():
    assert {address.name for address in screens()} == SCREENS.keys()
    assert all(line.may for line in SCREENS.values())


def test_every_operation_is_in_the_table():
    assert {operation.id for operation in api_operations()} == OPERATIONS.keys()


def test_each_screen_asks_the_permission_that_the_table_says():
    asked = {
        address.name: resolve(address.url("groix", dict.fromkeys(address.words, 1))).func.may  # as `web.screens` notes it
        for address in screens()
    }
    # A statement is for whose account it is, and asks the contract's permission of everybody else.
    asked |= dict.fromkeys(("account_pdf", "account_export"), Permission.SEE_CONTRACT)
    # So are an order and its receipt for whoever made it, and a producer's sheet for the producer.
    asked |= {"order": Permission.ORDER_FOR_CLIENTS, "receipt_pdf": Permission.HANDLE_BASKETS}
    # So are the orders of a variable contract for the household.
    own_orders = ("dated_orders", "dated_order", "dated_order_take_back", "dated_absence")
    asked |= dict.fromkeys(own_orders, Permission.MANAGE_SUBSCRIPTIONS)
    sheets = ("order_sheet_pdf", "order_sheet_xlsx", "order_sheets_pdf", "order_sheets_xlsx")
    asked |= dict.fromkeys(sheets, Permission.SEE_DISTRIBUTIONS)

    assert asked == {name: line.may for name, line in SCREENS.items()}


def test_each_operation_asks_the_permission_that_the_table_says():
    declared = (one for _, router in api._routers for view in router.path_operations.values() for one in view.operations)
    asked = {one.operation_id: {door.gate.may for door in one.auth_callbacks} for one in declared}

    assert asked == {name: {line.may} for name, line in OPERATIONS.items()}


def test_a_permission_is_for_the_same_people_on_the_screens_and_in_the_api():
    """Over the group, over a contract, over at least one: three sets at most for a permission, on whichever door."""
    who = defaultdict(set)
    for line in [*SCREENS.values(), *OPERATIONS.values()]:
        who[line.may].add(line.who)

    assert {permission: sets for permission, sets in who.items() if len(sets) > 3} == {}
    assert who.keys() - {None} == set(Permission)


def test_everybody_is_everybody():
    assert frozenset().union(*(line.passes for line in [*SCREENS.values(), *OPERATIONS.values()])) == EVERYBODY
