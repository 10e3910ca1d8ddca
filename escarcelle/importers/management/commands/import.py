"""`manage.py import camap FILE`, `manage.py import members FILE`: shows what would be taken over; with `--save`, takes it over."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escarcelle.groups.models import Group, Member
from escarcelle.importers import camap, member_import
from escarcelle.importers.camap_file import read_camap
from escarcelle.importers.member_sheet import propose_columns, read_members
from escarcelle.importers.report import camap_report, members_report
from escarcelle.importers.tables import read_table
from escarcelle.lib.refusals import Refusal
from escarcelle.people.models import normal_email


class Command(BaseCommand):
    help = "Takes over a file of another program. A dry run, unless --save is given; the same file twice adds nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", choices=["camap", "members"], help="the subscriptions export of CAMAP, or a sheet of members")
        parser.add_argument("file", type=Path, help="CSV; for members also XLSX and ODS")
        parser.add_argument("--group", help="the group's address, for example amap-de-groix; needed where there are several groups")
        parser.add_argument("--by", default="", help="the e-mail of the member in whose name it is done")
        parser.add_argument("--save", action="store_true", help="take it over for good")

    def handle(self, *args: Any, **options: Any) -> None:
        group = _group(options["group"])
        by = _member(group, options["by"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        run = _camap if options["source"] == "camap" else _members
        try:
            lines = run(group, data, options["file"].name, by, options["save"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence()) from refusal
        for line in lines:
            self.stdout.write(line)


def _group(slug: str | None) -> Group:
    groups = Group.objects.order_by("slug")
    if slug:
        groups = groups.filter(slug=slug)
    found = list(groups)
    if len(found) != 1:
        every = ", ".join(Group.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"Say which group with --group. There are: {every}.")
    return found[0]


def _member(group: Group, email: str) -> Member | None:
    if not email:
        return None
    member = group.members.present().filter(email=normal_email(email)).first()
    if member is None:
        raise CommandError("Nobody in this group has this e-mail.")
    return member


def _camap(group: Group, data: bytes, name: str, by: Member | None, is_saved: bool) -> list[str]:
    file = read_camap(data, file_name=name)
    act = camap.carry_out if is_saved else camap.preview
    return camap_report(act(group=group, file=file, on=timezone.localdate(), by=by), is_saved=is_saved)


def _members(group: Group, data: bytes, name: str, by: Member | None, is_saved: bool) -> list[str]:
    table = read_table(data, file_name=name)
    sheet = read_members(table, propose_columns(table))
    act = member_import.carry_out if is_saved else member_import.preview
    return members_report(act(group=group, sheet=sheet, payee=None, on=timezone.localdate(), by=by), is_saved=is_saved)
