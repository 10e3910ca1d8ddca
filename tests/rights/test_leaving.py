"""Who left, who would be more than they are, and the last one who can give roles."""

from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from escarcelle.catalogs.contracts import ContractRefused, appoint_coordinator
from escarcelle.catalogs.departures import come_back, leave
from escarcelle.catalogs.producers import ProducerRefused, give_producer_access
from escarcelle.catalogs.rights import rights_of
from escarcelle.groups.machines import add_machine
from escarcelle.groups.members import (
    LastAdministrator,
    MemberRefused,
    NotOverAdministrators,
    PersonalDetails,
    change_member,
    create_member,
    give_role,
    take_role,
)
from escarcelle.groups.models import Activity, Member, Role
from escarcelle.groups.permissions import EVERY_MEMBER, Permission
from escarcelle.groups.tokens import make_token
from escarcelle.notifications.invitations import InvitationNotSent, invite
from escarcelle.payments.erasure import erase_member
from escarcelle.people.models import Person
from tests.api.caller import Caller
from tests.cast import TODAY, found_amap
from tests.rights.conftest import browser

pytestmark = pytest.mark.django_db


def url(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *args])


def fresh(member):
    return Member.objects.get(pk=member.pk)


def in_group(amap, last_name, email="", **options):
    return create_member(group=amap.group, details=PersonalDetails(last_name, email=email), on=TODAY, by=amap.admin, **options)


# --- Who left ---


def test_the_volunteer_who_left_finds_nothing_in_the_session_still_open_nor_with_the_key_still_kept(amap):
    yannick, caller = browser(amap.volunteer.person), Caller(amap.volunteer)
    day = url(amap, "distributions")
    assert yannick.get(day).status_code == 200
    assert caller.get("/distributions").status == 200

    leave(member=amap.volunteer, on=TODAY, by=amap.admin)

    assert yannick.get(day).status_code == 404
    assert yannick.get(f"/api/v1/groups/{amap.group.slug}/distributions").status_code == 404
    assert caller.get("/distributions").status == 401
    assert amap.group.name not in yannick.get("/").text


def test_who_comes_back_has_no_key_no_role_no_contract_and_no_producer(amap):
    herve, key = amap.coordinator, Caller(amap.coordinator)
    give_producer_access(producer=amap.farm, member=herve, by=amap.admin)
    give_role(member=herve, role=Role.Name.TREASURER, by=amap.admin)

    leave(member=herve, on=TODAY, by=amap.admin)
    come_back(member=herve, by=amap.admin)

    rights = rights_of(fresh(herve))
    assert rights.in_group == EVERY_MEMBER
    assert not rights.may(Permission.SEE_CONTRACT, amap.vegetables)
    assert not rights.may_over_some_contract(Permission.RECORD_PAYMENTS)
    assert key.get("/me").status == 401


def test_to_who_has_left_nothing_is_given(amap):
    leave(member=amap.volunteer, on=TODAY, by=amap.admin)

    with pytest.raises(MemberRefused):
        give_role(member=fresh(amap.volunteer), role=Role.Name.TREASURER, by=amap.admin)
    with pytest.raises(ProducerRefused):
        give_producer_access(producer=amap.farm, member=fresh(amap.volunteer), by=amap.admin)
    with pytest.raises(ContractRefused):
        appoint_coordinator(contract=amap.vegetables, member=fresh(amap.volunteer), by=amap.admin)


def test_a_second_person_who_left_no_longer_sees_the_accounts_of_the_household(amap):
    adam = amap.subscribe("ADAM Pécine")
    second = in_group(amap, "Adam", household_of=adam.member)
    Member.objects.filter(pk=second.pk).update(person=Person.objects.create_user("rozenn@exemple.fr"))
    rozenn, pdf = browser(fresh(second).person), url(amap, "account_pdf", adam.account_id)
    assert rozenn.get(pdf).status_code == 200

    leave(member=fresh(second), on=TODAY, by=amap.admin)

    assert rozenn.get(pdf).status_code == 404


def test_an_erased_person_has_no_login_left(amap):
    denise, email, caller = browser(amap.member.person), amap.member.person.email, Caller(amap.member)

    erase_member(member=amap.member, on=TODAY, by=amap.admin)

    assert not Person.objects.filter(email=email).exists()
    assert denise.get(url(amap, "home")).url.startswith("/acces/login/")
    assert caller.get("/me").status == 401
    signing_in = Client()
    signing_in.post("/acces/login/", {"login": email, "password": "escarcelle-2026"})
    assert "_auth_user_id" not in signing_in.session
    signing_in.post("/acces/login/code/", {"email": email})
    assert "Aucun accès" in mail.outbox[-1].subject


def test_nothing_is_written_again_about_who_was_erased(amap):
    erase_member(member=amap.member, on=TODAY, by=amap.admin)
    details = PersonalDetails("Hamon", "Denise", "denise@exemple.fr")

    with pytest.raises(MemberRefused):
        change_member(member=fresh(amap.member), details=details, by=amap.treasurer)
    assert Caller(amap.treasurer).send("PATCH", f"/members/{amap.member.pk}", {"last_name": "Hamon"}).status == 409


def test_a_person_erased_from_one_group_keeps_their_login_for_the_other(amap):
    houat = found_amap("AMAP de Houat")
    Member.objects.filter(pk=houat.member.pk).update(person=amap.member.person)
    denise = browser(amap.member.person)

    erase_member(member=amap.member, on=TODAY, by=amap.admin)

    assert denise.get(url(amap, "home")).status_code == 404
    assert denise.get(url(houat, "home")).status_code == 200


# --- Who would be more than they are ---


def test_a_treasurer_does_not_make_themselves_administrator(amap):
    martine, caller = browser(amap.treasurer.person), Caller(amap.treasurer)

    assert martine.post(url(amap, "member_roles", amap.treasurer.pk), {"role": "administrator"}).status_code == 403
    assert caller.send("PUT", f"/members/{amap.treasurer.pk}/roles/administrator").status == 403
    assert caller.post("/machines", {"name": "robot", "role": "administrator"}).status == 403
    # What a form does not ask is not read from it.
    details = {"last_name": "Le Goff", "role": "administrator", "person": amap.admin.person_id, "key": uuid4()}
    assert martine.post(url(amap, "member_edit", amap.treasurer.pk), details).status_code == 302
    assert caller.send("PATCH", f"/members/{amap.treasurer.pk}", {"roles": ["administrator"]}).status == 422
    assert set(fresh(amap.treasurer).roles.values_list("name", flat=True)) == {"treasurer"}


def test_a_treasurer_does_not_take_the_place_of_an_administrator_who_never_signed_in(amap):
    """The address of a member may be corrected by a treasurer: the link to the rights of an administrator must not go there."""
    new = in_group(amap, "Nouvelle", "nouvelle@exemple.fr")
    give_role(member=new, role=Role.Name.ADMINISTRATOR, by=amap.admin)
    change_member(member=new, details=PersonalDetails("Nouvelle", email="martine.a.moi@exemple.fr"), by=amap.treasurer)

    with pytest.raises(NotOverAdministrators):
        invite(member=fresh(new), link="https://…", by=amap.treasurer)
    page = browser(amap.treasurer.person).post(url(amap, "member_invite", new.pk), {"key": uuid4()})
    assert page.status_code == 422
    assert "seul un administrateur" in page.text
    assert Caller(amap.treasurer).post(f"/members/{new.pk}/invitation").code == "not_over_administrators"
    assert mail.outbox == []
    assert not Activity.objects.filter(kind="member.invited").exists()

    invite(member=fresh(new), link="https://…", by=amap.admin)


def test_a_treasurer_does_not_put_an_administrator_out(amap):
    give_role(member=amap.volunteer, role=Role.Name.ADMINISTRATOR, by=amap.admin)

    with pytest.raises(NotOverAdministrators):
        leave(member=amap.volunteer, on=TODAY, by=amap.treasurer)
    assert browser(amap.treasurer.person).post(url(amap, "member_leave", amap.volunteer.pk)).status_code == 422
    assert Caller(amap.treasurer).post(f"/members/{amap.volunteer.pk}/leave").code == "not_over_administrators"
    assert fresh(amap.volunteer).is_present

    leave(member=amap.volunteer, on=TODAY, by=amap.admin)


def test_a_coordinator_entrusts_their_contract_and_no_other(amap):
    eggs = amap.open("Contrat œufs", amap.farm, 320, weeks=2)
    herve, caller = browser(amap.coordinator.person), Caller(amap.coordinator)

    assert herve.post(url(amap, "coordinator_appoint", eggs.pk), {"coordinator": amap.coordinator.pk}).status_code == 403
    assert caller.send("PUT", f"/contracts/{eggs.pk}/coordinators/{amap.coordinator.pk}").status == 403
    assert herve.post(url(amap, "coordinator_appoint", amap.vegetables.pk), {"coordinator": amap.member.pk}).status_code == 302


def test_a_key_is_made_for_oneself_alone(amap):
    made = Caller(amap.member).post("/tokens", {"name": "à moi", "member_id": amap.admin.pk})

    assert made.status == 422
    assert amap.admin.api_tokens.count() == 0


def test_a_key_of_a_login_that_was_closed_opens_nothing(amap):
    caller = Caller(amap.treasurer)
    Person.objects.filter(pk=amap.treasurer.person_id).update(is_active=False)

    assert caller.get("/me").status == 401


def test_a_machine_may_what_its_role_may(amap):
    robot = add_machine(group=amap.group, name="robot", role="volunteer", on=TODAY, by=amap.admin)
    headers = {"Authorization": f"Bearer {make_token(member=robot, name='robot', by=amap.admin)}"}
    root = f"/api/v1/groups/{amap.group.slug}"

    assert Client().get(f"{root}/distributions", headers=headers).status_code == 200
    assert Client().get(f"{root}/members", headers=headers).status_code == 403


# --- The last who can give roles ---


def cannot_go(amap):
    with pytest.raises(LastAdministrator):
        leave(member=fresh(amap.admin), on=TODAY, by=amap.admin)
    with pytest.raises(LastAdministrator):
        take_role(member=fresh(amap.admin), role=Role.Name.ADMINISTRATOR, by=amap.admin)
    with pytest.raises(LastAdministrator):
        erase_member(member=fresh(amap.admin), on=TODAY, by=amap.admin)


def test_a_machine_is_not_another_administrator(amap):
    add_machine(group=amap.group, name="robot", role="administrator", on=TODAY, by=amap.admin)

    cannot_go(amap)


def test_neither_is_somebody_who_cannot_sign_in(amap):
    give_role(member=in_group(amap, "Nouvelle"), role=Role.Name.ADMINISTRATOR, by=amap.admin)
    give_role(member=amap.volunteer, role=Role.Name.ADMINISTRATOR, by=amap.admin)
    Person.objects.filter(pk=amap.volunteer.person_id).update(is_active=False)

    cannot_go(amap)


def test_the_last_administrator_is_told_on_every_door(amap):
    anne, caller = browser(amap.admin.person), Caller(amap.admin)

    for page in (
        anne.post(url(amap, "member_leave", amap.admin.pk)),
        anne.post(url(amap, "member_erase", amap.admin.pk)),
        anne.post(url(amap, "member_roles", amap.admin.pk), {}),
    ):
        assert page.status_code == 422
        assert "C’est le seul administrateur" in page.text
    assert caller.post(f"/members/{amap.admin.pk}/leave").code == "last_administrator"
    assert caller.post(f"/members/{amap.admin.pk}/erase").code == "last_administrator"
    assert caller.send("DELETE", f"/members/{amap.admin.pk}/roles/administrator").code == "last_administrator"
    assert fresh(amap.admin).roles.filter(name="administrator").exists()


# --- Whom one invites ---


def test_nobodys_mailbox_is_filled_with_invitations(amap):
    alphee = in_group(amap, "Blanc", "alphee@exemple.fr")
    for _ in range(5):
        invite(member=alphee, link="https://…", by=amap.treasurer)

    with pytest.raises(InvitationNotSent) as refused:
        invite(member=alphee, link="https://…", by=amap.admin)
    assert refused.value.code == "too_often"
    assert Activity.objects.filter(kind="member.invited").count() == 5
    invite(member=in_group(amap, "Riou", "anne@exemple.fr"), link="https://…", by=amap.treasurer)
