"""When and where a group meets, and which contracts deliver there."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Group


class Place(models.Model):
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(_("Lieu"), max_length=120)
    address = models.CharField(_("Adresse"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "name"], name="one_place_of_a_name_per_group")]

    def __str__(self) -> str:
        return self.name


class Distribution(models.Model):
    """One place, one day: everything delivered there that day is one distribution."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="distributions")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="distributions")
    on = models.DateField(_("Jour"))
    starts_at = models.TimeField(_("De"))
    ends_at = models.TimeField(_("À"))
    # When clients of a market, and members with a variable contract, may order; a delivery may have a window of its own.
    orders_open_at = models.DateTimeField(_("Commandes à partir du"), null=True, blank=True)
    orders_close_at = models.DateTimeField(_("Commandes jusqu’au"), null=True, blank=True)
    # Set when the last basket is validated, unset when one is reopened.
    validated_at = models.DateTimeField(null=True)
    # The day's till was counted: nothing of this day is reopened before the till is.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "place", "on"], name="one_distribution_per_place_and_day"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="distribution_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(orders_open_at=None) | Q(orders_close_at=None) | Q(orders_close_at__gt=F("orders_open_at")),
                name="orders_close_after_they_open",
            ),
        ]
        indexes = [models.Index(fields=["group", "on"], name="distributions_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.place_id}"

    @property
    def starts(self) -> dt.datetime:
        """The official start, as an instant."""
        return timezone.make_aware(dt.datetime.combine(self.on, self.starts_at))

    @property
    def ends(self) -> dt.datetime:
        """The official end, as an instant."""
        return timezone.make_aware(dt.datetime.combine(self.on, self.ends_at))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def standing(self) -> DeliveryQuerySet:
        """Not cancelled."""
        return self.filter(cancelled_at=None)

    def by_day(self) -> DeliveryQuerySet:
        return self.order_by("distribution__on", "pk")


class Delivery(models.Model):
    """One contract's part in a distribution. Members speak of “the distributions of a contract”."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="deliveries")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="deliveries")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="deliveries")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    # Exceptions to the distribution's window: this producer needs to know earlier. Of a variable contract: by the contract's rule.
    orders_open_at = models.DateTimeField(null=True, blank=True)
    orders_close_at = models.DateTimeField(null=True, blank=True)

    # Of a variable contract: when whoever had said nothing was given their default order. Before that, nothing was given.
    default_orders_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["contract", "distribution"], name="one_delivery_per_contract_and_distribution")]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.distribution_id}"

    def takes_orders_at(self, at: dt.datetime) -> bool:
        """Whether members may order here at this instant: from the opening, included, to the closing, excluded."""
        opens = self.orders_open_at or self.distribution.orders_open_at
        closes = self.orders_close_at or self.distribution.orders_close_at
        return self.cancelled_at is None and closes is not None and (opens is None or opens <= at) and at < closes
