"""What the grid offers before anything is typed: where a member's cheques come from. Read from their last one, never asked."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from escarcelle.groups.models import Group
from escarcelle.payments.models import Method, Payment, PaymentQuerySet

COMMON_BANKS = (
    "Banque Populaire",
    "BNP Paribas",
    "Caisse d’Épargne",
    "CIC",
    "Crédit Agricole",
    "Crédit Coopératif",
    "Crédit Mutuel",
    "La Banque Postale",
    "LCL",
    "Société Générale",
)


@dataclass(frozen=True)
class ChequeHabit:
    """The bank of a member's last cheque, and its drawer where that is somebody else."""

    bank: str
    drawer: str


def cheque_habits(group: Group, member_names: Mapping[int, str]) -> dict[int, ChequeHabit]:
    """By member, what was written on the last cheque of theirs that stands. One statement, whatever the history."""
    # One step down an index per account: the history behind the last cheque is not read.
    last_cheque = PaymentQuerySet(Payment).standing().filter(account=OuterRef("pk"), method=Method.CHEQUE).order_by("-pk").values("pk")[:1]
    accounts = group.accounts.filter(member__in=member_names).annotate(last_cheque_id=Subquery(last_cheque))
    cheques = group.cheques.filter(payment__in=accounts.values("last_cheque_id")).order_by("payment_id")
    return {
        member_id: ChequeHabit(bank, drawer if drawer != member_names[member_id] else "")
        for member_id, bank, drawer in cheques.values_list("payment__account__member_id", "bank", "drawer")
    }


def banks_to_offer(habits: Iterable[ChequeHabit]) -> Collection[str]:
    """The banks of these members, the most frequent first, then the common ones."""
    known = Counter(habit.bank for habit in habits if habit.bank)
    return list(dict.fromkeys([*(bank for bank, _ in known.most_common()), *COMMON_BANKS]))
