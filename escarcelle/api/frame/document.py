"""The OpenAPI document, completed: what every operation may refuse, keys, examples, words for each subject."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils import translation

from escarcelle.api.frame.problems import CONTENT_TYPE, OUR_OWN, TITLES, Problem, known_refusals
from escarcelle.groups.permissions import Permission

if TYPE_CHECKING:
    from escarcelle.api.frame.reach import Rule

# An answer that is a secret, or that names somebody who asked to be forgotten, is not kept to be given again.
KEY_REQUIRED, KEY_OPTIONAL, KEY_NOT_KEPT = "required", "optional", "not kept"

DESCRIPTION = """\
Everything a person does on the screens, by the same verbs.

**Who.** `Authorization: Bearer esc_…`, or the session of the screens (with `X-CSRFToken` for what changes something). A key acts as one member
of one group and has that member's rights. What belongs to another group answers 404; what a member has no right to, 403.

**Money.** Amounts are strings with two decimals (`"57.76"`), a balance is *payments received − what was ordered*: positive, the payee owes the member;
negative, the member owes. A balance is always with one payee; balances with two payees are never added up.

**Days** are `yyyy-mm-dd`, hours `HH:MM`.

**Sending twice.** Every POST that moves money needs an `Idempotency-Key` (a UUID, or any text up to 255 characters). The same key with the same
request gets the same answer again and changes nothing; with another request, 409 `key_reused`. Refusals are not kept: mend the request and send it
again, under the same key or another. Answers are kept for seven days; the acts themselves know their key for ever.

**Refusals** are `application/problem+json` with a stable `code` and a sentence in French, or in English with `Accept-Language: en`.
422: what was sent cannot be kept, other values may be. 409: the state of things forbids it, whatever is sent. Nothing is ever half-saved.

**Lists** come by pages: give `next` as `cursor` to go on, until it is null. The order is stable.
"""

TAGS = {
    "group": "The group, oneself, whom one pays.",
    "members": "Members, households, roles.",
    "producers": "Producers, and who looks after their side.",
    "contracts": "Season contracts, their products and prices, their coordinators.",
    "distributions": "When and where, what each contract delivers, who collects.",
    "subscriptions": "A member's engagement on a contract.",
    "dated orders": "Orders of a variable contract, within a subscription, date by date.",
    "payments": "Money received, one by one.",
    "batches": "Payments entered together, and undone together.",
    "balances": "Balances by payee, accounts, opening balances, balances carried.",
    "imports": "What a group brings: CAMAP's export of subscriptions, a spreadsheet of members. Looked at first, then taken over.",
    "books": "The log of acts, the verification of the books.",
    "keys": "Keys to the API.",
    "catalogues": "What a producer brings to a market, and at which price.",
    "market": "Market days: planned, cancelled, what is offered there.",
    "orders": "Orders of a market, and the baskets they make.",
    "validation": "The day of a market: what went otherwise, how it was paid, baskets validated and reopened.",
    "ways to pay": "How the clients of a market pay, and the day's till.",
}

_REFUSALS = {
    "400": ("Unreadable JSON, or `idempotency_key_required`.", "unreadable"),
    "401": ("No key, or one that opens nothing.", "not_authenticated"),
    "403": ("A member of the group, without the right.", "forbidden"),
    "404": ("Not there, or not in this group.", "not_found"),
    "405": ("Another method.", "method_not_allowed"),
    "409": ("The state of things forbids it; `key_reused`.", "key_reused"),
    "413": ("More than twelve megabytes.", "too_large"),
    "415": ("Not JSON.", "not_json"),
    "422": ("What was sent cannot be kept.", "invalid_request"),
    "500": ("Our mistake; `reference` finds it in the log.", "failure"),
}
_ONLY_WITH_BODY = frozenset({"400", "409", "413", "415"})


def describe(description: str, rule: "Rule") -> str:
    """What a person needs to be allowed in, after what the operation does."""
    who = "any member of the group" if rule.may in (None, Permission.BELONG) else f"`{rule.may.name.lower()}`"
    if rule.over_some:
        who += ", over the group or over at least one contract (the answer then shows only those)"
    if rule.theirs is not None:
        who += ", or whose it is"
    return f"{description}\n\nWho: {who}.".strip()


def additions(key: str | None, example: Mapping[str, Any] | None) -> dict[str, Any]:
    """What ninja does not say of itself: the header of the key, an example of the body."""
    found: dict[str, Any] = {}
    if key is not None:
        found["parameters"] = [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": key == KEY_REQUIRED,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "names this sending: the same key never does it twice",
                "example": "0f6f6f0e-6b0b-4a8e-9f0b-6a1f9d0c2a11",
            }
        ]
    if example is not None:
        found["requestBody"] = {"content": {"application/json": {"example": dict(example)}}}
    return found


def file_answer(content_type: str) -> dict[str, Any]:
    """An answer that is a file."""
    return {"responses": {200: {"content": {content_type: {"schema": {"type": "string"}}}}}}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The refusals of every operation, the tags, the shape of a problem."""
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    document["info"]["description"] += _table_of_refusals()
    document["x-refusals"] = {known.code: {"status": known.status, "sentences": list(known.sentences)} for known in known_refusals()}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _add_refusals(method, operation)
    return document


def _table_of_refusals() -> str:
    """Every code, for who writes against it."""
    own = [f"| `{code}` | {status} | |" for code, status in OUR_OWN.items()]
    said = [f"| `{known.code}` | {known.status} | {' · '.join(known.sentences)} |" for known in known_refusals()]
    return "\n".join(
        ["\n**Codes.** Each operation names those it may answer.\n", "| code | status | in French |", "| --- | --- | --- |", *own, *said]
    )


def _add_refusals(method: str, operation: dict[str, Any]) -> None:
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for status, (words, code) in _REFUSALS.items():
        if method in ("get", "delete") and status in _ONLY_WITH_BODY - {"409" if method == "delete" else ""}:
            continue
        operation["responses"].setdefault(
            status,
            {
                "description": words,
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _example(status, code)}},
            },
        )


@cache
def _example(status: str, code: str) -> dict[str, Any]:
    with translation.override("fr"):
        title = translation.gettext(TITLES[int(status)])
    return {
        "type": f"urn:escarcelle:problem:{code}",
        "title": title,
        "status": int(status),
        "code": code,
        "detail": title,
        "errors": [],
    }
