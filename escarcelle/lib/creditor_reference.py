"""ISO 11649: a reference that survives typing. "RF", two check digits, then up to 21 letters and digits."""

import re

LONGEST = 21


def creditor_reference(body: str) -> str:
    """ "AMAP26S0042" → "RF04AMAP26S0042". The check makes the whole equal to 1 modulo 97, as in an IBAN. ValueError for a bad body."""
    if not re.fullmatch(rf"[0-9A-Z]{{1,{LONGEST}}}", body):
        raise ValueError(body)
    return f"RF{98 - _number(f'{body}RF00') % 97:02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether the check digits are right; spaces do not count."""
    compact = "".join(text.split()).upper()
    return bool(re.fullmatch(rf"RF[0-9]{{2}}[0-9A-Z]{{1,{LONGEST}}}", compact)) and _number(compact[4:] + compact[:4]) % 97 == 1


def grouped(reference: str) -> str:
    """ "RF04 AMAP 26S0 042": in fours, as people read it out."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _number(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text))
