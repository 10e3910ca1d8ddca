"""Distributions and baskets within the group of the request: another group's do not exist."""

from django.shortcuts import get_object_or_404

from escarcelle.distributions.models import Distribution
from escarcelle.orders.models import Basket
from escarcelle.web.screens import GroupRequest


def distribution_of(request: GroupRequest, distribution_id: int) -> Distribution:
    """A distribution with its place, or 404."""
    return get_object_or_404(request.group.distributions.select_related("place", "group"), pk=distribution_id)


def basket_of(request: GroupRequest, basket_id: int) -> Basket:
    """A basket of a market with its distribution and its account's member, or 404: no money changes hands at an AMAP's."""
    baskets = request.group.baskets.filter(account__is_general=True).select_related(
        "distribution__place", "distribution__group", "account__member", "account__group", "group"
    )
    return get_object_or_404(baskets, pk=basket_id)
