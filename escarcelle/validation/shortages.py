"""Twelve eggs are missing: who goes without. Pure arithmetic over lines in the order in which they were ordered."""

from collections.abc import Sequence
from enum import StrEnum

from escarcelle.orders.models import OrderLine
from escarcelle.validation.opening import ValidationRefused


class Rule(StrEnum):
    """How a shortage is shared out."""

    PROPORTIONAL = "proportional"
    FIRST_SERVED = "first_served"
    NAMED = "named"


def shared_out(lines: Sequence[OrderLine], missing: int, *, rule: Rule, named: Sequence[int] = ()) -> dict[int, int]:
    """How many each line goes without, by line id; together exactly `missing`, never more than a line ordered.

    Proportional: whole parts first, then one each by largest remainder, the latest order first when equal. First served: the latest
    orders go without. Named: the baskets named go without, the latest line first; refused when they do not hold enough."""
    if rule is Rule.PROPORTIONAL:
        return _proportional(lines, missing)
    if rule is Rule.NAMED:
        lines = [line for line in lines if line.basket_id in set(named)]
        if sum(line.quantity for line in lines) < missing:
            raise ValidationRefused("nobody_named", field="named")
    return _latest_first(lines, missing)


def _latest_first(lines: Sequence[OrderLine], missing: int) -> dict[int, int]:
    without: dict[int, int] = {}
    for line in reversed(lines):
        taken = min(missing, line.quantity)
        if taken:
            without[line.pk] = taken
            missing -= taken
    return without


def _proportional(lines: Sequence[OrderLine], missing: int) -> dict[int, int]:
    ordered = sum(line.quantity for line in lines)
    whole = {line.pk: missing * line.quantity // ordered for line in lines}
    left = missing - sum(whole.values())
    latest_first = reversed(range(len(lines)))
    for rank in sorted(latest_first, key=lambda rank: -(missing * lines[rank].quantity % ordered))[:left]:
        whole[lines[rank].pk] += 1
    return {line_id: count for line_id, count in whole.items() if count}
