"""Whatever a person does on a screen, the API does: every kind of act that the log knows has its operation, and every permission its use."""

import ast
import base64
from pathlib import Path

import pytest

from escarcelle.api.urls import api
from escarcelle.groups.permissions import Permission
from tests.api.operations import operations
from tests.house.sources import ROOT

# Each act that somebody may do, as the log names it, and the operation that does it.
ACTS = {
    "absences.set": "set_absences_of_subscription",
    "balance.moved": "carry_balance",
    "balance.moved_back": "cancel_balance_transfer",
    "balances.taken_over": "take_over_balances",
    "basket.reopened": "reopen_a_basket",
    "basket.validated": "validate_a_basket",
    "batch.cancelled": "cancel_a_batch",
    "batch.recorded": "record_a_batch",
    "camap.imported": "take_over_camap",
    "catalogue.changed": "change_a_catalogue",
    "catalogue.opened": "open_a_catalogue",
    "contract.changed": "change_contract_terms",
    "contract.opened": "open_a_contract",
    "coordinator.appointed": "appoint_a_coordinator",
    "coordinator.dismissed": "dismiss_a_coordinator",
    "dated_order.made": "order_at_a_date",
    "dated_order.taken_back": "take_back_a_dated_order",
    "default_orders.given": "close_orders_of_contract",
    "deliveries.planned": "plan_deliveries",
    "delivery.cancelled": "cancel_a_delivery",
    "delivery.deleted": "delete_a_delivery",
    "delivery.moved": "move_a_delivery",
    "delivery.restored": "restore_a_delivery",
    "distribution.forced": "validate_everything",
    "distribution.price_changed": "change_a_price_that_day",
    "distribution.reopened": "reopen_a_distribution",
    "distribution.shortage": "share_out_a_shortage",
    "group.renamed": "rename_a_group",
    "line.added": "add_a_line_on_the_spot",
    "line.undelivered": "note_undelivered",
    "line.weighed": "weigh_a_line",
    "machine.added": "add_a_machine",
    "market_day.cancelled": "cancel_a_market_day",
    "market_day.planned": "plan_a_market_day",
    "market_day.windows_changed": "change_the_window",
    "member.came_back": "let_member_come_back",
    "member.changed": "change_a_member",
    "member.created": "create_a_member",
    "member.erased": "erase_a_member",
    "member.invited": "invite_member",
    "member.left": "let_member_leave",
    "members.imported": "take_over_members",
    "opening.corrected": "correct_an_opening_balance",
    "order.changed": "make_an_order",
    "order.line_dropped": "drop_a_line",
    "payment.cancelled": "cancel_a_payment",
    "payment.corrected": "correct_a_payment",
    "payment.recorded": "record_a_payment",
    "place.added": "note_place",
    "place.changed": "change_a_place",
    "price.changed": "change_a_price",
    "producer.created": "create_a_producer",
    "producer_access.given": "give_access",
    "producer_access.taken": "take_access",
    "product.added": "add_a_product",
    "product.changed": "change_a_product",
    "product.offered": "offer_a_product",
    "promise.cancelled": "cancel_a_promised_payment",
    "promise.received": "receive_a_promised_payment",
    "refund.cancelled": "cancel_a_refund",
    "refund.given": "refund_a_basket",
    "role.given": "give_a_role",
    "role.taken": "take_a_role",
    "subscription.changed": "change_subscription",
    "subscription.signed": "sign_subscription",
    "subscription.taken_over": "take_over_camap",
    "subscription.withdrawn": "withdraw_subscription",
    "till.counted": "count_the_till",
    "till.reopened": "undo_the_count",
    "token.made": "make_a_token",
    "token.revoked": "revoke_a_token",
    "ways_to_pay.offered": "set_ways_to_pay",
    "ways_to_pay.switched_off": "switch_off_payments",
}
# A group is founded by its host; somebody signs in for the first time on the page that the mail leads to.
NOT_FOR_THE_API = {"group.founded", "member.signed_in_first"}


def kinds_in_the_code():
    """The `kind` of every `begin(…)` of the house."""
    found = set()
    for path in (ROOT / "escarcelle").rglob("*.py"):
        tree = ast.parse(path.read_text())
        texts = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "begin":
                [kind] = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
                found |= {"delivery.cancelled", "delivery.restored"} if _is_either(kind) else {_text(kind, texts)}
    return found


def _is_either(kind):
    """Cancelling and restoring a distribution are one function."""
    return isinstance(kind, ast.Name) and kind.id == "kind"


def _text(kind, texts):
    return kind.value if isinstance(kind, ast.Constant) else texts[kind.id]


def test_every_act_has_its_operation():
    assert kinds_in_the_code() - NOT_FOR_THE_API == ACTS.keys()
    assert set(ACTS.values()) <= {operation.id for operation in operations()}


def test_every_permission_is_asked_by_some_operation():
    declared = (one for _, router in api._routers for view in router.path_operations.values() for one in view.operations)
    assert {door.gate.may for one in declared for door in one.auth_callbacks} - {None} == set(Permission)


@pytest.mark.django_db
def test_an_act_done_through_the_api_is_in_the_log(treasurer, adam):
    treasurer.made(f"/accounts/{adam.account_id}/payments", {"amount": "10.00", "method": "cheque"})

    newest = treasurer.get("/activity")["items"][0]
    assert (newest["kind"], newest["by_name"], newest["details"]["amount_cents"]) == ("payment.recorded", "LE GOFF Martine", 1000)


@pytest.mark.django_db
def test_what_another_program_wrote_is_looked_at_then_taken_over_once(treasurer):

    data = (Path(__file__).parents[1] / "importers" / "files" / "camap-subscriptions.csv").read_bytes()
    sent = {"file_name": "souscriptions.csv", "content": base64.b64encode(data).decode()}
    looked_at, taken, again = (treasurer.post(path, sent) for path in ("/imports/camap/preview", "/imports/camap", "/imports/camap"))

    totals = {"member_count": 50, "contract_count": 3, "producer_count": 3, "subscription_count": 100, "alternated_count": 25}
    figures = {"ordered": "36248.80", "paid": "28285.77", "negative_count": 77, "positive_count": 13, "balance_sum": "-7963.03"}
    assert (looked_at.status, taken.status) == (200, 201)
    assert looked_at["file"] == taken["file"] == taken["books"] == {**totals, **figures}
    assert (taken["agrees"], taken["problems"], taken["created"]["subscriptions"]) == (True, [], 100)
    assert (again["already_there"], set(again["created"].values())) == (100, {0})


@pytest.mark.django_db
def test_members_come_from_a_spreadsheet_with_their_balances(treasurer, amap):

    text = "Adhérent;Courriel;Reste\nMADEC Rozenn;rozenn@exemple.fr;-12,80\nSTEPHANT Loïc;;45,20\n"
    sent = {
        "file_name": "adherents.csv",
        "content": base64.b64encode(text.encode()).decode(),
        "columns": {"name": 0, "email": 1, "balance": 2},
    }
    taken = treasurer.made("/imports/members", {**sent, "payee_id": amap.farm.book_id})

    assert (taken["created_count"], taken["balance_taken"], taken["problems"]) == (2, "32.40", [])
    assert treasurer.post("/imports/members/preview", {**sent, "content": "é"}).code == "not_base64"
