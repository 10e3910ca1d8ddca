"""Orders of clients."""

from django.urls import path

from escarcelle.web.orders import shop

urlpatterns = [
    path("commander/", shop.market, name="market"),
    path("commander/<int:distribution_id>/", shop.shop, name="shop"),
    path("commander/<int:distribution_id>/pour/", shop.choose_client, name="choose_client"),
    path("commander/<int:distribution_id>/pour/<int:member_id>/", shop.shop_for, name="shop_for"),
    path("commandes/<int:basket_id>/", shop.my_order, name="order"),
]
