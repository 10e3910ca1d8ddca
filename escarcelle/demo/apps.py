from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "escarcelle.demo"
    label = "demo"
