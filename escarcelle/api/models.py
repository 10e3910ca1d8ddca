"""Answers kept for a while, so that a request sent again gets what it got the first time."""

from django.db import models

from escarcelle.groups.models import Group, Member


class IdempotentAnswer(models.Model):
    """What was answered to a key: written in the transaction of the act itself, forgotten after `answers.KEPT_FOR`.

    Refusals are not kept: nothing was done, the request may be sent again once mended."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="idempotent_answers")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=300)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["group", "created_at"], name="answers_oldest_first")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"
