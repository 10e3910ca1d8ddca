"""The pages of a season, at several sizes and with ten times the history, as a signed-in treasurer gets them."""

import datetime as dt
import gc
import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from urllib.parse import urlencode
from uuid import uuid4

from bench_report import BULK_POST, Figure
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escarcelle.catalogs.contracts import ContractTerms, add_product, open_contract
from escarcelle.catalogs.models import Contract
from escarcelle.catalogs.producers import create_producer
from escarcelle.demo.season import Season, season_around
from escarcelle.distributions.planning import Slot, place_named
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member, give_role, link_person
from escarcelle.groups.models import Group, Member, Role
from escarcelle.lib.dates import format_day
from escarcelle.payments.batches import BatchRow, record_batch
from escarcelle.payments.models import Method
from escarcelle.payments.recording import ChequeDetails, Received
from escarcelle.people.models import Person
from escarcelle.subscriptions.calendar import plan
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import Period, sign

PAYMENTS_OF_A_SEASON = 5
# The account that « Compte » shows has more lines than a page holds, whatever the history.
PAYMENTS_ON_THE_ACCOUNT_SHOWN = 60
BANKS = ("Crédit Mutuel", "La Banque Postale", "Crédit Agricole", "LCL")
_cheque_numbers = count(1_000_000)


class PageBroken(Exception):
    """An answer that is not worth measuring."""


def _expected(response: HttpResponseBase, status: int) -> HttpResponseBase:
    if response.status_code != status:
        raise PageBroken(f"{response.status_code} instead of {status}")
    return response


@dataclass
class Amap:
    """A group whose contract has `n` subscriptions, each paid for by `history` cheques; a treasurer looks at it."""

    n: int
    history: int
    today: dt.date
    contract: Contract
    treasurer: Member
    subscriptions: list[Subscription]
    client: Client
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)

    def url(self, name: str, *args: int) -> str:
        return reverse(f"web:{name}", args=[self.contract.group.slug, *args])

    def get(self, url: str) -> HttpResponseBase:
        response = self.client.get(url, headers={"accept-encoding": "gzip"})
        return _expected(response, 200)

    def save_the_grid(self) -> HttpResponseBase:
        """What a browser sends when every row holds a cheque."""
        form: list[tuple[str, str]] = [("key", str(uuid4())), ("default_day", format_day(self.today)), ("act", "save")]
        for subscription in self.subscriptions:
            cells = {
                "subscription": str(subscription.pk),
                "method": Method.CHEQUE.value,
                "number": str(next(_cheque_numbers)),
                "bank": BANKS[subscription.pk % len(BANKS)],
                "amount": "57,76",
            }
            empty = dict.fromkeys(("received_on", "label", "drawer", "written_on", "planned_on"), "")
            form += {**empty, **cells}.items()
        url = self.url("bulk_payments", self.contract.pk)
        response = self.client.post(url, urlencode(form), content_type="application/x-www-form-urlencoded")
        return _expected(response, 302)


def found(n: int, history: int, today: dt.date) -> Amap:
    """Build such a group by the verbs that people use."""
    season = season_around(today)
    details = PersonalDetails("Bench", f"{n} × {history}")
    group, administrator = found_group(name=f"AMAP {n} × {history}", kind=Group.Kind.AMAP, administrator=details, on=season.first)
    treasurer = create_member(group=group, details=PersonalDetails("Le Goff", "Martine"), on=season.first, by=administrator)
    give_role(member=treasurer, role=Role.Name.TREASURER, by=administrator)
    person = Person.objects.create_user(f"martine{group.pk}@exemple.fr", last_name="Le Goff", first_name="Martine")
    link_person(member=treasurer, person=person)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    contract = _contract(group, season, administrator)
    subscriptions = [_subscribe(contract, f"Membre {rank:04}", season, treasurer) for rank in range(n)]
    amap = Amap(n, history, today, contract, treasurer, subscriptions, client)
    _pay(amap)
    return amap


def _contract(group: Group, season: Season, by: Member) -> Contract:
    producer = create_producer(group=group, name="Ferme de Groix", by=by)
    terms = ContractTerms(name="Contrat légumes", starts_on=season.first, ends_on=season.last, absences_allowed=4)
    contract = open_contract(group=group, producer=producer, terms=terms, by=by)
    for name, price_cents in (("Panier de légumes", 1333), ("Oignons", 200)):
        add_product(contract=contract, name=name, price_cents=price_cents, by=by)
    slot = Slot(place_named(group, "Salle du Bourg"), dt.time(17, 30), dt.time(19))
    plan(contract=contract, slot=slot, days=season.days, on=season.first, by=by)
    return contract


def _subscribe(contract: Contract, last_name: str, season: Season, by: Member) -> Subscription:
    details = PersonalDetails(last_name, "Marie-Françoise", f"{last_name.replace(' ', '')}.{contract.pk}@exemple.fr")
    member = create_member(group=contract.group, details=details, on=season.first, by=by)
    quantities = {product.pk: 1 for product in contract.products.all()}
    return sign(contract=contract, member=member, period=Period(season.first, season.last), quantities=quantities, on=season.first, by=by)


def _pay(amap: Amap) -> None:
    """One batch a cheque of everybody, as on an evening of distribution; then the long account, in as many batches."""
    for rank in range(amap.history):
        share = PAYMENTS_ON_THE_ACCOUNT_SHOWN // PAYMENTS_OF_A_SEASON
        long_account = [amap.subscriptions[0]] * share
        rows = [_row(amap, subscription, rank) for subscription in [*amap.subscriptions[1:], *long_account]]
        record_batch(contract=amap.contract, rows=rows, on=amap.today, by=amap.treasurer, key=uuid4())


def _row(amap: Amap, subscription: Subscription, rank: int) -> BatchRow:
    cheque = ChequeDetails(str(next(_cheque_numbers)), BANKS[subscription.pk % len(BANKS)])
    return BatchRow(subscription.pk, Received(1000 + rank, Method.CHEQUE, amap.today, cheque=cheque))


def measure(sizes: Sequence[int], rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """The figures of every page at every size, with a season of payments and with ten times as many. The groups take turns."""
    today = dt.date.today()
    amaps = []
    for n in sizes:
        for history in (PAYMENTS_OF_A_SEASON, 10 * PAYMENTS_OF_A_SEASON):
            say(f"{n} souscriptions, {history} paiements chacune…")
            amaps.append(found(n, history, today))
    _analyze()
    say("pages…")
    for name, act in _works():
        for amap in amaps:
            _count_statements(amap, name, act)
    # As the server does once everything is loaded (config/wsgi.py).
    gc.collect()
    gc.freeze()
    for name, act in _works():
        for rank in range(rounds):
            # Each begins a round in its turn: what comes after a long page pays for its rubbish.
            first = rank % len(amaps)
            for amap in amaps[first:] + amaps[:first]:
                started = time.perf_counter()
                act(amap)
                amap.milliseconds.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return [_figure(amap, name) for name, _ in _works() for amap in amaps]


def _analyze() -> None:
    """What a database does by itself at night."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _works() -> Iterator[tuple[str, Callable[[Amap], HttpResponseBase]]]:
    yield "Souscriptions", lambda amap: amap.get(amap.url("subscriptions", amap.contract.pk))
    yield "Saisie en masse", lambda amap: amap.get(amap.url("bulk_payments", amap.contract.pk))
    yield "Solde des adhérents", lambda amap: amap.get(amap.url("balances"))
    yield "Compte", lambda amap: amap.get(amap.url("account", amap.subscriptions[0].member_id))
    yield BULK_POST, lambda amap: amap.save_the_grid()


def _count_statements(amap: Amap, name: str, act: Callable[[Amap], HttpResponseBase]) -> None:
    """BEGIN and COMMIT included. The page before warms the templates; a list shows a row for each subscription."""
    act(amap)
    with CaptureQueriesContext(connection) as statements:
        response = act(amap)
    amap.statements[name] = len(statements)
    if name not in {"Compte", BULK_POST}:
        page = gzip.decompress(b"".join(response)).decode()
        if page.count("Marie-Françoise") < amap.n:
            raise PageBroken(f"{name}: {page.count('Marie-Françoise')} rows of {amap.n}")


def _figure(amap: Amap, name: str) -> Figure:
    return Figure(name, connection.vendor, amap.n, amap.history, amap.statements[name], round(median(amap.milliseconds[name]), 2))
