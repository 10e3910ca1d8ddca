"""Every form that the screens of a small AMAP show, found on them, and what each of them answers to a sending.

By construction: a new screen is in as soon as it has an address."""

import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from escarcelle.ledger.models import Book
from escarcelle.ledger.verification import verify
from tests.web.forms import Form, forms_of
from tests.web.pages import browser
from tests.web.world import EXPORT, World, screens

# What each import is given.
FILES = {
    "import_camap": EXPORT.replace('"1";"9";"KERVELLA Gaël";"gael@', '"2";"10";"GUILLOU Anna";"anna@').encode(),
    "import_members": "Nom;Prénom;Courriel;Solde\nBlanc;Zoé;zoe@exemple.fr;-12,80\n".encode(),
}
# What a script sends without a form.
SCRIPTED = {"cheques_recorded": {"number": ["4471201"], "bank": ["Crédit Mutuel"]}}
# The forms of these are on every page, or outside the groups.
OUTSIDE_THE_GROUPS = {"set_language", "theme"}
TAKERS = sorted({*screens(), *OUTSIDE_THE_GROUPS})
# The key is in the answer itself, and nowhere else: there is no page to go to next.
ANSWERS_AT_ONCE = {"tokens"}

TAKEN = (200, 302, 303)
REFUSED = (400, 403, 404, 410, 422)
SESSION = settings.SESSION_COOKIE_NAME
SECOND_STEPS = ("seen", "accept", "do")
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
ALERTS = (b'role="alert"', b'class="error"')


@dataclass
class Site:
    """An AMAP and a market, another AMAP, a browser for each, and the forms of the screens by the name of the screen that takes them."""

    amap: World
    market: World
    elsewhere: World
    stranger: Client
    forms: dict[str, list[Form]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.browsers = {world.group.slug: browser(world.administrator) for world in (self.amap, self.market)} | {"": self.stranger}
        self.sessions = {slug: client.cookies[SESSION].value for slug, client in self.browsers.items()}

    def addresses(self, name: str) -> list[str]:
        """Every address of this name, in either group."""
        return list(dict.fromkeys(url for world in (self.amap, self.market) for url in world.addresses(name)))

    def words_of(self, name: str) -> dict[str, list[object]]:
        """What the words of an address of this name may stand for."""
        return (self.amap if self.amap.addresses(name) else self.market).words

    def valid(self, name: str, form: Form) -> dict[str, list[str]]:
        """What a person would send, having looked at what a first step has shown."""
        pressed = {button: [value] for button, value in form.buttons if button in SECOND_STEPS}
        also = _also_typed(name, self.amap if self.amap.group.slug in form.path else self.market)
        said = form.hidden_boxes()
        return {**form.typed(), **{box: typed for box, typed in also.items() if box not in said}, **pressed}

    def one_of_each(self, name: str) -> list[Form]:
        """The forms of a screen that ask different things: the second step of an act asks again what the first did."""
        forms = reversed(self.forms.get(name, []))
        return list({form.asks: form for form in forms}.values())

    def browser_at(self, path: str) -> Client:
        """Who goes to this address: still signed in, no message waiting, whatever was sent before."""
        slug = path.split("/")[2] if path.startswith("/g/") else "" if path.startswith("/invitation/") else self.amap.group.slug
        slug = slug if slug in self.browsers else self.amap.group.slug
        self.browsers[slug].cookies = SimpleCookie({SESSION: self.sessions[slug]})
        return self.browsers[slug]

    def acts_without_a_word(self, name: str) -> bool:
        """Whether a form of this screen holds nothing: to send anything there is to press its button."""
        return any(not form.controls for form in self.forms.get(name, []))

    def send(self, name: str, form: Form, typed):
        body = {"csrfmiddlewaretoken": ["x"], **typed}
        if form.takes_files and "kept" not in typed:
            upload = SimpleUploadedFile("fichier.csv", FILES[name], "text/csv")
            return self.browser_at(form.path).post(form.path, {**body, "file": upload})
        encoded = urlencode(body, doseq=True, encoding="utf-8", errors="surrogatepass")
        return self.browser_at(form.path).post(form.path, encoded, content_type="application/x-www-form-urlencoded")

    def complaints(self, name: str, form: Form, typed, before) -> list[str]:
        """What is wrong with the answer to a sending, which is then taken back; `before` is what was kept until then."""
        with taken_back() as writes:
            try:
                response = self.send(name, form, typed)
            except Exception as error:  # each one is a page of error: all are wanted, not only the first
                return [f"{type(error).__name__}: {error}"[:300]]
            kept = wrongly_kept(name, response, before) if writes else ()
            return [*wrong_answer(response), *kept, *_lost(typed, form, response)]


def wrong_answer(response):
    """Neither taken nor refused with a sentence."""
    if response.status_code not in (*TAKEN, *REFUSED):
        yield f"status {response.status_code}"
    if b"<script>alert" in response.content:
        yield "HTML that was typed is in the page"
    if response.status_code == 422 and not any(alert in response.content for alert in ALERTS):
        yield "refused without a word"


def wrongly_kept(name, response, before):
    """Books that are wrong after what was taken; anything that is changed after what was not."""
    if response.status_code in (302, 303):
        yield from verify().faults
    elif name not in ANSWERS_AT_ONCE:
        now = everything()
        yield from (f"status {response.status_code}, and {model} is changed" for model in now if now[model] != before[model])


def _lost(typed, form, response):
    """A form that is refused comes back as it was typed, when it is still about what the page said that it was about."""
    shown = form.shown()
    if response.status_code != 422 or any(typed.get(name) != shown[name] for name in form.hidden_boxes() if name != "key"):
        return
    # Several lines of a page may each have such a form: one of them has what was typed.
    again = [found for found in forms_of(response.content.decode(), form.path) if found.path == form.path]
    losses = [list(_not_back(found, typed)) for found in again]
    yield from min(losses, key=len, default=[])


def _not_back(form, typed):
    back = form.shown()
    for box in form.written_boxes():
        sent = typed.get(box, [])
        if sent and all(map(str.isprintable, sent)) and sent[: len(back[box])] != back[box]:
            yield f"{box}: {str(sent)[:60]} came back as {str(back[box])[:60]}"


def everything():
    """All that is kept, but who is signed in."""
    models = [model for model in apps.get_models() if model.__module__.startswith("escarcelle.")]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}


def everything_of(group):
    """All that is kept of a group, to the head of its books."""
    books = [group.book_id, *group.producers.values_list("book_id", flat=True)]
    rows = {
        relation.related_model.__name__: list(
            relation.related_model.objects.filter(**{relation.field.name: group}).order_by("pk").values_list()
        )
        for relation in group._meta.related_objects
    }
    return {**rows, "books": list(Book.objects.filter(pk__in=books).order_by("pk").values_list())}


@contextlib.contextmanager
def taken_back():
    """The next sending finds things as this one did. Gives the statements that may have written something."""
    writes: list[str] = []

    def note(execute, sql, *rest):
        if not sql.lstrip().startswith(READING) or ("ledger_" in sql and "(" in sql.partition("FROM")[0]):
            writes.append(sql)
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(note):
        yield writes
        transaction.set_rollback(True)


def find_forms(site: Site) -> dict[str, list[Form]]:
    """Those that can be filled so that they are taken, with those of the second step that some answer with."""
    shown = _shown_forms(site)
    site.shown = set(shown)
    return {name: _taken(site, name, forms) for name, forms in shown.items()}


def _shown_forms(site: Site) -> dict[str, list[Form]]:
    found: defaultdict[str, list[Form]] = defaultdict(list)
    for screen in screens():
        for url in site.addresses(screen):
            page = site.browser_at(url).get(url)
            if page.status_code == 200 and "html" in page["Content-Type"]:
                for form in forms_of(page.content.decode(), url):
                    with contextlib.suppress(Resolver404):
                        found[resolve(form.path).url_name].append(form)
    return found


def _taken(site: Site, name: str, forms: list[Form]) -> list[Form]:
    taken: dict[tuple[str, ...], Form] = {}
    effective: set[tuple[str, ...]] = set()
    for form in forms:
        if form.makes in effective:
            continue
        with taken_back() as writes:
            response = site.send(name, form, site.valid(name, form))
            if response.status_code in TAKEN:
                taken[form.makes] = form
                # One that changes something is worth more than the same where there is nothing to do.
                effective |= {form.makes} if any("groups_activity" in sql for sql in writes) else set()
            if response.status_code == 200 and "html" in response["Content-Type"]:
                for second in forms_of(response.content.decode(), form.path):
                    if second.path == form.path:
                        taken.setdefault(second.makes, second)
    return list(taken.values())


def _also_typed(name: str, world: World) -> dict[str, list[str]]:
    """What a form does not say that it needs."""
    offered = {
        "bulk_payments": {"amount": ["12,50", "", ""], "act": ["save"]},
        "catalogue_new": {"producer_name": ["Ferme du Port"]},
        "contract_new": {"producer_name": ["Ferme du Port"], "product_1": ["Panier"], "price_1": ["13,33"]},
        "delivery_move": {"to": ["09/09/2026"]},
        "deliveries_plan": {"first_on": ["07/09/2026"], "last_on": ["30/09/2026"]},
        "group_rename": {"name": ["Groix et Locmaria"]},
        "member_new": {"last_name": ["Kerneis"], "household_of": [""]},
        "member_roles": {"role": ["volunteer"]},
        "plan_day": {"closes_on": ["19/09/2026"], "closes_at": ["20:00"]},
    }
    if world.invited is None:
        at_the_market = {"product": [str(world.product.pk)], "delivered": ["1"], "method": ["cash"], "weight": ["1,652"]}
        offered |= dict.fromkeys(("basket_act", "day_price", "shortage"), at_the_market)
        offered["till"] = {"opening_float": ["80"], "cash": ["90"], "kept_float": ["80"], "comment": ["Compté deux fois"]}
    else:
        offered |= {
            "coordinator_appoint": {"coordinator": [str(world.invited.pk)]},
            "opening_balance_correct": {"amount": ["−12,80"]},
            "opening_balances": {f"amount-{world.invited.pk}": ["-12,80"]},
            "subscription_edit": {f"quantity_{world.product.pk}": ["2"]},
        }
    return offered.get(name, {})
