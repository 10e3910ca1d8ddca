"""The table of rights: every address of the screens and of the API, the permission it asks, and who passes.

A second statement of `groups.permissions` and `catalogs.rights`, by name of role: both must say the same. An address that is not here fails
`test_table.py`; what is written here is asked of every address in `test_screens.py` and `test_operations.py`."""

from dataclasses import dataclass
from typing import Any

from escarcelle.groups.permissions import Permission as P

Roles = frozenset[str]

# Over the vegetables, and over what is ADAM Pécine's. `machine_…` are keys to the API that belong to no person.
ADMINISTRATOR: Roles = frozenset({"administrator", "machine_administrator"})
STAFF: Roles = ADMINISTRATOR | {"treasurer", "machine_treasurer"}
OVER_CONTRACT: Roles = STAFF | {"coordinator"}
SEES_CONTRACT: Roles = OVER_CONTRACT | {"producer"}
# The same for whoever coordinates, or produces for, any contract of the group.
OVER_SOME: Roles = OVER_CONTRACT | {"other_coordinator"}
SEES_SOME: Roles = OVER_SOME | {"producer", "other_producer"}
ON_THE_DAY: Roles = OVER_SOME | {"volunteer", "machine_volunteer"}
# In a market: whoever hands baskets over. Coordinators of catalogues and producers have no part in it.
AT_THE_STALL: Roles = STAFF | {"volunteer", "machine_volunteer"}
PRODUCERS: Roles = frozenset({"producer", "other_producer"})
# ADAM Pécine, the second person of that household, who alternates with them; another member and the second person of theirs.
HOUSEHOLD: Roles = frozenset({"holder", "second"})
SHARING: Roles = HOUSEHOLD | {"alternate"}
EVERYBODY: Roles = SEES_SOME | ON_THE_DAY | SHARING | {"member", "other_second"}

# Of the group no more; never of it, whatever they are elsewhere.
OUTSIDE: Roles = frozenset({"gone"}) | {f"elsewhere_{role}" for role in ("administrator", "treasurer", "coordinator", "volunteer")}
OUTSIDE |= {f"elsewhere_{role}" for role in ("producer", "holder", "second", "member")}


@dataclass(frozen=True)
class Line:
    """One address: the permission it asks, who holds it there, and who comes in besides because it is about their own.

    `only_post`: looking at it is not offered. `about`: which thing the address must name, where several are of one kind.
    `in_market`: it is asked of a market, where « their own » is ADAM Pécine's basket."""

    may: P | None
    who: Roles
    own: Roles = frozenset()
    only_post: bool = False
    about: tuple[tuple[str, str], ...] = ()
    in_market: bool = False

    @property
    def passes(self) -> Roles:
        return self.who | self.own


def post(may: P, who: Roles) -> Line:
    return Line(may, who, only_post=True)


def market(may: P | None, who: Roles, **more: Any) -> Line:
    return Line(may, who, in_market=True, **more)


# The variable contract of the same people, where orders are.
OF_CHEESE = (("contract_id", "cheese_contract_id"), ("subscription_id", "cheese_subscription_id"), ("delivery_id", "cheese_delivery_id"))

SCREENS: dict[str, Line] = {
    "home": Line(P.BELONG, EVERYBODY),
    # contracts and distributions
    "contracts": Line(P.SEE_CONTRACT, SEES_SOME),
    "contract_new": Line(P.MANAGE_CONTRACTS, STAFF),
    "contract_settings": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "contract_terms": post(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "product_new": post(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "product_price": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "coordinator_appoint": post(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "coordinator_dismiss": post(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "contract_distributions": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "contract_absences": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "deliveries_plan": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "delivery_move": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "delivery_cancel": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "delivery_restore": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "delivery_delete": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "distributions": Line(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "distribution": Line(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    # subscriptions
    "subscriptions": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "subscriptions_export": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "subscription_new": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "subscription_edit": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "subscription_delete": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "subscription_end": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    # orders of a variable contract
    "contract_orders": Line(P.SEE_CONTRACT, SEES_CONTRACT, about=OF_CHEESE),
    "contract_orders_close": Line(P.MANAGE_CONTRACT, OVER_CONTRACT, only_post=True, about=OF_CHEESE),
    "delivery_orders": Line(P.SEE_CONTRACT, SEES_CONTRACT, about=OF_CHEESE),
    "dated_orders": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, about=OF_CHEESE),
    "dated_order": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, about=OF_CHEESE),
    "dated_order_take_back": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, only_post=True, about=OF_CHEESE),
    "dated_absence": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, only_post=True, about=OF_CHEESE),
    # payments
    "payments": Line(P.RECORD_PAYMENTS, OVER_SOME),
    "bulk_payments": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "cheques_recorded": post(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "batch": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "batch_cancel": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    "subscription_payments": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "account_payments": Line(P.RECORD_PAYMENTS, STAFF, about=(("account_id", "general_account_id"),)),
    "payment_correct": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    "payment_cancel": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    # accounts
    "balances": Line(P.SEE_ACCOUNTS, STAFF),
    "balances_export": Line(P.SEE_ACCOUNTS, STAFF),
    "opening_balances": Line(P.TAKE_OVER_BALANCES, STAFF),
    "opening_balance": Line(P.TAKE_OVER_BALANCES, STAFF),
    "opening_balance_correct": Line(P.TAKE_OVER_BALANCES, STAFF),
    "account": Line(P.SEE_ACCOUNTS, STAFF),
    "my_account": Line(P.BELONG, EVERYBODY),
    "subscription_account": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "account_pdf": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "account_export": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "balance_transfer": Line(P.MOVE_BALANCES, OVER_CONTRACT),
    "balance_transfer_cancel": Line(P.MOVE_BALANCES, OVER_CONTRACT),
    "verify": Line(P.VERIFY_BOOKS, STAFF),
    # members
    "members": Line(P.SEE_MEMBERS, OVER_SOME),
    "member_new": Line(P.MANAGE_MEMBERS, STAFF),
    "member": Line(P.SEE_MEMBERS, OVER_SOME),
    "member_edit": Line(P.MANAGE_MEMBERS, STAFF),
    "member_invite": post(P.MANAGE_MEMBERS, STAFF),
    "member_leave": Line(P.MANAGE_MEMBERS, STAFF),
    "member_come_back": post(P.MANAGE_MEMBERS, STAFF),
    "member_erase": Line(P.ERASE_MEMBERS, ADMINISTRATOR),
    "member_roles": post(P.MANAGE_ROLES, ADMINISTRATOR),
    # settings, keys, log, files of other programs
    "settings": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    "group_rename": post(P.MANAGE_GROUP, ADMINISTRATOR),
    "place_new": post(P.MANAGE_GROUP, ADMINISTRATOR),
    "place_edit": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    "tokens": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    "token_revoke": post(P.MANAGE_GROUP, ADMINISTRATOR),
    "activity": Line(P.SEE_ACTIVITY, STAFF),
    "import_camap": Line(P.IMPORT, STAFF),
    "import_members": Line(P.IMPORT, STAFF),
    "import_done": Line(P.IMPORT, STAFF),
    # a market: its catalogues
    "catalogues": market(P.SEE_CONTRACT, SEES_SOME),
    "catalogue_new": market(P.MANAGE_CONTRACTS, STAFF),
    "catalogue": market(P.SEE_CONTRACT, SEES_CONTRACT),
    "catalogue_edit": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "catalogue_product_new": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "catalogue_product_edit": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    # a market: its papers; a producer has their own sheet
    "attendance_pdf": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "attendance_compact_pdf": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "attendance_xlsx": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "order_sheets_pdf": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY, own=PRODUCERS),
    "order_sheets_xlsx": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY, own=PRODUCERS),
    "order_sheet_pdf": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY, own=frozenset({"producer"})),
    "order_sheet_xlsx": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY, own=frozenset({"producer"})),
    "receipt_pdf": market(P.HANDLE_BASKETS, AT_THE_STALL, own=HOUSEHOLD),
    # a market: its days, orders, ways to pay
    "plan_day": market(P.PLAN_MARKET_DAYS, STAFF),
    "cancel_day": market(P.PLAN_MARKET_DAYS, STAFF),
    "blocked": market(P.BELONG, EVERYBODY),
    "market": market(P.ORDER, EVERYBODY),
    "shop": market(P.ORDER, EVERYBODY),
    "order": market(P.ORDER_FOR_CLIENTS, STAFF, own=HOUSEHOLD),
    "choose_client": market(P.ORDER_FOR_CLIENTS, STAFF),
    "shop_for": market(P.ORDER_FOR_CLIENTS, STAFF),
    "ways_to_pay": market(P.SET_WAYS_TO_PAY, ADMINISTRATOR),
    "payments_off": market(P.SET_WAYS_TO_PAY, ADMINISTRATOR, only_post=True),
    # a market: the day itself
    "validation": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "basket": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "basket_act": market(P.HANDLE_BASKETS, AT_THE_STALL, only_post=True),
    "force_validation": market(P.FORCE_VALIDATION, STAFF, only_post=True),
    "shortage": market(P.FORCE_VALIDATION, STAFF),
    "day_price": market(P.FORCE_VALIDATION, STAFF),
    "reopen_distribution": market(P.REOPEN_VALIDATION, ADMINISTRATOR),
    "reopen_basket": market(P.REOPEN_VALIDATION, ADMINISTRATOR),
    "till": market(P.COUNT_TILL, STAFF),
    "reopen_till": market(P.COUNT_TILL, STAFF),
}

OPERATIONS: dict[str, Line] = {
    "list_groups": Line(None, EVERYBODY),
    "read_group": Line(P.BELONG, EVERYBODY),
    "rename_a_group": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    "read_me": Line(P.BELONG, EVERYBODY),
    "list_payees": Line(P.BELONG, EVERYBODY),
    # members
    "list_members": Line(P.SEE_MEMBERS, OVER_SOME),
    "create_a_member": Line(P.MANAGE_MEMBERS, STAFF),
    "read_member": Line(P.SEE_MEMBERS, OVER_SOME, own=HOUSEHOLD),
    "change_a_member": Line(P.MANAGE_MEMBERS, STAFF),
    "invite_member": Line(P.MANAGE_MEMBERS, STAFF),
    "let_member_leave": Line(P.MANAGE_MEMBERS, STAFF),
    "let_member_come_back": Line(P.MANAGE_MEMBERS, STAFF),
    "erase_a_member": Line(P.ERASE_MEMBERS, ADMINISTRATOR),
    "give_a_role": Line(P.MANAGE_ROLES, ADMINISTRATOR),
    "take_a_role": Line(P.MANAGE_ROLES, ADMINISTRATOR),
    # producers, contracts
    "list_producers": Line(P.SEE_CONTRACT, SEES_SOME),
    "create_a_producer": Line(P.MANAGE_CONTRACTS, STAFF),
    "give_access": Line(P.MANAGE_ROLES, ADMINISTRATOR),
    "take_access": Line(P.MANAGE_ROLES, ADMINISTRATOR),
    "list_contracts": Line(P.SEE_CONTRACT, SEES_SOME),
    "open_a_contract": Line(P.MANAGE_CONTRACTS, STAFF),
    "read_contract": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "change_contract_terms": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "appoint_a_coordinator": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "dismiss_a_coordinator": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "add_a_product": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "change_a_price": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    # distributions
    "list_places": Line(P.BELONG, EVERYBODY),
    "note_place": Line(P.MANAGE_CONTRACT, OVER_SOME),
    "change_a_place": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    "list_distributions": Line(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "read_day": Line(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "list_deliveries": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "plan_deliveries": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "read_delivery": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "move_a_delivery": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "cancel_a_delivery": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "restore_a_delivery": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "delete_a_delivery": Line(P.MANAGE_CONTRACT, OVER_CONTRACT),
    # subscriptions
    "list_subscriptions": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "export_subscriptions": Line(P.SEE_CONTRACT, SEES_CONTRACT),
    "sign_subscription": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "read_subscription": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "list_subscriptions_of_member": Line(P.SEE_ACCOUNTS, STAFF, own=HOUSEHOLD),
    "change_subscription": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "end_subscription": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "withdraw_subscription": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT),
    "set_absences_of_subscription": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD),
    # orders of a variable contract
    "list_contract_orders": Line(P.SEE_CONTRACT, SEES_CONTRACT, about=OF_CHEESE),
    "close_orders_of_contract": Line(P.MANAGE_CONTRACT, OVER_CONTRACT, about=OF_CHEESE),
    "list_orders_of_delivery": Line(P.SEE_CONTRACT, SEES_CONTRACT, about=OF_CHEESE),
    "list_dated_orders": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD, about=OF_CHEESE),
    "order_at_a_date": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, about=OF_CHEESE),
    "take_back_a_dated_order": Line(P.MANAGE_SUBSCRIPTIONS, OVER_CONTRACT, own=HOUSEHOLD, about=OF_CHEESE),
    "read_calendar": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=SHARING),
    # payments
    "list_payments": Line(P.SEE_ACCOUNTS, STAFF),
    "list_payments_of_account": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "record_a_payment": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "read_payment": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "correct_a_payment": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    "cancel_a_payment": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    "list_batches": Line(P.RECORD_PAYMENTS, OVER_SOME),
    "record_a_batch": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "read_batch": Line(P.RECORD_PAYMENTS, OVER_CONTRACT),
    "cancel_a_batch": Line(P.CORRECT_PAYMENTS, OVER_CONTRACT),
    # balances
    "list_balances": Line(P.SEE_ACCOUNTS, STAFF),
    "read_balances_of_member": Line(P.SEE_ACCOUNTS, STAFF, own=HOUSEHOLD),
    "open_general_account": Line(P.RECORD_PAYMENTS, STAFF),
    "read_account": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "read_statement": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "list_opening_balances": Line(P.TAKE_OVER_BALANCES, STAFF),
    "take_over_balances": Line(P.TAKE_OVER_BALANCES, STAFF),
    "correct_an_opening_balance": Line(P.TAKE_OVER_BALANCES, STAFF),
    "list_balance_transfers": Line(P.SEE_ACCOUNTS, STAFF),
    "carry_balance": Line(P.MOVE_BALANCES, OVER_CONTRACT),
    "read_balance_transfer": Line(P.SEE_CONTRACT, SEES_CONTRACT, own=HOUSEHOLD),
    "cancel_balance_transfer": Line(P.MOVE_BALANCES, OVER_CONTRACT),
    # log, books, keys
    "list_activity": Line(P.SEE_ACTIVITY, STAFF),
    "verify_books": Line(P.VERIFY_BOOKS, STAFF),
    "preview_camap": Line(P.IMPORT, STAFF),
    "take_over_camap": Line(P.IMPORT, STAFF),
    "preview_members": Line(P.IMPORT, STAFF),
    "take_over_members": Line(P.IMPORT, STAFF),
    "list_tokens": Line(P.BELONG, EVERYBODY),
    "make_a_token": Line(P.BELONG, EVERYBODY),
    "revoke_a_token": Line(P.MANAGE_GROUP, ADMINISTRATOR, own=frozenset({"holder"})),
    "add_a_machine": Line(P.MANAGE_GROUP, ADMINISTRATOR),
    # a market: catalogues
    "list_catalogues": market(P.BELONG, EVERYBODY),
    "open_a_catalogue": market(P.MANAGE_CONTRACTS, STAFF),
    "change_a_catalogue": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "list_products_of_catalogue": market(P.BELONG, EVERYBODY),
    "offer_a_product": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    "change_a_product": market(P.MANAGE_CONTRACT, OVER_CONTRACT),
    # a market: its days
    "list_market_days": market(P.BELONG, EVERYBODY),
    "plan_a_market_day": market(P.PLAN_MARKET_DAYS, STAFF),
    "read_market_day": market(P.BELONG, EVERYBODY),
    "change_the_window": market(P.PLAN_MARKET_DAYS, STAFF),
    "cancel_a_market_day": market(P.PLAN_MARKET_DAYS, STAFF),
    "list_stalls": market(P.ORDER, EVERYBODY),
    "list_what_producers_bring": market(P.SEE_DISTRIBUTIONS, ON_THE_DAY),
    "read_blocking": market(P.BELONG, EVERYBODY),
    # a market: orders, baskets, ways to pay
    "make_an_order": market(P.ORDER, EVERYBODY),
    "list_baskets": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "read_basket": market(P.HANDLE_BASKETS, AT_THE_STALL, own=HOUSEHOLD),
    "read_transfer": market(P.HANDLE_BASKETS, AT_THE_STALL, own=HOUSEHOLD),
    "drop_a_line": market(P.ORDER_FOR_CLIENTS, STAFF, own=HOUSEHOLD),
    "read_ways_to_pay": market(P.BELONG, EVERYBODY),
    "set_ways_to_pay": market(P.SET_WAYS_TO_PAY, ADMINISTRATOR),
    "switch_off_payments": market(P.SET_WAYS_TO_PAY, ADMINISTRATOR),
    # a market: the day itself
    "preview_validation": market(P.FORCE_VALIDATION, STAFF),
    "validate_everything": market(P.FORCE_VALIDATION, STAFF),
    "reopen_a_distribution": market(P.REOPEN_VALIDATION, ADMINISTRATOR),
    "share_out_a_shortage": market(P.FORCE_VALIDATION, STAFF),
    "change_a_price_that_day": market(P.FORCE_VALIDATION, STAFF),
    "validate_a_basket": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "reopen_a_basket": market(P.REOPEN_VALIDATION, ADMINISTRATOR),
    "pay_for_a_basket": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "refund_a_basket": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "cancel_a_refund": market(P.CORRECT_PAYMENTS, STAFF),
    "add_a_line_on_the_spot": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "note_undelivered": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "weigh_a_line": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "receive_a_promised_payment": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "cancel_a_promised_payment": market(P.HANDLE_BASKETS, AT_THE_STALL),
    "read_day_money": market(P.COUNT_TILL, STAFF),
    "count_the_till": market(P.COUNT_TILL, STAFF),
    "undo_the_count": market(P.COUNT_TILL, STAFF),
}

# Addresses of no group. Signed in or not, the page is the same, or is about the reader's own login.
OPEN_TO_ALL = {
    "set_language",
    "theme",
    "web:start",  # signed out, the door
    "web:help",
    "web:privacy",
    "web:invitation",  # the signed link is the right to open it
    "api:openapi-json",
    "api:openapi-view",
    "api:api-root",
    "api:unknown",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # closed to who follows no invitation
    "account_email_verification_sent",
    "account_reset_password",
    "account_password_reset_completed",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# One's own login, and nobody else's.
ONES_OWN_LOGIN = {
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
