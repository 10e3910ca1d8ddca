"""Who may come in: a key (Bearer) or the session of a signed-in person, into the group of the address, for what they may do there.

Rights are checked before anything that was sent is read."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from escarcelle.api.frame.problems import Stop
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.catalogs.payees import Payee
from escarcelle.catalogs.rights import Rights, rights_of
from escarcelle.distributions.models import Delivery, Distribution, Place
from escarcelle.groups.belonging import member_in
from escarcelle.groups.models import ApiToken, Group, Member, MemberAccount
from escarcelle.groups.tokens import PREFIX, member_of_token
from escarcelle.orders.models import Basket, OrderLine
from escarcelle.payments.models import BalanceTransfer, Batch, OpeningBalance, Payment, PromisedPayment, Refund
from escarcelle.people.models import Person
from escarcelle.subscriptions.models import Subscription
from escarcelle.tills.models import TillCount

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiRequest(HttpRequest):
    """A request let in: by a member, with their rights, on a day; and what its address names, one attribute each."""

    group: Group
    member: Member
    rights: Rights
    today: dt.date
    # Idempotency-Key as the verbs take it.
    key: UUID | None

    # What the address names. `contract` is also set by what belongs to one.
    contract: Contract | None
    subject: Member
    producer: Producer
    product: Product
    distribution: Distribution
    place: Place
    delivery: Delivery
    subscription: Subscription
    account: MemberAccount
    payment: Payment
    batch: Batch
    transfer: BalanceTransfer
    opening: OpeningBalance
    payee: Payee
    token: ApiToken
    catalogue: Contract
    basket: Basket
    line: OrderLine
    promise: PromisedPayment
    refund: Refund
    count: TillCount


class Gate:
    """What an operation asks of who comes. Let in or raise."""

    def __call__(self, request: ApiRequest) -> None:
        """Refuse with Http404 or PermissionDenied."""
        raise NotImplementedError


class Token(HttpBearer):
    """A key of one member in one group: `Authorization: Bearer esc_…`"""

    openapi_bearerFormat = "esc_…"
    openapi_description = "A key made under « Clés », or by `manage.py token`. It acts as one member of one group."

    def __init__(self, gate: Gate | None = None) -> None:
        super().__init__()
        self.gate = gate

    def authenticate(self, request: Any, token: str) -> Member | None:
        member = member_of_token(token, timezone.localdate()) if token.startswith(PREFIX) else None
        if member is None:
            return None
        slug = _slug(request)
        if slug is not None and member.group.slug != slug:
            raise Http404
        return _let_in(request, member, self.gate)


class Session(APIKeyCookie):
    """The session of a person signed in to the screens; anything that changes something also needs X-CSRFToken."""

    param_name = "sessionid"
    openapi_description = "The session of the screens. Unsafe methods also need the header X-CSRFToken."
    csrf = True

    def __init__(self, gate: Gate | None = None) -> None:
        super().__init__()
        self.gate = gate

    def _get_key(self, request: HttpRequest) -> str | None:
        return None  # Django's middleware has read the session

    def authenticate(self, request: Any, key: str | None) -> Member | Person | None:
        person: Person | AnonymousUser = request.user
        # A key that opens nothing is an error to be told, whoever is signed in beside.
        if not isinstance(person, Person) or not person.is_authenticated or "Authorization" in request.headers:
            return None
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise Stop(403, "csrf", _("Il manque l’en-tête X-CSRFToken de votre session."))
        slug = _slug(request)
        if slug is None:
            return person
        member = member_in(slug, person)
        if member is None:
            raise Http404
        return _let_in(request, member, self.gate)


def _slug(request: HttpRequest) -> str | None:
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match else None
    if slug is not None and not (slug.isascii() and slug.isprintable()):
        raise Http404
    return slug


def _let_in(request: ApiRequest, member: Member, gate: Gate | None) -> Member:
    request.group, request.member = member.group, member
    request.today, request.key, request.contract = timezone.localdate(), None, None
    request.rights = rights_of(member)
    if gate is not None:
        gate(request)
    _check_content_type(request)
    return member


def _check_content_type(request: HttpRequest) -> None:
    if request.method in SAFE_METHODS or not request.META.get("CONTENT_LENGTH", "0").strip("0"):
        return
    if request.content_type != "application/json":
        raise Stop(415, "not_json", _("Envoyez du JSON, avec Content-Type: application/json."))


def forbid() -> None:
    """Of the group, without the right."""
    raise PermissionDenied
