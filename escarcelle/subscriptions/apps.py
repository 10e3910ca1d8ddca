from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "escarcelle.subscriptions"
    label = "subscriptions"
