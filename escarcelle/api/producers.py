"""Producers of a group, and who looks after their side."""

from escarcelle.api.frame.doors import ApiRequest
from escarcelle.api.frame.fields import Answer, Body, Text
from escarcelle.api.frame.operations import Operations
from escarcelle.catalogs.models import Producer
from escarcelle.catalogs.producers import create_producer, give_producer_access, take_producer_access
from escarcelle.groups.permissions import Permission

operations = Operations("producers")


class ProducerOut(Answer):
    """A producer. `payee_id` is what balances and accounts call them."""

    id: int
    name: str
    email: str
    phone: str
    payee_id: int

    @classmethod
    def of(cls, producer: Producer) -> "ProducerOut":
        return cls(id=producer.pk, name=producer.name, email=producer.email, phone=producer.phone, payee_id=producer.book_id)


class Producers(Answer):
    items: list[ProducerOut]


class ProducerIn(Body):
    name: Text
    email: Text = ""
    phone: Text = ""


@operations.get("/producers", may=Permission.SEE_CONTRACT, over_some=True, returns=Producers)
def list_producers(request: ApiRequest) -> Producers:
    """Producers, by name."""
    rights, producers = request.rights, request.group.producers.order_by("name", "pk")
    if not rights.may(Permission.SEE_CONTRACT):
        theirs = set(request.group.contracts.filter(pk__in=rights.coordinated_contract_ids).values_list("producer_id", flat=True))
        producers = producers.filter(pk__in=theirs | rights.producer_ids)
    return Producers(items=[ProducerOut.of(producer) for producer in producers])


@operations.post("/producers", may=Permission.MANAGE_CONTRACTS, returns=ProducerOut, status=201, example={"name": "Ferme de Groix"})
def create_a_producer(request: ApiRequest, body: ProducerIn) -> ProducerOut:
    """Add a producer, with the book of what members owe and have paid them.

    Refusals: `name_missing`, `name_taken`."""
    producer = create_producer(group=request.group, name=body.name, email=body.email, phone=body.phone, by=request.member, key=request.key)
    return ProducerOut.of(producer)


@operations.put("/producers/{producer_id}/accesses/{member_id}", may=Permission.MANAGE_ROLES, returns=ProducerOut)
def give_access(request: ApiRequest) -> ProducerOut:
    """Let a member see this producer's side."""
    give_producer_access(producer=request.producer, member=request.subject, by=request.member)
    return ProducerOut.of(request.producer)


@operations.delete("/producers/{producer_id}/accesses/{member_id}", may=Permission.MANAGE_ROLES)
def take_access(request: ApiRequest) -> None:
    """Close the producer's side to a member."""
    take_producer_access(producer=request.producer, member=request.subject, by=request.member)
