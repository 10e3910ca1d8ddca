"""One's own, and no more: the household, who alternates with it, the member who edits the address bar."""

import pytest
from django.urls import reverse

from escarcelle.groups.members import PersonalDetails, create_member
from tests.api.caller import Caller
from tests.cast import TODAY, signed_in
from tests.rights.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_fixed_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def join(amap, last, first, **options):
    member = signed_in(create_member(group=amap.group, details=PersonalDetails(last, first), on=TODAY, by=amap.admin, **options))
    amap.people[member.name] = member
    return member


@pytest.fixture
def adam(amap):
    """ADAM Pécine, 693,16 € owed for a basket a week alternated with BLANC Alphée."""
    join(amap, "Adam", "Pécine")
    join(amap, "Blanc", "Alphée")
    return amap.subscribe("ADAM Pécine", alternate="BLANC Alphée")


def url(amap, name, *args):
    return reverse(f"web:{name}", args=[amap.group.slug, *args])


STATEMENTS = [("account_pdf", ()), ("account_export", ("csv",)), ("account_export", ("xlsx",))]


def test_the_two_of_a_household_read_the_same_account(amap, adam):
    rozenn = join(amap, "Adam", "Rozenn", household_of=adam.member)

    for member in (adam.member, rozenn):
        assert "693,16" in browser(member.person).get(url(amap, "my_account")).text
        for name, kind in STATEMENTS:
            assert browser(member.person).get(url(amap, name, adam.account_id, *kind)).status_code == 200


def test_nobody_else_reads_it_whatever_the_address(amap, adam):
    paul = join(amap, "Hamon", "Paul", household_of=amap.member)

    for member in (amap.member, paul, adam.alternate, amap.volunteer):
        client = browser(member.person)
        for name, kind in STATEMENTS:
            assert client.get(url(amap, name, adam.account_id, *kind)).status_code == 403
        for address in (url(amap, "account", adam.member_id), url(amap, "member", adam.member_id), url(amap, "balances")):
            assert client.get(address).status_code == 403
        for asked in (f"compte={adam.account_id}", f"beneficiaire={amap.farm.book_id}", f"membre={adam.member_id}"):
            page = client.get(f"{url(amap, 'my_account')}?{asked}")
            assert page.status_code in (200, 404)
            assert "693,16" not in page.text
            assert "ADAM" not in page.text


def test_who_alternates_sees_when_they_collect_and_no_amount(amap, adam):
    client, caller = browser(adam.alternate.person), Caller(adam.alternate)

    for page in ("home", "my_account"):
        assert "693,16" not in client.get(url(amap, page)).text
    calendar = caller.get(f"/subscriptions/{adam.pk}/calendar")
    assert {day["collector_name"] for day in calendar["items"]} == {"ADAM Pécine", "BLANC Alphée"}
    for path in (f"/subscriptions/{adam.pk}", f"/accounts/{adam.account_id}", f"/accounts/{adam.account_id}/statement"):
        assert caller.get(path).status == 403
    assert caller.post(f"/subscriptions/{adam.pk}/absences", {"delivery_ids": []}).status == 403


def test_lists_that_everybody_opens_hold_ones_own(amap, adam):
    keys = Caller(amap.treasurer), Caller(amap.member)

    assert [token["member_id"] for token in keys[1].get("/tokens")["items"]] == [amap.member.pk]
    assert {token["member_id"] for token in Caller(amap.admin).get("/tokens")["items"]} >= {amap.member.pk, amap.treasurer.pk}
    assert keys[1].get("/me")["permissions"] == ["belong", "order"]
    home = browser(amap.member.person).get(url(amap, "home")).text
    assert "ADAM" not in home
    assert "693,16" not in home
