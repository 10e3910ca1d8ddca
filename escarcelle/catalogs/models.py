"""Producers, their contracts, and what a contract offers at which price."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.groups.models import Group, Member
from escarcelle.ledger.models import Book


class Producer(models.Model):
    """Who farms, and whom members pay. In an AMAP each has a book: nobody's credit ever pays somebody else's debt."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="producers")
    name = models.CharField(_("Nom"), max_length=120)
    email = models.EmailField(_("Adresse e-mail"), blank=True)
    phone = models.CharField(_("Téléphone"), max_length=30, blank=True)
    book = models.OneToOneField(Book, on_delete=models.PROTECT, related_name="producer")
    # Their account in the book of the market, opened with their first order there: what the market owes them.
    supplier_no = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "name"], name="one_producer_of_a_name_per_group")]

    def __str__(self) -> str:
        return self.name


class ProducerAccess(models.Model):
    """This member looks after this producer's side: sees what is theirs and nothing else."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="accesses")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="producer_accesses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["producer", "member"], name="one_access_per_producer_and_member")]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.member_id}"


class Contract(models.Model):
    """What one producer offers over a period: the same basket each time, an order by date, or the catalogue of a market.

    Who is paid follows from the kind: the producer in an AMAP, the market in a market."""

    class Kind(models.TextChoices):
        CONSTANT = "constant", _("paniers constants")
        VARIABLE = "variable", _("commande à chaque date")
        MARKET = "market", _("catalogue de marché")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CONSTANT)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="contracts")
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="contracts")
    name = models.CharField(_("Nom du contrat"), max_length=120)
    starts_on = models.DateField(_("Premier jour"))
    ends_on = models.DateField(_("Dernier jour"))
    cheque_payable_to = models.CharField(_("Chèques à l’ordre de"), max_length=120)
    absences_allowed = models.PositiveSmallIntegerField(_("Absences possibles"), default=0)
    absences_from = models.DateField(_("Absences à partir du"), null=True, blank=True)
    absences_until = models.DateField(_("Absences jusqu’au"), null=True, blank=True)
    # In hundredths of a percent, added to each line and kept by the market.
    fee_basis_points = models.PositiveIntegerField(_("Frais du marché"), default=0)
    # Of a variable contract; zero when there is none. The second one is reduced in proportion for who joins late.
    minimum_per_delivery_cents = models.BigIntegerField(default=0)
    minimum_total_cents = models.BigIntegerField(default=0)
    # Of a variable contract: members order from so many days before a distribution (None: as soon as it is planned), from midnight,
    # until so many days before it, at that hour.
    orders_open_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    orders_close_days_before = models.PositiveSmallIntegerField(default=0)
    orders_close_time = models.TimeField(default=dt.time(20))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(absences_from=None) | Q(absences_until=None) | Q(absences_until__gte=F("absences_from")),
                name="absence_window_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(fee_basis_points__lte=10_000), name="fee_is_a_part_of_the_price"),
            models.CheckConstraint(
                condition=Q(orders_open_days_before=None) | Q(orders_open_days_before__gt=F("orders_close_days_before")),
                name="dated_orders_close_after_they_open",
            ),
            models.CheckConstraint(
                condition=Q(minimum_per_delivery_cents__gte=0, minimum_total_cents__gte=0), name="minimums_are_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["group", "-starts_on"], name="contracts_newest_first")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_constant(self) -> bool:
        return self.kind == self.Kind.CONSTANT

    @property
    def is_variable(self) -> bool:
        return self.kind == self.Kind.VARIABLE

    @property
    def is_market(self) -> bool:
        return self.kind == self.Kind.MARKET

    @property
    def payee_book_id(self) -> int:
        """The book of whom members pay: the market's, or the producer's. Reads the group or the producer."""
        return self.group.book_id if self.is_market else self.producer.book_id


class Coordination(models.Model):
    """This member coordinates this contract."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="coordinations")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="coordinations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "member"], name="one_coordination_per_contract_and_member")]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.member_id}"


class Product(models.Model):
    """What a contract offers. Its price is dated: see `ProductPrice`, in cents a piece, or a kilogram for what is weighed."""

    class SoldBy(models.TextChoices):
        PIECE = "piece", _("à la pièce")
        # Loose: ordered in steps of `step_grams`, weighed together.
        WEIGHT = "weight", _("au poids")
        # A chicken: each piece is a line of its own, expected at `step_grams`.
        WEIGHED_PIECE = "weighed_piece", _("à la pièce, pesée")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(_("Produit"), max_length=120)
    unit = models.CharField(_("Unité"), max_length=30, default="panier")
    position = models.PositiveSmallIntegerField(default=0)
    sold_by = models.CharField(max_length=15, choices=SoldBy, default=SoldBy.PIECE)
    step_grams = models.PositiveIntegerField(_("Poids prévu"), null=True, blank=True)
    # None: as many as people want.
    stock_per_delivery = models.PositiveIntegerField(_("Stock par distribution"), null=True, blank=True)
    vat_basis_points = models.PositiveIntegerField(_("TVA"), default=550)
    is_offered = models.BooleanField(_("Proposé"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "name"], name="one_product_of_a_name_per_contract"),
            models.CheckConstraint(
                condition=Q(sold_by="piece", step_grams=None) | (~Q(sold_by="piece") & Q(step_grams__gt=0)),
                name="weighed_products_have_an_expected_weight",
            ),
            models.CheckConstraint(condition=Q(vat_basis_points__lte=10_000), name="vat_is_a_rate"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductPrice(models.Model):
    """The price of a product from a date on, until the next one. The first also counts for any earlier date."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    from_date = models.DateField()
    price_cents = models.BigIntegerField()

    class Meta:
        ordering = ["from_date"]
        constraints = [
            models.UniqueConstraint(fields=["product", "from_date"], name="one_price_per_product_and_date"),
            models.CheckConstraint(condition=Q(price_cents__gte=0), name="price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.price_cents} from {self.from_date}"
