from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "escarcelle.ledger"
    label = "ledger"

    def ready(self) -> None:
        from escarcelle.ledger import checks  # noqa: F401  registers the check, once Django knows the databases
