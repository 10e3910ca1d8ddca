"""An uploaded file between its preview and its acceptance: it travels in the page itself, so that nothing of it stays here unasked."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile

from escarcelle.lib.refusals import Refusal, gettext_noop

MOST_BYTES = 4_000_000
LONGEST_NAME = 120


class FileRefused(Refusal):
    """No file came, or not one that can be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "missing": gettext_noop("Choisissez un fichier."),
        "too_large": gettext_noop(
            "«\u00a0{typed}\u00a0» dépasse {most}\u00a0Mo. Gardez la feuille utile, ou passez par la ligne de commande."
        ),
        "unreadable": gettext_noop("Le fichier n’est pas revenu entier\u00a0: choisissez-le de nouveau."),
        "too_many_lines": gettext_noop(
            "«\u00a0{typed}\u00a0» a {count} lignes, plus que les {most} qu’une page peut reprendre. Coupez-le, ou passez par la ligne de commande."
        ),
    }


@dataclass(frozen=True)
class KeptFile:
    """A file and its name."""

    name: str
    data: bytes

    @property
    def packed(self) -> str:
        """Short enough for a hidden box of the page."""
        return base64.b64encode(zlib.compress(self.data)).decode()

    @classmethod
    def uploaded(cls, upload: Any) -> "KeptFile":
        """What a browser has just sent. Refused: `FileRefused`."""
        if not isinstance(upload, UploadedFile):
            raise FileRefused("missing", field="file")
        name = (upload.name or "")[-LONGEST_NAME:]
        if (upload.size or 0) > MOST_BYTES:
            raise FileRefused("too_large", name, field="file", most=MOST_BYTES // 1_000_000)
        return cls(name, upload.read())

    @classmethod
    def unpacked(cls, name: str, text: str) -> "KeptFile":
        """What a preview sends back; trusted no more than an upload. Refused: `FileRefused`."""
        inflate = zlib.decompressobj()
        try:
            data = inflate.decompress(base64.b64decode(text, validate=True), MOST_BYTES)
        except (binascii.Error, ValueError, zlib.error):
            raise FileRefused("unreadable", field="file") from None
        if not inflate.eof:
            raise FileRefused("unreadable", field="file")
        return cls(name[-LONGEST_NAME:], data)
