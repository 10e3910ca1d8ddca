"""Producers, their contracts, and what a contract offers at which price."""

from __future__ import annotations

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
    """A season with one producer: constant baskets at the deliveries of a period."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="contracts")
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="contracts")
    name = models.CharField(_("Nom du contrat"), max_length=120)
    starts_on = models.DateField(_("Premier jour"))
    ends_on = models.DateField(_("Dernier jour"))
    cheque_payable_to = models.CharField(_("Chèques à l’ordre de"), max_length=120)
    absences_allowed = models.PositiveSmallIntegerField(_("Absences possibles"), default=0)
    absences_from = models.DateField(_("Absences à partir du"), null=True, blank=True)
    absences_until = models.DateField(_("Absences jusqu’au"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(absences_from=None) | Q(absences_until=None) | Q(absences_until__gte=F("absences_from")),
                name="absence_window_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["group", "-starts_on"], name="contracts_newest_first")]

    def __str__(self) -> str:
        return self.name


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
    """What a contract offers. Its price is dated: see `ProductPrice`."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(_("Produit"), max_length=120)
    unit = models.CharField(_("Unité"), max_length=30, default="panier")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["contract", "name"], name="one_product_of_a_name_per_contract")]

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
