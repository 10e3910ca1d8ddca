"""Settings of the group, keys to the API, and the log of who did what."""

from django.urls import URLPattern, path

from escarcelle.web.settings import group, log, tokens, ways

urlpatterns: list[URLPattern] = [
    path("reglages/", group.settings, name="settings"),
    path("reglages/nom/", group.group_rename, name="group_rename"),
    path("reglages/lieux/", group.place_new, name="place_new"),
    path("reglages/lieux/<int:place_id>/", group.place_edit, name="place_edit"),
    path("reglages/cles/", tokens.tokens, name="tokens"),
    path("reglages/cles/<int:token_id>/revoquer/", tokens.token_revoke, name="token_revoke"),
    path("reglages/moyens-de-paiement/", ways.ways_to_pay, name="ways_to_pay"),
    path("reglages/moyens-de-paiement/desactiver/", ways.payments_off, name="payments_off"),
    path("journal/", log.activity, name="activity"),
]
