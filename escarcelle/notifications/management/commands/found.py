"""`manage.py found NAME EMAIL LAST_NAME [FIRST_NAME]`: a group, its first administrator, and the link by which they sign in."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from escarcelle.groups.founding import found_group, is_there_a_group
from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Group
from escarcelle.lib.refusals import Refusal
from escarcelle.notifications.invitations import invitation_link


class Command(BaseCommand):
    help = "Founds a group and prints the link by which its first administrator chooses a password and signs in."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help='the name of the group, for example "AMAP de Groix"')
        parser.add_argument("email", help="the address of its first administrator")
        parser.add_argument("last_name")
        parser.add_argument("first_name", nargs="?", default="")
        parser.add_argument("--market", action="store_true", help="a market or buying group, where members pay the group; else an AMAP")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if is_there_a_group(options["name"]):
            raise CommandError("There is a group of this name already.")
        kind = Group.Kind.MARKET if options["market"] else Group.Kind.AMAP
        details = PersonalDetails(options["last_name"], options["first_name"], options["email"])
        try:
            group, administrator = found_group(name=options["name"], kind=kind, administrator=details, on=timezone.localdate())
        except Refusal as refusal:
            raise CommandError(refusal.sentence()) from refusal
        self.stdout.write(f"{group.name} ({group.slug}). {administrator.name} signs in, within fourteen days, at")
        self.stdout.write(invitation_link(administrator))
