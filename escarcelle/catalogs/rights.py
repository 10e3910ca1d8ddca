"""Rights of one member: over the group by role, over a contract by coordination or as its producer."""

from dataclasses import dataclass

from escarcelle.catalogs.models import Contract, Coordination, ProducerAccess
from escarcelle.groups.models import Member
from escarcelle.groups.permissions import (
    COORDINATOR_IN_GROUP,
    COORDINATOR_OF_CONTRACT,
    PRODUCER_OF_CONTRACT,
    Permission,
    group_permissions,
)


@dataclass(frozen=True)
class Rights:
    """What one member may do, ready to be asked many times without a query."""

    in_group: frozenset[Permission]
    coordinated_contract_ids: frozenset[int]
    producer_ids: frozenset[int]

    def may(self, permission: Permission, contract: Contract | None = None) -> bool:
        """Whether they may do this over the whole group, or, when one is given, over this contract."""
        if permission in self.in_group:
            return True
        if contract is None:
            return False
        as_coordinator = contract.pk in self.coordinated_contract_ids and permission in COORDINATOR_OF_CONTRACT
        as_producer = contract.producer_id in self.producer_ids and permission in PRODUCER_OF_CONTRACT
        return as_coordinator or as_producer

    def may_over_some_contract(self, permission: Permission) -> bool:
        """Whether there is at least one contract over which they may do this."""
        return (
            permission in self.in_group
            or bool(self.coordinated_contract_ids and permission in COORDINATOR_OF_CONTRACT)
            or bool(self.producer_ids and permission in PRODUCER_OF_CONTRACT)
        )


def rights_of(member: Member) -> Rights:
    """Read a member's rights, in three statements. Who has left has none."""
    in_group = group_permissions(member)
    if not in_group:
        return Rights(frozenset(), frozenset(), frozenset())
    contract_ids = frozenset(Coordination.objects.filter(member=member).values_list("contract_id", flat=True))
    producer_ids = frozenset(ProducerAccess.objects.filter(member=member).values_list("producer_id", flat=True))
    if contract_ids:
        in_group |= COORDINATOR_IN_GROUP
    return Rights(in_group, contract_ids, producer_ids)
