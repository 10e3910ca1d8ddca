"""Two other producers, whose books have nothing to do with the farm's: eggs every other week, honey once a month."""

import datetime as dt

from escarcelle.catalogs.contracts import add_product
from escarcelle.catalogs.models import Product
from escarcelle.catalogs.producers import create_producer
from escarcelle.demo import clock
from escarcelle.demo.cast import MEMBER, NEIGHBOURS, TREASURER
from escarcelle.demo.isle import Isle, Signed
from escarcelle.demo.season import Season
from escarcelle.lib.cycles import Cycle, dates
from escarcelle.payments.batches import cancel_batch

BOX_CENTS = 320
POT_CENTS = 950


def open_eggs(isle: Isle, season: Season, on: dt.date) -> Product:
    hens = create_producer(group=isle.group, name="Poulailler de Locmaria", by=isle.administrator)
    contract = isle.open(hens, "Contrat œufs", dates(Cycle.EVERY_TWO_WEEKS, season.first, season.last), on)
    return add_product(contract=contract, name="Six œufs", price_cents=BOX_CENTS, unit="boîte", by=isle.administrator)


def open_honey(isle: Isle, season: Season, on: dt.date) -> Product:
    bees = create_producer(group=isle.group, name="Rucher de Kerlard", by=isle.administrator)
    contract = isle.open(bees, "Contrat miel", dates(Cycle.MONTHLY, season.first, season.last), on)
    return add_product(contract=contract, name="Miel de lande, 500 g", price_cents=POT_CENTS, unit="pot", by=isle.administrator)


def sign_up_for_eggs(isle: Isle, eggs: Product, on: dt.date) -> Signed:
    """Eighteen households, one box or two."""
    names = [MEMBER.last_name, TREASURER.last_name, *(name for name, _ in NEIGHBOURS[5:21])]
    return {name: isle.subscribe(name, eggs, on, quantity=1 + rank % 2) for rank, name in enumerate(names)}


def sign_up_for_honey(isle: Isle, honey: Product, on: dt.date) -> Signed:
    names = [MEMBER.last_name, TREASURER.last_name, *(name for name, _ in NEIGHBOURS[2:12])]
    return {name: isle.subscribe(name, honey, on) for name in names}


def pay_for_eggs(isle: Isle, signed: Signed, eggs: Product, on: dt.date) -> None:
    """Two households in three bring one cheque for the season."""
    boxes = eggs.contract.deliveries.count()
    paying = [(name, 1 + rank % 2) for rank, name in enumerate(signed) if rank % 3]
    rows = [row for name, quantity in paying for row in isle.cheques(signed[name], [boxes * BOX_CENTS * quantity], on)]
    with clock.at(on, 21, 30):
        isle.save(eggs.contract, rows, on)


def pay_for_honey(isle: Isle, honey: Signed, eggs: Signed, on: dt.date) -> None:
    """Three cheques for the honey, first entered in the grid of the eggs: undone at once, then entered where they belong."""
    pots = honey["Hamon"].contract.deliveries.count()
    names = ("Hamon", "Kervella", "Madec")
    with clock.at(on, 21, 10):
        mistake = isle.save(eggs["Hamon"].contract, [row for name in names for row in isle.cheques(eggs[name], [pots * POT_CENTS], on)], on)
        cancel_batch(batch=mistake, on=on, by=isle.treasurer)
    with clock.at(on, 21, 20):
        isle.save(honey["Hamon"].contract, [row for name in names for row in isle.cheques(honey[name], [pots * POT_CENTS], on)], on)
