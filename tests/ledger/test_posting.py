import datetime as dt

import pytest

from escarcelle.ledger import books, posting
from escarcelle.ledger.balances import total_by_kind
from escarcelle.ledger.books import NoSuchBook
from escarcelle.ledger.erasure import erase_texts_of_account
from escarcelle.ledger.models import AccountKind, Operation, Transfer
from escarcelle.ledger.posting import AlreadyReversed, BadAmount, Draft, Move, NoSuchAccount, NoSuchOperation, RefReused
from escarcelle.ledger.statements import statement
from tests.books import assert_books_are_right
from tests.ledger.conftest import DAY, draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books(db):
    yield
    assert_books_are_right()


def test_a_move_debits_one_account_and_credits_the_other(purse):
    purse.post(draft("order:1", purse.adam, purse.farm, 1300))
    assert (purse.balance(purse.adam), purse.balance(purse.farm)) == (-1300, 1300)


def test_the_same_ref_again_changes_nothing_and_gives_the_first_result(purse):
    first, second = (purse.post(draft("order:1", purse.adam, purse.farm))[0] for _ in range(2))
    assert (first.operation_no, first.replayed) == (second.operation_no, False)
    assert second.replayed
    assert purse.balance(purse.adam) == -100


def test_the_same_ref_with_another_content_is_refused(purse):
    purse.post(draft("order:1", purse.adam, purse.farm))
    for other in (
        draft("order:1", purse.adam, purse.farm, 101),
        draft("order:1", purse.blanc, purse.farm),
        draft("order:1", purse.adam, purse.farm, kind="x"),
    ):
        with pytest.raises(RefReused):
            purse.post(other)


@pytest.mark.parametrize("amount", [0, -5, 1.5, "100", None, True, 10**15 + 1])
def test_an_amount_is_an_int_of_cents_above_zero(purse, amount):
    with pytest.raises(BadAmount):
        purse.post(draft("order:1", purse.adam, purse.farm, amount))


def test_unknown_accounts_and_books_are_refused(purse):
    with pytest.raises(NoSuchAccount):
        purse.post(draft("order:1", purse.adam, 999))
    with pytest.raises(NoSuchBook):
        posting.post(10**9, [draft("order:1", 1, 2)], by="x")
    with pytest.raises(BadAmount):
        purse.post(draft("order:1", purse.adam, purse.adam))
    with pytest.raises(BadAmount):
        purse.post(Draft("order:1", "order", "", DAY, []))


def test_an_operation_may_have_several_moves_and_is_reversed_as_one(purse):
    vat = books.singleton(purse.book_id, AccountKind.VAT)
    sale = Draft("sale:1", "sale", "Panier", DAY, [Move(purse.adam, purse.farm, 2332), Move(purse.adam, vat, 128)])
    [posted] = purse.post(sale)
    assert purse.balance(purse.adam) == -2460

    purse.reverse(posted.operation_no)
    assert [purse.balance(no) for no in (purse.adam, purse.farm, vat)] == [0, 0, 0]


def test_an_operation_is_reversed_once_and_replays_answer_the_same(purse):
    [posted] = purse.post(draft("order:1", purse.adam, purse.farm))
    first = purse.reverse(posted.operation_no)
    assert purse.reverse(posted.operation_no).operation_no == first.operation_no
    with pytest.raises(AlreadyReversed):
        purse.reverse(posted.operation_no, ref="another")
    with pytest.raises(NoSuchOperation):
        purse.reverse(999, ref="nothing")
    assert purse.balance(purse.adam) == 0


def test_a_reversal_may_itself_be_reversed(purse):
    [posted] = purse.post(draft("order:1", purse.adam, purse.farm))
    back = purse.reverse(posted.operation_no)
    purse.reverse(back.operation_no, ref="back again")
    assert purse.balance(purse.adam) == -100


def test_sums_by_kind_net_reversals(purse):
    posted = purse.post(
        draft("a", purse.adam, purse.farm), draft("b", purse.adam, purse.farm, 50), draft("c", purse.farm, purse.adam, 30, kind="pay")
    )
    purse.reverse(posted[1].operation_no)
    assert total_by_kind(purse.book_id, [purse.adam, purse.blanc], ["order"]) == {purse.adam: -100}


@pytest.mark.parametrize("count", [1, 7, 500])
def test_posting_takes_the_same_statements_whatever_the_number(purse, count, django_assert_max_num_queries):
    drafts = [draft(f"order:{n}", purse.adam, purse.farm, 100 + n) for n in range(count)]
    with django_assert_max_num_queries(5):
        purse.post(*drafts)
    assert Transfer.objects.filter(book=purse.book_id).count() == count


@pytest.mark.parametrize("count", [3, 120])
def test_a_page_of_a_statement_costs_the_same_anywhere(purse, count, django_assert_num_queries):
    purse.post(*(draft(f"order:{n}", purse.adam, purse.farm, 1) for n in range(count)))
    with django_assert_num_queries(2):
        page = statement(purse.book_id, purse.adam, limit=2)
    with django_assert_num_queries(1):
        after = statement(purse.book_id, purse.adam, before=page.next, limit=2)
    assert [line.balance_after_cents for line in page.lines] == [-count, 1 - count]
    assert after.lines[0].balance_after_cents == 2 - count


def test_paging_through_reaches_zero(purse):
    purse.post(*(draft(f"o:{n}", purse.adam, purse.farm, n + 1) for n in range(23)))
    seen, cursor = [], None
    while True:
        page = statement(purse.book_id, purse.adam, before=cursor, limit=5)
        seen += [line.seq for line in page.lines]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 23
    assert page.carried_cents == 0


def test_a_statement_knows_what_was_reversed_by_what(purse):
    [posted] = purse.post(draft("order:1", purse.adam, purse.farm))
    back = purse.reverse(posted.operation_no)
    newest, oldest = statement(purse.book_id, purse.adam).lines
    assert (newest.reverses_no, newest.reason, oldest.reversed_by_no) == (posted.operation_no, "erreur", back.operation_no)


def test_erasing_words_leaves_the_chain_whole(purse):
    purse.post(draft("order:1", purse.adam, purse.farm, label="Chèque de ADAM"))
    assert erase_texts_of_account(purse.book_id, purse.adam) == 1
    assert erase_texts_of_account(purse.book_id, purse.adam) == 0
    assert Operation.objects.get(book=purse.book_id).label == ""


def test_dates_are_kept_as_given(purse):
    at = dt.datetime(2026, 9, 5, 21, 14, 3, 123456, tzinfo=dt.UTC)
    posting.post(purse.book_id, [draft("order:1", purse.adam, purse.farm)], by="member:7", at=at)
    operation = Operation.objects.get(book=purse.book_id)
    assert (operation.recorded_at, operation.value_date, operation.by) == (at, DAY, "member:7")


def test_the_database_has_the_last_word_on_reversals(purse):
    [posted] = purse.post(draft("order:1", purse.adam, purse.farm))
    purse.reverse(posted.operation_no)
    with pytest.raises(AlreadyReversed):
        purse.post(draft("order:2", purse.farm, purse.adam, reverses_no=posted.operation_no))
    with pytest.raises(NoSuchOperation):
        purse.post(draft("order:3", purse.farm, purse.adam, reverses_no=999))
    with pytest.raises(NoSuchOperation):
        purse.post(draft("order:4", purse.farm, purse.adam, 1, reverses_no=posted.operation_no + 1))


def test_the_missing_account_is_named(purse):
    with pytest.raises(NoSuchAccount, match=r"\[998, 999\]"):
        purse.post(draft("order:1", purse.adam, 999), draft("order:2", 998, purse.farm))


def test_old_and_new_refs_may_come_together(purse):
    [first] = purse.post(draft("order:1", purse.adam, purse.farm))
    again, second = purse.post(draft("order:1", purse.adam, purse.farm), draft("order:2", purse.adam, purse.farm, 50))
    assert (again.operation_no, again.replayed, second.replayed) == (first.operation_no, True, False)
    assert second.operation_no == first.operation_no + 1
    assert purse.balance(purse.adam) == -150


def test_nothing_to_post_is_nothing_posted(purse):
    assert purse.post() == []
    assert posting.reverse_many(purse.book_id, [], value_date=DAY, by="x", label="", reason="") == []
    assert not Operation.objects.filter(book=purse.book_id).exists()


def test_words_of_any_script_are_sealed_alike(purse):
    """PostgreSQL seals by itself what SQLite has sealed for it: both are read by the same verification."""
    words = ("« L’été » 🍓 — 1 234,56 €", "שלום", "O'Brien \\ {} % %s", "", "a\tb\nc")
    purse.post(*(draft(f"{n}:{text}", purse.adam, purse.farm, label=text, reason=text, about=text) for n, text in enumerate(words)))
    assert [line.label for line in statement(purse.book_id, purse.adam).lines] == list(reversed(words))
