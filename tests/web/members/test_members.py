"""Members: listed, added, corrected, gone and back, erased; and their roles."""

from uuid import uuid4

import pytest
from django.urls import reverse

from escarcelle.catalogs.departures import leave
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Activity, Role
from tests.cast import TODAY, balance_of, found_amap, signed_in
from tests.web.pages import MOST_STATEMENTS, as_sent, browser, statements, words


def url(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *(getattr(arg, "pk", arg) for arg in args)])


def add(amap, last_name="Blanc", first_name="Alphée", email="", **options):
    return create_member(group=amap.group, details=PersonalDetails(last_name, first_name, email), on=TODAY, by=amap.treasurer, **options)


# --- The list ---


def test_members_by_name_with_their_roles_and_household(amap):
    first = add(amap)
    add(amap, first_name="Zoé", household_of=first)

    rows = browser(amap.treasurer).get(url(amap, "members")).context["rows"]

    assert [row.name for row in rows][:4] == ["ADMIN Anne", "BLANC Alphée", "BLANC Zoé", "CORRE Yannick"]
    by_name = {row.name: row for row in rows}
    assert by_name["BLANC Alphée"].household == "BLANC Zoé"
    assert by_name["BLANC Zoé"].household == "BLANC Alphée"
    assert by_name["FAVENNEC Hervé"].roles == "coordonne Contrat légumes"
    assert by_name["TONNERRE Erwan"].roles == "producteur\u00a0: Ferme de Groix"
    assert by_name["LE GOFF Martine"].roles == "trésorier"


@pytest.mark.parametrize("text", ["alph", "BLANC", "alphee@exemple.fr", "0612"])
def test_somebody_is_found_by_name_address_or_number(amap, text):
    create_member(
        group=amap.group, details=PersonalDetails("Blanc", "Alphée", "alphee@exemple.fr", "06 12 34 56 78"), on=TODAY, by=amap.treasurer
    )

    page = browser(amap.treasurer).get(url(amap, "members"), {"q": text})

    assert [row.name for row in page.context["rows"]] == ["BLANC Alphée"]
    assert "1 personne sur 7" in words(page)


def test_the_page_of_who_has_left_shows_no_role_that_they_never_had(amap):
    gone = add(amap)
    leave(member=gone, on=TODAY, by=amap.admin)

    page = browser(amap.admin).get(url(amap, "member", gone))

    assert page.context["choices"] == []
    assert "Aucun rôle : simple membre." in words(page)


def test_who_has_left_is_listed_apart(amap):
    leave(member=add(amap), on=TODAY, by=amap.admin)
    client = browser(amap.treasurer)

    assert "BLANC Alphée" not in words(client.get(url(amap, "members")))
    assert [row.name for row in client.get(url(amap, "members"), {"qui": "partis"}).context["rows"]] == ["BLANC Alphée"]


def test_the_list_takes_as_many_statements_for_sixty_members_as_for_six(amap):
    client = browser(amap.treasurer)
    few = statements(client, url(amap, "members"))
    for rank in range(60):
        amap.subscribe(f"MEMBRE{rank} Un")

    assert statements(client, url(amap, "members")) == few <= MOST_STATEMENTS


def test_the_page_of_a_member_takes_as_many_statements_with_many_subscriptions(amap):
    member = amap.someone("ADAM Pécine")
    amap.subscribe("ADAM Pécine")
    client = browser(amap.admin)
    few = statements(client, url(amap, "member", member))
    for rank in range(8):
        amap.subscribe("ADAM Pécine", contract=amap.open(f"Contrat {rank}", amap.farm, 100, weeks=2))

    assert statements(client, url(amap, "member", member)) == few <= MOST_STATEMENTS


@pytest.mark.parametrize("who", ["member", "volunteer", "producer_member"])
def test_contacts_are_not_for_everybody(amap, who):
    client = browser(getattr(amap, who))

    for name, args in [("members", []), ("member", [amap.member]), ("member_new", []), ("member_edit", [amap.member])]:
        assert client.get(url(amap, name, *args)).status_code == 403


def test_a_coordinator_looks_up_members_and_changes_none(amap):
    client = browser(amap.coordinator)
    page = client.get(url(amap, "member", amap.member))

    assert page.status_code == 200
    assert "Modifier les coordonnées" not in words(page)
    assert "Solde des adhérents" not in words(client.get(url(amap, "members")))
    for name in ("member_new",):
        assert client.get(url(amap, name)).status_code == 403
    for name in ("member_edit", "member_leave", "member_erase"):
        assert client.get(url(amap, name, amap.member)).status_code == 403
    for name in ("member_invite", "member_come_back", "member_roles"):
        assert client.post(url(amap, name, amap.member)).status_code == 403


SCREENS = ["member", "member_edit", "member_leave", "member_erase"]
ACTS = ["member_edit", "member_invite", "member_leave", "member_come_back", "member_erase", "member_roles"]


def test_a_member_of_another_group_does_not_exist(amap):
    houat = found_amap("AMAP de Houat")
    client = browser(amap.admin)

    assert {client.get(url(amap, name, houat.member)).status_code for name in SCREENS} == {404}
    assert {client.post(url(amap, name, houat.member), {"key": uuid4()}).status_code for name in ACTS} == {404}
    assert client.get(url(houat, "members")).status_code == 404


# --- Adding and correcting ---


def test_a_name_is_enough_and_sending_twice_adds_one(amap):
    client = browser(amap.treasurer)
    sent = as_sent(client.get(url(amap, "member_new")).context["form"], last_name="Blanc", first_name="Alphée")

    for _ in range(2):
        page = client.post(url(amap, "member_new"), sent, follow=True)

    assert page.context["member"].name == "BLANC Alphée"
    assert amap.group.members.filter(last_name="Blanc").count() == 1


@pytest.mark.parametrize(
    ("typed", "box", "says"),
    [
        ({"last_name": " "}, "last_name", "Il manque un nom."),
        ({"last_name": "B", "email": "pas une adresse"}, "email", "n’est pas une adresse e-mail"),
        ({"last_name": "B" * 81}, "last_name", "trop long"),
        ({"last_name": "B", "email": "prise@exemple.fr"}, "email", "déjà celle d’un membre"),
        ({"last_name": "B", "key": "pas une clé"}, "key", "illisible"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(amap, typed, box, says):
    add(amap, email="prise@exemple.fr")
    before = amap.group.members.count()
    client = browser(amap.treasurer)
    sent = as_sent(client.get(url(amap, "member_new")).context["form"], phone="06 12", **typed)

    page = client.post(url(amap, "member_new"), sent)

    assert page.status_code == 422
    assert says in str(page.context["form"].errors[box])
    assert 'value="06 12"' in page.content.decode()
    assert amap.group.members.count() == before


def test_names_are_shown_as_typed_and_never_run(amap):
    client = browser(amap.treasurer)
    sent = as_sent(client.get(url(amap, "member_new")).context["form"], last_name="<script>alert(1)</script>", first_name="שלום 🥕 “O’”")

    page = client.post(url(amap, "member_new"), sent, follow=True).content.decode()

    assert "<script>alert" not in page.lower()
    assert "&lt;SCRIPT&gt;ALERT(1)&lt;/SCRIPT&gt; שלום 🥕" in page


def test_the_second_person_of_a_household_is_added_from_the_first(amap):
    first = add(amap)
    client = browser(amap.treasurer)
    form = client.get(url(amap, "member_new"), {"foyer": first.pk}).context["form"]
    client.post(url(amap, "member_new"), as_sent(form, last_name="Blanc", first_name="Zoé"))

    assert "Foyer avec BLANC Zoé" in words(client.get(url(amap, "member", first)))


def test_a_contact_is_corrected(amap):
    member = add(amap)
    client = browser(amap.treasurer)
    form = client.get(url(amap, "member_edit", member)).context["form"]
    client.post(url(amap, "member_edit", member), as_sent(form, email="Alphee@Exemple.fr"))

    member.refresh_from_db()
    assert (member.last_name, member.email) == ("Blanc", "alphee@exemple.fr")


# --- Leaving, coming back, being erased ---


def test_who_leaves_keeps_their_accounts_and_can_come_back(amap):
    subscription = amap.subscribe("BLANC Alphée")
    member, client = amap.someone("BLANC Alphée"), browser(amap.treasurer)
    assert "dû −693,16 €" in words(client.get(url(amap, "member_leave", member)))

    for _ in range(2):
        client.post(url(amap, "member_leave", member))
    member.refresh_from_db()
    assert member.left_on == TODAY
    assert balance_of(subscription) == -69316
    assert Activity.objects.filter(kind="member.left").count() == 1

    client.post(url(amap, "member_come_back", member))
    member.refresh_from_db()
    assert member.is_present


def test_the_last_administrator_stays(amap):
    client = browser(amap.admin)

    for name in ("member_leave", "member_erase"):
        page = client.post(url(amap, name, amap.admin))
        assert page.status_code == 422
        assert "seul administrateur" in words(page)
    amap.admin.refresh_from_db()
    assert amap.admin.is_present


def test_an_administrator_who_leaves_is_shown_out(amap):
    colleague = signed_in(add(amap))
    client = browser(amap.admin)
    client.post(url(amap, "member_roles", colleague), {"role": ["administrator"]})

    assert client.post(url(amap, "member_leave", amap.admin)).url == "/"
    assert client.get(url(amap, "members")).status_code == 404


def test_erasing_says_what_is_kept_then_wipes_the_contact_and_no_amount(amap):
    subscription = amap.subscribe("BLANC Alphée")
    amap.pay(subscription, 1333)
    member, client = amap.someone("BLANC Alphée"), browser(amap.admin)
    before = client.get(url(amap, "member_erase", member))
    assert "Ce qui est gardé" in words(before)
    assert "dix ans" in words(before)

    for _ in range(2):
        client.post(url(amap, "member_erase", member))

    member.refresh_from_db()
    assert (member.erased_at is not None, member.email, member.first_name) == (True, "", "")
    assert balance_of(subscription) == 1333 - 69316
    assert "Blanc" not in words(client.get(url(amap, "member", member)))
    assert client.get(url(amap, "member_edit", member)).status_code == 404
    assert client.post(url(amap, "member_come_back", member)).status_code == 422


def test_a_treasurer_does_not_erase(amap):
    assert browser(amap.treasurer).get(url(amap, "member_erase", amap.member)).status_code == 403


# --- Roles ---


def test_roles_are_given_and_taken_together(amap):
    member, client = add(amap), browser(amap.admin)

    for _ in range(2):
        client.post(url(amap, "member_roles", member), {"role": ["treasurer", "volunteer"], "producer": [amap.farm.pk]})
    assert {role.name for role in member.roles.all()} == {"treasurer", "volunteer"}
    assert [access.producer for access in member.producer_accesses.all()] == [amap.farm]

    client.post(url(amap, "member_roles", member), {"role": ["volunteer"]})
    assert [role.name for role in Role.objects.filter(member=member)] == ["volunteer"]
    assert not member.producer_accesses.exists()


def test_the_last_administrator_keeps_the_role_and_nothing_else_changes(amap):
    client = browser(amap.admin)

    page = client.post(url(amap, "member_roles", amap.admin), {"role": ["treasurer"]})

    assert page.status_code == 422
    assert "seul administrateur" in words(page)
    assert [role.name for role in Role.objects.filter(member=amap.admin)] == ["administrator"]


def test_a_role_that_does_not_exist_or_another_group_s_producer_gives_nothing(amap):
    houat = found_amap("AMAP de Houat")
    client = browser(amap.admin)
    client.post(url(amap, "member_roles", amap.member), {"role": ["emperor"], "producer": [houat.farm.pk, "x"]})

    assert not amap.member.roles.exists()
    assert not amap.member.producer_accesses.exists()


def test_a_treasurer_gives_no_role(amap):
    client = browser(amap.treasurer)

    assert "Enregistrer les rôles" not in words(client.get(url(amap, "member", amap.treasurer)))
    assert client.post(url(amap, "member_roles", amap.treasurer), {"role": ["administrator"]}).status_code == 403
