from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "escarcelle.people"
    label = "people"
