"""What a member is in the group, in words. Each reads what the page fetched for all its members at once."""

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from escarcelle.groups.models import Member


def roles_of(member: Member) -> str:
    """« trésorier, coordonne Contrat légumes »; nothing for who has no role."""
    words = [str(role.get_name_display()) for role in member.roles.all()]
    words += [_("coordonne {contract}").format(contract=coordination.contract.name) for coordination in member.coordinations.all()]
    words += [_("producteur\u00a0: {producer}").format(producer=access.producer.name) for access in member.producer_accesses.all()]
    return ", ".join(words)


def household_of(member: Member) -> str:
    """The other person of the household, if there is one."""
    other = member.household_of or second_of(member)
    return other.name if other else ""


def second_of(member: Member) -> Member | None:
    """The second person of the household that this member holds."""
    try:
        second: Member = member.second
    except ObjectDoesNotExist:
        return None
    return second
