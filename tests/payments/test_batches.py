from uuid import uuid4

import pytest

from escarcelle.groups.activity import KeyReused
from escarcelle.payments.batches import BatchRefused, BatchRow, cancel_batch, record_batch
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.models import Batch, Payment
from escarcelle.subscriptions.queries import subscriptions_page
from escarcelle.subscriptions.signing import withdraw
from tests.cast import TODAY, balance_of, found_amap, received

pytestmark = pytest.mark.django_db


def rows(subscriptions, amount_cents=69316):
    return [BatchRow(subscription.pk, received(amount_cents, number=str(n)), str(n)) for n, subscription in enumerate(subscriptions)]


def record(amap, batch_rows, key=None):
    return record_batch(contract=amap.vegetables, rows=batch_rows, on=TODAY, by=amap.treasurer, key=key or uuid4())


@pytest.fixture
def subscriptions(amap):
    return [amap.subscribe(f"MEMBRE{n} Prénom") for n in range(5)]


def test_the_sentence_counts_the_rows_below_zero_and_drops_by_one_when_one_is_paid(amap, subscriptions):
    assert subscriptions_page(amap.vegetables, on=TODAY).negative_count == 5
    record(amap, rows(subscriptions[:1]))
    assert subscriptions_page(amap.vegetables, on=TODAY).negative_count == 4


def test_sending_the_grid_twice_records_once(amap, subscriptions):
    key, sent = uuid4(), rows(subscriptions)
    batches = [record(amap, sent, key) for _ in range(2)]

    assert batches[0] == batches[1]
    assert (batches[0].payment_count, batches[0].total_cents) == (5, 5 * 69316)
    assert [balance_of(subscription) for subscription in subscriptions] == [0] * 5


def test_the_same_key_with_other_rows_is_refused(amap, subscriptions):
    key = uuid4()
    record(amap, rows(subscriptions[:2]), key)
    with pytest.raises(KeyReused):
        record(amap, rows(subscriptions[:3]), key)


def test_one_bad_row_records_nothing_and_is_named(amap, subscriptions):
    sent = [*rows(subscriptions), BatchRow(subscriptions[0].pk, received(-1000), "9")]
    with pytest.raises(BatchRefused) as refusal:
        record(amap, sent)

    assert [(position, why.code) for position, why in refusal.value.refusals] == [("9", "amount_not_positive")]
    assert not Batch.objects.exists()
    assert not Payment.objects.exists()


def test_another_groups_subscription_is_unknown(amap):
    elsewhere = found_amap("AMAP d’ailleurs")
    with pytest.raises(BatchRefused) as refusal:
        record(amap, rows([elsewhere.subscribe("ADAM Pécine")]))
    assert refusal.value.refusals[0][1].code == "unknown_subscription"


def test_undoing_a_batch_is_its_exact_opposite_and_can_be_sent_twice(amap, subscriptions):
    batch = record(amap, rows(subscriptions))
    for _ in range(2):
        undone = cancel_batch(batch=batch, on=TODAY, by=amap.treasurer)

    assert len(undone.cancelled) == 5
    assert [balance_of(subscription) for subscription in subscriptions] == [-69316] * 5


def test_undoing_leaves_what_was_corrected_since_and_says_so(amap, subscriptions):
    batch = record(amap, rows(subscriptions))
    first = batch.payments.order_by("pk").first()
    correct_payment(payment=first, received=received(60000), reason="erreur de saisie", on=TODAY, by=amap.treasurer)

    undone = cancel_batch(batch=batch, on=TODAY, by=amap.treasurer)

    assert [payment.pk for payment in undone.left_alone] == [first.pk]
    assert balance_of(subscriptions[0]) == -69316 + 60000
    assert [balance_of(subscription) for subscription in subscriptions[1:]] == [-69316] * 4


def test_undoing_names_what_it_took_back_and_nothing_else(amap, subscriptions):
    batch = record(amap, rows(subscriptions))
    first, *others = batch.payments.order_by("pk")
    cancel_payment(payment=first, reason="chèque rendu", on=TODAY, by=amap.treasurer)

    for _ in range(2):
        undone = cancel_batch(batch=batch, on=TODAY, by=amap.treasurer)
        assert (undone.cancelled, undone.left_alone) == (others, [first])


def test_a_withdrawn_subscription_takes_no_payment(amap, subscriptions):
    withdraw(subscription=subscriptions[0], on=TODAY, by=amap.treasurer)
    with pytest.raises(BatchRefused) as refusal:
        record(amap, rows(subscriptions))

    assert [(position, why.code) for position, why in refusal.value.refusals] == [("0", "unknown_subscription")]


def test_statements_do_not_depend_on_the_number_of_rows(amap, django_assert_max_num_queries):
    record(amap, rows([amap.subscribe("MEMBRE0 Prénom")]))  # the payee's account of cheques is opened once
    statements = []
    for count in (2, 40):
        sent = rows([amap.subscribe(f"MEMBRE{count}-{n} Prénom") for n in range(count)])
        with django_assert_max_num_queries(30) as captured:
            record(amap, sent)
        statements.append(len(captured))

    assert statements[0] == statements[1]
