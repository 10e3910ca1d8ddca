"""Orders of variable contracts: a member's dates, and what the coordinator sees of them."""

from django.urls import URLPattern, path

from escarcelle.web.dated_orders import contract, dates, one_date

_contract = "contrats/<int:contract_id>/commandes"
_dates = "mes-commandes/<int:subscription_id>"
_one = f"{_dates}/<int:delivery_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_contract}/", contract.contract_orders, name="contract_orders"),
    path(f"{_contract}/par-defaut/", contract.contract_orders_close, name="contract_orders_close"),
    path(f"{_contract}/<int:delivery_id>/", contract.delivery_orders, name="delivery_orders"),
    path(f"{_dates}/", dates.dated_orders, name="dated_orders"),
    path(f"{_one}/", one_date.dated_order, name="dated_order"),
    path(f"{_one}/annuler/", one_date.dated_order_take_back, name="dated_order_take_back"),
    path(f"{_one}/absence/", one_date.dated_absence, name="dated_absence"),
]
