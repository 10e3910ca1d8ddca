from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "escarcelle.ledger"
    label = "ledger"
