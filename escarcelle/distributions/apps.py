from django.apps import AppConfig


class DistributionsConfig(AppConfig):
    name = "escarcelle.distributions"
    label = "distributions"
