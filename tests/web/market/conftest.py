import pytest
from django.test import Client

from tests.books import assert_baskets_agree_with_the_books, assert_books_are_right


@pytest.fixture(autouse=True)
def _the_books_are_right_afterwards(db):
    yield
    assert_books_are_right()
    assert_baskets_agree_with_the_books()


@pytest.fixture
def sign_in():
    def signed(member):
        client = Client()
        client.force_login(member.person)
        return client

    return signed
