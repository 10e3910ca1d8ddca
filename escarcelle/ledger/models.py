"""Books of cents. The tables, their constraints and their triggers are written in SQL (`schema`); these classes only read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    """What an account holds. Every kind but `member` and `supplier` exists at most once in a book."""

    MEMBER = "member", _("membre")
    PRODUCER = "producer", _("producteur")
    # What a market owes to one of its producers; in an AMAP the book itself is the producer's.
    SUPPLIER = "supplier", _("producteur du marché")
    # Between a client and the producers of one order: always back at zero.
    ORDERS = "orders", _("commandes à répartir")
    SALES = "sales", _("ventes")
    VAT = "vat", _("TVA collectée")
    CHEQUES_IN_HAND = "cheques_in_hand", _("chèques en main")
    CHEQUES_HANDED_OVER = "cheques_handed_over", _("chèques remis")
    CASH = "cash", _("caisse")
    BANK = "bank", _("banque")
    CARD_TERMINAL = "card_terminal", _("carte sur place")
    ONLINE = "online", _("carte en ligne")
    UNKNOWN_METHOD = "unknown_method", _("moyen à préciser")
    SUSPENSE = "suspense", _("attente")
    OPENING = "opening", _("reprise")
    BALANCE_TRANSFER = "balance_transfer", _("report de solde")
    FEES = "fees", _("frais")
    SHORTAGE = "shortage", _("manque de caisse")
    OVERAGE = "overage", _("excédent de caisse")
    GIVEN = "given", _("petits écarts abandonnés")


# Numbers of the French chart of accounts, as an accountant expects them (domain §4.4).
CHART = {
    AccountKind.MEMBER: "411",
    AccountKind.PRODUCER: "467",
    AccountKind.SUPPLIER: "467",
    AccountKind.ORDERS: "4678",
    AccountKind.SALES: "707",
    AccountKind.VAT: "4457",
    AccountKind.CHEQUES_IN_HAND: "5112",
    AccountKind.CHEQUES_HANDED_OVER: "5113",
    AccountKind.CASH: "530",
    AccountKind.BANK: "512",
    AccountKind.CARD_TERMINAL: "5115",
    AccountKind.ONLINE: "5116",
    AccountKind.UNKNOWN_METHOD: "4718",
    AccountKind.SUSPENSE: "471",
    AccountKind.OPENING: "890",
    AccountKind.BALANCE_TRANSFER: "580",
    AccountKind.FEES: "627",
    AccountKind.SHORTAGE: "658",
    AccountKind.OVERAGE: "758",
    AccountKind.GIVEN: "6588",
}


class Book(models.Model):
    """The accounts of one payee, in one currency, and the head of their chain."""

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)
    last_seq = models.BigIntegerField()
    last_operation_no = models.BigIntegerField()
    last_hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_book"

    def __str__(self) -> str:
        return f"book {self.pk}"


class Account(models.Model):
    """One account of a book. Balance = credits − debits, in cents, moved by the database alone."""

    pk = models.CompositePrimaryKey("book_id", "no")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    no = models.BigIntegerField()
    kind = models.CharField(max_length=30, choices=AccountKind)
    balance_cents = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "ledger_account"
        # Known to the database as its primary key; said again for the joins that point here.
        constraints = [models.UniqueConstraint(fields=["book", "no"], name="one_account_of_a_number_per_book")]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.no}"


class Operation(models.Model):
    """What happened: the header of one transfer or more, sealed into the chain with them."""

    pk = models.CompositePrimaryKey("book_id", "no")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="operations")
    no = models.BigIntegerField()
    ref = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    value_date = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    about = models.CharField(max_length=100)
    reverses_no = models.BigIntegerField(null=True)
    first_seq = models.BigIntegerField()
    transfer_count = models.IntegerField()
    text_digest = models.BinaryField()
    # Words may name a person: they can be erased without breaking the chain, which holds their digest.
    label = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    salt = models.BinaryField()
    last_seq = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "ledger_operation"

    def __str__(self) -> str:
        return f"{self.book_id}/{self.ref}"


class Transfer(models.Model):
    """Money from one account to another of the same book. Never changed, never deleted."""

    pk = models.CompositePrimaryKey("book_id", "seq")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="transfers")
    seq = models.BigIntegerField()
    operation_no = models.BigIntegerField()
    debit_no = models.BigIntegerField()
    credit_no = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_transfer"

    def __str__(self) -> str:
        return f"{self.book_id}#{self.seq}"
