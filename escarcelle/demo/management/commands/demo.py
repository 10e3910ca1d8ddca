"""`manage.py demo`: the demo groups, built once, and how to sign in to them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from escarcelle.demo import direct_paysans, groix
from escarcelle.demo.cast import DIRECT_PAYSANS, GROIX, PASSWORD, Login
from escarcelle.groups.models import Group

GROUPS: tuple[tuple[str, Callable[..., Group], Iterable[Login]], ...] = (
    ("AMAP de Groix", groix.build, GROIX),
    ("Direct Paysans", direct_paysans.build, DIRECT_PAYSANS),
)


class Command(BaseCommand):
    help = "Builds the demo groups that are not there yet, by the same acts as people do, and prints one sign-in per role."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, build, _ in GROUPS:
            if not Group.objects.filter(name=name).exists():
                self.stdout.write(f"{name}…")
                build(timezone.localdate())
        self.stdout.write(f"\nEscarcelle : {settings.SITE_URL}\nMot de passe de la démonstration : {PASSWORD}\n")
        for name, _, logins in GROUPS:
            self.stdout.write(f"\n  {name}")
            for login in logins:
                self.stdout.write(f"    {login.email:34} {login.in_words}")
        self.stdout.write("")
