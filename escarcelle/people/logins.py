"""A login whose address is known to be its owner's: made for an accepted invitation, a first administrator, or the demo."""

from allauth.account.models import EmailAddress
from django.db import transaction

from escarcelle.people.models import Person, normal_email


@transaction.atomic
def login_of(email: str, *, password: str | None = None, last_name: str = "", first_name: str = "") -> Person:
    """The person who signs in with this address, made if there is none, their address noted as verified."""
    person = Person.objects.filter(email=normal_email(email)).first()
    if person is None:
        person = Person.objects.create_user(email, password, last_name=last_name, first_name=first_name)
    EmailAddress.objects.update_or_create(
        user=person,
        email=person.email,
        defaults={"verified": True, "primary": not EmailAddress.objects.filter(user=person, primary=True).exists()},
    )
    return person


def has_login(email: str) -> bool:
    """Whether somebody signs in with this address."""
    return bool(email) and Person.objects.filter(email=normal_email(email)).exists()
