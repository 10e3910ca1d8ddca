"""The first page of a group, and the screens that belong to none."""

from django.urls import URLPattern, path

from escarcelle.web.home import home, outside

outside_groups: list[URLPattern] = [
    path("", outside.start, name="start"),
    path("aide/", outside.help_pages, name="help"),
    path("donnees-personnelles/", outside.privacy, name="privacy"),
]

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
]
