"""Contracts of an AMAP."""

from django.urls import URLPattern, path

from escarcelle.web.contracts import deliveries, listing, opening, terms

_contract = "contrats/<int:contract_id>"
_delivery = f"{_contract}/distributions/<int:delivery_id>"

urlpatterns: list[URLPattern] = [
    path("contrats/", listing.contracts, name="contracts"),
    path("contrats/nouveau/", opening.contract_new, name="contract_new"),
    path(f"{_contract}/reglages/", terms.contract_settings, name="contract_settings"),
    path(f"{_contract}/reglages/conditions/", terms.contract_terms, name="contract_terms"),
    path(f"{_contract}/reglages/produits/", terms.product_new, name="product_new"),
    path(f"{_contract}/reglages/produits/<int:product_id>/prix/", terms.product_price, name="product_price"),
    path(f"{_contract}/reglages/coordinateurs/", terms.coordinator_appoint, name="coordinator_appoint"),
    path(f"{_contract}/reglages/coordinateurs/<int:member_id>/retirer/", terms.coordinator_dismiss, name="coordinator_dismiss"),
    path(f"{_contract}/distributions/", deliveries.contract_distributions, name="contract_distributions"),
    path(f"{_contract}/distributions/planifier/", deliveries.deliveries_plan, name="deliveries_plan"),
    path(f"{_delivery}/deplacer/", deliveries.delivery_move, name="delivery_move"),
    path(f"{_delivery}/annuler/", deliveries.delivery_cancel, name="delivery_cancel"),
    path(f"{_delivery}/retablir/", deliveries.delivery_restore, name="delivery_restore"),
    path(f"{_delivery}/supprimer/", deliveries.delivery_delete, name="delivery_delete"),
    path(f"{_contract}/absences/", deliveries.contract_absences, name="contract_absences"),
]
