from django.urls import URLPattern

# Screens that belong to no group: the choice of a group, help, invitations.
outside_groups: list[URLPattern] = []
urlpatterns: list[URLPattern] = []
