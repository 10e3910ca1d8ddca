"""What must hold after every test that moved money."""

from escarcelle.ledger.verification import verify


def assert_books_are_right():
    assert verify().faults == []
