"""Money received, balances taken over and moved. What it does to the books is in `ledger`; these rows say what it was."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Contract
from escarcelle.groups.models import Activity, Group, MemberAccount
from escarcelle.orders.models import Basket


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
    # The order it was given for, in a market; the account is the client's all the same.
    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, null=True, related_name="payments")
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
            models.Index(fields=["basket"], name="payments_of_a_basket"),
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


class OpeningBalanceQuerySet(models.QuerySet["OpeningBalance"]):
    def standing(self) -> OpeningBalanceQuerySet:
        """Not replaced by a correction."""
        return self.filter(state=OpeningBalance.State.STANDING)


class OpeningBalance(models.Model):
    """The balance a member arrived with, from paper or another tool: once per account, outside turnover and till.

    Never edited: a correction replaces it by another."""

    class State(models.TextChoices):
        STANDING = "standing", _("reprise")
        CORRECTED = "corrected", _("corrigée")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="opening_balances")
    account = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="opening_balances")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    # None for a balance of zero: noted, but there is nothing to write in the books.
    operation_no = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.STANDING)

    objects = OpeningBalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="standing"), name="one_opening_balance_per_account"),
        ]

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


class WaysToPay(models.Model):
    """How the clients of a market pay. No row: payments are off, and orders are recorded alone."""

    class SmallDifference(models.TextChoices):
        """What becomes of a few cents between paid and due when a basket is validated."""

        CARRY = "carry", _("reportés sur la prochaine commande")
        REFUND = "refund", _("rendus en espèces")
        GIVE = "give", _("abandonnés")

    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="ways_to_pay")
    cheque = models.BooleanField(_("Chèque"), default=False)
    cash = models.BooleanField(_("Espèces"), default=False)
    transfer = models.BooleanField(_("Virement"), default=False)
    card_terminal = models.BooleanField(_("Carte bancaire sur place"), default=False)
    money_pot = models.BooleanField(_("Cagnotte"), default=False)
    negative_money_pot = models.BooleanField(_("Autoriser les cagnottes négatives"), default=False)
    online_card = models.BooleanField(_("Carte bancaire en ligne"), default=False)
    # Exactly as on the bank's paper: banks check that name and IBAN agree since October 2025.
    transfer_holder = models.CharField(_("Titulaire du compte"), max_length=70, blank=True)
    transfer_iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    small_difference = models.CharField(max_length=10, choices=SmallDifference, default=SmallDifference.CARRY)
    small_difference_cents = models.PositiveIntegerField(_("Petits écarts jusqu’à"), default=0)

    class Meta:
        verbose_name_plural = "ways to pay"
        constraints = [
            models.CheckConstraint(
                condition=Q(money_pot=False) | Q(cheque=False, cash=False, transfer=False, card_terminal=False, online_card=False),
                name="money_pot_excludes_every_other_way",
            ),
            models.CheckConstraint(
                condition=Q(online_card=False) | Q(cheque=False, cash=False, transfer=False, card_terminal=False, money_pot=False),
                name="online_card_excludes_every_other_way",
            ),
        ]

    def __str__(self) -> str:
        return f"ways to pay of {self.group_id}"


class PromisedPayment(models.Model):
    """A payment that a client announced with an order. Beside the balance until it is received; then it never changes again."""

    class Way(models.TextChoices):
        # Cash, cheque or card: named when it is received.
        ON_THE_SPOT = "on_the_spot", _("Paiement sur place")
        CHEQUE = Method.CHEQUE.value, _("Chèque")
        CASH = Method.CASH.value, _("Espèces")
        TRANSFER = Method.TRANSFER.value, _("Virement")
        CARD_TERMINAL = Method.CARD_TERMINAL.value, _("Carte sur place")

    class State(models.TextChoices):
        PENDING = "pending", _("promis")
        RECEIVED = "received", _("reçu")
        CANCELLED = "cancelled", _("annulé")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="promised_payments")
    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, related_name="promised_payments")
    way = models.CharField(max_length=20, choices=Way)
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="promise")
    promised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0) | Q(state="cancelled"), name="promised_payment_is_positive"),
            models.CheckConstraint(
                condition=Q(state="received", payment__isnull=False) | (~Q(state="received") & Q(payment=None)),
                name="a_received_promise_has_its_payment",
            ),
            models.UniqueConstraint(fields=["basket", "way"], condition=Q(state="pending"), name="one_pending_promise_per_basket_and_way"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.amount_cents}"


class Refund(models.Model):
    """Money given back to a client, out of what was in their favour."""

    class State(models.TextChoices):
        GIVEN = "given", _("rendu")
        CANCELLED = "cancelled", _("annulé")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="refunds")
    account = models.ForeignKey(MemberAccount, on_delete=models.PROTECT, related_name="refunds")
    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, null=True, related_name="refunds")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=20, choices=Method)
    amount_cents = models.BigIntegerField()
    given_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.GIVEN)
    operation_no = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_is_positive")]
        indexes = [models.Index(fields=["account", "-id"], name="refunds_of_an_account")]

    def __str__(self) -> str:
        return f"{self.method} {self.amount_cents}"
