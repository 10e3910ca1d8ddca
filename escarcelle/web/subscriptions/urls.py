"""Subscriptions of one contract. Their payments are under the same address, in `web.payments`."""

from django.urls import URLPattern, path

from escarcelle.web.subscriptions import ending, listing, signing

_all = "contrats/<int:contract_id>/souscriptions"
_one = f"{_all}/<int:subscription_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_all}/", listing.subscriptions, name="subscriptions"),
    path(f"{_all}/export.<slug:kind>", listing.subscriptions_export, name="subscriptions_export"),
    path(f"{_all}/nouvelle/", signing.subscription_new, name="subscription_new"),
    path(f"{_one}/modifier/", signing.subscription_edit, name="subscription_edit"),
    path(f"{_one}/supprimer/", ending.subscription_delete, name="subscription_delete"),
    path(f"{_one}/terminer/", ending.subscription_end, name="subscription_end"),
]
