from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "escarcelle.api"
    label = "api"
