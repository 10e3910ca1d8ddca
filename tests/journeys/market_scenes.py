"""Markets for the journeys, each on the day that its journey tells; and what their books say afterwards.

Both run on the data of a site of its own, through `manage.py shell`: they print what a browser needs, or what the queries answer."""

import datetime as dt
import json
import sys

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from escarcelle.catalogs.catalogues import ProductTerms
from escarcelle.catalogs.models import Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.market_days import MarketDays, soon
from escarcelle.distributions.planning import place_named
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member, link_person
from escarcelle.groups.models import Group
from escarcelle.ledger import balances
from escarcelle.ledger.models import Account
from escarcelle.ledger.verification import verify
from escarcelle.orders.queries import supplier_dues
from escarcelle.payments.models import PromisedPayment
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.ways import Offer, offer_ways
from escarcelle.people.logins import login_of
from tests.journeys.fuller_demo import session_of

ADMINISTRATOR, CLIENT = "anne@halle.example", "denise@halle.example"
CARROTS, BREAD, CHICKEN = "Carottes, la botte", "Pain de campagne", "Poulet fermier"
OFFERED = {
    "Ferme du Méné": (
        ProductTerms(CARROTS, 210, unit="botte"),
        ProductTerms(CHICKEN, 1190, sold_by=Product.SoldBy.WEIGHED_PIECE, step_grams=1800),
    ),
    "Fournil de Port-Tudy": (ProductTerms(BREAD, 320),),
}
# In the order of the alphabet, which is that of their baskets; the first can sign in.
NAMES = ("Abgrall Denise", "Baudry Line", "Colin Rose", "Diaz Inès", "Évenou Yann", "Floc’h Malo", "Gallo Bruno", "Hervé Lise", "Jaouen Tifenn",
         "Kerbrat Azenor", "Le Meur Pol", "Moal Yuna", "Nédelec Jean", "Omnès Fañch", "Péron Lucienne", "Quéré Mona", "Rannou Edern", "Scouarnec Aziliz",
         "Tromeur Benoît", "Urvoas Nina")  # fmt: skip
ONE_OF_EACH = {CARROTS: 1, BREAD: 1}  # 5.30
OFFER = Offer(
    cheque=True, cash=True, transfer=True, card_terminal=True, transfer_holder="La Halle", transfer_iban="FR7630006000011234567890189"
)


def founded(name, client_count):
    """A market founded eight weeks ago, with its producers and so many clients."""
    now = timezone.now()
    on = timezone.localdate(now) - dt.timedelta(weeks=8)
    with clock.at(on, 10):
        group, administrator = found_group(
            name=name, kind=Group.Kind.MARKET, administrator=PersonalDetails("Tonnerre", "Anne", ADMINISTRATOR), on=on
        )
        link_person(member=administrator, person=login_of(ADMINISTRATOR))
        details = [PersonalDetails(*one.rsplit(" ", 1)) for one in NAMES[:client_count]]
        clients = [create_member(group=group, details=one, on=on, by=administrator) for one in details]
        link_person(member=clients[0], person=login_of(CLIENT))
        for producer in OFFERED:
            create_producer(group=group, name=producer, by=administrator)
        offer_ways(group=group, offer=OFFER, by=administrator)
        return MarketDays(group, administrator, clients, place_named(group, "Halle de Port-Tudy"), now, OFFERED)


def noted(days, baskets, method="cash"):
    """The payments of these baskets were noted as they came."""
    today = timezone.localdate(days.now)
    for promise in PromisedPayment.objects.filter(basket__in=baskets).select_related("basket__account__group", "group"):
        receive(promise=promise, named=Named(method, today), by=days.administrator, today=today)


def without_payment(days, day, rank):
    """What the administrator ordered for a client, who has chosen no way to pay."""
    at = day.starts - dt.timedelta(days=1)
    return days.order(day, days.clients[rank], ONE_OF_EACH, None, at=at, by=days.administrator)


def twenty_baskets():
    """Most are settled; one carrot will be missing, one chicken is to weigh, payments are to name, one transfer is awaited, one is owed."""
    days = founded("Halle des vingt", 20)
    day = days.plan(soon(days.now))
    tastes = [ONE_OF_EACH] * 18 + [{CHICKEN: 1, BREAD: 1}]
    baskets = days.ordered(day, tastes, {16: "transfer"}, "on_the_spot")
    without_payment(days, day, 19)
    noted(days, [*baskets[:14], baskets[17]])
    return {"group": days.group.slug, "day": day.pk}


def a_few_baskets(name):
    """Two payments to name, a transfer awaited, an order made for somebody, one basket settled."""
    days = founded(name, 5)
    day = days.plan(soon(days.now))
    baskets = days.ordered(day, [ONE_OF_EACH] * 4, {2: "transfer"}, "on_the_spot")
    without_payment(days, day, 4)
    noted(days, [baskets[3]])
    ahead = days.plan(days.morning + dt.timedelta(days=4))
    return {"group": days.group.slug, "day": day.pk, "ahead": ahead.pk}


def blocked():
    """Four distributions that nobody has validated, and one for which the client has ordered before the fourth."""
    days = founded("Halle fermée", 2)
    for weeks in (4, 3, 2, 1):
        day = days.plan(days.morning - dt.timedelta(weeks=weeks))
        days.ordered(day, [ONE_OF_EACH, ONE_OF_EACH], {}, "on_the_spot")
    ahead = days.plan(days.morning + dt.timedelta(days=4))
    return {"group": days.group.slug, "oldest": str(days.group.distributions.earliest("on").on), "ahead": ahead.pk}


def build():
    """Make the markets; print their numbers and a session for each person."""
    with transaction.atomic():
        scenes = {
            "twenty": twenty_baskets(),
            "few": a_few_baskets("Halle d’un coup"),
            "plain": a_few_baskets("Halle sans script"),
            "blocked": blocked(),
            "orders": a_few_baskets("Halle des commandes"),
        }
    sessions = {email: session_of(email) for email in (ADMINISTRATOR, CLIENT)}
    json.dump({"scenes": scenes, "sessions": sessions}, sys.stdout)


def tell(slug):
    """Print what the queries answer about a market: everything in cents."""
    group = Group.objects.get(slug=slug)
    book_id = group.book_id
    kept = Account.objects.filter(book_id=book_id, kind__in=["cash", "bank", "cheques_in_hand", "card_terminal", "shortage"])
    payments = group.payments.standing().order_by().values_list("method").annotate(count=Count("pk"), cents=Sum("amount_cents"))
    pending = group.promised_payments.filter(state="pending").order_by("pk")
    count = group.till_counts.filter(undone_at=None).first()
    story = {
        "balances": {
            one.member.name: cents
            for one in group.accounts.select_related("member")
            if (cents := balances.balance(book_id, one.account_no))
        },
        "received": {method: [times, cents] for method, times, cents in payments},
        "cheques": [[one.cheque.number, one.cheque.bank] for one in group.payments.standing().filter(method="cheque").order_by("pk")],
        "promised": [[one.way, one.amount_cents] for one in pending],
        "waiting": [one.number for one in group.baskets.to_validate().order_by("number")],
        "dues": [[due.producer_name, due.amount_cents] for day in group.distributions.order_by("on") for due in supplier_dues(day)],
        "till": count and [count.expected_cash_cents, count.counted_cash_cents, count.cash_gap_cents, count.dropped_cents, count.comment],
        "kept": dict(kept.exclude(balance_cents=0).values_list("kind", "balance_cents")),
        "faults": verify().faults,
    }
    json.dump(story, sys.stdout)
