"""Members engage on a contract, change their engagement, and withdraw it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from escarcelle.catalogs.models import Contract, Product
from escarcelle.groups.accounts import open_account
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.ledger import statements
from escarcelle.lib.dates import format_day
from escarcelle.lib.money import Euros
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.subscriptions import booking
from escarcelle.subscriptions.dues import ORDERED, contract_facts, is_planned_between
from escarcelle.subscriptions.models import (
    FROM_THE_START,
    Subscription,
    SubscriptionLine,
)

LARGEST_QUANTITY = 1000


class SubscriptionRefused(Refusal):
    """A subscription cannot be signed or changed so."""

    sentences: ClassVar[Mapping[str, str]] = {
        "unknown_member": gettext_noop("Ce membre n’appartient pas au groupe, ou l’a quitté."),
        "second_person": gettext_noop("C’est la seconde personne d’un foyer\u00a0: la souscription se fait au nom de la première."),
        "unknown_alternate": gettext_noop("La personne qui alterne n’appartient pas au groupe, ou l’a quitté."),
        "alternate_is_holder": gettext_noop("On n’alterne pas avec soi-même\u00a0: choisissez quelqu’un d’un autre foyer."),
        "ends_before_it_starts": gettext_noop("Le dernier jour vient avant le premier."),
        "starts_before_contract": gettext_noop("Le contrat ne commence que le {day}."),
        "ends_after_contract": gettext_noop("Le contrat finit le {day}."),
        "overlap": gettext_noop(
            "Ce membre a déjà une souscription à ce contrat du {starts_on} au {ends_on}\u00a0: les périodes ne doivent pas se chevaucher."
        ),
        "unknown_product": gettext_noop("Ce produit n’est pas proposé par le contrat."),
        "quantity_out_of_range": gettext_noop("Une quantité va de 0 à 1\u202f000."),
        "no_quantity": gettext_noop("Indiquez la quantité d’au moins un produit."),
        "default_order_too_small": gettext_noop(
            "La commande par défaut fait {total}, et le contrat demande au moins {minimum} à chaque distribution\u00a0: il manque {missing}."
        ),
        "withdrawn": gettext_noop("Cette souscription a été supprimée."),
        "would_rewrite_the_past": gettext_noop(
            "Des distributions passées changeraient\u00a0: les quantités s’appliquent à partir d’aujourd’hui."
        ),
    }


class CannotWithdraw(Refusal):
    """A past distribution or a payment cannot be deleted: end the subscription at a date, and give back what is in favour."""

    sentences: ClassVar[Mapping[str, str]] = {
        "past_delivery": gettext_noop(
            "Une distribution a déjà eu lieu\u00a0: terminez plutôt la souscription à une date, puis rendez ce qui reste en avoir."
        ),
        "ordered": gettext_noop(
            "Des commandes sont passées sur cette souscription\u00a0: annulez-les, ou terminez la souscription à une date."
        ),
        "payment": gettext_noop(
            "De l’argent a été noté sur cette souscription\u00a0: annulez ces opérations, ou terminez la souscription à une date et rendez ce qui reste en avoir."
        ),
    }


@dataclass(frozen=True)
class Period:
    """From a first to a last day, both included."""

    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class Alternation:
    """With whom the holder collects in turn; `begins` when the other one collects the first time."""

    member: Member
    begins: bool = False


# How many of each product at each distribution.
Quantities = Mapping[int, int]


@transaction.atomic
def sign(
    *,
    contract: Contract,
    member: Member,
    period: Period,
    quantities: Quantities,
    on: dt.date,
    by: Member | None,
    key: UUID | None = None,
    alternation: Alternation | None = None,
) -> Subscription:
    """Engage a member: everything due over the period is debited from a new account of theirs with the producer.

    `quantities` maps product ids to how many at each distribution. Of a variable contract they are the default order, which may be empty
    when there is no minimum, and nothing is debited: sign it through `orders.engagements`. Sent twice with one key, the first subscription comes back.
    Refused: `SubscriptionRefused` (period outside the contract, overlap with another subscription of the member, unknown product,
    no quantity, alternate unknown or the same person, member of another group or gone)."""
    content = {"contract": contract.pk, "member": member.pk, "quantities": dict(quantities), **_content(period, alternation)}
    activity, is_first = begin(group=contract.group, by=by, kind="subscription.signed", key=key, content=content)
    if not is_first:
        return contract.group.subscriptions.get(pk=activity.details["subscription"])
    booking.lock_payee(contract)
    _check_member(contract, member)
    _check_alternation(contract, member, alternation)
    _check_period(contract, member, period)
    products = _products(contract, quantities)
    _check_default_order(contract, products, on)
    subscription = Subscription.objects.create(
        group=contract.group,
        contract=contract,
        member=member,
        account=open_account(group=contract.group, member=member, book_id=contract.producer.book_id),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        alternate=alternation.member if alternation else None,
        alternate_begins=bool(alternation and alternation.begins),
    )
    SubscriptionLine.objects.bulk_create(
        SubscriptionLine(group=contract.group, subscription=subscription, product=product, from_date=FROM_THE_START, quantity=quantity)
        for product, quantity in products
    )
    [difference] = booking.book_differences(
        contract,
        [subscription],
        activity=activity,
        kind=booking.SIGNED,
        label=f"Souscription\u00a0: {contract.name}",
        on=on,
        by=by,
    )
    note(activity, subscription=subscription.pk, contract=contract.pk, member=member.pk, total_cents=difference.due.total_cents)
    return subscription


@transaction.atomic
def take_over_subscription(
    *,
    contract: Contract,
    member: Member,
    period: Period,
    by: Member | None,
    key: UUID | None = None,
    alternation: Alternation | None = None,
) -> Subscription:
    """Note an engagement signed in another program, of which only the total is known: it has no line, so nothing is due here.

    What it came to over there is taken over on its account (`payments.opening_balances`). Sent twice with one key, the first one comes
    back. Refused: `SubscriptionRefused`, as `sign`."""
    content = {"contract": contract.pk, "member": member.pk, **_content(period, alternation)}
    activity, is_first = begin(group=contract.group, by=by, kind="subscription.taken_over", key=key, content=content)
    if not is_first:
        return contract.group.subscriptions.get(pk=activity.details["subscription"])
    booking.lock_payee(contract)
    _check_member(contract, member)
    _check_alternation(contract, member, alternation)
    _check_period(contract, member, period)
    subscription = Subscription.objects.create(
        group=contract.group,
        contract=contract,
        member=member,
        account=open_account(group=contract.group, member=member, book_id=contract.producer.book_id),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        alternate=alternation.member if alternation else None,
        alternate_begins=bool(alternation and alternation.begins),
    )
    note(activity, subscription=subscription.pk, contract=contract.pk, member=member.pk)
    return subscription


class Unchanged(Enum):
    """Says of an alternation that it stays, where None ends it."""

    UNCHANGED = auto()


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True)
class Change:
    """What becomes of a subscription: what is not given stays, as it is when the act takes place.

    `quantities` are all the quantities from `quantities_from` on, or from the day of the act."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    alternation: Alternation | Unchanged | None = UNCHANGED
    quantities: Quantities | None = None
    quantities_from: dt.date | None = None

    def period_of(self, subscription: Subscription) -> Period:
        return Period(self.starts_on or subscription.starts_on, self.ends_on or subscription.ends_on)

    def alternation_of(self, subscription: Subscription) -> Alternation | None:
        if not isinstance(self.alternation, Unchanged):
            return self.alternation
        return Alternation(subscription.alternate, subscription.alternate_begins) if subscription.alternate else None

    @property
    def content(self) -> dict[str, object]:
        """What was asked, to know the same sending from another one."""
        alternation = self.alternation
        return {
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "alternate": alternation.name if isinstance(alternation, Unchanged) else alternation and alternation.member.pk,
            "alternate_begins": bool(isinstance(alternation, Alternation) and alternation.begins),
            "quantities": None if self.quantities is None else dict(self.quantities),
            "quantities_from": self.quantities_from,
        }


@transaction.atomic
def change(*, subscription: Subscription, to: Change, on: dt.date, by: Member | None, key: UUID | None = None) -> booking.Difference | None:
    """Change a subscription's period, alternate and, from a date on, quantities: one operation, in cents, for the difference.

    Gives what changed; None when this key was answered already. Refused: `SubscriptionRefused`, as for `sign`, for a withdrawn
    subscription, and when quantities would change a distribution before `on` (`would_rewrite_the_past`): what was collected was
    collected. Undone by changing back."""
    contract = subscription.contract
    content = {"subscription": subscription.pk, **to.content}
    activity, is_first = begin(group=contract.group, by=by, kind="subscription.changed", key=key, content=content)
    if not is_first:
        return None
    booking.lock_payee(contract)
    subscription.refresh_from_db()
    if subscription.withdrawn_at is not None:
        raise SubscriptionRefused("withdrawn")
    period, alternation = to.period_of(subscription), to.alternation_of(subscription)
    if alternation and alternation.member.pk != subscription.alternate_id:
        _check_alternation(contract, subscription.member, alternation)
    _check_period(contract, subscription.member, period, changing=subscription)
    _set_quantities(subscription, to, on)
    subscription.starts_on, subscription.ends_on = period.starts_on, period.ends_on
    subscription.alternate = alternation.member if alternation else None
    subscription.alternate_begins = bool(alternation and alternation.begins)
    subscription.save()
    [difference] = booking.book_differences(
        contract,
        [subscription],
        activity=activity,
        kind=booking.CHANGED,
        label=f"Souscription modifiée\u00a0: {contract.name}",
        on=on,
        by=by,
    )
    note(activity, subscription=subscription.pk, contract=contract.pk, difference_cents=difference.difference_cents)
    return difference


def end(
    *, subscription: Subscription, last_day: dt.date, on: dt.date, by: Member | None, key: UUID | None = None
) -> booking.Difference | None:
    """End a subscription after a day: what is no longer due comes back to its account. Undone by `change` with the old last day.

    Gives what changed; None when this key was answered already. Refused: `SubscriptionRefused`, as `change`."""
    return change(subscription=subscription, to=Change(ends_on=last_day), on=on, by=by, key=key)


@transaction.atomic
def withdraw(*, subscription: Subscription, on: dt.date, by: Member, key: UUID | None = None) -> None:
    """« Supprimer »: take back a subscription from which nothing followed; its account returns to zero. Twice changes nothing.

    Refused: `CannotWithdraw` once a distribution is past or money moved on its account. No way back: sign again."""
    contract = subscription.contract
    booking.lock_payee(contract)
    subscription.refresh_from_db()
    if subscription.withdrawn_at is not None:
        return
    activity, is_first = begin(
        group=contract.group, by=by, kind="subscription.withdrawn", key=key, content={"subscription": subscription.pk}
    )
    if not is_first:
        return
    facts = contract_facts(contract.pk, [subscription])
    if facts.ordered and facts.ordered[subscription.pk]:
        raise CannotWithdraw("ordered")
    days = facts.days_of(subscription)
    if days and days[0].on < on:
        raise CannotWithdraw("past_delivery")
    account = subscription.account
    if statements.has_other_kinds(account.book_id, account.account_no, (*booking.ORDER_KINDS, ORDERED)):
        raise CannotWithdraw("payment")
    subscription.withdrawn_at = timezone.now()
    subscription.save(update_fields=["withdrawn_at"])
    booking.book_differences(
        contract,
        [subscription],
        activity=activity,
        kind=booking.WITHDRAWN,
        label=f"Souscription supprimée\u00a0: {contract.name}",
        on=on,
        by=by,
    )
    note(activity, subscription=subscription.pk, contract=contract.pk)


def _content(period: Period, alternation: Alternation | None) -> dict[str, object]:
    return {
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "alternate": alternation and alternation.member.pk,
        "alternate_begins": alternation and alternation.begins,
    }


def _check_member(contract: Contract, member: Member) -> None:
    if member.group_id != contract.group_id or not member.is_present or member.is_machine:
        raise SubscriptionRefused("unknown_member", field="member")
    if member.household_of_id is not None:
        # One household, one account: the first person holds it, both may sign in and pay.
        raise SubscriptionRefused("second_person", field="member")


def _check_alternation(contract: Contract, member: Member, alternation: Alternation | None) -> None:
    if alternation is None:
        return
    if alternation.member.group_id != contract.group_id or not alternation.member.is_present or alternation.member.is_machine:
        raise SubscriptionRefused("unknown_alternate", field="alternate")
    if alternation.member.holder_id == member.pk:
        raise SubscriptionRefused("alternate_is_holder", field="alternate")


def _check_period(contract: Contract, member: Member, period: Period, changing: Subscription | None = None) -> None:
    if period.ends_on < period.starts_on:
        raise SubscriptionRefused("ends_before_it_starts", field="ends_on")
    if period.starts_on < contract.starts_on:
        raise SubscriptionRefused("starts_before_contract", field="starts_on", day=format_day(contract.starts_on))
    if period.ends_on > contract.ends_on:
        raise SubscriptionRefused("ends_after_contract", field="ends_on", day=format_day(contract.ends_on))
    others = contract.subscriptions.standing().filter(member=member, starts_on__lte=period.ends_on, ends_on__gte=period.starts_on)
    other = (others.exclude(pk=changing.pk) if changing else others).first()
    if other:
        raise SubscriptionRefused("overlap", field="starts_on", starts_on=format_day(other.starts_on), ends_on=format_day(other.ends_on))


def _products(contract: Contract, quantities: Quantities) -> Sequence[tuple[Product, int]]:
    """The products asked for, with how many of each; refuses what the contract does not offer, and nothing at all."""
    products = {product.pk: product for product in contract.products.all()}
    if any(product_id not in products for product_id in quantities):
        raise SubscriptionRefused("unknown_product", field="quantities")
    if any(not 0 <= quantity <= LARGEST_QUANTITY for quantity in quantities.values()):
        raise SubscriptionRefused("quantity_out_of_range", field="quantities")
    asked = [(products[product_id], quantity) for product_id, quantity in quantities.items() if quantity]
    if not asked and not contract.is_variable:
        raise SubscriptionRefused("no_quantity", field="quantities")
    return asked


def _check_default_order(contract: Contract, products: Sequence[tuple[Product, int]], on: dt.date) -> None:
    """Where each distribution has a minimum, who says nothing must reach it too."""
    if not contract.minimum_per_delivery_cents:
        return
    prices = contract_facts(contract.pk, []).prices
    total_cents = sum(quantity * prices[product.pk].at(on) for product, quantity in products)
    if (missing_cents := contract.minimum_per_delivery_cents - total_cents) > 0:
        raise SubscriptionRefused(
            "default_order_too_small",
            field="quantities",
            total=Euros(total_cents),
            minimum=Euros(contract.minimum_per_delivery_cents),
            missing=Euros(missing_cents),
        )


def _set_quantities(subscription: Subscription, to: Change, on: dt.date) -> None:
    """Write the quantities that differ from those already in force at `quantities_from`, and forget later ones."""
    if to.quantities is None:
        return
    from_date = to.quantities_from or on
    products = _products(subscription.contract, to.quantities)
    _check_default_order(subscription.contract, products, on)
    asked = {product.pk: quantity for product, quantity in products}
    facts = contract_facts(subscription.contract_id, [subscription])
    in_force = {product_id: values.at(from_date) for product_id, values in facts.lines[subscription.pk].items()}
    changed = {
        product_id: asked.get(product_id, 0)
        for product_id in asked.keys() | in_force.keys()
        if asked.get(product_id, 0) != in_force.get(product_id, 0)
        or any(date > from_date for date in (facts.lines[subscription.pk][product_id].from_dates if product_id in in_force else ()))
    }
    if not changed:
        return
    last_day = min(on - dt.timedelta(days=1), subscription.ends_on)
    if is_planned_between(subscription.contract_id, max(from_date, subscription.starts_on), last_day):
        raise SubscriptionRefused("would_rewrite_the_past", field="quantities_from")
    SubscriptionLine.objects.filter(subscription=subscription, product__in=changed, from_date__gte=from_date).delete()
    SubscriptionLine.objects.bulk_create(
        SubscriptionLine(group=subscription.group, subscription=subscription, product_id=product_id, from_date=from_date, quantity=quantity)
        for product_id, quantity in changed.items()
    )
