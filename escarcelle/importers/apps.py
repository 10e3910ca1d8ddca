from django.apps import AppConfig


class ImportersConfig(AppConfig):
    name = "escarcelle.importers"
    label = "importers"
