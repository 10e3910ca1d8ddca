"""What is named inside a form or a request, rather than in its address: never another contract's, another member's, another group's."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from escarcelle.catalogs.contracts import appoint_coordinator
from escarcelle.groups.accounts import general_account
from escarcelle.payments.balance_transfers import move_balance
from tests.api.caller import Caller
from tests.cast import TODAY, balance_of, found_amap
from tests.rights.conftest import browser, written
from tests.web.payments.grid import Grid

pytestmark = pytest.mark.django_db
CHEQUE = {"amount": "10.00", "method": "cheque", "cheque": {"number": "1"}}


@pytest.fixture
def adam(amap):
    return amap.subscribe("ADAM Pécine")


@pytest.fixture
def eggs(amap):
    """Another contract of the same farm, which Hervé does not coordinate."""
    return amap.open("Contrat œufs", amap.farm, 320, weeks=4)


@pytest.fixture
def blanc(amap, eggs):
    """BLANC Alphée takes the eggs."""
    return amap.subscribe("BLANC Alphée", contract=eggs)


@pytest.fixture
def houat(db):
    """Another group, with a subscription in it."""
    found = found_amap("AMAP de Houat")
    found.subscribe("MOREAU Jean")
    return found


@pytest.fixture
def herve(amap):
    return Caller(amap.coordinator)


@pytest.fixture(autouse=True)
def _on_a_fixed_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


@pytest.mark.parametrize("whose", ["another contract's", "another group's"])
def test_the_grid_of_the_vegetables_records_nothing_of_the_eggs(amap, adam, blanc, houat, whose):
    grid = Grid(browser(amap.coordinator.person), amap.vegetables)
    grid.type(adam, "10,00")
    other = blanc if whose == "another contract's" else houat.group.subscriptions.get()
    grid.lines.append({**grid.of(adam)[0], "subscription": str(other.pk), "number": "7"})
    before = written()

    answer = grid.client.post(grid.url, grid.sent("save"))

    assert answer.status_code == 422
    assert "n’est pas ou n’est plus au contrat" in answer.text
    assert written() == before


def test_nor_does_the_api(amap, adam, blanc, houat, herve):
    theirs = houat.group.subscriptions.get()
    before = written()

    for other in (blanc, theirs):
        rows = [{**CHEQUE, "subscription_id": adam.pk}, {**CHEQUE, "subscription_id": other.pk}]
        said = herve.post(f"/contracts/{amap.vegetables.pk}/batches", {"rows": rows})
        assert (said.status, said.code) == (422, "batch_refused")
        assert said["errors"][0]["field"] == "rows[1].subscription"
    assert written() == before


def test_a_coordinator_carries_a_balance_between_their_own_contracts_only(amap, adam, eggs, herve):
    on_eggs = amap.subscribe("ADAM Pécine", contract=eggs)
    before = written()

    assert herve.post(f"/accounts/{adam.account_id}/transfers", {"target_account_id": on_eggs.account_id}).status == 403
    assert herve.post(f"/accounts/{on_eggs.account_id}/transfers", {"target_account_id": adam.account_id}).status == 403
    assert written() == before


def test_nor_undoes_one_whose_other_end_is_not_theirs(amap, adam, eggs, herve):
    on_eggs = amap.subscribe("ADAM Pécine", contract=eggs)
    transfer = move_balance(source=adam.account, target=on_eggs.account, on=TODAY, by=amap.treasurer)
    before = written()

    assert herve.post(f"/balance-transfers/{transfer.pk}/cancel", {"reason": "non"}).status == 403
    undo = reverse("web:balance_transfer_cancel", args=[amap.group.slug, adam.account_id, transfer.source_operation_no])
    assert browser(amap.coordinator.person).post(undo, {"key": uuid4(), "reason": "non"}).status_code == 403
    assert written() == before

    appoint_coordinator(contract=eggs, member=amap.coordinator, by=amap.admin)
    assert herve.post(f"/balance-transfers/{transfer.pk}/cancel", {"reason": "oui"}).status == 200
    assert balance_of(adam) < 0


def test_a_balance_goes_to_no_other_member_and_no_other_group(amap, adam, houat):
    caller = Caller(amap.treasurer)
    other = amap.subscribe("BLANC Alphée")
    before = written()

    assert caller.post(f"/accounts/{adam.account_id}/transfers", {"target_account_id": other.account_id}).code == "another_member"
    theirs = houat.group.accounts.first().pk
    assert caller.post(f"/accounts/{adam.account_id}/transfers", {"target_account_id": theirs}).status == 404
    move = reverse("web:balance_transfer", args=[amap.group.slug, adam.account_id])
    for target in (other.account_id, theirs):
        assert browser(amap.treasurer.person).post(move, {"key": uuid4(), "vers": target}).status_code == 422
    assert written() == before


def test_a_subscription_names_people_and_products_of_its_group_and_contract(amap, eggs, houat):
    caller, path = Caller(amap.treasurer), f"/contracts/{amap.vegetables.pk}/subscriptions"
    mine, stranger = amap.someone("ADAM Pécine").pk, houat.member.pk
    lines = [{"product_id": amap.basket.pk, "quantity": 1}]
    before = written()

    assert caller.post(path, {"member_id": stranger, "lines": lines}).status == 404
    assert caller.post(path, {"member_id": mine, "lines": lines, "alternate": {"member_id": stranger}}).status == 404
    for product in (eggs.products.get(), houat.basket):
        assert caller.post(path, {"member_id": mine, "lines": [{"product_id": product.pk, "quantity": 1}]}).code == "unknown_product"
    assert written() == before


def test_absences_are_noted_at_the_distributions_of_the_contract(amap, adam, eggs, houat):
    caller, path = Caller(amap.treasurer), f"/subscriptions/{adam.pk}/absences"

    assert caller.post(path, {"delivery_ids": [eggs.deliveries.first().pk]}).code == "another_contract"
    assert caller.post(path, {"delivery_ids": [houat.vegetables.deliveries.first().pk]}).status == 404


def test_a_member_notes_their_coming_absences_and_no_past_one(amap, monkeypatch):
    amap.people["HAMON Denise"] = amap.member
    mine = amap.subscribe("HAMON Denise")
    caller, first = Caller(amap.member), amap.vegetables.deliveries.by_day().first()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: first.distribution.on + dt.timedelta(days=1))

    assert caller.post(f"/subscriptions/{mine.pk}/absences", {"delivery_ids": [first.pk]}).code == "past"


def test_balances_are_taken_over_for_members_and_payees_of_the_group(amap, adam, houat):
    caller = Caller(amap.treasurer)
    theirs = houat.group.accounts.first()
    before = written()

    for row in (
        {"member_id": houat.member.pk, "payee_id": amap.farm.book_id},
        {"member_id": adam.member_id, "payee_id": houat.farm.book_id},
        {"account_id": theirs.pk},
    ):
        assert caller.post("/opening-balances", {"rows": [{**row, "amount": "20.00"}]}).status == 404
    one = reverse("web:opening_balance", args=[amap.group.slug, adam.member_id])
    typed = {"key": uuid4(), "payee": houat.farm.book_id, "amount": "20", "on": "01/09/2026"}
    assert browser(amap.treasurer.person).post(one, typed).status_code == 422
    assert written() == before


def test_another_groups_payee_in_the_address_of_a_grid_is_nobody(amap, houat):
    page = browser(amap.treasurer.person)
    grid = reverse("web:opening_balances", args=[amap.group.slug])
    typed = {"key": uuid4(), "on": "01/09/2026", "beneficiaire": houat.farm.book_id, f"amount-{houat.member.pk}": "20"}

    page.post(grid, typed)

    assert not houat.group.opening_balances.exists()
    assert not amap.group.opening_balances.exists()
    for name in ("balances", "opening_balances"):
        shown = page.get(reverse(f"web:{name}", args=[amap.group.slug]), {"beneficiaire": houat.farm.book_id})
        assert shown.status_code == 200
        assert "MOREAU" not in shown.text


def test_people_producers_and_places_are_those_of_the_group(amap, houat):
    caller, page = Caller(amap.admin), browser(amap.admin.person)
    terms = {"name": "Miel", "starts_on": "2026-09-06", "ends_on": "2027-08-29"}
    place = houat.group.places.get().pk
    before = written()

    assert caller.post("/members", {"last_name": "Moreau", "household_of": houat.member.pk}).status == 404
    assert caller.post("/contracts", {**terms, "producer_id": houat.farm.pk}).status == 404
    assert caller.post("/contracts", {**terms, "producer_id": amap.farm.pk, "coordinator_id": houat.member.pk}).status == 404
    days = {"place_id": place, "starts_at": "17:30", "ends_at": "19:00", "dates": ["2026-09-08"]}
    assert caller.post(f"/contracts/{amap.vegetables.pk}/deliveries", days).status == 404
    delivery = amap.vegetables.deliveries.first()
    assert caller.post(f"/deliveries/{delivery.pk}/move", {"to": "2026-09-08", "place_id": place}).status == 404
    appoint = reverse("web:coordinator_appoint", args=[amap.group.slug, amap.vegetables.pk])
    assert page.post(appoint, {"coordinator": houat.member.pk}).status_code == 422
    new = reverse("web:member_new", args=[amap.group.slug])
    assert page.post(new, {"last_name": "Moreau", "household_of": houat.member.pk, "key": uuid4()}).status_code == 422
    assert written() == before


def test_a_role_form_gives_no_side_of_another_groups_producer(amap, houat):
    form = reverse("web:member_roles", args=[amap.group.slug, amap.member.pk])

    browser(amap.admin.person).post(form, {"producer": [houat.farm.pk]})

    assert not houat.farm.accesses.filter(member=amap.member).exists()


def test_a_key_sent_by_somebody_else_gives_them_nothing(amap, adam, herve):
    """The answer that is kept for a key is for who sent it."""
    key = uuid4()
    path = f"/accounts/{adam.account_id}/payments"
    Caller(amap.treasurer).made(path, CHEQUE, key=key)

    assert herve.post(path, CHEQUE, key=key).code == "key_reused"
    assert Caller(amap.member).post(path, CHEQUE, key=key).status == 403


# --- What a coordinator learns about the other contracts ---


def test_a_known_cheque_of_another_contract_is_said_without_its_name_and_amount(amap, adam, blanc):
    amap.pay(blanc, 1280, number="7750001", bank="")
    amap.pay(adam, 2000, number="4471201", bank="")
    ask = reverse("web:cheques_recorded", args=[amap.group.slug, amap.vegetables.pk])
    asked = {"number": ["7750001", "4471201"], "bank": ["", ""]}

    for who, hears in ((amap.coordinator, False), (amap.treasurer, True)):
        other, own = browser(who.person).post(ask, asked).json()["recorded"]
        assert "ADAM" in own["sentence"]
        assert "est déjà enregistré" in other["sentence"]
        assert ("BLANC" in other["sentence"]) is hears
        assert ("12,80" in other["sentence"]) is hears


def test_the_journal_and_the_lists_of_a_coordinator_are_about_their_contracts(amap, adam, blanc, herve):
    amap.pay(blanc, 1280, number="7750001")
    amap.pay(adam, 2000, number="4471201")
    journal = browser(amap.coordinator.person).get(reverse("web:payments", args=[amap.group.slug])).text

    assert "4471201" in journal
    assert "7750001" not in journal
    assert {contract["id"] for contract in herve.every("/contracts")} == {amap.vegetables.pk}
    assert herve.get("/payments").status == 403


def test_an_invented_page_of_the_journal_does_not_exist(amap):
    journal = reverse("web:payments", args=[amap.group.slug])

    for page in ("-1", "x", "9" * 30, "0" * 25 + "9" * 25, "٣"):
        assert browser(amap.treasurer.person).get(journal, {"avant": page}).status_code == 404


def test_a_producer_reads_no_address_and_no_telephone(amap, adam):
    adam.member.email, adam.member.phone = "pecine@exemple.fr", "06 12 34 56 78"
    adam.member.save()
    path = f"/contracts/{amap.vegetables.pk}/subscriptions.csv"

    assert "pecine@exemple.fr" in Caller(amap.coordinator).get(path).text
    sheet = Caller(amap.producer_member).get(path).text
    assert "ADAM Pécine" in sheet
    assert "pecine@exemple.fr" not in sheet
    assert "06 12" not in sheet


def test_the_general_account_is_nobodys_contract(amap, adam, herve):
    general = general_account(group=amap.group, member=adam.member, book_id=amap.farm.book_id)
    before = written()

    assert herve.get(f"/accounts/{general.pk}").status == 403
    assert herve.post(f"/accounts/{general.pk}/payments", CHEQUE).status == 403
    assert written() == before
