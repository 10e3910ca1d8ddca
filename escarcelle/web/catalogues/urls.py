"""Catalogues of a market and what they offer."""

from django.urls import path

from escarcelle.web.catalogues import products, terms

urlpatterns = [
    path("catalogues/", terms.catalogues, name="catalogues"),
    path("catalogues/nouveau/", terms.catalogue_new, name="catalogue_new"),
    path("catalogues/<int:contract_id>/", products.catalogue, name="catalogue"),
    path("catalogues/<int:contract_id>/modifier/", terms.catalogue_edit, name="catalogue_edit"),
    path("catalogues/<int:contract_id>/produits/nouveau/", products.catalogue_product_new, name="catalogue_product_new"),
    path("catalogues/<int:contract_id>/produits/<int:product_id>/", products.catalogue_product_edit, name="catalogue_product_edit"),
]
