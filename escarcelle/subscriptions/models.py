"""A member's engagement on a season contract.

Nothing is stored per member and date: what is due is computed from the lines, the prices, the deliveries and the absences (`dues`)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Contract, Product
from escarcelle.distributions.models import Delivery
from escarcelle.groups.models import Group, Member, MemberAccount


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def standing(self) -> SubscriptionQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def by_name(self) -> SubscriptionQuerySet:
        return self.order_by("member__sort_key", "starts_on", "pk")


class Subscription(models.Model):
    """Member × contract × period."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="subscriptions")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="subscriptions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="subscriptions")
    account = models.OneToOneField(MemberAccount, on_delete=models.PROTECT, related_name="subscription")
    starts_on = models.DateField(_("Du"))
    ends_on = models.DateField(_("Au"))
    # Collects every other distribution; pays nothing here, the holder does.
    alternate = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="alternated_subscriptions")
    alternate_begins = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # “Supprimer”: the books keep both the engagement and its reversal.
    withdrawn_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="subscription_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(alternate=None) | ~Q(alternate=F("member")), name="nobody_alternates_with_themselves"),
        ]
        indexes = [models.Index(fields=["group", "contract"], name="subscriptions_of_a_contract")]

    def __str__(self) -> str:
        return f"{self.member_id} × {self.contract_id}"


# The date of the lines signed at the start: they follow a first day that is brought forward.
FROM_THE_START = dt.date.min


class SubscriptionLine(models.Model):
    """So many of a product at each delivery from a date on, until the next line of that product. Zero ends it."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="subscription_lines")
    from_date = models.DateField()
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["from_date"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "product", "from_date"], name="one_quantity_per_line_and_date"),
            models.CheckConstraint(condition=Q(quantity__lte=1000), name="quantity_is_believable"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id} from {self.from_date}"


class Absence(models.Model):
    """No basket, and nothing due, at this delivery."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="absences")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="absences")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "delivery"], name="one_absence_per_subscription_and_delivery")]

    def __str__(self) -> str:
        return f"{self.subscription_id} absent {self.delivery_id}"
