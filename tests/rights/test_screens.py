"""Every screen × every role, over one's own group and over another's."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.rights.addresses import addresses, screens
from tests.rights.conftest import written
from tests.rights.table import EVERYBODY, ONES_OWN_LOGIN, OUTSIDE, SCREENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_refusals")]
DOOR = "/acces/login/"
PEOPLE = sorted(role for role in EVERYBODY if not role.startswith("machine_"))
STRANGERS = sorted(OUTSIDE)
# Shown, saved, shown again with what is missing, or told that the state of things forbids it.
LET_IN = {200, 302, 303, 409, 422}
OTHER_METHODS = ("OPTIONS", "PUT", "PATCH", "DELETE")
# Beyond what a database can hold.
HUGE = 10**30


def url_of(address, world, **changes):
    line = SCREENS[address.name]
    here = world.side(line).here
    return address.url(here.slug, {**here.things, **{word: here.things[name] for word, name in line.about}, **changes})


def here_of(address, world):
    return world.side(SCREENS[address.name]).here


def browser_of(role, address, world):
    return world.side(SCREENS[address.name]).browsers[role]


def sent(client, method, url):
    """What comes back, as a status; a redirection to the door is said as such. Whatever was done is taken back."""
    with transaction.atomic():
        response = client.generic(method, url)
        transaction.set_rollback(True)
    return "door" if response.status_code == 302 and response["Location"].startswith(DOOR) else response.status_code


def refused(client, method, url, **headers):
    """The same, nothing taken back: what is refused writes nothing."""
    response = client.generic(method, url, headers=headers)
    return "door" if response.status_code == 302 and response["Location"].startswith(DOOR) else response.status_code


def methods_of(name):
    return ["POST"] if SCREENS[name].only_post else ["GET", "POST"]


@pytest.mark.parametrize("role", PEOPLE)
def test_who_holds_the_permission_comes_in(world, role):
    wrong = {}
    for address in screens():
        if role in SCREENS[address.name].passes:
            for method in methods_of(address.name):
                status = sent(browser_of(role, address, world), method, url_of(address, world))
                if status not in LET_IN:
                    wrong[method, address.name] = status

    assert wrong == {}


@pytest.mark.parametrize("role", PEOPLE)
def test_who_does_not_is_told_so_and_nothing_is_written(world, role):
    before, wrong = written(), {}
    for address in screens():
        if role not in SCREENS[address.name].passes:
            for method in methods_of(address.name):
                status = refused(browser_of(role, address, world), method, url_of(address, world))
                if status != 403:
                    wrong[method, address.name] = status

    assert wrong == {}
    assert written() == before


@pytest.mark.parametrize(("rank", "role"), list(enumerate(STRANGERS)))
def test_for_who_is_not_of_the_group_it_does_not_exist(world, rank, role):
    """Looked at by one stranger, sent by the next."""
    before, wrong = written(), {}
    for address in screens():
        methods = methods_of(address.name)
        method = methods[rank % len(methods)]
        status = refused(browser_of(role, address, world), method, url_of(address, world))
        if status != 404:
            wrong[method, address.name] = status

    assert wrong == {}
    assert written() == before


def test_who_is_signed_out_is_shown_the_door(world):
    before, client = written(), Client()
    statuses = {
        (method, address.name): refused(client, method, url_of(address, world))
        for address in screens()
        for method in methods_of(address.name)
    }

    assert set(statuses.values()) == {"door"}
    assert written() == before


def test_one_looks_at_a_page_and_only_sends_a_form(world):
    """What is only for sending is not there to be looked at, for anybody."""
    only_post = [address for address in screens() if SCREENS[address.name].only_post]

    assert {sent(browser_of("administrator", address, world), "GET", url_of(address, world)) for address in only_post} == {405}


@pytest.mark.parametrize(("role", "answers"), [("member", {403, 405}), (None, {"door", 405})])
def test_no_other_method_is_a_way_round(world, role, answers):
    before, wrong = written(), {}
    for rank, address in enumerate(screens()):
        client = browser_of(role, address, world) if role else Client()
        if role not in SCREENS[address.name].passes:
            for method in ("HEAD", OTHER_METHODS[rank % len(OTHER_METHODS)]):
                headers = {"X-HTTP-Method-Override": "GET", "X-HTTP-Method": "GET", "X-Method-Override": "GET"}
                status = refused(client, method, url_of(address, world), **headers)
                if status not in answers:
                    wrong[method, address.name] = status

    assert wrong == {}
    assert written() == before


# --- Crossed addresses: this group's name with another's things, this contract's with another one's ---


def crossed(role, world, things_beside, words):
    """Every screen that names one of these things, with only that one replaced; what was not « does not exist »."""
    wrong, count = {}, 0
    for address in screens():
        if role in SCREENS[address.name].passes:
            things = things_beside(world.side(SCREENS[address.name]))
            for word in set(address.words) & set(words):
                methods = methods_of(address.name)
                method = methods[count % len(methods)]
                count += 1
                status = sent(browser_of(role, address, world), method, url_of(address, world, **{word: things[word]}))
                if status != 404:
                    wrong[method, address.name, word] = status
    assert count > 20
    return wrong


def numbers():
    """What an address may name, but the number of a line of one's own account."""
    return {word for address in screens() for word in address.words} - {"kind", "operation_no", "act"}


@pytest.mark.parametrize("role", ["administrator", "coordinator"])
def test_another_groups_things_are_not_found_under_our_name(world, role):
    assert crossed(role, world, lambda side: side.elsewhere.things, numbers()) == {}


def test_a_general_account_of_another_group_is_not_found(world):
    [address] = [one for one in screens() if one.name == "account_payments"]
    url = url_of(address, world, account_id=world.amaps.elsewhere.things["general_account_id"])

    assert sent(world.amaps.browsers["administrator"], "POST", url) == 404


def test_a_number_beyond_all_is_not_found(world):
    huge = dict.fromkeys([*numbers(), "operation_no"], HUGE)

    assert crossed("administrator", world, lambda _: huge, huge) == {}


WITHIN_A_CONTRACT = ("product_id", "delivery_id", "subscription_id", "batch_id")


def words_within_a_contract(address):
    """What an address names under a contract that it names too: the orders of one subscription are under the person."""
    return set(address.words) & set(WITHIN_A_CONTRACT) if {"contract_id", "catalogue_id"} & set(address.words) else set()


@pytest.mark.parametrize("role", ["administrator", "coordinator"])
def test_things_of_another_contract_are_not_found_under_this_one(world, role):
    wrong = {}
    for address in screens():
        for word in words_within_a_contract(address):
            if role in SCREENS[address.name].passes:
                url = url_of(address, world, **{word: here_of(address, world).other_things[word]})
                wrong |= {
                    (method, address.name): sent(browser_of(role, address, world), method, url) for method in methods_of(address.name)
                }

    assert len(wrong) > 20
    assert set(wrong.values()) == {404}


def test_the_coordinator_of_the_eggs_does_not_reach_the_vegetables_through_the_eggs(world):
    before, statuses = written(), {}
    for address in screens():
        for word in words_within_a_contract(address):
            url = url_of(
                address,
                world,
                contract_id=here_of(address, world).other_things["contract_id"],
                **{word: here_of(address, world).things[word]},
            )
            for method in methods_of(address.name):
                statuses[method, address.name] = refused(browser_of("other_coordinator", address, world), method, url)

    assert set(statuses.values()) == {404}
    assert written() == before


def test_the_coordinator_of_the_eggs_opens_the_eggs(world):
    """The refusals above are about the vegetables, not about the person."""
    statuses = {}
    for address in screens():
        if {"contract_id", "payment_id"} & set(address.words) and "coordinator" in SCREENS[address.name].passes:
            url = url_of(
                address,
                world,
                **{
                    word: here_of(address, world).other_things[word]
                    for word in address.words
                    if word in here_of(address, world).other_things
                },
            )
            statuses[address.name] = sent(browser_of("other_coordinator", address, world), "POST", url)

    assert len(statuses) > 20
    assert {name: status for name, status in statuses.items() if status not in LET_IN} == {}


# --- What belongs to no group ---


def test_ones_own_login_is_behind_the_door(world):
    client = Client()
    statuses = {}
    for address in addresses():
        if address.full_name in ONES_OWN_LOGIN:
            url = address_without_group(address)
            statuses |= {(method, address.full_name): refused(client, method, url) for method in ("GET", "POST")}

    assert set(statuses.values()) == {"door"}


def address_without_group(address):
    return reverse(address.full_name, kwargs=dict.fromkeys(address.words, 1))
