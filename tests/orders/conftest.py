import pytest

from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right


@pytest.fixture(autouse=True)
def _the_books_are_right_afterwards(db):
    yield
    assert_books_are_right()
    assert_baskets_agree_with_the_books()
