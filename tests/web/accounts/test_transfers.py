"""Reporter un solde: one member, one payee, seen before, undone after."""

from uuid import uuid4

import pytest
from django.urls import reverse

from escarcelle.catalogs.contracts import appoint_coordinator
from escarcelle.catalogs.producers import create_producer
from escarcelle.payments.models import BalanceTransfer
from tests.cast import balance_of, found_amap
from tests.web.pages import MOST_STATEMENTS, browser, statements, words


@pytest.fixture
def old(amap):
    """Paid 26,66 € too much."""
    found = amap.subscribe("ADAM Pécine")
    amap.pay(found, 52 * 1333 + 2666)
    return found


@pytest.fixture
def new(amap):
    contract = amap.open("Contrat légumes d’hiver", amap.farm, 1360, weeks=10)
    return amap.subscribe("ADAM Pécine", contract=contract)


def url(amap, subscription):
    return reverse("web:balance_transfer", args=[amap.group.slug, subscription.account_id])


def sent(target, **changes):
    return {"key": uuid4(), "vers": target.account_id, **changes}


def cancel_url(amap, subscription, operation_no):
    return reverse("web:balance_transfer_cancel", args=[amap.group.slug, subscription.account_id, operation_no])


def test_both_balances_are_shown_before_and_after(amap, old, new):
    text = words(browser(amap.treasurer).get(url(amap, old)))

    for figure in ("avoir +26,66 €", "dû −136,00 €", "dû −109,34 €", "Reporter +26,66 €", "Rien n’est encore fait"):
        assert figure in text, figure
    assert balance_of(old) == 2666


def test_the_balance_goes_and_comes_back(amap, old, new):
    client, form = browser(amap.treasurer), sent(new)

    assert [client.post(url(amap, old), form).status_code for _ in range(2)] == [302, 302]
    assert (balance_of(old), balance_of(new)) == (0, -13600 + 2666)
    transfer = BalanceTransfer.objects.get()
    page = client.get(reverse("web:account", args=[amap.group.slug, new.member_id]) + f"?compte={new.account_id}")
    cancel = cancel_url(amap, new, transfer.target_operation_no)
    assert cancel in page.content.decode()

    asked = client.get(cancel)
    assert "de « Contrat légumes » vers « Contrat légumes d’hiver »" in words(asked)
    refused = client.post(cancel, {"key": uuid4(), "reason": " "})
    assert (refused.status_code, "Indiquez le motif" in words(refused)) == (422, True)
    assert client.post(cancel, {"key": uuid4(), "reason": "trop tôt"}).status_code == 302
    assert (balance_of(old), balance_of(new)) == (2666, -13600)
    assert "a déjà été annulé" in words(client.get(cancel))
    assert cancel not in client.get(page.wsgi_request.get_full_path()).content.decode()


def test_never_to_another_payee_nor_to_somebody_else(amap, old, new):
    bees = create_producer(group=amap.group, name="Rucher de Kerlard", by=amap.admin)
    honey = amap.subscribe("ADAM Pécine", contract=amap.open("Contrat miel", bees, 950, weeks=4))
    blanc = amap.subscribe("BLANC Alphée")
    client = browser(amap.treasurer)

    assert "miel" not in words(client.get(url(amap, old)))
    for target in (honey, blanc, old):
        response = client.post(url(amap, old), sent(target))
        assert response.status_code == 422
        assert "n’est pas un autre compte du même membre" in words(response)
    assert balance_of(old) == 2666


def test_an_account_at_zero_has_nothing_to_carry(amap, new):
    settled = amap.subscribe("ADAM Pécine")
    amap.pay(settled, 52 * 1333)
    client = browser(amap.treasurer)

    assert "il n’y a rien à reporter" in words(client.get(url(amap, settled)))
    assert client.post(url(amap, settled), sent(new)).status_code == 422


def test_alone_an_account_says_why_there_is_no_other(amap, old):
    assert "Aucun autre compte" in words(browser(amap.treasurer).get(url(amap, old)))


def test_a_coordinator_answers_for_both_contracts(amap, old, new):
    client = browser(amap.coordinator)

    assert "Aucun autre compte" in words(client.get(url(amap, old)))
    assert client.post(url(amap, old), sent(new)).status_code == 422
    assert client.get(url(amap, new)).status_code == 403
    appoint_coordinator(contract=new.contract, member=amap.coordinator, by=amap.admin)
    assert client.post(url(amap, old), sent(new)).status_code == 302
    assert balance_of(old) == 0


def test_who_may_not_cannot_and_others_do_not_exist(amap, old, new):
    for member in (amap.volunteer, amap.producer_member, amap.member):
        assert browser(member).post(url(amap, old), sent(new)).status_code == 403
    theirs = found_amap("AMAP de Belle-Île").subscribe("MOREAU Jean")
    client = browser(amap.treasurer)
    assert client.get(url(amap, theirs)).status_code == 404
    assert client.post(url(amap, old), sent(theirs)).status_code == 422
    assert client.get(cancel_url(amap, old, 1)).status_code == 404
    assert balance_of(old) == 2666


def test_statements_do_not_depend_on_how_many_contracts_there_are(amap, old, new):
    client = browser(amap.treasurer)
    few = statements(client, url(amap, old))
    for rank in range(5):
        amap.subscribe("ADAM Pécine", contract=amap.open(f"Contrat {rank}", amap.farm, 100, weeks=2))

    assert statements(client, url(amap, old)) == few <= MOST_STATEMENTS
