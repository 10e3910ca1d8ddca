"""What a person typed cannot be used: a stable code, and a sentence that says why."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol, runtime_checkable

LONGEST_QUOTE = 40


def gettext_noop(text: str) -> str:
    """Mark a sentence for makemessages without importing Django: it is translated where it is shown."""
    return text


# Translated like a sentence: by what it becomes, a refusal knows in which language its figures are to be written.
LANGUAGE = gettext_noop("fr")


@runtime_checkable
class Written(Protocol):
    """A field of a refusal that each language writes in its own way: an amount, a great number."""

    def written(self, language: str) -> str: ...


def quoted(typed: str) -> str:
    """Show `typed` inside a sentence: one line, nothing that could disturb the page, cut when long."""
    visible = "".join(character if unicodedata.category(character)[0] != "C" else " " for character in typed[: LONGEST_QUOTE * 4])
    one_line = " ".join(visible.split())
    return one_line if len(one_line) <= LONGEST_QUOTE else one_line[: LONGEST_QUOTE - 1] + "…"


class Refusal(ValueError):
    """A refusal built from what was typed.

    `code` is stable (the API gives it); `field` names the input concerned, if one is; `str()` is the French sentence;
    `sentence(gettext)` the same in the reader's language.
    """

    sentences: ClassVar[Mapping[str, str]] = {}

    def __init__(self, code: str, typed: str = "", /, *, field: str = "", **fields: str | int | Written) -> None:
        self.code = code
        self.field = field
        self.typed = typed
        self.fields: dict[str, str | int | Written] = {"typed": quoted(typed), **fields}
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The refusal as a sentence; `translate` takes the French text with its {fields} and gives the reader's."""
        language = translate(LANGUAGE)
        fields = {name: value.written(language) if isinstance(value, Written) else value for name, value in self.fields.items()}
        return translate(self.sentences[self.code]).format(**fields)
