from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "escarcelle.payments"
    label = "payments"
