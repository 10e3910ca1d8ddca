"""Who may do what: one table. Rights over one contract or one producer start from the same words, in `catalogs.rights`."""

from enum import Enum, auto
from functools import cache

from escarcelle.groups.models import Member, Role


class Permission(Enum):
    """What a person does, in words. A permission may be held over a whole group or over one contract."""

    BELONG = auto()  # see one's own page
    SEE_DISTRIBUTIONS = auto()  # who collects what on the day
    SEE_MEMBERS = auto()  # the list of members with their contacts
    MANAGE_MEMBERS = auto()  # create, change, invite, let leave
    ERASE_MEMBERS = auto()
    MANAGE_ROLES = auto()
    MANAGE_GROUP = auto()  # settings, tokens
    SEE_ACTIVITY = auto()
    MANAGE_CONTRACTS = auto()  # producers, new contracts
    SEE_CONTRACT = auto()  # its subscriptions and their balances
    MANAGE_CONTRACT = auto()  # its period, products, prices, deliveries
    MANAGE_SUBSCRIPTIONS = auto()
    RECORD_PAYMENTS = auto()
    CORRECT_PAYMENTS = auto()
    SEE_ACCOUNTS = auto()  # anybody's account, the balances of all
    TAKE_OVER_BALANCES = auto()
    MOVE_BALANCES = auto()
    IMPORT = auto()
    VERIFY_BOOKS = auto()
    ORDER = auto()  # for oneself, in a market
    ORDER_FOR_CLIENTS = auto()  # for somebody else, also after the orders have closed
    PLAN_MARKET_DAYS = auto()
    HANDLE_BASKETS = auto()  # on the day: what was missing, weighed, paid; validate one basket
    FORCE_VALIDATION = auto()  # validate everything at once; share out a shortage; change a price
    REOPEN_VALIDATION = auto()
    COUNT_TILL = auto()
    SET_WAYS_TO_PAY = auto()


P = Permission
_COORDINATOR = frozenset(
    {P.SEE_CONTRACT, P.MANAGE_CONTRACT, P.MANAGE_SUBSCRIPTIONS, P.RECORD_PAYMENTS, P.CORRECT_PAYMENTS, P.MOVE_BALANCES}
)
_TREASURER = _COORDINATOR | {
    P.SEE_DISTRIBUTIONS,
    P.SEE_MEMBERS,
    P.MANAGE_MEMBERS,
    P.SEE_ACTIVITY,
    P.MANAGE_CONTRACTS,
    P.SEE_ACCOUNTS,
    P.TAKE_OVER_BALANCES,
    P.IMPORT,
    P.VERIFY_BOOKS,
    P.ORDER_FOR_CLIENTS,
    P.PLAN_MARKET_DAYS,
    P.HANDLE_BASKETS,
    P.FORCE_VALIDATION,
    P.COUNT_TILL,
}

EVERY_MEMBER: frozenset[Permission] = frozenset({P.BELONG, P.ORDER})
BY_ROLE: dict[str, frozenset[Permission]] = {
    Role.Name.ADMINISTRATOR: frozenset(Permission),
    Role.Name.TREASURER: frozenset(_TREASURER),
    Role.Name.VOLUNTEER: frozenset({P.SEE_DISTRIBUTIONS, P.HANDLE_BASKETS}),
}
# Over the contracts they coordinate, and, for a coordinator, over the whole group: the day's list and the names to choose from.
COORDINATOR_OF_CONTRACT: frozenset[Permission] = _COORDINATOR
COORDINATOR_IN_GROUP: frozenset[Permission] = frozenset({P.SEE_DISTRIBUTIONS, P.SEE_MEMBERS})
PRODUCER_OF_CONTRACT: frozenset[Permission] = frozenset({P.SEE_CONTRACT})


def group_permissions(member: Member) -> frozenset[Permission]:
    """What the member's roles allow over the whole group. Nothing once they have left.

    Reads `member.roles`: prefetch it where many members are asked about."""
    if not member.is_present:
        return frozenset()
    return _union(frozenset(role.name for role in member.roles.all()))


@cache
def _union(role_names: frozenset[str]) -> frozenset[Permission]:
    return EVERY_MEMBER.union(*(BY_ROLE[name] for name in role_names))
