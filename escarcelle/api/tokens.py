"""Keys to the API: one's own, and those of the machines of the group."""

import datetime as dt
from typing import Literal
from uuid import uuid5

from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer, Body, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.groups.machines import add_machine
from escarcelle.groups.models import ApiToken, Member
from escarcelle.groups.permissions import Permission
from escarcelle.groups.tokens import make_token, revoke_token

operations = Operations("keys")


class TokenOut(Answer):
    """A key, without what opens."""

    id: int
    name: str
    member_id: int
    member_name: str
    created_at: dt.datetime
    last_used_on: dt.date | None
    is_revoked: bool

    @classmethod
    def of(cls, token: ApiToken) -> "TokenOut":
        return cls(
            id=token.pk,
            name=token.name,
            member_id=token.member_id,
            member_name=token.member.name,
            created_at=token.created_at,
            last_used_on=token.last_used_on,
            is_revoked=token.revoked_at is not None,
        )


class Tokens(Answer):
    items: list[TokenOut]
    next: str | None


class TokenIn(Body):
    name: Text


class MachineIn(Body):
    name: Text
    role: Literal["administrator", "treasurer", "volunteer"]


class TokenMade(Answer):
    """`token` is shown this once: we keep only its digest."""

    token: str
    key: TokenOut


def _is_theirs(request: ApiRequest) -> bool:
    return request.token.member_id == request.member.pk


@operations.get("/tokens", may=Permission.BELONG, returns=Tokens)
def list_tokens(request: ApiRequest, asked: Query[Paging]) -> Tokens:
    """One's own keys, the newest first; every key of the group for who manages it."""
    found = request.group.api_tokens.select_related("member").order_by("-pk")
    if not request.rights.may(Permission.MANAGE_GROUP):
        found = found.filter(member=request.member)
    if position := cursors.read(request, asked):
        found = found.filter(pk__lt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda token: [token.pk])
    return Tokens(items=[TokenOut.of(token) for token in page], next=following)


@operations.post(
    "/machines",
    may=Permission.MANAGE_GROUP,
    returns=TokenMade,
    status=201,
    keeps_answer=False,
    example={"name": "import bancaire", "role": "treasurer"},
)
def add_a_machine(request: ApiRequest, body: MachineIn) -> TokenMade:
    """Add a machine that calls the API on its own, with one role and a first key.

    Refusals: `name_missing`, `shown_already` (409) when sent twice with one Idempotency-Key."""
    machine = add_machine(group=request.group, name=body.name, role=body.role, on=request.today, by=request.member, key=request.key)
    key = uuid5(request.key, "token") if request.key else None
    return _made(request, make_token(member=machine, name=body.name, by=request.member, key=key), machine)


@operations.post(
    "/tokens", may=Permission.BELONG, returns=TokenMade, status=201, keeps_answer=False, example={"name": "tableur de Martine"}
)
def make_a_token(request: ApiRequest, body: TokenIn) -> TokenMade:
    """Make a key that acts as oneself.

    Refusals: `name_missing`, `shown_already` (409) when sent twice with one Idempotency-Key: a secret is not kept to be given again."""
    return _made(request, make_token(member=request.member, name=body.name, by=request.member, key=request.key), request.member)


@operations.delete("/tokens/{token_id}", may=Permission.MANAGE_GROUP, theirs=_is_theirs)
def revoke_a_token(request: ApiRequest) -> None:
    """Revoke a key: it opens nothing any more."""
    revoke_token(token=request.token, by=request.member)


def _made(request: ApiRequest, secret: str, member: Member) -> TokenMade:
    made = request.group.api_tokens.select_related("member").filter(member=member).latest("pk")
    return TokenMade(token=secret, key=TokenOut.of(made))
