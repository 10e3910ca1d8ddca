"""Whom members of a group pay. A balance always says with whom it is."""

from dataclasses import dataclass

from escarcelle.groups.models import Group


@dataclass(frozen=True)
class Payee:
    """A producer, or the group itself; `producer_id` is None for the group."""

    book_id: int
    name: str
    producer_id: int | None


def payees_of(group: Group) -> list[Payee]:
    """Producers by name, then the group's own money. One statement."""
    producers = group.producers.order_by("name", "pk").values_list("book_id", "name", "pk")
    return [*(Payee(*row) for row in producers), Payee(group.book_id, group.name, None)]


def payee_of_book(group: Group, book_id: int) -> Payee | None:
    """The payee who owns a book, None when it is not of this group."""
    return next((payee for payee in payees_of(group) if payee.book_id == book_id), None)
