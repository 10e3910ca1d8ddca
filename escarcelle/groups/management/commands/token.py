"""`manage.py token GROUP EMAIL`: a key to the API for a member who signs in."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escarcelle.groups.models import Member
from escarcelle.groups.tokens import make_token
from escarcelle.people.models import normal_email


class Command(BaseCommand):
    help = "Makes a key to the API that acts as a member, and prints it once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("group", help="the group's address, for example amap-de-groix")
        parser.add_argument("email", help="the e-mail the member signs in with")
        parser.add_argument("--name", default="ligne de commande", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        member = Member.objects.present().filter(group__slug=options["group"], person__email=normal_email(options["email"])).first()
        if member is None:
            raise CommandError("Nobody signs in to this group with this e-mail.")
        self.stdout.write(make_token(member=member, name=options["name"], by=member))
