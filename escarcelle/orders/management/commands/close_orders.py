"""`manage.py close_orders [--at INSTANT]`: give the default orders of the variable contracts whose orders have closed, in every group."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from escarcelle.orders.default_orders import close_orders


class Command(BaseCommand):
    help = "Gives the default orders of the dates whose orders have closed. Every quarter of an hour, for example; twice changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--at", type=_instant, help="as if it were this instant: 2026-11-12T20:00, in the zone of the server; now unless told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = close_orders(at=options["at"] or timezone.now())
        self.stdout.write(f"{given} default orders given.")


def _instant(text: str) -> dt.datetime:
    found = parse_datetime(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not an instant such as 2026-11-12T20:00")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
