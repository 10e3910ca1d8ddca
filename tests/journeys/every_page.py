"""Every page of the application, and who opens it. Addresses come from the url patterns: one that has no visit fails a test."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

ADMINISTRATOR = "administratrice@groix.example"
TREASURER = "tresoriere@groix.example"
COORDINATOR = "coordinateur@groix.example"
VOLUNTEER = "benevole@groix.example"
PRODUCER = "producteur@groix.example"
MEMBER = "adherente@groix.example"
SECOND_PERSON = "mathurin@groix.example"
MARKET = "marche@paysans.example"
CLIENT = "cliente@paysans.example"
MARKET_VOLUNTEER = "benevole@paysans.example"
PROTECTED = "ronan@groix.example"  # has an application of codes and a passkey
WITHOUT_PASSWORD = "morgane@groix.example"
VISITOR = ""

# What is sent, fetched or downloaded; no page is shown at these addresses.
NOT_PAGES = {
    "set_language", "theme", "mfa_login_webauthn", "mfa_download_recovery_codes", "group_rename", "place_new", "token_revoke",
    "member_invite", "member_come_back", "member_roles", "contract_terms", "product_new", "coordinator_appoint", "coordinator_dismiss",
    "contract_orders_close", "dated_absence", "dated_order_take_back", "payments_off", "force_validation", "basket_act", "attendance_pdf", "attendance_compact_pdf", "attendance_xlsx", "order_sheets_pdf", "order_sheets_xlsx",
    "order_sheet_pdf", "order_sheet_xlsx", "receipt_pdf", "cheques_recorded", "subscriptions_export", "balances_export", "account_export", "account_pdf",
}  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One page as one person sees it.

    `numbers` replaces those of the address; `step` is what is done before looking, there or on the page `start` that leads there."""

    name: str
    by: str = TREASURER
    what: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    start: str = ""
    step: Callable[[Any, Any], None] | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name} {self.what}".strip()

    def path(self, known: dict[str, Any], name: str = "") -> str:
        """The address, with the numbers of the demo."""
        name = name or self.name
        wanted = re.findall(r"<(?:\w+:)?(\w+)>", PAGES[name])
        return reverse(name, kwargs={one: known[self.numbers.get(one, one)] for one in wanted}) + self.query


def _named(patterns: list[Any], prefix: str = "", namespace: str = "") -> dict[str, str]:
    """The name of every address of the site, with its pattern; the API, which shows no page, apart."""
    found: dict[str, str] = {}
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            found[f"{namespace}:{one.name}" if namespace else str(one.name)] = route
        elif one.namespace != "api":
            found |= _named(one.url_patterns, route, one.namespace or namespace)
    return found


PAGES = {name: route for name, route in _named(get_resolver().url_patterns).items() if name.removeprefix("web:") not in NOT_PAGES}


# --- What is done before looking ---


def send_as_it_is(page: Any, _site: Any) -> None:
    """Send the main form with nothing more than what it shows, so that its refusals are seen."""
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.locator("main form[method=post] button.btn.main").last.click()


def sign_in_as_protected(page: Any, _site: Any) -> None:
    page.locator("input[name=login]").fill(PROTECTED)
    page.locator("input[name=password]").fill("escarcelle-demo")
    page.locator("main button.main").click()


def ask_for_a_code(page: Any, _site: Any) -> None:
    page.locator("input[name=email]").fill(VOLUNTEER)
    page.locator("main button.main").click()


def give_the_code_of_the_mail(page: Any, site: Any) -> None:
    ask_for_a_code(page, site)
    page.locator("input[name=code]").fill(_last_code(site))
    page.locator("main button.main").click()


def ask_for_another_address(page: Any, _site: Any) -> None:
    page.locator("input[name=email]").fill("morgane.riou@groix.example")
    page.locator("main button[name=action_add]").click()


def sign_up(page: Any, _site: Any) -> None:
    """From an invitation, the way in for somebody who has no login yet."""
    page.locator("main a.btn.main").click()


def open_everything(page: Any, _site: Any) -> None:
    page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")


def send_file(name: str, text: str) -> Callable[[Any, Any], None]:
    def step(page: Any, _site: Any) -> None:
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
        page.locator("main button.main").click()

    return step


def _last_code(site: Any) -> str:
    for _ in range(50):
        codes = re.findall(r"^([A-Z0-9]{4}-?[A-Z0-9]{2,4})$", site.mails.read_text(), re.MULTILINE)
        if codes:
            return str(codes[-1])
        time.sleep(0.1)
    raise AssertionError("no code was sent")


CAMAP_LINES = (
    '"subscriptionId";"userId";"userName";"userEmail";"userPhone";"user2Name";"vendorName";"catalogId";"catalogName";"Date de début";'
    '"Date de fin";"totalPrice";"paymentsTotal";"balance";"Payé"\n'
    '"1";"7";"LORÉAL Nina";"nina@groix.example";"";"";"Ferme du Bois";"3";"Pain";"2026-09-05";"2027-06-26";"120";"40";"-80";"non"\n'
    '"2";"8";"KERLEAU Job";"";"";"";"Ferme du Bois";"3";"Pain";"2026-09-05";"jamais";"120";"40";"-80";"non"\n'
)
MEMBER_LINES = "Nom;Prénom;E-mail;Solde\nKerleau;Job;job@groix.example;12,50\nTristant;;pas une adresse;3\n"

HOUAT = {"slug": "houat"}
IN_MARKET = {"slug": "market", "member_id": "client_id", "account_id": "client_account_id"}

AT_MARKET = {
    "slug": "market", "distribution_id": "tonight_id", "basket_id": "basket_id", "member_id": "client_id", "count_id": "count_id",
    "contract_id": "catalogue_id", "product_id": "catalogue_product_id",
}  # fmt: skip
DONE = {**AT_MARKET, "distribution_id": "validated_id", "basket_id": "validated_basket_id"}
OPEN = {**AT_MARKET, "distribution_id": "open_id", "basket_id": "ordered_basket_id"}

AT_THE_DOOR = [
    Visit("account_login", VISITOR),
    Visit("account_login", VISITOR, "refused", step=send_as_it_is),
    Visit("account_logout", MEMBER),
    Visit("account_inactive", VISITOR),
    Visit("account_signup", VISITOR, "closed"),
    Visit("account_signup", VISITOR, start="web:invitation", step=sign_up),
    Visit("account_reauthenticate", MEMBER),
    Visit("account_email", MEMBER),
    Visit("account_email_verification_sent", WITHOUT_PASSWORD, start="account_email", step=ask_for_another_address),
    Visit("account_change_password", MEMBER),
    Visit("account_set_password", WITHOUT_PASSWORD),
    Visit("account_reset_password", VISITOR),
    Visit("account_confirm_password_reset_code", VISITOR, start="account_reset_password", step=ask_for_a_code),
    Visit("account_complete_password_reset", VISITOR, start="account_reset_password", step=give_the_code_of_the_mail),
    Visit("account_password_reset_completed", VISITOR),
    Visit("account_request_login_code", VISITOR),
    Visit("account_confirm_login_code", VISITOR, start="account_request_login_code", step=ask_for_a_code),
    Visit("mfa_index", MEMBER),
    Visit("mfa_index", PROTECTED, "protected"),
    Visit("mfa_authenticate", VISITOR, start="account_login", step=sign_in_as_protected),
    Visit("mfa_reauthenticate", PROTECTED),
    Visit("mfa_activate_totp", MEMBER),
    Visit("mfa_deactivate_totp", PROTECTED),
    Visit("mfa_view_recovery_codes", PROTECTED),
    Visit("mfa_generate_recovery_codes", PROTECTED),
    Visit("mfa_list_webauthn", PROTECTED),
    Visit("mfa_add_webauthn", MEMBER),
    Visit("mfa_reauthenticate_webauthn", PROTECTED),
    Visit("mfa_remove_webauthn", PROTECTED),
    Visit("mfa_edit_webauthn", PROTECTED),
    Visit("web:start", ADMINISTRATOR),
    Visit("web:help", VISITOR),
    Visit("web:privacy", VISITOR),
    Visit("web:invitation", VISITOR),
    Visit("web:invitation", MEMBER, "of somebody else"),
]
# A contract ordered date by date.
OF_CHEESE = {"contract_id": "cheese_id", "subscription_id": "cheese_subscription_id", "delivery_id": "cheese_delivery_id"}
CONTRACTS = [
    Visit("web:contracts"),
    Visit("web:contracts", PRODUCER, "of a producer"),
    Visit("web:contracts", MARKET, "of a market", IN_MARKET),
    Visit("web:contracts", ADMINISTRATOR, "none yet", HOUAT),
    Visit("web:contract_new"),
    Visit("web:contract_new", TREASURER, "refused", step=send_as_it_is, status=422),
    Visit("web:contract_settings"),
    Visit("web:product_price"),
    Visit("web:contract_distributions"),
    Visit("web:contract_distributions", PRODUCER, "of a producer"),
    Visit("web:deliveries_plan"),
    Visit("web:delivery_move"),
    Visit("web:delivery_cancel"),
    Visit("web:delivery_restore", numbers={"delivery_id": "cancelled_delivery_id"}),
    Visit("web:delivery_delete"),
    Visit("web:contract_absences"),
    Visit("web:contract_orders", COORDINATOR, numbers=OF_CHEESE),
    Visit("web:delivery_orders", COORDINATOR, numbers=OF_CHEESE),
    Visit("web:dated_orders", MEMBER, numbers=OF_CHEESE),
    Visit("web:dated_order", MEMBER, numbers=OF_CHEESE),
    Visit("web:distributions", VOLUNTEER),
    Visit("web:distributions", ADMINISTRATOR, "none yet", HOUAT),
    Visit("web:distribution", VOLUNTEER),
    Visit("web:subscriptions"),
    Visit("web:subscriptions", TREASURER, "of nobody", query="?q=personne"),
    Visit("web:subscriptions", PRODUCER, "of a producer"),
    Visit("web:subscription_new"),
    Visit("web:subscription_new", TREASURER, "refused", step=send_as_it_is, status=422),
    Visit("web:subscription_edit"),
    Visit("web:subscription_delete"),
    Visit("web:subscription_end"),
]
MONEY = [
    Visit("web:payments"),
    Visit("web:payments", ADMINISTRATOR, "none yet", HOUAT),
    Visit("web:bulk_payments"),
    Visit("web:bulk_payments", TREASURER, "of a small contract", {"contract_id": "honey_id"}),
    Visit("web:batch"),
    Visit("web:batch_cancel"),
    Visit("web:subscription_payments"),
    Visit("web:account_payments", MARKET, numbers=IN_MARKET),
    Visit("web:payment_correct"),
    Visit("web:payment_cancel"),
    Visit("web:balances"),
    Visit("web:balances", MARKET, "of a market", IN_MARKET),
    Visit("web:balances", ADMINISTRATOR, "none yet", HOUAT),
    Visit("web:opening_balances"),
    Visit("web:account", step=open_everything),
    Visit("web:account", MARKET, "of a client", IN_MARKET),
    Visit("web:opening_balance"),
    Visit("web:opening_balance", TREASURER, "taken already", {"member_id": "madec_id"}),
    Visit("web:opening_balance", TREASURER, "refused", step=send_as_it_is, status=422),
    Visit("web:opening_balance_correct"),
    Visit("web:opening_balance_correct", TREASURER, "refused", step=send_as_it_is, status=422),
    Visit("web:my_account", MEMBER),
    Visit("web:my_account", SECOND_PERSON, "of a household"),
    Visit("web:my_account", CLIENT, "of a client", IN_MARKET),
    Visit("web:subscription_account", PRODUCER),
    Visit("web:balance_transfer"),
    Visit("web:balance_transfer_cancel", numbers={"account_id": "transfer_account_id"}),
    Visit("web:verify"),
    Visit("web:verify", TREASURER, "done", step=send_as_it_is),
]
PEOPLE = [
    Visit("web:home", ADMINISTRATOR, "of an administrator"),
    Visit("web:home", TREASURER, "of a treasurer"),
    Visit("web:home", COORDINATOR, "of a coordinator"),
    Visit("web:home", VOLUNTEER, "of a volunteer"),
    Visit("web:home", PRODUCER, "of a producer"),
    Visit("web:home", MEMBER, "of a member"),
    Visit("web:home", SECOND_PERSON, "of a second person"),
    Visit("web:home", MARKET, "of a market", IN_MARKET),
    Visit("web:home", CLIENT, "of a client", IN_MARKET),
    Visit("web:home", ADMINISTRATOR, "of a new group", HOUAT),
    Visit("web:members"),
    Visit("web:members", MARKET, "of a market", IN_MARKET),
    Visit("web:members", ADMINISTRATOR, "of a new group", HOUAT),
    Visit("web:member_new"),
    Visit("web:member_new", TREASURER, "refused", step=send_as_it_is, status=422),
    Visit("web:member", ADMINISTRATOR),
    Visit("web:member", TREASURER, "to invite", {"member_id": "invited_id"}),
    Visit("web:member", ADMINISTRATOR, "who left", {"member_id": "gone_id"}),
    Visit("web:member_edit"),
    Visit("web:member_leave"),
    Visit("web:member_erase", ADMINISTRATOR, numbers={"member_id": "gone_id"}),
    Visit("web:settings", ADMINISTRATOR),
    Visit("web:settings", ADMINISTRATOR, "of a new group", HOUAT),
    Visit("web:place_edit", ADMINISTRATOR),
    Visit("web:tokens", ADMINISTRATOR),
    Visit("web:tokens", ADMINISTRATOR, "of a new group", HOUAT),
    Visit("web:activity", ADMINISTRATOR),
    Visit("web:import_camap", ADMINISTRATOR),
    Visit("web:import_camap", ADMINISTRATOR, "previewed", step=send_file("camap.csv", CAMAP_LINES)),
    Visit("web:import_members", ADMINISTRATOR),
    Visit("web:import_members", ADMINISTRATOR, "previewed", step=send_file("membres.csv", MEMBER_LINES)),
    Visit("web:import_done", ADMINISTRATOR),
]
MARKETS = [
    Visit("web:catalogues", MARKET, numbers=AT_MARKET),
    Visit("web:catalogue_new", MARKET, numbers=AT_MARKET),
    Visit("web:catalogue", MARKET, numbers=AT_MARKET),
    Visit("web:catalogue_edit", MARKET, numbers=AT_MARKET),
    Visit("web:catalogue_product_new", MARKET, numbers=AT_MARKET),
    Visit("web:catalogue_product_edit", MARKET, numbers=AT_MARKET),
    Visit("web:distributions", MARKET, "of a market", AT_MARKET),
    Visit("web:distribution", MARKET, "of a market", AT_MARKET),
    Visit("web:plan_day", MARKET, numbers=AT_MARKET),
    Visit("web:cancel_day", MARKET, numbers=AT_MARKET),
    Visit("web:blocked", MARKET, numbers=AT_MARKET),
    Visit("web:market", CLIENT, numbers=AT_MARKET),
    Visit("web:shop", CLIENT, numbers=OPEN),
    Visit("web:order", CLIENT, "by transfer", OPEN),
    Visit("web:choose_client", MARKET, numbers=AT_MARKET),
    Visit("web:shop_for", MARKET, numbers=AT_MARKET),
    Visit("web:validation", MARKET, numbers=AT_MARKET),
    Visit("web:validation", MARKET_VOLUNTEER, "of a volunteer", AT_MARKET),
    Visit("web:validation", MARKET, "done", DONE),
    Visit("web:basket", MARKET_VOLUNTEER, numbers=AT_MARKET, step=open_everything),
    Visit("web:basket", MARKET, "validated", DONE),
    Visit("web:reopen_basket", MARKET, numbers=DONE),
    Visit("web:reopen_distribution", MARKET, numbers=DONE),
    Visit("web:shortage", MARKET, numbers=AT_MARKET),
    Visit("web:day_price", MARKET, numbers=AT_MARKET),
    Visit("web:till", MARKET, numbers=AT_MARKET),
    Visit("web:till", MARKET, "counted", DONE),
    Visit("web:reopen_till", MARKET, numbers=AT_MARKET),
    Visit("web:ways_to_pay", MARKET, numbers=AT_MARKET),
]
VISITS = [*AT_THE_DOOR, *CONTRACTS, *MONEY, *PEOPLE, *MARKETS]
