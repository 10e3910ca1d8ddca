"""What is sent and given about subscriptions."""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from escarcelle.api.frame.cursors import Paging
from escarcelle.api.frame.fields import AmountOut, Answer, Body, Count, DayIn, Flag, Id
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.subscriptions.dues import Share
from escarcelle.subscriptions.queries import SubscriptionRow

MOST_LINES = 200
MOST_ABSENCES = 400


class ProductTwice(Refusal):
    """One line per product: two are a slip, and we do not guess which one counts."""

    sentences: ClassVar[dict[str, str]] = {"product_twice": gettext_noop("Un produit est sur deux lignes\u00a0: gardez-en une.")}


class EngagementOut(Answer):
    """So many of a product at each distribution."""

    quantity: int
    product_name: str


class SubscriptionSummary(Answer):
    """A line of the page Souscriptions. Balance: payments received − what was ordered."""

    id: int
    member_id: int
    member_name: str
    alternate_name: str | None
    engagement: list[EngagementOut]
    starts_on: dt.date
    ends_on: dt.date
    delivery_count: int
    total: AmountOut
    balance: AmountOut
    account_id: int

    @classmethod
    def of(cls, row: SubscriptionRow) -> "SubscriptionSummary":
        engagement = [EngagementOut(quantity=part.quantity, product_name=part.product_name) for part in row.engagement]
        return cls(
            id=row.id,
            member_id=row.member_id,
            member_name=row.member_name,
            alternate_name=row.alternate_name,
            engagement=engagement,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            delivery_count=row.delivery_count,
            total=row.total_cents,
            balance=row.balance_cents,
            account_id=row.account_id,
        )


class Figures(Answer):
    """The whole contract, whatever the filter: “Il y a N souscription(s) avec un solde négatif.” is `negative_count`."""

    count: int
    negative_count: int
    even_count: int
    positive_count: int
    total: AmountOut
    balance: AmountOut
    owed: AmountOut


class Subscriptions(Answer):
    figures: Figures
    items: list[SubscriptionSummary]
    next: str | None


class SubscriptionFilter(Paging):
    order: Literal["name", "chronological", "period", "distributions", "total", "balance"] = "name"
    descending: bool = False
    balance: Literal["", "negative", "even", "positive"] = ""
    text: Annotated[str, Field(max_length=200, description="beginning of a word of the name")] = ""


class AlternateOut(Answer):
    """Who collects every other time; `begins` when they collect the first time."""

    member_id: int
    name: str
    begins: bool


class SubscriptionLineOut(Answer):
    """So many of a product from a day on; from the first day when `from_date` is null. Zero ends it."""

    product_id: int
    product_name: str
    quantity: int
    from_date: dt.date | None


class ComputedOut(Answer):
    """Part of the total that reads in one line: so many distributions at one quantity and price."""

    product_name: str
    quantity: int
    price: AmountOut
    first_on: dt.date
    last_on: dt.date
    delivery_count: int
    total: AmountOut

    @classmethod
    def of(cls, share: Share) -> "ComputedOut":
        return cls(
            product_name=share.product_name,
            quantity=share.quantity,
            price=share.price_cents,
            first_on=share.first_on,
            last_on=share.last_on,
            delivery_count=share.delivery_count,
            total=share.total_cents,
        )


class SubscriptionOut(SubscriptionSummary):
    """A subscription with everything that makes its total."""

    contract_id: int
    contract_name: str
    payee_id: int
    alternate: AlternateOut | None
    lines: list[SubscriptionLineOut]
    computation: list[ComputedOut]
    absent_delivery_ids: list[int]
    is_withdrawn: bool


class MemberSubscriptions(Answer):
    items: list[SubscriptionOut]


class AlternateIn(Body):
    member_id: Id
    begins: Flag = False


class LineIn(Body):
    product_id: Id
    quantity: Count


Lines = Annotated[list[LineIn], Field(max_length=MOST_LINES)]


class SubscriptionIn(Body):
    """The whole period of the contract unless told otherwise."""

    member_id: Id
    lines: Lines
    starts_on: DayIn | None = None
    ends_on: DayIn | None = None
    alternate: AlternateIn | None = None


class SubscriptionChange(Body):
    """What to change. `alternate: null` ends the alternation; `lines`, when sent, are all the lines from `quantities_from` on."""

    starts_on: DayIn | None = None
    ends_on: DayIn | None = None
    alternate: AlternateIn | None = None
    lines: Lines | None = None
    quantities_from: DayIn | None = None


class EndIn(Body):
    last_day: DayIn


class AbsencesIn(Body):
    """All the absences of the subscription: those that are not here are forgotten."""

    delivery_ids: Annotated[list[Id], Field(max_length=MOST_ABSENCES)]


class CalendarDay(Answer):
    """One distribution: who collects, and what is due for it."""

    delivery_id: int
    on: dt.date
    is_cancelled: bool
    is_absent: bool
    collector_id: int
    collector_name: str
    due: AmountOut


class Calendar(Answer):
    items: list[CalendarDay]
