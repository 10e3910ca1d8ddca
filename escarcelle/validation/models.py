"""What validating a basket did, so that it can be undone exactly."""

from __future__ import annotations

from django.db import models

from escarcelle.groups.models import Activity, Group
from escarcelle.orders.models import Basket


class BasketValidation(models.Model):
    """A basket was declared collected and settled. Payments received and money given back by the same act carry the same activity."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, related_name="validations")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    # Paid − due when it was validated, in cents: what was left as a credit (above zero) or as a debt (below).
    left_cents = models.BigIntegerField()
    # The operation by which a small difference was given up.
    given_up_no = models.BigIntegerField(null=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket"], condition=models.Q(reopened_at=None), name="one_standing_validation_per_basket")
        ]

    def __str__(self) -> str:
        return f"{self.basket_id}"
