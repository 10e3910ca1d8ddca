"""A power cut at the worst moment: after the act and before its commit, or after the commit and before the answer."""

import os
from contextlib import contextmanager
from unittest.mock import patch

from django.db import transaction

from escarcelle.api.frame import answers


def _cut_short(*_arguments):
    os._exit(9)


@contextmanager
def told_to_die(when):
    if when is None:
        yield
        return
    said = answers.answer

    def dies(*arguments):
        if when == "before the commit":
            _cut_short()
        transaction.on_commit(_cut_short)
        return said(*arguments)

    with patch.object(answers, "answer", dies):
        yield
