"""Who did what, when; and whether the books are right."""

import datetime as dt
from typing import Any

from ninja import Query

from escarcelle.api.frame import cursors
from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer
from escarcelle.api.frame.operations import Operations
from escarcelle.catalogs.payees import payees_of
from escarcelle.groups.permissions import Permission
from escarcelle.ledger.verification import verify

operations = Operations("books")


class ActivityOut(Answer):
    """One act. `details` holds the ids and figures it was about."""

    id: int
    at: dt.datetime
    kind: str
    by_member_id: int | None
    by_name: str | None
    details: dict[str, Any]


class Activities(Answer):
    items: list[ActivityOut]
    next: str | None


class VerificationOut(Answer):
    """What was read, the head of each payee's chain, and every fault, which names its record."""

    is_right: bool
    book_count: int
    transfer_count: int
    heads: dict[int, str]
    faults: list[str]


@operations.get("/activity", may=Permission.SEE_ACTIVITY, returns=Activities)
def list_activity(request: ApiRequest, asked: Query[Paging]) -> Activities:
    """Who did what, the newest first."""
    found = request.group.activities.select_related("by").order_by("-pk")
    if position := cursors.read(request, asked):
        found = found.filter(pk__lt=position[0])
    page, following = cursors.cut(request, found[: asked.limit + 1], asked.limit, lambda activity: [activity.pk])
    items = [
        ActivityOut(
            id=activity.pk,
            at=activity.at,
            kind=activity.kind,
            by_member_id=activity.by_id,
            by_name=activity.by.name if activity.by else None,
            details=activity.details,
        )
        for activity in page
    ]
    return Activities(items=items, next=following)


@operations.get("/books/verification", may=Permission.VERIFY_BOOKS, returns=VerificationOut)
def verify_books(request: ApiRequest) -> VerificationOut:
    """Recompute every balance and the chain of every book of the group.

    Reads everything: a second or so for every hundred thousand operations."""
    report = verify([payee.book_id for payee in payees_of(request.group)])
    return VerificationOut(
        is_right=report.is_right,
        book_count=report.book_count,
        transfer_count=report.transfer_count,
        heads=report.heads,
        faults=report.faults,
    )
