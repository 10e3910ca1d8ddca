from typing import Any
from django.db import models


class AccountKind(models.TextChoices):
    MEMBER = "member"
    CHEQUES_IN_HAND = "cheques_in_hand"
    CHEQUES_HANDED_OVER = "cheques_handed_over"
    CASH = "cash"
    BANK = "bank"
    CARD_TERMINAL = "card_terminal"
    UNKNOWN_METHOD = "unknown_method"
    PRODUCER = "producer"
    OPENING = "opening"
    BALANCE_TRANSFER = "balance_transfer"


class Book(models.Model):
    currency = models.CharField(max_length=3, default="EUR")
    last_seq = models.BigIntegerField(default=0)


class Account(models.Model):
    pk = models.CompositePrimaryKey("book_id", "no")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    no = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    balance_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "no"], name="interim_no")]


class Operation(models.Model):
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    no = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=100, blank=True)
    by = models.CharField(max_length=100)
    value_date = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    reverses_no = models.BigIntegerField(null=True)
    debit_no = models.BigIntegerField()
    credit_no = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
