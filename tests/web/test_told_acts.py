"""Every act that a screen can do is told by the log: who, when, and what, with every name in it."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.web.every_form import TAKERS, taken_back
from tests.web.pages import words

pytestmark = pytest.mark.django_db

# Sending these writes no act: they show, or concern a device alone.
SILENT = {"set_language", "theme", "verify"}
CLOSED_BY_THEMSELVES = {"default_orders.given"}


@pytest.mark.parametrize("name", sorted(set(TAKERS) - SILENT))
def test_what_a_screen_does_is_told(site, name):
    told = []
    for form in site.forms.get(name, []):
        world = site.amap if f"/{site.amap.group.slug}/" in form.path or name == "invitation" else site.market
        group = world.group
        with taken_back():
            newest = group.activities.latest("pk").pk
            # The second time under another key: what changes nothing is not told, or told in full.
            for key in (uuid4(), uuid4()):
                site.send(name, form, {**site.valid(name, form), "key": [str(key)]})
            acts = group.activities.filter(pk__gt=newest)
            if not acts:
                continue
            log = reverse("web:activity", args=[group.slug])
            page = site.browser_at(log).get(log)
            rows = page.context["rows"][: len(acts)]
            told += [row.what for row in rows]
            # Orders that close do so by themselves; everything else was done by who sent the form.
            assert set(acts.filter(by=None).values_list("kind", flat=True)) <= CLOSED_BY_THEMSELVES
            assert sum(not row.who for row in rows) == acts.filter(by=None).count()
            assert all(timezone.now() - row.at < dt.timedelta(minutes=5) for row in rows)
            assert all(row.what.replace("\u00a0", " ") in words(page).replace("\u202f", " ") or "\u202f" in row.what for row in rows)
    assert told or not site.forms.get(name)
    assert [what for what in told if "…" in what or "«\u00a0None" in what or what.startswith("a fait")] == []
