"""Persons who sign in. What they may do, and in which group, is known above (`groups`)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person who signs in with this e-mail; without password, by a code sent there."""
        person = self.model(email=normal_email(email), **fields)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=normal_email(username or ""))


def normal_email(email: str) -> str:
    """One spelling for one mailbox: trimmed and in lower case."""
    return email.strip().lower()


class Person(AbstractBaseUser):
    """One login, for as many groups as the person belongs to."""

    email = models.EmailField(unique=True)
    last_name = models.CharField(max_length=80, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    # What they last read our screens in; mails follow. Empty: the language of the house.
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    # Runs the installation: sees its health and its limits, never the books of a group.
    is_host = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email
