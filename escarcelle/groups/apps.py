from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "escarcelle.groups"
    label = "groups"
