from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "escarcelle.notifications"
    label = "notifications"
