"""Journal: who did what, when. The newest first; each page goes on from the last act of the one before."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from escarcelle.groups.permissions import Permission
from escarcelle.web.screens import GroupRequest, group_screen
from escarcelle.web.settings.pages import settings_page
from escarcelle.web.settings.sentences import Names, sentence_of

ACTS_PER_PAGE = 50
# Any act of the group has a smaller number.
BEYOND_ALL = 2**62


@dataclass(frozen=True)
class ActRow:
    """One line of the log."""

    at: datetime
    who: str
    what: str


@group_screen(may=Permission.SEE_ACTIVITY)
def activity(request: GroupRequest) -> HttpResponse:
    before = _number(request.GET.get("avant", ""))
    acts = list(request.group.activities.filter(pk__lt=before).select_related("by").order_by("-pk")[: ACTS_PER_PAGE + 1])
    shown = acts[:ACTS_PER_PAGE]
    names = Names.of(request.group, shown)
    rows = [ActRow(act.at, act.by.name if act.by else "", sentence_of(act, names)) for act in shown]
    context = {"rows": rows, "older": shown[-1].pk if len(acts) > len(shown) else None, "is_first_page": before == BEYOND_ALL}
    return settings_page(request, "settings/activity.html", context, tab="activity")


def _number(text: str) -> int:
    """From which act on; what is not a number begins at the newest."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else BEYOND_ALL
