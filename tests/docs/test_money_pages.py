"""The figures of docs/money are played: a page that says something else than the code fails here."""

import datetime as dt
import re
from pathlib import Path

import pytest

from escarcelle.groups.accounts import general_account
from escarcelle.ledger.models import AccountKind
from escarcelle.payments.balance_transfers import cancel_transfer, move_balance
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.opening_balances import TakeOver, correct_opening_balance, take_over
from escarcelle.payments.queries import balance_with
from escarcelle.payments.recording import record_payment
from escarcelle.subscriptions.absences import set_absences
from escarcelle.subscriptions.calendar import cancel_delivery, change_price, restore_delivery
from escarcelle.subscriptions.signing import Change, change, end
from tests.cast import TODAY, balance_of, received, season

pytestmark = pytest.mark.django_db
PAGES = Path(__file__).parents[2] / "docs" / "money"


def cents(text):
    return int(text.replace("−", "-").replace(".", ""))


def tables(page):
    """The tables of a page whose first column is `act`: header and rows."""
    blocks = re.findall(r"((?:^\|.*\|\n?)+)", (PAGES / page).read_text(), re.M)
    split = [[[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().split("\n")] for block in blocks]
    return [(rows[0], rows[2:]) for rows in split if rows[0][0] == "act"]


class Player:
    """Plays the acts of one table on one member."""

    def __init__(self, amap):
        self.amap = amap
        self.subscription = self.next = self.payment = self.transfer = None

    def play(self, act):
        for pattern, method in self.ACTS:
            if found := re.fullmatch(pattern, act):
                return getattr(self, method)(*found.groups())
        raise AssertionError(f"no such act: {act}")

    ACTS = (
        (r"sign (\d+) × ([\d.]+)", "sign"),
        (r"sign next (\d+) × ([\d.]+)", "sign_next"),
        (r"pay (\d+) × ([\d.]+)", "pay"),
        (r"pay general ([\d.]+)", "pay_general"),
        (r"absent (\d+)", "absent"),
        (r"price ([\d.]+) from distribution (\d+)", "price"),
        (r"quantity (\d+) from distribution (\d+)", "quantity"),
        (r"cancel distribution (\d+)", "cancel"),
        (r"restore distribution (\d+)", "restore"),
        (r"end after distribution (\d+)", "end"),
        (r"correct to ([\d.]+)", "correct"),
        (r"cancel payment", "cancel_payment"),
        (r"take over (−?[\d.]+)", "take_over"),
        (r"correct the balance taken over to (−?[\d.]+)", "correct_opening"),
        (r"carry", "carry"),
        (r"carry back", "carry_back"),
    )

    def _season(self, name, weeks, price):
        contract = season(self.amap.group, self.amap.farm, name, cents(price), weeks=int(weeks), by=self.amap.admin)
        return self.amap.subscribe("ADAM Pécine", contract=contract)

    def _delivery(self, rank):
        return self.subscription.contract.deliveries.by_day()[int(rank) - 1]

    def _day(self, rank):
        return self._delivery(rank).distribution.on

    def sign(self, weeks, price):
        self.subscription = self._season("Saison", weeks, price)

    def sign_next(self, weeks, price):
        self.next = self._season("Saison suivante", weeks, price)

    def pay(self, count, amount):
        for _ in range(int(count)):
            self.payment = self.amap.pay(self.subscription, cents(amount))

    def _general(self):
        return general_account(group=self.amap.group, member=self.amap.someone("ADAM Pécine"), book_id=self.amap.farm.book_id)

    def pay_general(self, amount):
        record_payment(account=self._general(), received=received(cents(amount)), on=TODAY, by=self.amap.treasurer)

    def absent(self, count):
        deliveries = list(self.subscription.contract.deliveries.by_day()[: int(count)])
        set_absences(subscription=self.subscription, deliveries=deliveries, on=TODAY, by=self.amap.treasurer, may_change_past=False)

    def price(self, price, rank):
        product = self.subscription.contract.products.get()
        change_price(product=product, price_cents=cents(price), from_date=self._day(rank), on=TODAY, by=self.amap.treasurer)

    def quantity(self, quantity, rank):
        product = self.subscription.contract.products.get()
        to = Change(quantities={product.pk: int(quantity)}, quantities_from=self._day(rank))
        change(subscription=self.subscription, to=to, on=TODAY, by=self.amap.treasurer)

    def cancel(self, rank):
        cancel_delivery(delivery=self._delivery(rank), reason="tempête", on=TODAY, by=self.amap.treasurer)

    def restore(self, rank):
        restore_delivery(delivery=self._delivery(rank), on=TODAY, by=self.amap.treasurer)

    def end(self, rank):
        last_day: dt.date = self._day(rank)
        end(subscription=self.subscription, last_day=last_day, on=TODAY, by=self.amap.treasurer)

    def correct(self, amount):
        self.payment = correct_payment(
            payment=self.payment, received=received(cents(amount)), reason="erreur", on=TODAY, by=self.amap.treasurer
        )

    def cancel_payment(self):
        cancel_payment(payment=self.payment, reason="erreur", on=TODAY, by=self.amap.treasurer)

    def take_over(self, amount):
        rows = [TakeOver(self._general(), cents(amount))]
        take_over(group=self.amap.group, balances=rows, on=TODAY, today=TODAY, by=self.amap.treasurer)

    def correct_opening(self, amount):
        opening = self.amap.group.opening_balances.standing().get()
        correct_opening_balance(
            opening=opening, amount_cents=cents(amount), on=opening.on, reason="mal lu", today=TODAY, by=self.amap.treasurer
        )

    def carry(self):
        self.transfer = move_balance(source=self.subscription.account, target=self.next.account, on=TODAY, by=self.amap.treasurer)

    def carry_back(self):
        cancel_transfer(transfer=self.transfer, reason="", on=TODAY, by=self.amap.treasurer)

    def _book_account(self, kind):
        """One of the accounts that the payee's book has once, or zero before it is opened."""
        found = self.amap.farm.book.accounts.filter(kind=kind).first()
        return found.balance_cents if found else 0

    def seen(self, column):
        if column == "book":
            return sum(self.amap.farm.book.accounts.values_list("balance_cents", flat=True))
        if column in AccountKind.values:
            return self._book_account(column)
        if column == "balance with the payee":
            return balance_with(self.amap.someone("ADAM Pécine"), self.amap.farm.book_id)
        return balance_of(self.next if column == "new" else self.subscription)


CASES = [(page.name, rank) for page in sorted(PAGES.glob("*.md")) for rank in range(len(tables(page.name)))]


@pytest.mark.parametrize(("page", "rank"), CASES)
def test_the_figures_of_the_page_are_those_of_the_code(amap, page, rank):
    header, rows = tables(page)[rank]
    player = Player(amap)
    for act, *figures in rows:
        player.play(act)
        for column, figure in zip(header[1:], figures, strict=True):
            if figure:
                assert player.seen(column) == cents(figure), f"{page}: {act}"


def test_every_page_about_a_member_account_is_played():
    assert {page for page, _ in CASES} >= {"ledger.md", "season.md", "payments.md", "opening-balances.md", "balance-transfers.md"}
