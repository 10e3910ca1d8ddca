"""The day of a market: its baskets, one basket, everything at once."""

from django.urls import path

from escarcelle.web.validation import all_at_once, baskets

urlpatterns = [
    path("distributions/<int:distribution_id>/validation/", baskets.baskets, name="validation"),
    path("distributions/<int:distribution_id>/valider-tout/", all_at_once.force_validation, name="force_validation"),
    path("distributions/<int:distribution_id>/rouvrir/", all_at_once.reopen_all, name="reopen_distribution"),
    path("distributions/<int:distribution_id>/manquants/", all_at_once.shortage, name="shortage"),
    path("distributions/<int:distribution_id>/prix-du-jour/", all_at_once.day_price, name="day_price"),
    path("paniers/<int:basket_id>/", baskets.basket, name="basket"),
    path("paniers/<int:basket_id>/rouvrir/", all_at_once.reopen_one, name="reopen_basket"),
    path("paniers/<int:basket_id>/<slug:act>/", baskets.basket_act, name="basket_act"),
]
