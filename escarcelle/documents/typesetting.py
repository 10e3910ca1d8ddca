"""Papers are typeset by typst with the fonts that come with the application: the same bytes on every machine, no system font."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

import typst

PAPERS = Path(__file__).parent / "papers"
# Tagged for screen readers, and kept readable for decades.
STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]


def typeset(paper: str, content: Mapping[str, Any]) -> bytes:
    """The PDF of `papers/<paper>.typ`, which finds `content` as JSON in `sys.inputs.content`."""
    pdf: bytes = typst.compile(
        str(PAPERS / f"{paper}.typ"),
        root=str(PAPERS),
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
    )
    return pdf


@cache
def _fonts() -> str:
    spec = find_spec("fontpkg_inter")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fontpkg_inter: the font of the papers is not installed")
    return str(Path(spec.origin).parent / "files")
