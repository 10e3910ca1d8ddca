"""Erasing a person: their contact is wiped, the books stay whole (GDPR art. 17 §3 b: accounts are kept ten years)."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.departures import leave
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger.erasure import erase_texts_of_account, erase_texts_where
from escarcelle.lib.names import fold
from escarcelle.payments.models import Cheque, Payment

ERASED_TOKEN = "clé d’un membre effacé"  # noqa: S105  what is left of its name


@transaction.atomic
def erase_member(*, member: Member, on: dt.date, by: Member) -> None:
    """Wipe a member's name, contact and login link in this group, every word about them in the books, and what others' lines say by name.

    Amounts, dates and the chain of the books do not change. They leave the group first. No way back: nothing is left to go back to.
    Twice changes nothing. Refused: `LastAdministrator`."""
    leave(member=member, on=on, by=by)
    member.refresh_from_db()
    if member.erased_at is not None:
        return
    _erase_words_of(member)
    _erase_words_naming(member)
    _erase_from_the_log(member)
    _erase_contact(member)
    activity, _ = begin(group=member.group, by=by if by.pk != member.pk else None, kind="member.erased")
    note(activity, member=member.pk)


def _erase_words_of(member: Member) -> None:
    """What was typed on their own accounts, whoever it names."""
    for account in member.accounts.all():
        erase_texts_of_account(account.book_id, account.account_no)
    Payment.objects.filter(account__member=member).update(label="")
    Cheque.objects.filter(payment__account__member=member).update(number="", bank="", drawer="")


def _erase_words_naming(member: Member) -> None:
    """On somebody else's account: a cheque that they drew, a label that says their first and last name."""
    is_about = _names(member)
    drawn = [pk for pk, drawer in member.group.cheques.exclude(drawer="").values_list("pk", "drawer") if is_about(drawer)]
    Cheque.objects.filter(pk__in=drawn).update(number="", bank="", drawer="")
    labelled = [pk for pk, label in member.group.payments.exclude(label="").values_list("pk", "label") if is_about(label)]
    Payment.objects.filter(pk__in=labelled).update(label="")
    for book_id in (member.group.book_id, *member.group.producers.values_list("book_id", flat=True)):
        erase_texts_where(book_id, is_about)


def _names(member: Member) -> Callable[[str], bool]:
    """Whether a text holds every word of their name. A name of one word alone could be anybody's, or a vegetable."""
    words = set(fold(f"{member.last_name} {member.first_name}").split())
    return lambda text: len(words) > 1 and words <= set(fold(text).split())


def _erase_from_the_log(member: Member) -> None:
    """A digest of a name and an address can be guessed: it goes too. The acts stay, by and about a member without a name."""
    member.group.activities.filter(kind__in=("member.created", "member.changed"), details__member=member.pk).update(content_digest="")
    member.api_tokens.update(name=ERASED_TOKEN)


def _erase_contact(member: Member) -> None:
    Member.objects.filter(household_of=member).update(household_of=None)
    person = member.person
    member.last_name, member.first_name = f"Membre effacé {member.pk}", ""
    member.email = member.phone = ""
    member.person = None
    member.household_of = None
    member.erased_at = timezone.now()
    member.save()
    if person is not None and not person.members.exists():
        person.delete()
