"""From the words of an address to the things of the group, and who may touch them.

Everything starts from `request.group`: another group's things are not refused, they do not exist."""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from escarcelle.api.frame.doors import ApiRequest, Gate
from escarcelle.api.frame.fields import HIGHEST_ID
from escarcelle.api.frame.problems import NotThere
from escarcelle.catalogs.models import Contract, Producer
from escarcelle.catalogs.payees import payee_of_book
from escarcelle.groups.models import MemberAccount
from escarcelle.groups.permissions import Permission
from escarcelle.orders.queries import lines_of
from escarcelle.payments.queries import accounts_with_balance

Theirs: TypeAlias = Callable[[ApiRequest], bool]


class Rule(Gate):
    """Asks for a permission over the group or over the contract that the address leads to.

    `over_some`: over at least one contract is enough, the answer then shows only those. `theirs`: whoever it belongs to comes in
    too. `may=None`: any member."""

    def __init__(self, may: Permission | None, *, theirs: Theirs | None = None, over_some: bool = False) -> None:
        self.may, self.theirs, self.over_some = may, theirs, over_some

    def __call__(self, request: ApiRequest) -> None:
        assert request.resolver_match is not None  # noqa: S101  an operation has an address
        for name, value in request.resolver_match.kwargs.items():
            if name in FINDERS:
                FINDERS[name](request, _number(value))
        if not (self._holds(request) or (self.theirs and self.theirs(request))):
            raise PermissionDenied

    def _holds(self, request: ApiRequest) -> bool:
        if self.may is None:
            return True
        if self.over_some:
            return request.rights.may_over_some_contract(self.may)
        return request.rights.may(self.may, request.contract)


def _number(value: Any) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 20 and 0 < int(value) <= HIGHEST_ID):
        raise Http404
    return int(value)


def _one(rows: "QuerySet[Any]", pk: int) -> Any:
    found: Model | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def named(rows: "QuerySet[Any]", pk: int, field: str) -> Any:
    """What a field of the body names, among these rows of the group. Refused: `NotThere`."""
    found: Model | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotThere(field)
    return found


def contract_of(account: MemberAccount) -> Contract | None:
    """The contract that an account is about; None for a general one."""
    return None if account.is_general else account.subscription.contract


def may_over(request: ApiRequest, permission: Permission, account: MemberAccount) -> bool:
    """Whether they hold a permission over the whole group, or over the contract of this account."""
    return request.rights.may(permission, contract_of(account))


def is_their_account(request: ApiRequest) -> bool:
    """One's own household's."""
    return request.account.member_id == request.member.holder_id


def is_their_subscription(request: ApiRequest) -> bool:
    return request.subscription.member_id == request.member.holder_id


def shares_subscription(request: ApiRequest) -> bool:
    """The holder's household, and who alternates with them."""
    mine = (request.member.pk, request.member.holder_id)
    return is_their_subscription(request) or request.subscription.alternate_id in mine


def is_themself(request: ApiRequest) -> bool:
    """The two of a household see each other."""
    return request.subject.holder_id == request.member.holder_id


def account_of(request: ApiRequest, account_id: int, field: str = "") -> MemberAccount:
    """An account of the group with its `balance_cents`, or 404; `field` is where a body names it."""
    accounts = accounts_with_balance(request.group).select_related("subscription__contract__group", "group")
    account: MemberAccount = named(accounts, account_id, field) if field else _one(accounts, account_id)
    return account


def _find_contract(request: ApiRequest, pk: int) -> None:
    request.contract = _one(request.group.contracts.select_related("producer", "group"), pk)


def _find_product(request: ApiRequest, pk: int) -> None:
    assert request.contract is not None  # noqa: S101  its address is inside a contract's
    request.product = _one(request.contract.products.select_related("contract__producer", "contract__group"), pk)


def _find_member(request: ApiRequest, pk: int) -> None:
    request.subject = _one(request.group.members.filter(is_machine=False).select_related("group", "household_of", "person"), pk)


def _find_producer(request: ApiRequest, pk: int) -> None:
    request.producer = _one(request.group.producers.select_related("group"), pk)


def _find_distribution(request: ApiRequest, pk: int) -> None:
    request.distribution = _one(request.group.distributions.select_related("place", "group"), pk)


def _find_place(request: ApiRequest, pk: int) -> None:
    request.place = _one(request.group.places.select_related("group"), pk)


def _find_delivery(request: ApiRequest, pk: int) -> None:
    around = ("distribution__place", "contract__producer", "contract__group", "group")
    request.delivery = _one(request.group.deliveries.select_related(*around), pk)
    request.contract = request.delivery.contract


def _find_subscription(request: ApiRequest, pk: int) -> None:
    around = ("member", "alternate", "account__ledger_account", "contract__producer", "contract__group", "group")
    request.subscription = _one(request.group.subscriptions.select_related(*around), pk)
    request.contract = request.subscription.contract


def _find_account(request: ApiRequest, pk: int) -> None:
    request.account = account_of(request, pk)
    request.contract = contract_of(request.account)


def _find_payment(request: ApiRequest, pk: int) -> None:
    around = ("cheque", "activity__by", "account__member", "account__subscription__contract", "group")
    request.payment = _one(request.group.payments.select_related(*around), pk)
    request.account = request.payment.account
    request.contract = contract_of(request.account)


def _find_batch(request: ApiRequest, pk: int) -> None:
    request.batch = _one(request.group.batches.select_related("contract__producer", "activity__by", "group"), pk)
    request.contract = request.batch.contract


def _find_transfer(request: ApiRequest, pk: int) -> None:
    around = ("activity__by", "group", "source__member", "source__subscription__contract", "target__subscription__contract")
    request.transfer = _one(request.group.balance_transfers.select_related(*around), pk)
    request.account = request.transfer.source
    request.contract = contract_of(request.account)


def _find_opening(request: ApiRequest, pk: int) -> None:
    request.opening = _one(request.group.opening_balances.select_related("account__member", "group"), pk)


def _find_payee(request: ApiRequest, pk: int) -> None:
    payee = payee_of_book(request.group, pk)
    if payee is None:
        raise Http404
    request.payee = payee


def _find_token(request: ApiRequest, pk: int) -> None:
    request.token = _one(request.group.api_tokens.select_related("member", "group"), pk)


def _find_catalogue(request: ApiRequest, pk: int) -> None:
    found = request.group.contracts.filter(kind=Contract.Kind.MARKET).select_related("producer", "group")
    request.catalogue = request.contract = _one(found, pk)


def _find_catalogue_product(request: ApiRequest, pk: int) -> None:
    request.product = _one(request.catalogue.products.select_related("contract__producer", "contract__group", "group"), pk)


def _find_basket(request: ApiRequest, pk: int) -> None:
    # Of a market: in an AMAP, an order is reached through its subscription.
    around = ("distribution__place", "distribution__group", "account__member", "account__group", "group")
    request.basket = _one(request.group.baskets.filter(account__is_general=True).select_related(*around), pk)


def _find_line(request: ApiRequest, pk: int) -> None:
    around = ("product", "basket__distribution__group", "basket__account__member", "basket__group", "group")
    request.line = _one(lines_of(request.group).filter(basket__account__is_general=True).select_related(*around), pk)
    request.basket = request.line.basket


def _find_promise(request: ApiRequest, pk: int) -> None:
    around = ("basket__account__member", "basket__account__group", "basket__distribution", "group")
    request.promise = _one(request.group.promised_payments.select_related(*around), pk)
    request.basket = request.promise.basket


def _find_refund(request: ApiRequest, pk: int) -> None:
    request.refund = _one(request.group.refunds.select_related("account__member", "group"), pk)


def _find_count(request: ApiRequest, pk: int) -> None:
    request.count = _one(request.group.till_counts.select_related("distribution", "group"), pk)


def is_their_basket(request: ApiRequest) -> bool:
    """Of one's own household."""
    return request.basket.account.member_id == request.member.holder_id


def producer_of(request: ApiRequest, pk: int) -> Producer:
    """A producer of the group, or 404."""
    producer: Producer = _one(request.group.producers.all(), pk)
    return producer


FINDERS: dict[str, Callable[[ApiRequest, int], None]] = {
    "contract_id": _find_contract,
    "product_id": _find_product,
    "member_id": _find_member,
    "producer_id": _find_producer,
    "distribution_id": _find_distribution,
    "place_id": _find_place,
    "delivery_id": _find_delivery,
    "subscription_id": _find_subscription,
    "account_id": _find_account,
    "payment_id": _find_payment,
    "batch_id": _find_batch,
    "transfer_id": _find_transfer,
    "opening_id": _find_opening,
    "payee_id": _find_payee,
    "token_id": _find_token,
    "catalogue_id": _find_catalogue,
    "catalogue_product_id": _find_catalogue_product,
    "basket_id": _find_basket,
    "line_id": _find_line,
    "promise_id": _find_promise,
    "refund_id": _find_refund,
    "count_id": _find_count,
}
