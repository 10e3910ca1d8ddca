"""`manage.py demo`: the demo groups, built once, and how to sign in to them."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from escarcelle.demo import direct_paysans, groix, money_pot
from escarcelle.demo.cast import DIRECT_PAYSANS, GROIX, LA_CAGNOTTE, PASSWORD, Login
from escarcelle.groups.founding import is_there_a_group
from escarcelle.groups.models import Group

GROUPS: tuple[tuple[str, Callable[[dt.datetime], Group], Iterable[Login]], ...] = (
    (groix.NAME, lambda now: groix.build(timezone.localdate(now)), GROIX),
    (direct_paysans.NAME, direct_paysans.build, DIRECT_PAYSANS),
    (money_pot.NAME, money_pot.build, LA_CAGNOTTE),
)
# The people of the demo have addresses that cannot exist.
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


class Command(BaseCommand):
    help = "Builds the demo groups that are not there yet, by the same acts as people do, and prints one sign-in per role."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, build, _ in GROUPS:
            # By their address, which stays when a group is renamed.
            if not is_there_a_group(name):
                self.stdout.write(f"{name}…")
                with patch.object(settings, "EMAIL_BACKEND", NO_MAIL):
                    build(timezone.now())
        self.stdout.write(f"\nEscarcelle\u00a0: {settings.SITE_URL}\nMot de passe de la démonstration\u00a0: {PASSWORD}\n")
        for name, _, logins in GROUPS:
            self.stdout.write(f"\n  {name}")
            for login in logins:
                self.stdout.write(f"    {login.email:34} {login.in_words}")
        self.stdout.write("")
