"""Whose orders a person may look at and change: their household's, and those of the contracts they manage."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from escarcelle.distributions.models import Delivery
from escarcelle.groups.permissions import Permission
from escarcelle.subscriptions.models import Subscription
from escarcelle.web.screens import GroupRequest


def subscription_of(request: GroupRequest, subscription_id: int) -> Subscription:
    """A standing subscription: 403 for another household's, 404 where nothing is ordered date by date."""
    around = ("contract__producer", "contract__group", "member", "account", "group")
    found = get_object_or_404(request.group.subscriptions.standing().select_related(*around), pk=subscription_id)
    is_theirs = found.member_id == request.member.holder_id
    if not is_theirs and not request.rights.may(Permission.MANAGE_SUBSCRIPTIONS, found.contract):
        raise PermissionDenied
    if not found.contract.is_variable:
        raise Http404
    return found


def delivery_of(subscription: Subscription, delivery_id: int) -> Delivery:
    """A date of the subscription, or 404."""
    period = (subscription.starts_on, subscription.ends_on)
    deliveries = subscription.contract.deliveries.filter(distribution__on__range=period)
    found: Delivery = get_object_or_404(deliveries.select_related("distribution__place", "contract"), pk=delivery_id)
    return found
