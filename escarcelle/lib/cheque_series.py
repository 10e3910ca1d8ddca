"""What a treasurer types in an amount cell to lay several cheques at once, and what follows from a cheque's date and number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from escarcelle.lib.dates import add_months
from escarcelle.lib.money import Euros, parse_amount, split_evenly
from escarcelle.lib.refusals import Refusal, gettext_noop

# Five years of monthly cheques: nobody brings more to a kitchen table.
MAX_CHEQUES = 60
CHEQUE_NUMBER_LENGTH = 20

_TIMES = re.compile(r"=?\s*([0-9]{1,9})\s*[x×*✕]\s*(\S.*)", re.IGNORECASE)
_COUNT = re.compile(r"=?\s*([0-9]{1,9})\s*(?:ch|chq|chèques?|cheques?)\.?", re.IGNORECASE)
_FORMULA = re.compile(r"=\s*(\S.*)")


class NotASeries(Refusal):
    """The cell asks for cheques that cannot be laid."""

    sentences: ClassVar[Mapping[str, str]] = {
        "no_cheque": gettext_noop("«\u00a0{typed}\u00a0» ne fait aucun chèque. Écrivez par exemple =3×57,75."),
        "too_many_cheques": gettext_noop("«\u00a0{typed}\u00a0» fait plus de {most} chèques. Vérifiez le nombre."),
        "nothing_outstanding": gettext_noop(
            "Il ne reste rien à payer à répartir sur {count} chèques\u00a0: écrivez le montant, par exemple =3×57,75."
        ),
        "less_than_a_cent": gettext_noop("{outstanding} ne se répartit pas sur {count} chèques\u00a0: chacun vaudrait moins d’un centime."),
        "zero": gettext_noop("«\u00a0{typed}\u00a0» vaut zéro\u00a0: un paiement a un montant."),
        "number_exhausted": gettext_noop("Le chèque qui suit le n°\u00a0{typed} aurait un chiffre de plus\u00a0: saisissez son numéro."),
        "not_a_number": gettext_noop("«\u00a0{typed}\u00a0» n’est pas un numéro de chèque\u00a0: il ne contient que des chiffres."),
    }


@dataclass(frozen=True)
class Series:
    """Amounts in cents, one a cheque, in the order in which they will be banked."""

    amounts_cents: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.amounts_cents)

    @property
    def total_cents(self) -> int:
        return sum(self.amounts_cents)


def is_series(text: str) -> bool:
    """Whether the cell asks for several cheques rather than stating an amount."""
    trimmed = text.strip()
    return bool(_TIMES.fullmatch(trimmed) or _COUNT.fullmatch(trimmed))


def parse_cell(text: str, *, outstanding_cents: int) -> Series:
    """Read "57,75", "=3×57,75", "3*45", "6 chèques" and give one amount a cheque, each above zero.

    "6 chèques" splits `outstanding_cents` (what is still due, positive); the last one takes the cents.
    Refuses with `NotASeries`, or `NotAnAmount` where the amount itself cannot be read.
    """
    trimmed = " ".join(text.split()) if len(text) <= 200 else text
    counted = _COUNT.fullmatch(trimmed)
    if counted:
        return _split(outstanding_cents, _cheque_count(counted[1], typed=text), typed=text)
    times = _TIMES.fullmatch(trimmed)
    count = _cheque_count(times[1], typed=text) if times else 1
    formula = _FORMULA.fullmatch(trimmed)
    amount_cents = parse_amount(times[2] if times else formula[1] if formula else text)
    if amount_cents == 0:
        raise NotASeries("zero", text)
    return Series((amount_cents,) * count)


def _cheque_count(digits: str, *, typed: str) -> int:
    count = int(digits)
    if count == 0:
        raise NotASeries("no_cheque", typed)
    if count > MAX_CHEQUES:
        raise NotASeries("too_many_cheques", typed, most=MAX_CHEQUES)
    return count


def _split(outstanding_cents: int, count: int, *, typed: str) -> Series:
    if outstanding_cents <= 0:
        raise NotASeries("nothing_outstanding", typed, count=count)
    if outstanding_cents < count:
        raise NotASeries("less_than_a_cent", typed, count=count, outstanding=Euros(outstanding_cents))
    return Series(tuple(split_evenly(outstanding_cents, count)))


def following_numbers(first: str, count: int) -> list[str]:
    """The numbers of `count` cheques torn from one book: "0004512", "0004513", … An empty first number gives empty ones.

    Leading zeros stay. Refuses what is not digits, and a number that would grow by one digit: that is another book.
    """
    number = first.strip()
    if not number:
        return [""] * count
    if count == 1:
        return [number]
    if not re.fullmatch(rf"[0-9]{{1,{CHEQUE_NUMBER_LENGTH}}}", number):
        raise NotASeries("not_a_number", first)
    if len(str(int(number) + count - 1)) > len(number):
        raise NotASeries("number_exhausted", first)
    return [str(int(number) + rank).zfill(len(number)) for rank in range(count)]


def planned_months(first: date, count: int) -> list[date]:
    """The planned day of each cheque, a month apart. 31 January gives 28 February, then 31 March again."""
    return [add_months(first, rank) for rank in range(count)]


# Code monétaire et financier, art. L131-59 and L131-32: presentation within eight days, then one year. Sources disagree on
# whether the eighth day counts: the seventh is safe, the ninth is refused. The bank is the judge on the day between.
def last_safe_day(written_on: date) -> date:
    """The last day on which every bank takes a cheque: one year and seven days after it was written."""
    return add_months(written_on, 12) + timedelta(days=7)


def expiry_day(written_on: date) -> date:
    """One year and eight days: no cheque may be planned for the bank after this day."""
    return add_months(written_on, 12) + timedelta(days=8)
