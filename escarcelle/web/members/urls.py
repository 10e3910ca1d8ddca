"""Members of a group, their roles, and the invitation that gives them a login."""

from django.urls import URLPattern, path

from escarcelle.web.members import departures, editing, invitations, listing, page, roles

_one = "membres/<int:member_id>"

# Opened from a mail, by somebody who belongs to no group yet.
outside_groups: list[URLPattern] = [path("invitation/<str:token>/", invitations.invitation, name="invitation")]
urlpatterns: list[URLPattern] = [
    path("membres/", listing.members, name="members"),
    path("membres/nouveau/", editing.member_new, name="member_new"),
    path(f"{_one}/", page.member, name="member"),
    path(f"{_one}/modifier/", editing.member_edit, name="member_edit"),
    path(f"{_one}/inviter/", invitations.member_invite, name="member_invite"),
    path(f"{_one}/depart/", departures.member_leave, name="member_leave"),
    path(f"{_one}/retour/", departures.member_come_back, name="member_come_back"),
    path(f"{_one}/effacer/", departures.member_erase, name="member_erase"),
    path(f"{_one}/roles/", roles.member_roles, name="member_roles"),
]
