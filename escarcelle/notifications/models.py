"""What was said to whom, so that nobody is told twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from escarcelle.distributions.models import Distribution
from escarcelle.groups.models import Group


class ValidationReminder(models.Model):
    """A person is told by mail that a distribution waits to be validated. Rows of one person and day are one mail."""

    class Occasion(models.TextChoices):
        ENDED = "ended"
        THREE_DAYS_LATER = "three_days_later"

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="validation_reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    occasion = models.CharField(max_length=20, choices=Occasion)
    on = models.DateField()
    # None while the mail leaves, and for ever when the computer stops at that moment, or the mailbox is refused.
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "distribution", "occasion"], name="told_once_per_person_and_occasion")]
        indexes = [models.Index(fields=["person", "on"], name="reminders_of_a_day")]

    def __str__(self) -> str:
        return f"{self.distribution_id} {self.occasion}: {self.person_id}"
