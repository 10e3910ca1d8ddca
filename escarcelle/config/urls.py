from django.urls import include, path

from escarcelle.api.urls import urlpatterns as api_patterns
from escarcelle.web.appearance import choose_language, choose_theme

handler500 = "escarcelle.web.errors.server_error"

urlpatterns = [
    path("acces/", include("allauth.urls")),
    path("langue/", choose_language, name="set_language"),
    path("apparence/", choose_theme, name="theme"),
    path("api/v1/", include((api_patterns, "ninja"), namespace="api")),
    path("", include("escarcelle.web.urls")),
]
