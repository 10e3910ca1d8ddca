from django.apps import AppConfig


class TillsConfig(AppConfig):
    name = "escarcelle.tills"
    label = "tills"
