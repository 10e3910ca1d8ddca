"""What one household takes at one distribution, line by line, each at the price of the moment it was ordered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Product
from escarcelle.distributions.models import Delivery, Distribution
from escarcelle.groups.models import Group, Member, MemberAccount


class BasketQuerySet(models.QuerySet["Basket"]):
    def of_markets(self) -> BasketQuerySet:
        """Those that are collected, paid and validated on the day. In an AMAP no money changes hands then: nothing to validate."""
        return self.filter(account__is_general=True)

    def to_validate(self) -> BasketQuerySet:
        """Something was ordered and nobody has said yet that it was collected and paid."""
        ordered = OrderLine.objects.filter(basket=models.OuterRef("pk"), quantity__gt=0)
        return self.of_markets().filter(models.Exists(ordered), validated_at=None)


class Basket(models.Model):
    """A household's order at one distribution, on one account: in a market everything, in an AMAP one variable contract."""

    class Origin(models.TextChoices):
        CHOSEN = "chosen", _("commandé")
        DEFAULT = "default", _("par défaut")
        # Of a variable contract: an order was taken back, so that the default order comes at the closing.
        UNDECIDED = "undecided", _("rien de dit")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="baskets")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="baskets")
    account = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="baskets")
    # « N° de panier », called out at the distribution.
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.CHOSEN)
    validated_at = models.DateTimeField(null=True)

    objects = BasketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution", "account"], name="one_basket_per_account_and_distribution"),
            models.UniqueConstraint(fields=["distribution", "number"], name="one_basket_of_a_number_per_distribution"),
        ]
        indexes = [models.Index(fields=["group", "-id"], name="baskets_newest_first")]

    def __str__(self) -> str:
        return f"{self.distribution_id} n° {self.number}"

    @property
    def is_validated(self) -> bool:
        return self.validated_at is not None


class OrderLine(models.Model):
    """So many of a product, at the price, fee and VAT rate of the day it was ordered. `amount_cents` and `fee_cents`: see `amounts`."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, related_name="lines")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="order_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    quantity = models.PositiveIntegerField()
    undelivered = models.PositiveIntegerField(default=0)
    # A piece, or a kilogram for what is weighed.
    price_cents = models.BigIntegerField()
    fee_basis_points = models.PositiveIntegerField(default=0)
    vat_basis_points = models.PositiveIntegerField(default=0)
    step_grams = models.PositiveIntegerField(null=True)
    weighed_grams = models.PositiveIntegerField(null=True)
    amount_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField(default=0)
    ordered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField()
    # A coordinator ordered for the client, who has therefore chosen no way to pay.
    for_client = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(undelivered__lte=F("quantity")), name="no_more_undelivered_than_ordered"),
            models.CheckConstraint(condition=Q(quantity__lte=1000), name="ordered_quantity_is_believable"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0, fee_cents__gte=0), name="order_line_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

    @property
    def delivered(self) -> int:
        return self.quantity - self.undelivered

    @property
    def expected_grams(self) -> int | None:
        """What is delivered should weigh so much; None for what is not weighed."""
        return None if self.step_grams is None else self.delivered * self.step_grams

    @property
    def total_cents(self) -> int:
        """What the client owes for this line, the market's fee included."""
        return self.amount_cents + self.fee_cents
