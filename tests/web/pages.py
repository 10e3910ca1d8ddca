"""Screens as a browser uses them: what it sends of a form, the two steps of an act that is shown first, statements counted."""

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

MOST_STATEMENTS = 15


def browser(member):
    """The browser of a member who is signed in."""
    client = Client()
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def as_sent(form, **typed):
    """What a browser sends of a form as it is shown, with what somebody typed over it."""
    shown = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in {**shown, **typed}.items() if value is not None}


def shown_then_done(client, url, data, **options):
    """Send a form twice: the answer to the first sending shows the effect, the second says that it was seen."""
    shown = client.post(url, data)
    assert shown.status_code == 200, words(shown)
    seen = re.search(r'name="seen" value="([^"]+)"', shown.content.decode())
    assert seen, words(shown)
    return client.post(url, {**data, "seen": seen[1]}, **options)


def words(response):
    """The text of a page, as it is read."""
    html = re.sub(r"(?s)<(script|style).*?</\1>", "", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ").split())


def statements(client, url):
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
