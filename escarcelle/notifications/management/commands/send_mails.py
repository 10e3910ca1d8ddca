"""`manage.py send_mails`: the mails that nobody asks for, when their time has come. Run every few minutes by the computer itself."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escarcelle.notifications.validation_reminders import MailServerSilent, send_validation_reminders


class Command(BaseCommand):
    help = "Sends the mails that are due: reminders of distributions to validate. Run it every five minutes: it never sends one twice."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = send_validation_reminders(at=timezone.now())
        except MailServerSilent as silent:
            raise CommandError(f"The mail server does not answer: {silent}") from silent
        if count:
            self.stdout.write(f"Mails sent: {count}")
