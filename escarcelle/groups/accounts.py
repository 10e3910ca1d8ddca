"""Opening the accounts that members have with payees."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from escarcelle.groups.models import Group, Member, MemberAccount
from escarcelle.ledger import books
from escarcelle.ledger.models import AccountKind


def open_account(*, group: Group, member: Member, book_id: int, is_general: bool = False) -> MemberAccount:
    """A new account of this member with the payee who owns the book."""
    account = books.open_account(book_id, AccountKind.MEMBER)
    return MemberAccount.objects.create(group=group, member=member, book_id=book_id, account_no=account.no, is_general=is_general)


@transaction.atomic
def general_account(*, group: Group, member: Member, book_id: int) -> MemberAccount:
    """The member's general account with a payee, opened the first time it is needed, by whoever comes first."""
    found = group.accounts.filter(member=member, book_id=book_id, is_general=True).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return open_account(group=group, member=member, book_id=book_id, is_general=True)
    except IntegrityError:
        return group.accounts.get(member=member, book_id=book_id, is_general=True)


@transaction.atomic
def general_accounts(*, group: Group, members: Sequence[Member], book_id: int) -> dict[int, MemberAccount]:
    """The general accounts of these members with a payee, by member, opened where they are missing. Seven statements at most.

    The book is held until the end of the transaction: two people who take over at once open each account once."""
    books.lock(book_id)
    found = {account.member_id: account for account in group.accounts.filter(member__in=members, book_id=book_id, is_general=True)}
    missing = [member for member in members if member.pk not in found]
    nos = books.open_accounts(book_id, AccountKind.MEMBER, len(missing))
    opened = MemberAccount.objects.bulk_create(
        MemberAccount(group=group, member=member, book_id=book_id, account_no=no, is_general=True)
        for member, no in zip(missing, nos, strict=True)
    )
    return found | {account.member_id: account for account in opened}
