"""What must hold after every test that moved money."""

from django.db.models import Sum

from escarcelle.groups.models import Activity
from escarcelle.ledger.models import Account, Operation, Transfer
from escarcelle.ledger.verification import verify
from escarcelle.orders import amounts
from escarcelle.orders.models import Basket


def assert_books_are_right():
    assert verify().faults == []


def assert_baskets_agree_with_the_books():
    """What the books say about a basket's order is what its lines come to."""
    for basket in Basket.objects.select_related("account"):
        about = Transfer.objects.filter(
            book=basket.account.book_id,
            operation_no__in=Operation.objects.filter(book=basket.account.book_id, about=f"basket:{basket.pk}", kind="order").values("no"),
        )
        debits = about.filter(debit_no=basket.account.account_no).aggregate(cents=Sum("amount_cents"))["cents"] or 0
        credits = about.filter(credit_no=basket.account.account_no).aggregate(cents=Sum("amount_cents"))["cents"] or 0
        assert debits - credits == sum(line.total_cents for line in basket.lines.all())
        assert all(amounts.reckon(line) == amounts.Reckoned(line.amount_cents, line.fee_cents) for line in basket.lines.all())


def figures():
    """Everything in the books, and how many acts brought it there."""
    accounts = sorted(Account.objects.values_list("book_id", "no", "balance_cents"))
    return accounts, Transfer.objects.count(), Activity.objects.count()
