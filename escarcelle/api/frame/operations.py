"""How an operation of the API is declared: its address, who may, what comes back. The rest is done here, once for all."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import cleandoc
from typing import Any, TypeVar

from django.http import HttpResponse
from ninja import Router, params
from pydantic import BaseModel

from escarcelle.api.frame import document
from escarcelle.api.frame.answers import answer, answer_once, read_key
from escarcelle.api.frame.doors import ApiRequest, Session, Token
from escarcelle.api.frame.fields import PathId
from escarcelle.api.frame.reach import Rule, Theirs
from escarcelle.groups.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
GROUP = "/groups/{slug}"

_PATH_NAMES = re.compile(r"{(\w+)}")


class Operations:
    """The operations about one subject."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def get(
        self,
        path: str,
        *,
        may: Permission | None,
        returns: Any,
        theirs: Theirs | None = None,
        over_some: bool = False,
        of_group: bool = True,
        produces: str = "",
    ) -> Callable[[View], View]:
        """Read something; `produces` is the type of what is not JSON."""
        extra = document.file_answer(produces) if produces else document.additions(None, None)
        return self._declare("GET", path, Rule(may, theirs=theirs, over_some=over_some), returns, 200, of_group=of_group, extra=extra)

    def post(
        self,
        path: str,
        *,
        may: Permission | None,
        returns: Any,
        status: int = 200,
        moves_money: bool = False,
        theirs: Theirs | None = None,
        over_some: bool = False,
        keeps_answer: bool = True,
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """Do something, once per Idempotency-Key; `moves_money` makes the key compulsory."""
        rule = Rule(may, theirs=theirs, over_some=over_some)
        key = document.KEY_REQUIRED if moves_money else document.KEY_OPTIONAL if keeps_answer else document.KEY_NOT_KEPT
        return self._declare("POST", path, rule, returns, status, key=key, extra=document.additions(key, example))

    def patch(self, path: str, *, may: Permission | None, returns: Any, example: Mapping[str, Any] | None = None) -> Callable[[View], View]:
        """Change the fields that are sent, leave the others."""
        extra = document.additions(document.KEY_OPTIONAL, example)
        return self._declare("PATCH", path, Rule(may), returns, 200, key=document.KEY_OPTIONAL, extra=extra)

    def put(self, path: str, *, may: Permission | None, returns: Any, example: Mapping[str, Any] | None = None) -> Callable[[View], View]:
        """Make it so; twice changes nothing."""
        return self._declare("PUT", path, Rule(may), returns, 200, extra=document.additions(None, example))

    def delete(self, path: str, *, may: Permission | None, theirs: Theirs | None = None) -> Callable[[View], View]:
        """Make it so no more; twice changes nothing."""
        return self._declare("DELETE", path, Rule(may, theirs=theirs), None, 204)

    def _declare(
        self,
        method: str,
        path: str,
        rule: Rule,
        returns: Any,
        status: int,
        *,
        key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        of_group: bool = True,
    ) -> Callable[[View], View]:
        full_path = (GROUP if of_group else "") + path
        names = _PATH_NAMES.findall(full_path)

        def decorate(view: View) -> View:
            summary, _, description = cleandoc(view.__doc__ or "").partition("\n")
            acting = _acting(view, names, method, status, key)
            acting._ninja_contribute_args = [(name, _path_type(name), _path_source(name)) for name in names]  # type: ignore[attr-defined]
            self.router.api_operation(
                [method],
                full_path,
                auth=[Token(rule), Session(rule)],
                response={status: returns},
                operation_id=view.__name__,
                url_name=view.__name__,
                summary=summary.rstrip("."),
                description=document.describe(description.strip(), rule),
                openapi_extra=dict(extra or {}),
            )(acting)
            return view

        return decorate


def _acting(view: Callable[..., Any], names: list[str], method: str, status: int, key: str | None) -> Callable[..., HttpResponse]:
    """The view as ninja calls it: addresses are read by the rule, acts are done in one transaction with their key."""

    @wraps(view)
    def acting(request: ApiRequest, **values: Any) -> HttpResponse:
        given = {name: value for name, value in values.items() if name not in names}

        def act() -> BaseModel | HttpResponse | None:
            result: BaseModel | HttpResponse | None = view(request, **given)
            return result

        if method == "GET":
            return answer(act(), status)
        if key is not None:
            request.key = read_key(request, required=key == document.KEY_REQUIRED)
        return answer_once(request, status, act, keeps=key != document.KEY_NOT_KEPT)

    return acting


def _path_type(name: str) -> Any:
    return _PATH_TYPES.get(name, PathId)


def _path_source(name: str) -> Any:
    # Ninja's own way to give a view parameters that it does not name; it has no types for it.
    return params.Path(..., description=_PATH_WORDS[name])  # type: ignore[type-arg]


_PATH_TYPES: dict[str, Any] = {"slug": str, "role": str}
_PATH_WORDS = {
    "slug": "the group's address, for example `amap-de-groix`",
    "role": "administrator, treasurer or volunteer",
    "contract_id": "a contract of the group",
    "product_id": "a product of the contract",
    "member_id": "a member of the group",
    "producer_id": "a producer of the group",
    "distribution_id": "a distribution: one place, one day",
    "place_id": "where the group meets",
    "delivery_id": "a contract's part in a distribution",
    "subscription_id": "a subscription",
    "account_id": "a member's account with one payee",
    "payment_id": "a payment",
    "batch_id": "payments entered together",
    "transfer_id": "a balance carried from one account to another",
    "opening_id": "an opening balance",
    "payee_id": "whom members pay: a producer, or the group",
    "token_id": "a key to the API",
    "catalogue_id": "a catalogue of the market",
    "catalogue_product_id": "a product of the catalogue",
    "basket_id": "what one household takes at one distribution",
    "line_id": "a line of a basket",
    "promise_id": "a payment announced with an order",
    "refund_id": "money given back to a client",
    "count_id": "a counted till",
}
