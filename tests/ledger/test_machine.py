"""Random sequences of posts, replays and reversals, against a model that is a dictionary."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from escarcelle.ledger import balances, posting
from tests.books import assert_books_are_right
from tests.ledger.conftest import DAY, draft, new_purse

PAIRS = st.sampled_from([(0, 2), (1, 2), (2, 0), (2, 1), (0, 1), (1, 0)])
AMOUNTS = st.one_of(st.integers(1, 500), st.just(10**12))


class Books(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.purse = new_purse()
        self.nos = [self.purse.adam, self.purse.blanc, self.purse.farm]
        self.model = dict.fromkeys(self.nos, 0)
        self.drafts = []
        self.standing = {}
        self.reversals = {}

    def _expect(self, a_draft, sign=1):
        for move in a_draft.moves:
            self.model[move.debit_no] -= sign * move.amount_cents
            self.model[move.credit_no] += sign * move.amount_cents

    @rule(moves=st.lists(st.tuples(PAIRS, AMOUNTS), min_size=1, max_size=5))
    def post_one_of_many_moves(self, moves):
        move_list = [posting.Move(self.nos[debit], self.nos[credit], amount) for (debit, credit), amount in moves]
        a_draft = replace(draft(f"ref:{len(self.drafts)}", *self.nos[:2]), moves=move_list)
        [posted] = self.purse.post(a_draft)
        self.standing[posted.operation_no] = a_draft
        self._expect(a_draft)
        self.drafts.append(a_draft)

    @rule(moves=st.lists(st.tuples(PAIRS, AMOUNTS), min_size=1, max_size=6))
    def post_many(self, moves):
        drafts = [
            draft(f"ref:{len(self.drafts) + rank}", self.nos[debit], self.nos[credit], amount)
            for rank, ((debit, credit), amount) in enumerate(moves)
        ]
        for a_draft, posted in zip(drafts, self.purse.post(*drafts), strict=True):
            assert not posted.replayed
            self.standing[posted.operation_no] = a_draft
            self._expect(a_draft)
        self.drafts += drafts

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def replay(self, data):
        some = data.draw(st.lists(st.sampled_from(self.drafts), min_size=1, max_size=4, unique_by=lambda a_draft: a_draft.ref))
        assert all(posted.replayed for posted in self.purse.post(*some))

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def replay_beside_something_new(self, data):
        old = data.draw(st.sampled_from(self.drafts))
        new = draft(f"ref:{len(self.drafts)}", *self.nos[:2])
        again, posted = self.purse.post(old, new)
        assert (again.replayed, posted.replayed) == (True, False)
        self.standing[posted.operation_no] = new
        self._expect(new)
        self.drafts.append(new)

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def the_same_ref_says_something_else(self, data):
        old = data.draw(st.sampled_from(self.drafts))
        with pytest.raises(posting.RefReused):
            self.purse.post(replace(old, moves=[*old.moves, posting.Move(self.nos[0], self.nos[1], 1)]))

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def reverse(self, data):
        no = data.draw(st.sampled_from(sorted(self.standing)))
        a_draft = self.standing.pop(no)
        back = self.purse.reverse(no, ref=f"back:{no}")
        self.reversals[no] = f"back:{no}"
        self._expect(a_draft, sign=-1)
        # A reversal stands like any other operation: it may be reversed in its turn.
        opposite = [posting.Move(move.credit_no, move.debit_no, move.amount_cents) for move in a_draft.moves]
        self.standing[back.operation_no] = replace(a_draft, moves=opposite)

    @precondition(lambda self: self.reversals)
    @rule(data=st.data(), other=st.booleans())
    def reverse_again(self, data, other):
        no = data.draw(st.sampled_from(sorted(self.reversals)))
        try:
            posting.reverse(
                self.purse.book_id, no, ref="other" if other else self.reversals[no], value_date=DAY, by="x", label="", reason=""
            )
        except posting.AlreadyReversed:
            assert other
        else:
            assert not other

    @invariant()
    def balances_are_those_of_the_model(self):
        assert balances.balances(self.purse.book_id, self.nos) == self.model
        assert sum(self.model.values()) == 0

    def teardown(self):
        assert_books_are_right()


class TestBooks(TestCase):
    def test_books_agree_with_the_model(self):
        run_state_machine_as_test(Books, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))
