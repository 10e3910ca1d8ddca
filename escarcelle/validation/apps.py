from django.apps import AppConfig


class ValidationConfig(AppConfig):
    name = "escarcelle.validation"
    label = "validation"
