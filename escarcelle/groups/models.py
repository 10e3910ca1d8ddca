"""The tenant: a group, its members, what they may do, and the log of what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escarcelle.ledger.models import Account, Book
from escarcelle.lib.names import display_name, initials, sort_key

if TYPE_CHECKING:
    from escarcelle.people.models import Person


class Group(models.Model):
    """An AMAP or a market. Everything that belongs to it carries its key."""

    class Kind(models.TextChoices):
        AMAP = "amap", _("AMAP")
        MARKET = "market", _("Marché ou groupement d’achat")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    # The group's own money: membership fees in an AMAP, the clients' accounts in a market.
    book = models.OneToOneField(Book, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_amap(self) -> bool:
        return self.kind == self.Kind.AMAP


class MemberQuerySet(models.QuerySet["Member"]):
    def present(self) -> MemberQuerySet:
        """Who has not left and was not erased."""
        return self.filter(left_on=None, erased_at=None)

    def by_name(self) -> MemberQuerySet:
        return self.order_by("sort_key", "pk")

    def households(self) -> MemberQuerySet:
        """One row per household: second persons have no account of their own."""
        return self.filter(household_of=None)


class Member(models.Model):
    """A person's belonging to one group, with or without a login.

    A household with two people is two members, the second pointing to the first, whose accounts both may see."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    person: models.ForeignKey[Person | None, Person | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="members"
    )
    household_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="second")
    last_name = models.CharField(_("Nom"), max_length=80)
    first_name = models.CharField(_("Prénom"), max_length=80, blank=True)
    email = models.EmailField(_("Adresse e-mail"), blank=True)
    phone = models.CharField(_("Téléphone"), max_length=30, blank=True)
    sort_key = models.CharField(max_length=200, editable=False)
    # A machine that calls the API on its own: listed with the tokens, not with the members.
    is_machine = models.BooleanField(default=False)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], name="one_membership_per_person_and_group"),
            models.CheckConstraint(condition=Q(household_of=None) | ~Q(household_of=F("id")), name="nobody_is_their_own_household"),
            models.CheckConstraint(condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="nobody_leaves_before_joining"),
        ]
        indexes = [models.Index(fields=["group", "sort_key"], name="members_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.last_name, self.first_name)[:200]
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """« ADAM Pécine »"""
        return display_name(self.last_name, self.first_name)

    @property
    def initials(self) -> str:
        return initials(self.last_name, self.first_name)

    @property
    def holder(self) -> Member:
        """The member who holds the household's accounts."""
        return self.household_of or self

    @property
    def holder_id(self) -> int:
        return self.household_of_id or self.pk

    @property
    def is_present(self) -> bool:
        return self.left_on is None and self.erased_at is None


class Role(models.Model):
    """A right over the whole group. Rights over one contract or one producer are kept beside these (`catalogs`)."""

    class Name(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrateur")
        TREASURER = "treasurer", _("trésorier")
        VOLUNTEER = "volunteer", _("bénévole")

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="roles")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField(max_length=20, choices=Name)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="one_role_of_a_name_per_member")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.name}"


class MemberAccount(models.Model):
    """A member's account with one payee. Balance = payments received − what was ordered.

    A subscription has an account of its own; beside it a member may have one *general* account per payee, for the balance they
    arrived with or, in a market, for everything. Accounts of one payee may be added up; those of two payees never."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="accounts")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="accounts")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="member_accounts")
    account_no = models.BigIntegerField()
    is_general = models.BooleanField(default=False)
    ledger_account = models.ForeignObject(
        Account, on_delete=models.DO_NOTHING, from_fields=["book_id", "account_no"], to_fields=["book_id", "no"], related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "account_no"], name="one_member_per_account"),
            models.UniqueConstraint(
                fields=["member", "book"], condition=Q(is_general=True), name="one_general_account_per_member_and_payee"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.account_no}"


class Activity(models.Model):
    """Who did what, when: one row per act, written in the act's own transaction, never changed.

    `key` makes an act safe to send twice; `content_digest` tells the same act from another one sent under the same key."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="activities")
    at = models.DateTimeField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.UUIDField()
    content_digest = models.CharField(max_length=64)
    # What the act was about, for the log and for a replay: {"subscription": 12, "total_cents": 69300}.
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "activities"
        constraints = [models.UniqueConstraint(fields=["group", "key"], name="one_act_per_key")]
        indexes = [models.Index(fields=["group", "-id"], name="activities_newest_first")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ApiToken(models.Model):
    """A key to the API: acts as one member, within that member's rights or one role of theirs."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="api_tokens")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
