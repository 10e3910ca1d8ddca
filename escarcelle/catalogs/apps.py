from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    name = "escarcelle.catalogs"
    label = "catalogs"
