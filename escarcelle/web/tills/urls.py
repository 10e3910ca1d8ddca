"""The day's till."""

from django.urls import path

from escarcelle.web.tills import day

urlpatterns = [
    path("distributions/<int:distribution_id>/caisse/", day.till, name="till"),
    path("caisses/<int:count_id>/rouvrir/", day.reopen_till, name="reopen_till"),
]
