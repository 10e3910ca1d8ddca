"""The payments of a group as they were entered: the newest first, by batch, page by page."""

from collections.abc import Collection
from dataclasses import dataclass

from escarcelle.groups.models import Group
from escarcelle.payments.models import Batch, Payment, PaymentQuerySet

PAYMENTS_PER_PAGE = 50
_AROUND = ("cheque", "activity__by", "account__member", "account__subscription__contract", "corrected_by", "corrects")


@dataclass(frozen=True)
class JournalPage:
    """Some payments, the newest first; `older_than` asks for the next page, None on the last one."""

    payments: list[Payment]
    older_than: int | None


def journal_page(
    group: Group, *, contract_ids: Collection[int] | None = None, method: str = "", before_id: int | None = None
) -> JournalPage:
    """A page of the payments of a group, or of the subscriptions of some contracts. One statement, at the same cost on every page."""
    payments = PaymentQuerySet(Payment).filter(group=group).select_related(*_AROUND).order_by("-pk")
    if contract_ids is not None:
        payments = payments.filter(account__subscription__contract__in=contract_ids)
    if method:
        payments = payments.standing().filter(method=method)
    if before_id is not None:
        payments = payments.filter(pk__lt=before_id)
    found = list(payments[: PAYMENTS_PER_PAGE + 1])
    is_last = len(found) <= PAYMENTS_PER_PAGE
    found = found[:PAYMENTS_PER_PAGE]
    return JournalPage(found, None if is_last else found[-1].pk)


def batches_of(group: Group, *, contract_ids: Collection[int] | None = None, limit: int = 8) -> list[Batch]:
    """The newest batches of a group, or of some contracts. One statement."""
    batches = group.batches.select_related("contract", "activity__by").order_by("-pk")
    if contract_ids is not None:
        batches = batches.filter(contract__in=contract_ids)
    return list(batches[:limit])


def payments_of_batch(batch: Batch) -> list[Payment]:
    """What a batch recorded, in the order of the grid. One statement."""
    return list(batch.payments.select_related(*_AROUND).order_by("pk"))
