"""Money received, balances taken over and moved. What it does to the books is in `ledger`; these rows say what it was."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Activity, Group, MemberAccount


class Method(models.TextChoices):
    CHEQUE = "cheque", _("Chèque")
    CASH = "cash", _("Espèces")
    TRANSFER = "transfer", _("Virement")
    CARD_TERMINAL = "card_terminal", _("Carte sur place")
    # A method is never guessed: it waits here until somebody names it.
    UNKNOWN = "unknown", _("À préciser")


class Batch(models.Model):
    """Payments entered together in the grid of a contract, and undone together."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="batches")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="batches")
    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="+")
    payment_count = models.PositiveIntegerField()
    total_cents = models.BigIntegerField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.payment_count} payments, {self.total_cents}"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def standing(self) -> PaymentQuerySet:
        """Neither cancelled nor replaced by a correction."""
        return self.filter(state=Payment.State.RECEIVED)


class Payment(models.Model):
    """A payment received on a member's account. Never edited: a correction cancels it and records another."""

    class State(models.TextChoices):
        RECEIVED = "received", _("reçu")
        CANCELLED = "cancelled", _("annulé")
        CORRECTED = "corrected", _("corrigé")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="payments")
    account = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="payments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="payments")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    method = models.CharField(max_length=20, choices=Method)
    amount_cents = models.BigIntegerField()
    received_on = models.DateField()
    label = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    operation_no = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_is_positive"),
        ]
        indexes = [
            models.Index(fields=["group", "-id"], name="payments_newest_first"),
            models.Index(fields=["account", "-id"], name="payments_of_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount_cents}"


class Cheque(models.Model):
    """What is written on the cheque behind a payment."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="cheques")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="cheque")
    number = models.CharField(max_length=20, blank=True)
    bank = models.CharField(max_length=80, blank=True)
    drawer = models.CharField(max_length=120, blank=True)
    written_on = models.DateField(null=True)
    planned_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["group", "number"], name="cheques_by_number")]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class OpeningBalance(models.Model):
    """The balance a member arrived with, from paper or another tool: once per account, outside turnover and till."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="opening_balances")
    account = models.OneToOneField(MemberAccount, on_delete=models.PROTECT, related_name="opening_balance")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    # None for a balance of zero: noted, but there is nothing to write in the books.
    operation_no = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.amount_cents}"


class BalanceTransfer(models.Model):
    """A balance moved between two accounts of one member with one payee. Never between payees."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="balance_transfers")
    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    source_operation_no = models.BigIntegerField()
    target_operation_no = models.BigIntegerField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="balance_transfer_is_not_zero"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="balance_transfer_changes_account"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents}"
