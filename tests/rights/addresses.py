"""Every address there is, from the resolver and from the API's own document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.api.operations import Operation, operations


@dataclass(frozen=True)
class Address:
    """A name as `reverse` knows it, and the words to be filled in beside the group."""

    full_name: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.full_name.rpartition(":")[2]

    def url(self, slug: str, things: Mapping[str, object]) -> str:
        return reverse(self.full_name, kwargs={"slug": slug, **{word: things[word] for word in self.words}})


def addresses() -> list[Address]:
    """Everything that the resolver knows."""
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, namespace: str, around: tuple[str, ...]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        words = (*around, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace, words)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}", words)


def screens() -> list[Address]:
    """The screens of a group, `slug` left out of their words."""
    found = [address for address in addresses() if address.full_name.startswith("web:") and "slug" in address.words]
    return [Address(address.full_name, tuple(word for word in address.words if word != "slug")) for address in found]


def api_operations() -> list[Operation]:
    return operations()
