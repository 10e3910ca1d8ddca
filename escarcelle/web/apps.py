from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "escarcelle.web"
    label = "web"
