import datetime as dt
from uuid import uuid4

import pytest

from escarcelle.catalogs.departures import come_back, leave
from escarcelle.catalogs.rights import rights_of
from escarcelle.groups.invitations import InvitationRefused, invitation_token, invited_member
from escarcelle.groups.members import (
    LastAdministrator,
    MemberRefused,
    PersonalDetails,
    change_member,
    create_member,
    give_role,
    link_person,
    take_role,
)
from escarcelle.groups.models import Activity, Member, Role
from escarcelle.groups.permissions import Permission
from escarcelle.groups.tokens import make_token, member_of_token, revoke_token
from escarcelle.ledger.models import Operation
from escarcelle.payments.erasure import erase_member
from escarcelle.people.models import Person
from tests.cast import TODAY, balance_of, found_amap

pytestmark = pytest.mark.django_db


def create(amap, last_name="Blanc", first_name="Alphée", email="", **options):
    details = PersonalDetails(last_name, first_name, email)
    return create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer, **options)


def test_a_member_needs_a_name_and_nothing_else(amap):
    assert create(amap).name == "BLANC Alphée"
    with pytest.raises(MemberRefused) as refusal:
        create(amap, last_name="  ")
    assert refusal.value.field == "last_name"


def test_sent_twice_one_member_is_created(amap):
    key = uuid4()
    assert create(amap, key=key) == create(amap, key=key)


def test_names_of_all_kinds_are_kept(amap):
    for last_name in ("O’Connor <b>", '"Guillemets"', "שלום", "Ünïcødé 🥕", "=cmd|calc"):
        assert create(amap, last_name=last_name).last_name == last_name


def test_one_address_is_one_member(amap):
    create(amap, email="Alphee@Exemple.fr")
    with pytest.raises(MemberRefused) as refusal:
        create(amap, last_name="Autre", email="alphee@exemple.fr")
    assert refusal.value.code == "email_taken"


def test_who_comes_back_to_an_address_that_is_taken_is_told(amap):
    gone = create(amap, email="foyer@exemple.fr")
    leave(member=gone, on=TODAY, by=amap.admin)
    taker = create(amap, last_name="Tanguy", email="foyer@exemple.fr")

    with pytest.raises(MemberRefused) as refusal:
        come_back(member=gone, by=amap.admin)
    assert refusal.value.code == "email_taken_since"
    gone.refresh_from_db()
    assert not gone.is_present

    change_member(member=taker, details=PersonalDetails("Tanguy", email="autre@exemple.fr"), by=amap.admin)
    come_back(member=gone, by=amap.admin)
    assert gone.is_present


def test_an_address_is_not_taken_from_who_has_it(amap):
    create(amap, email="foyer@exemple.fr")
    other = create(amap, last_name="Tanguy", email="tanguy@exemple.fr")

    with pytest.raises(MemberRefused) as refusal:
        change_member(member=other, details=PersonalDetails("Tanguy", email="FOYER@exemple.fr"), by=amap.admin)
    assert (refusal.value.code, refusal.value.field) == ("email_taken", "email")
    other.refresh_from_db()
    assert other.email == "tanguy@exemple.fr"


def test_a_household_has_two_people_and_one_holder(amap):
    first = create(amap)
    second = create(amap, first_name="Basile", household_of=first)
    assert (second.holder, first.holder) == (first, first)
    with pytest.raises(MemberRefused) as refusal:
        create(amap, first_name="Trois", household_of=first)
    assert refusal.value.code == "household_is_full"
    with pytest.raises(MemberRefused):
        create(amap, first_name="Trois", household_of=second)


def test_another_groups_household_is_unknown(amap):
    elsewhere = found_amap("AMAP d’ailleurs")
    with pytest.raises(MemberRefused) as refusal:
        create(amap, household_of=elsewhere.member)
    assert refusal.value.code == "unknown_household"


def test_details_change_and_the_log_knows_who_did_it(amap):
    member = create(amap)
    change_member(member=member, details=PersonalDetails("Blanc", "Alphée", phone="06 11 22 33 44"), by=amap.admin)
    assert Activity.objects.get(kind="member.changed").by == amap.admin


def test_the_last_administrator_stays(amap):
    with pytest.raises(LastAdministrator):
        leave(member=amap.admin, on=TODAY, by=amap.admin)
    with pytest.raises(LastAdministrator):
        take_role(member=amap.admin, role=Role.Name.ADMINISTRATOR, by=amap.admin)

    give_role(member=amap.treasurer, role=Role.Name.ADMINISTRATOR, by=amap.admin)
    take_role(member=amap.admin, role=Role.Name.ADMINISTRATOR, by=amap.treasurer)
    assert not rights_of(Member.objects.get(pk=amap.admin.pk)).may(Permission.MANAGE_ROLES)


def test_who_has_left_may_do_nothing_and_may_come_back_without_roles(amap):
    leave(member=amap.treasurer, on=TODAY + dt.timedelta(days=1), by=amap.admin)
    assert not rights_of(Member.objects.get(pk=amap.treasurer.pk)).in_group

    come_back(member=amap.treasurer, by=amap.admin)
    rights = rights_of(Member.objects.get(pk=amap.treasurer.pk))
    assert rights.may(Permission.BELONG)
    assert not rights.may(Permission.RECORD_PAYMENTS)


def test_a_coordinator_holds_rights_over_their_contract_alone(amap):
    other = amap.open("Contrat œufs", amap.farm, 320)
    rights = rights_of(amap.coordinator)

    assert rights.may(Permission.RECORD_PAYMENTS, amap.vegetables)
    assert not rights.may(Permission.RECORD_PAYMENTS, other)
    assert not rights.may(Permission.SEE_ACCOUNTS)


def test_a_producer_sees_their_contracts_and_changes_nothing(amap):
    rights = rights_of(amap.producer_member)

    assert rights.may(Permission.SEE_CONTRACT, amap.vegetables)
    assert not rights.may(Permission.RECORD_PAYMENTS, amap.vegetables)


def test_an_invitation_is_for_one_person_once(amap):
    member = create(amap, email="alphee@exemple.fr")
    token = invitation_token(member)
    assert invited_member(token) == member

    link_person(member=member, person=Person.objects.create_user("alphee@exemple.fr"))
    for refused in (token, token + "x", "", invitation_token(create(amap, last_name="Parti"))[:-2]):
        with pytest.raises(InvitationRefused):
            invited_member(refused)


def test_a_token_acts_for_a_member_until_it_is_revoked_or_they_leave(amap):
    token = make_token(member=amap.treasurer, name="essai", by=amap.treasurer)
    assert member_of_token(token, TODAY) == amap.treasurer
    revoke_token(token=amap.group.api_tokens.get(), by=amap.admin)
    assert member_of_token(token, TODAY) is None

    token = make_token(member=amap.treasurer, name="essai", by=amap.treasurer)
    leave(member=amap.treasurer, on=TODAY, by=amap.admin)
    assert member_of_token(token, TODAY) is None


def test_erasing_a_person_keeps_the_books_and_wipes_the_rest(amap):
    adam = amap.subscribe("ADAM Pécine")
    amap.pay(adam, 5000, number="4471201")

    for _ in range(2):
        erase_member(member=adam.member, on=TODAY, by=amap.admin)

    member = Member.objects.get(pk=adam.member_id)
    assert (member.email, member.phone, member.first_name) == ("", "", "")
    assert "ADAM" not in member.name
    assert balance_of(adam) == -69316 + 5000
    assert not Operation.objects.filter(book=amap.farm.book).exclude(label="").exists()
    assert not amap.group.cheques.exclude(number="").exists()
