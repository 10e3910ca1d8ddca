"""« Une distribution attend d’être validée »: said to who administers the group when it ends, and three days later.

Whoever is told so is told once per occasion, and gets one mail a day at most, whatever the number of their groups: what falls due later that
day is said the next one, unless it was validated meanwhile."""

import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from escarcelle.distributions.models import Distribution
from escarcelle.groups.models import Group, Member, Role
from escarcelle.lib.dates import format_hour, format_long_day
from escarcelle.notifications.models import ValidationReminder
from escarcelle.orders.blocking import limit, unvalidated
from escarcelle.orders.models import Basket
from escarcelle.people.models import Person

LATER_BY = dt.timedelta(days=3)
LASTING_REFUSAL = 500
Occasion = ValidationReminder.Occasion

logger = logging.getLogger("escarcelle.notifications")


class MailServerSilent(Exception):
    """Mails did not leave. What they say will be said the next time."""


@dataclass(frozen=True)
class Due:
    """Something to be said about a distribution."""

    distribution: Distribution
    occasion: str


@dataclass(frozen=True)
class WaitingDay:
    """A line of the mail, in the reader's language."""

    day: str
    hour: str
    place: str
    basket_count: int


@dataclass(frozen=True)
class WaitingGroup:
    """A group in the mail: what waits there, and what the limit does."""

    group: Group
    days: list[WaitingDay]
    limit: int
    link: str

    @property
    def is_blocked(self) -> bool:
        return len(self.days) >= self.limit

    @property
    def before_blocked(self) -> int:
        """How many more close the orders."""
        return self.limit - len(self.days)

    @property
    def to_validate(self) -> int:
        """How many validations open them again."""
        return len(self.days) - self.limit + 1


def send_validation_reminders(*, at: dt.datetime) -> int:
    """Tell everybody what is to be said to them at this instant; give how many mails left. Three statements when there is nothing to say.

    Safe to run at any time, twice at once, and after a stop half-way: a mail is noted before it leaves, so that none leaves twice; the one
    that was leaving when the computer stopped is lost. Raises `MailServerSilent`: run it again."""
    sent = 0
    for person_id in sorted(_to_be_told(at)):
        person, reminders = _claim(person_id, at)
        if reminders and _send(person, reminders, at):
            sent += 1
    return sent


def _to_be_told(at: dt.datetime) -> dict[int, list[Due]]:
    """What was not said yet, by person, whether or not they had a mail today."""
    by_group: dict[int, list[Due]] = defaultdict(list)
    for distribution in unvalidated(Distribution.objects.all(), at):
        by_group[distribution.group_id] += [Due(distribution, occasion) for occasion in _occasions(distribution, at)]
    waiting = {due.distribution for dues in by_group.values() for due in dues}
    told = set(ValidationReminder.objects.filter(distribution__in=waiting).values_list("person_id", "distribution_id", "occasion"))
    to_be_told: dict[int, list[Due]] = defaultdict(list)
    for member in _recipients(by_group):
        for due in by_group[member.group_id]:
            if member.person_id and (member.person_id, due.distribution.pk, due.occasion) not in told:
                to_be_told[member.person_id].append(due)
    return to_be_told


def _occasions(distribution: Distribution, at: dt.datetime) -> list[str]:
    ends = distribution.ends
    # By the clock on the wall, also when summer time ends in between.
    later = timezone.make_aware(timezone.make_naive(ends) + LATER_BY)
    return [occasion for occasion, since in ((Occasion.ENDED, ends), (Occasion.THREE_DAYS_LATER, later)) if at >= since]


def _recipients(groups: Iterable[int]) -> list[Member]:
    """Who administers these groups and signs in."""
    present = Member.objects.present().filter(group__in=groups, person__is_active=True, is_machine=False)
    return list(present.filter(roles__name=Role.Name.ADMINISTRATOR).order_by("pk"))


@transaction.atomic
def _claim(person_id: int, at: dt.datetime) -> tuple[Person, list[ValidationReminder]]:
    """Note what this person is about to be told, looked at again now that nobody else can: nothing when they had a mail today."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    today = timezone.localdate(at)
    if ValidationReminder.objects.filter(person=person, on=today).exists():
        return person, []
    return person, ValidationReminder.objects.bulk_create(
        ValidationReminder(
            group_id=due.distribution.group_id, distribution=due.distribution, person=person, occasion=due.occasion, on=today
        )
        for due in _to_be_told(at).get(person_id, [])
    )


def _send(person: Person, reminders: list[ValidationReminder], at: dt.datetime) -> bool:
    """Let the mail leave, outside of any transaction; whether it did. Raises `MailServerSilent`; the note is then taken back."""
    noted = ValidationReminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
    try:
        _mail(person, at).send()
    except SMTPRecipientsRefused as refused:
        if any(code < LASTING_REFUSAL for code, _ in refused.recipients.values()):
            noted.delete()
        logger.warning("the mailbox of person %s was refused: %s", person.pk, refused.recipients)
        return False
    except (OSError, SMTPException) as error:
        noted.delete()
        logger.warning("the reminder of person %s did not leave: %s", person.pk, error)
        raise MailServerSilent(str(error)) from error
    noted.update(sent_at=at)
    return True


def _mail(person: Person, at: dt.datetime) -> EmailMultiAlternatives:
    """Everything that waits in the groups of this person, those of today and those of before."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        groups = _waiting_groups(person, at)
        count = sum(len(waiting.days) for waiting in groups)
        subject = ngettext("{count} distribution attend d’être validée", "{count} distributions attendent d’être validées", count).format(
            count=count
        )
        words = {"person": person, "groups": groups, "language": translation.get_language()}
        mail = EmailMultiAlternatives(
            subject=f"{', '.join(waiting.group.name for waiting in groups)}\u00a0: {subject}",
            body=render_to_string("notifications/validation_reminder.txt", words),
            to=[person.email],
        )
        mail.attach_alternative(render_to_string("notifications/validation_reminder.html", words), "text/html")
        return mail


def _waiting_groups(person: Person, at: dt.datetime) -> list[WaitingGroup]:
    mine = Group.objects.filter(members__in=Member.objects.present().filter(person=person, roles__name=Role.Name.ADMINISTRATOR))
    waiting = list(unvalidated(Distribution.objects.filter(group__in=mine), at).select_related("group", "place"))
    baskets = Basket.objects.to_validate().filter(distribution__in=waiting).order_by()
    counts: Counter[int] = Counter(dict(baskets.values_list("distribution").annotate(count=Count("pk"))))
    by_group: dict[Group, list[Distribution]] = defaultdict(list)
    for distribution in waiting:
        by_group[distribution.group].append(distribution)
    return [
        WaitingGroup(
            group,
            [_waiting_day(distribution, counts[distribution.pk]) for distribution in distributions],
            limit(),
            settings.SITE_URL + reverse("web:distributions", args=[group.slug]),
        )
        for group, distributions in sorted(by_group.items(), key=lambda found: (found[0].name, found[0].pk))
    ]


def _waiting_day(distribution: Distribution, basket_count: int) -> WaitingDay:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return WaitingDay(
        format_long_day(distribution.on, language=language),
        format_hour(distribution.starts_at, language=language),
        distribution.place.name,
        basket_count,
    )
