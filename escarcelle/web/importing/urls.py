"""Files of other programs: looked at first, then taken over."""

from django.urls import URLPattern, path

from escarcelle.web.importing import camap, done, members

urlpatterns: list[URLPattern] = [
    path("importer/camap/", camap.import_camap, name="import_camap"),
    path("importer/membres/", members.import_members, name="import_members"),
    path("importer/<int:activity_id>/", done.import_done, name="import_done"),
]
