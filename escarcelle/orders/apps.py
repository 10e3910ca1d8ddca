from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "escarcelle.orders"
    label = "orders"
