"""What every page shows around its content: the group, the tabs, who is signed in, light or dark."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from escarcelle.groups.permissions import Permission
from escarcelle.lib.names import initials
from escarcelle.orders.blocking import unvalidated_distributions
from escarcelle.validation.opening import BEFORE_THE_START

if TYPE_CHECKING:
    from .screens import GroupRequest

THEMES = ("light", "dark")

# Pages whose address does not begin like that of a tab: the first of these tabs that the reader has is theirs.
TABS_OF_OTHERS = {
    "comptes/": ("members", "my_account"),
    "importer/": ("settings", "members"),
    "journal/": ("settings", "members"),
    "paniers/": ("distributions",),
    "caisses/": ("distributions",),
    "commandes/": ("market",),
    "mes-commandes/": ("contracts", "my_account"),
    "bloque/": ("distributions", "market"),
}


@dataclass(frozen=True)
class Tab:
    """One index tab. `rare` ones leave the bar of a phone for the menu of the person."""

    label: str
    icon: str
    url: str
    current: bool = False
    count: int = 0
    rare: bool = False


@dataclass(frozen=True)
class GroupLink:
    """Another group of the same person."""

    name: str
    url: str


@dataclass(frozen=True)
class Shell:
    """Every string is ready: the template only lays it out. Signed out, names are empty and there is no tab."""

    theme: str
    home_url: str
    here: str
    group_name: str = ""
    group_slug: str = ""
    tabs: tuple[Tab, ...] = ()
    # What the people of the group are called: « Membres », « Clients ».
    members_label: str = ""
    member_name: str = ""
    role_label: str = ""
    initials: str = ""
    account_url: str = ""
    verification_url: str = ""
    groups: tuple[GroupLink, ...] = ()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor. Inside a group it reads what `screens` put on the request; a screen may add `tab_counts` ({"home": 4})."""
    if hasattr(request, "rights"):
        return {"shell": _of_member(cast("GroupRequest", request))}
    return {"shell": _of_visitor(request)}


def _of_member(request: "GroupRequest") -> Shell:
    group, member = request.group, request.member
    return Shell(
        theme=_theme(request),
        home_url=_url("web:home", group.slug) or "/",
        here=_here(request),
        group_name=group.name,
        group_slug=group.slug,
        tabs=_tabs(request),
        members_label=_members_label(request),
        member_name=member.name,
        role_label=_role_label(request),
        initials=member.initials,
        account_url=_url("web:my_account", group.slug),
        verification_url=_url("web:verify", group.slug) if request.rights.may_over_some_contract(Permission.VERIFY_BOOKS) else "",
        groups=tuple(GroupLink(other.name, _url("web:home", other.slug)) for other in request.other_groups),
    )


def _of_visitor(request: HttpRequest) -> Shell:
    user = getattr(request, "user", None)  # absent when a middleware before the sign-in has failed
    if user is None or not user.is_authenticated:
        return Shell(theme=_theme(request), home_url="/", here=_here(request))
    return Shell(
        theme=_theme(request),
        home_url="/",
        here=_here(request),
        member_name=user.get_full_name(),
        initials=initials(user.last_name, user.first_name) or user.email[:1].upper(),
    )


def _here(request: HttpRequest) -> str:
    """Where a change of language or theme comes back to: this page, or the one whose form it answers, for an address that only takes forms."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.headers.get("Referer", "")


def _role_label(request: "GroupRequest") -> str:
    """« administrateur, trésorier », else what they are over some contract, else what everybody is."""
    names = [str(role.get_name_display()) for role in request.member.roles.all()]
    if request.rights.coordinated_contract_ids:
        names.append(_("coordinateur"))
    if request.rights.producer_ids:
        names.append(_("producteur"))
    return ", ".join(names) or (_("adhérent") if request.group.is_amap else _("client"))


def _tabs(request: "GroupRequest") -> tuple[Tab, ...]:
    """The tabs this member may open, the one of this page among them."""
    counts = {"distributions": _to_validate_count(request), **getattr(request, "tab_counts", {})}
    found = [(name, label, icon, url) for name, label, icon in _wanted_tabs(request) if (url := _url(f"web:{name}", request.group.slug))]
    # Who runs a market seldom orders there: on a phone the tabs of their work come first.
    rare = {"settings", "market"} if request.rights.may_over_some_contract(Permission.RECORD_PAYMENTS) else {"settings"}
    current = _current_tab(request.path, {name: url for name, _label, _icon, url in found})
    return tuple(
        Tab(label, icon, url, current=name == current, count=counts.get(name, 0), rare=name in rare) for name, label, icon, url in found
    )


def _members_label(request: "GroupRequest") -> str:
    return _("Membres") if request.group.is_amap else _("Clients")


def _to_validate_count(request: "GroupRequest") -> int:
    """On every page of who validates: forgotten, they close the orders of the whole market."""
    if request.group.is_amap or not request.rights.may(Permission.HANDLE_BASKETS):
        return 0
    return unvalidated_distributions(request.group, timezone.now() + BEFORE_THE_START).count()


def _current_tab(path: str, tabs: dict[str, str]) -> str:
    """The tab with the longest address that begins the address of the page; home is the tab of its own page only."""
    home = tabs.get("home", "")
    if path == home:
        return "home"
    begun = {name: url for name, url in tabs.items() if name != "home" and path.startswith(url)}
    if begun:
        return max(begun, key=lambda name: len(begun[name]))
    others = (names for stem, names in TABS_OF_OTHERS.items() if path.startswith(home + stem))
    return next((name for name in next(others, ()) if name in tabs), "")


def _wanted_tabs(request: "GroupRequest") -> list[tuple[str, str, str]]:
    is_amap, may = request.group.is_amap, request.rights.may_over_some_contract
    wanted = [
        (Permission.BELONG, "home", _("Accueil"), "home"),
        (Permission.SEE_CONTRACT, *(("contracts", _("Contrats"), "contract") if is_amap else ("catalogues", _("Catalogues"), "farm"))),
        (Permission.SEE_DISTRIBUTIONS, "distributions", _("Distributions"), "calendar"),
        (Permission.SEE_MEMBERS, "members", _members_label(request), "members"),
        (Permission.RECORD_PAYMENTS, "payments", _("Paiements"), "purse"),
        (Permission.MANAGE_GROUP, "settings", _("Réglages"), "settings"),
    ]
    if not is_amap:
        wanted.insert(1, (Permission.ORDER, "market", _("Commander"), "basket"))
    tabs = [(name, label, icon) for permission, name, label, icon in wanted if may(permission)]
    if not may(Permission.RECORD_PAYMENTS):
        tabs.append(("my_account", _("Mon compte"), "purse"))
    return tabs


def _url(name: str, *args: str) -> str:
    """The address of a screen, or nothing when this installation has not got it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "auto"
