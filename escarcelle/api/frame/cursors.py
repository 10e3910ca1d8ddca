"""Lists are read page by page: a cursor says where the next page begins. Signed, so that only we write them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, ClassVar, TypeVar

from django.core import signing
from django.http import HttpRequest
from pydantic import BaseModel, Field

from escarcelle.lib.refusals import Refusal, gettext_noop

LARGEST_PAGE = 200
Row = TypeVar("Row")


class CursorRefused(Refusal):
    """This cursor was not given by this list."""

    sentences: ClassVar[dict[str, str]] = {
        "cursor_unreadable": gettext_noop("Ce curseur ne vient pas de cette liste\u00a0: reprenez sans curseur."),
    }


class Paging(BaseModel):
    """Which page, and how long."""

    cursor: Annotated[str, Field(max_length=1000, description="`next` of the page before; nothing for the first page")] = ""
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="rows of a page")] = 50


def write(request: HttpRequest, position: Sequence[str | int]) -> str:
    """A cursor to this position of this list."""
    return signing.dumps(list(position), salt=f"escarcelle.cursor:{request.path}")


def read(request: HttpRequest, paging: Paging) -> list[Any] | None:
    """The position where the page begins; None for the first. Refused: `CursorRefused`."""
    if not paging.cursor:
        return None
    try:
        position: list[Any] = signing.loads(paging.cursor, salt=f"escarcelle.cursor:{request.path}")
    except (signing.BadSignature, ValueError):
        raise CursorRefused("cursor_unreadable", field="cursor") from None
    return position


def cut(
    request: HttpRequest, rows: Iterable[Row], limit: int, position: Callable[[Row], Sequence[str | int]]
) -> tuple[list[Row], str | None]:
    """The page out of `limit + 1` rows read, and the cursor of the next when there is one more."""
    read_rows = list(rows)
    page = read_rows[:limit]
    return page, write(request, position(page[-1])) if len(read_rows) > limit else None


def page_of_list(request: HttpRequest, rows: Sequence[Row], paging: Paging, key: Callable[[Row], int]) -> tuple[list[Row], str | None]:
    """A page of rows that are all at hand, in whatever order: after the last row seen, or at its rank when it is gone."""
    start = 0
    if position := read(request, paging):
        last, rank = position
        start = next((at + 1 for at, row in enumerate(rows) if key(row) == last), rank)
    page = list(rows[start : start + paging.limit])
    end = start + len(page)
    return page, write(request, (key(page[-1]), end)) if page and end < len(rows) else None
