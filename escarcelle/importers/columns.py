"""Which column holds what, from the words people write at its head."""

from collections.abc import Callable, Mapping, Sequence

from escarcelle.lib.names import fold

Vocabulary = Mapping[str, Sequence[str]]
Match = Callable[[str, str], bool]


# What a spreadsheet writes in the column of names under the last person.
SUM_LINES = frozenset({"total", "totaux", "sous total", "somme", "total general"})


def recognise(headings: Sequence[str], vocabulary: Vocabulary) -> dict[str, int]:
    """Each field of `vocabulary` → the rank of its column, where one is found; a column serves once.

    A heading that is exactly one of the field's words wins over one that only contains it ("Adresse e-mail du membre").
    Fields come in the order of the vocabulary, words in the order of their list, all compared without case nor accent.
    """
    folded = [fold(heading) for heading in headings]
    found: dict[str, int] = {}
    for is_match in (_is_the_word, _holds_the_word):
        for code, words in vocabulary.items():
            if code in found:
                continue
            rank = _first_column(folded, words, is_match, taken=set(found.values()))
            if rank is not None:
                found[code] = rank
    return found


def _first_column(folded: Sequence[str], words: Sequence[str], is_match: Match, *, taken: set[int]) -> int | None:
    for word in words:
        for rank, heading in enumerate(folded):
            if rank not in taken and heading and is_match(heading, fold(word)):
                return rank
    return None


def _is_the_word(heading: str, word: str) -> bool:
    return heading == word


def _holds_the_word(heading: str, word: str) -> bool:
    # Whole words, and not two letters: "n" or "no" would be found everywhere.
    return len(word) > 2 and f" {word} " in f" {heading} "
