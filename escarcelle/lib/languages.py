"""The languages of the screens: French, and English for those who read it. The books and the files stay French."""

FRENCH = "fr"
ENGLISH = "en"


def spoken(language: str) -> str:
    """ "en-gb" → "en"; a language that we do not speak reads French."""
    return ENGLISH if language[:2].lower() == ENGLISH else FRENCH
