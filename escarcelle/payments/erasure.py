"""Erasing a person: their contact is wiped, the books stay whole (GDPR art. 17 §3 b: accounts are kept ten years)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from escarcelle.groups.activity import begin, note
from escarcelle.groups.members import leave
from escarcelle.groups.models import Member
from escarcelle.ledger.erasure import erase_texts_of_account
from escarcelle.payments.models import Cheque, Payment


@transaction.atomic
def erase_member(*, member: Member, on: dt.date, by: Member) -> None:
    """Wipe a member's name, contact and login link in this group, and every word about them in the books.

    Amounts, dates and the chain of the books do not change. They leave the group first. No way back: nothing is left to go back to.
    Twice changes nothing. Refused: `LastAdministrator`."""
    leave(member=member, on=on, by=by)
    member.refresh_from_db()
    if member.erased_at is not None:
        return
    for account in member.accounts.all():
        erase_texts_of_account(account.book_id, account.account_no)
    Payment.objects.filter(account__member=member).update(label="")
    Cheque.objects.filter(payment__account__member=member).update(number="", bank="", drawer="")
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
    activity, _ = begin(group=member.group, by=by if by.pk != member.pk else None, kind="member.erased")
    note(activity, member=member.pk)
