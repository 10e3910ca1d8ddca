"""A season reckoned the slow way: every distribution of every day looked at one by one. It shares nothing with the code it judges."""

import datetime as dt
from dataclasses import dataclass, field

FIRST = dt.date(2026, 9, 6)
EVERY_DAY = [FIRST + dt.timedelta(days=rank) for rank in range(-30, 200)]


@dataclass
class Planned:
    """A distribution: when, and whether it stands."""

    on: dt.date
    is_cancelled: bool = False


@dataclass
class Engagement:
    """What somebody asked for: so many of each product on each day of the calendar."""

    member: str
    starts_on: dt.date
    ends_on: dt.date
    quantities: dict[dt.date, dict[int, int]]
    absent_at: set[int] = field(default_factory=set)
    is_withdrawn: bool = False

    def covers(self, day):
        return not self.is_withdrawn and self.starts_on <= day <= self.ends_on

    def ask(self, quantities, from_date):
        for day in EVERY_DAY:
            if day >= from_date:
                self.quantities[day] = dict(quantities)


@dataclass
class Season:
    """Distributions and prices by their key in the database; money by account."""

    planned: dict[int, Planned] = field(default_factory=dict)
    prices: dict[int, dict[dt.date, int]] = field(default_factory=dict)
    engagements: dict[int, Engagement] = field(default_factory=dict)
    # Payments, opening balances and balances carried: whatever is not an order.
    money: dict[int, int] = field(default_factory=dict)

    def price(self, product, day):
        return next(cents for since, cents in sorted(self.prices[product].items(), reverse=True) if since <= day)

    def due_at(self, engagement, key):
        """Cents due by one engagement at one distribution."""
        planned = self.planned[key]
        if planned.is_cancelled or not engagement.covers(planned.on) or key in engagement.absent_at:
            return 0
        return sum(count * self.price(product, planned.on) for product, count in engagement.quantities[planned.on].items())

    def due(self, engagement):
        return sum(self.due_at(engagement, key) for key in self.planned)

    def balance(self, account):
        engagement = self.engagements.get(account)
        return self.money.get(account, 0) - (self.due(engagement) if engagement else 0)

    def past_dues(self, today):
        """What was owed for each distribution before today, whoever owes it."""
        return {
            (account, key): self.due_at(engagement, key)
            for account, engagement in self.engagements.items()
            for key, planned in self.planned.items()
            if planned.on < today
        }

    def standing(self):
        return [account for account, engagement in self.engagements.items() if not engagement.is_withdrawn]

    def is_taken(self, member, starts_on, ends_on, but=None):
        """Whether the member has another engagement on one of these days."""
        return any(
            account != but
            and engagement.member == member
            and any(engagement.covers(day) for day in EVERY_DAY if starts_on <= day <= ends_on)
            for account, engagement in self.engagements.items()
        )

    def move(self, key, to):
        """Whoever had it keeps it, if nothing else comes with it and their days are free."""
        old = self.planned[key].on
        self.planned[key].on = to
        for account, one in self.engagements.items():
            if not one.covers(old) or one.covers(to):
                continue
            starts_on, ends_on = min(one.starts_on, to), max(one.ends_on, to)
            others = [planned.on for other, planned in self.planned.items() if other != key]
            if any(starts_on <= day <= ends_on and not one.covers(day) for day in others):
                continue
            if not self.is_taken(one.member, starts_on, ends_on, but=account):
                one.starts_on, one.ends_on = starts_on, ends_on
