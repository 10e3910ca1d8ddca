"""In which language somebody is written to."""

from django.conf import settings

from escarcelle.people.models import Person


def remember_language(person: Person, language: str | None) -> None:
    """Write to this person in the language that they have just read; one that we do not speak changes nothing. One statement at most."""
    if language in dict(settings.LANGUAGES) and language != person.language:
        person.language = language
        person.save(update_fields=["language"])
