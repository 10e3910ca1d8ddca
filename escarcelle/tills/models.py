"""The money of a distribution day, counted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from escarcelle.distributions.models import Distribution
from escarcelle.groups.models import Activity, Group


class TillCount(models.Model):
    """What was in the cash box and on the terminal's ticket at the end of a distribution. All in cents."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="till_counts")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="till_counts")
    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="+")
    opening_float_cents = models.BigIntegerField()
    expected_cash_cents = models.BigIntegerField()
    counted_cash_cents = models.BigIntegerField()
    # How many of each note and coin, by its cents; empty when only their sum was typed.
    pieces = models.JSONField(default=dict)
    expected_terminal_cents = models.BigIntegerField()
    # None when nobody had a terminal.
    terminal_cents = models.BigIntegerField(null=True)
    kept_float_cents = models.BigIntegerField()
    comment = models.CharField(max_length=300, blank=True)
    # The operations that book the gaps and the drop at the bank.
    operation_nos = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution"], condition=Q(undone_at=None), name="one_standing_count_per_distribution"),
            models.CheckConstraint(
                condition=Q(opening_float_cents__gte=0, counted_cash_cents__gte=0, kept_float_cents__gte=0),
                name="counted_money_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distribution_id}: {self.counted_cash_cents}"

    @property
    def cash_gap_cents(self) -> int:
        """Counted − expected: below zero, money is missing."""
        return self.counted_cash_cents - self.expected_cash_cents

    @property
    def terminal_gap_cents(self) -> int:
        return 0 if self.terminal_cents is None else self.terminal_cents - self.expected_terminal_cents

    @property
    def counted_pieces(self) -> list[tuple[int, int]]:
        """(cents of a note or coin, how many), the largest first."""
        return sorted(((int(cents), count) for cents, count in self.pieces.items()), reverse=True)

    @property
    def dropped_cents(self) -> int:
        """What goes to the bank."""
        return self.counted_cash_cents - self.kept_float_cents
