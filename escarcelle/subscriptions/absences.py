"""Absences: a member says at which distributions they will not collect, within the contract's limits."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from escarcelle.distributions.models import Delivery
from escarcelle.groups.activity import begin, note
from escarcelle.groups.models import Member
from escarcelle.lib.dates import format_day
from escarcelle.lib.refusals import Refusal, gettext_noop
from escarcelle.subscriptions import booking
from escarcelle.subscriptions.models import Absence, Subscription


class AbsenceRefused(Refusal):
    """These absences cannot be kept."""

    sentences: ClassVar[Mapping[str, str]] = {
        "withdrawn": gettext_noop("Cette souscription a été supprimée."),
        "too_many": gettext_noop("Le contrat permet {allowed} absence(s) au plus."),
        "another_contract": gettext_noop("La distribution du {day} n’est pas celle de ce contrat."),
        "cancelled": gettext_noop("La distribution du {day} est annulée\u00a0: aucune absence à y noter."),
        "outside_subscription": gettext_noop("Le {day} est hors de la période de la souscription."),
        "outside_window": gettext_noop("Le contrat ne permet pas d’absence le {day}."),
        "past": gettext_noop("Le {day} est passé, ou c’est aujourd’hui\u00a0: voyez avec le coordinateur."),
    }


@transaction.atomic
def set_absences(
    *,
    subscription: Subscription,
    deliveries: Collection[Delivery],
    on: dt.date,
    by: Member | None,
    key: UUID | None = None,
    may_change_past: bool,
) -> booking.Difference | None:
    """Make these the absences of a subscription; the total follows, as one operation for the difference.

    A difference in cents: minus when less is due. Undone by setting the former ones. `may_change_past` is for coordinators who note afterwards what was agreed before; members only
    touch days after `on`. Gives None when this key was answered already. Refused: `AbsenceRefused` (too many, outside the contract's
    window or the subscription's period, cancelled delivery, past day)."""
    contract = subscription.contract
    content = {"subscription": subscription.pk, "deliveries": sorted(delivery.pk for delivery in deliveries)}
    activity, is_first = begin(group=contract.group, by=by, kind="absences.set", key=key, content=content)
    if not is_first:
        return None
    booking.lock_payee(contract)
    subscription.refresh_from_db()
    if subscription.withdrawn_at is not None:
        raise AbsenceRefused("withdrawn")
    deliveries = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).select_related("distribution")
    before = set(subscription.absences.values_list("delivery_id", flat=True))
    wanted = {delivery.pk: delivery for delivery in deliveries}
    added = [delivery for pk, delivery in wanted.items() if pk not in before]
    removed = list(Delivery.objects.filter(pk__in=before - wanted.keys()).select_related("distribution"))
    _check(subscription, added, len(wanted))
    if not may_change_past:
        _check_not_past([*added, *removed], on)
    subscription.absences.filter(delivery__in=removed).delete()
    Absence.objects.bulk_create(Absence(group=contract.group, subscription=subscription, delivery=delivery) for delivery in added)
    [difference] = booking.book_differences(
        contract,
        [subscription],
        activity=activity,
        kind=booking.CHANGED,
        label=f"Absences\u00a0: {contract.name}",
        on=on,
        by=by,
    )
    note(activity, subscription=subscription.pk, absence_count=len(wanted), difference_cents=difference.difference_cents)
    return difference


def _check(subscription: Subscription, added: list[Delivery], wanted_count: int) -> None:
    contract = subscription.contract
    if added and wanted_count > contract.absences_allowed:
        raise AbsenceRefused("too_many", allowed=contract.absences_allowed)
    for delivery in added:
        day = delivery.distribution.on
        if delivery.contract_id != contract.pk:
            raise AbsenceRefused("another_contract", day=format_day(day))
        if delivery.cancelled_at is not None:
            raise AbsenceRefused("cancelled", day=format_day(day))
        if not subscription.starts_on <= day <= subscription.ends_on:
            raise AbsenceRefused("outside_subscription", day=format_day(day))
        if (contract.absences_from and day < contract.absences_from) or (contract.absences_until and day > contract.absences_until):
            raise AbsenceRefused("outside_window", day=format_day(day))


def _check_not_past(deliveries: list[Delivery], on: dt.date) -> None:
    for delivery in deliveries:
        if delivery.distribution.on <= on:
            raise AbsenceRefused("past", day=format_day(delivery.distribution.on))
