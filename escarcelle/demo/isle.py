"""What the people of AMAP de Groix do again and again: open a contract, subscribe, bring cheques."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from escarcelle.catalogs.contracts import ContractTerms, open_contract
from escarcelle.catalogs.models import Contract, Producer, Product
from escarcelle.demo.cast import BANKS, COORDINATOR, TREASURER
from escarcelle.distributions.planning import Slot
from escarcelle.groups.models import Group, Member
from escarcelle.lib.dates import add_months
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.models import Batch, Method
from escarcelle.payments.recording import ChequeDetails, Received
from escarcelle.subscriptions.calendar import plan
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Alternation, Period, sign

# The subscriptions of one contract, by last name.
Signed = Mapping[str, Subscription]


@dataclass
class Isle:
    """The AMAP while it is being built."""

    group: Group
    administrator: Member
    members: dict[str, Member]
    slot: Slot

    def __post_init__(self) -> None:
        self._cheques_written: dict[str, int] = {}

    @property
    def treasurer(self) -> Member:
        return self.members[TREASURER.last_name]

    @property
    def coordinator(self) -> Member:
        return self.members[COORDINATOR.last_name]

    def open(self, producer: Producer, name: str, days: Iterable[dt.date], on: dt.date, *, absences_allowed: int = 0) -> Contract:
        """A contract distributed on these days, in the hall."""
        days = list(days)
        terms = ContractTerms(name=name, starts_on=days[0], ends_on=days[-1], absences_allowed=absences_allowed)
        contract = open_contract(group=self.group, producer=producer, terms=terms, by=self.administrator)
        plan(contract=contract, slot=self.slot, days=days, on=on, by=self.administrator)
        return contract

    def subscribe(
        self, last_name: str, product: Product, on: dt.date, *, quantity: int = 1, alternation: Alternation | None = None
    ) -> Subscription:
        """Engage somebody for the whole of a contract; its coordinator notes it, or the administrator where there is none."""
        contract = product.contract
        coordination = contract.coordinations.select_related("member").first()
        return sign(
            contract=contract,
            member=self.members[last_name],
            period=Period(contract.starts_on, contract.ends_on),
            quantities={product.pk: quantity},
            on=on,
            by=coordination.member if coordination else self.administrator,
            alternation=alternation,
        )

    def cheques(self, subscription: Subscription, amounts_cents: Iterable[int], on: dt.date) -> list[BatchRow]:
        """Cheques that follow each other in somebody's cheque book, to be banked month after month."""
        return [
            BatchRow(subscription.pk, Received(amount_cents, Method.CHEQUE, on, cheque=self._next_cheque(subscription.member, on, month)))
            for month, amount_cents in enumerate(amounts_cents)
        ]

    def _next_cheque(self, member: Member, on: dt.date, month: int) -> ChequeDetails:
        written = self._cheques_written.get(member.last_name, 0)
        self._cheques_written[member.last_name] = written + 1
        book = crc32(member.last_name.encode())
        return ChequeDetails(
            f"{book % 8_999_000 + 1_000_000 + written:07}", BANKS[book % len(BANKS)], member.name, on, add_months(on, month)
        )

    def save(self, contract: Contract, rows: Iterable[BatchRow], on: dt.date) -> Batch:
        """The treasurer enters a pile in the grid of the contract and saves it."""
        rows = list(rows)
        key = uuid5(NAMESPACE_URL, f"{contract.pk}/{on}/{[row.received.cheque.number for row in rows]}")
        return record_batch(contract=contract, rows=rows, on=on, by=self.treasurer, key=key)
