"""What the two imports share: taking in the file, and the key that makes accepting safe to send twice."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from escarcelle.importers.tables import LineProblem
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import KeyField
from escarcelle.web.importing.kept_file import FileRefused, KeptFile
from escarcelle.web.screens import GroupRequest
from escarcelle.web.settings.pages import REFUSED, settings_page

# Beyond, a preview keeps a person waiting too long; the command takes larger files.
MOST_LINES = 2_000
MOST_LINES_SHOWN = 200


class AcceptForm(forms.Form):
    key = KeyField()


def file_of(request: GroupRequest) -> KeptFile:
    """The file just chosen, else the one that the preview sent back. Refused: `FileRefused`."""
    if "kept" in request.POST and not request.FILES:
        return KeptFile.unpacked(request.POST.get("file_name", ""), request.POST["kept"])
    return KeptFile.uploaded(request.FILES.get("file"))


def check_line_count(file: KeptFile, count: int) -> None:
    """Refuse (`FileRefused`) what a page cannot take."""
    if count > MOST_LINES:
        raise FileRefused("too_many_lines", file.name, count=count, most=MOST_LINES)


def key_of_acceptance(request: GroupRequest) -> UUID | None:
    """The key under which the preview was accepted; None when it was not, or under a key that cannot be read."""
    accepted = AcceptForm(request.POST)
    return accepted.cleaned_data["key"] if "accept" in request.POST and accepted.is_valid() else None


def upload_page(request: GroupRequest, template: str, *, tab: str, refusal: Refusal | None = None) -> HttpResponse:
    """The page that asks for a file, with what was wrong with the last one."""
    sentence = refusal.sentence(_) if refusal else ""
    return settings_page(request, template, {"refusal": sentence}, tab=tab, status=REFUSED if refusal else 200)


def sentences_of(problems: tuple[LineProblem, ...]) -> list[str]:
    """Each line with its reason, as many as a page can show."""
    return [problem.sentence(_) for problem in problems[:MOST_LINES_SHOWN]]


def preview_context(request: GroupRequest, file: KeptFile, plan: Any) -> dict[str, Any]:
    """What every preview shows around its figures. The key is kept when the page is shown again."""
    accepted = AcceptForm(request.POST)
    return {
        "file": file,
        "key": accepted.cleaned_data["key"] if accepted.is_valid() else uuid4(),
        "plan": plan,
        "rows": plan.rows[:MOST_LINES_SHOWN],
        "hidden_count": max(0, len(plan.rows) - MOST_LINES_SHOWN),
        "problems": sentences_of(plan.problems),
        "doubts": sentences_of(plan.doubts),
    }
