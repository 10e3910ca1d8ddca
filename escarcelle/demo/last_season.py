"""Last season's vegetables, closed and settled, but for a small credit or two."""

from escarcelle.catalogs.contracts import add_product
from escarcelle.catalogs.models import Contract, Producer
from escarcelle.demo import clock
from escarcelle.demo.cast import FAITHFUL, GONE, MEMBER, TREASURER
from escarcelle.demo.isle import Isle
from escarcelle.demo.season import Season
from escarcelle.lib.money import split_evenly
from escarcelle.subscriptions.models import Subscription

BASKET_CENTS = 1280
# Paid for a basket more than they took: the one waits to be carried to the new season, the other will be.
PAID_ONE_TOO_MANY = {"Madec", "Quéré"}
NUMBERS_OF_CHEQUES = (1, 3, 6, 12)


def play(isle: Isle, farm: Producer, season: Season) -> None:
    """From the contract to the last cheque."""
    contract, signed = _sign_up(isle, farm, season)
    half = len(signed) // 2
    for week, part in ((-1, signed[:half]), (0, signed[half:])):
        on = season.tuesday(week)
        with clock.at(on):
            isle.save(
                contract, [row for subscription in part for row in isle.cheques(subscription, _amounts(subscription, season), on)], on
            )


def _sign_up(isle: Isle, farm: Producer, season: Season) -> tuple[Contract, list[Subscription]]:
    opened_on, signed_on = season.tuesday(-5), season.tuesday(-2)
    with clock.at(opened_on):
        contract = isle.open(farm, f"Contrat légumes {season.first.year}–{season.last.year}", season.days, opened_on)
        basket = add_product(contract=contract, name="Panier de légumes", price_cents=BASKET_CENTS, by=isle.administrator)
    with clock.at(signed_on, 19, 0):
        names = [MEMBER.last_name, TREASURER.last_name, *(name for name, _ in (*FAITHFUL, GONE))]
        return contract, [isle.subscribe(name, basket, signed_on) for name in names]


def _amounts(subscription: Subscription, season: Season) -> list[int]:
    """In one, three, six or twelve cheques."""
    count = NUMBERS_OF_CHEQUES[subscription.member_id % len(NUMBERS_OF_CHEQUES)]
    extra_cents = BASKET_CENTS if subscription.member.last_name in PAID_ONE_TOO_MANY else 0
    return split_evenly(len(season.days) * BASKET_CENTS + extra_cents, count)
