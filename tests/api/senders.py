"""An AMAP in a database of its own, and processes that send to it at the same time."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from uuid import uuid4

ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "escarcelle.config.test_settings", "PYTHONPATH": os.getcwd()}
FOUNDING = """
import datetime as dt, json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Group
from escarcelle.groups.tokens import make_token
group, admin = found_group(name="AMAP de Groix", kind=Group.Kind.AMAP, administrator=PersonalDetails("Admin"), on=dt.date.today())
print(json.dumps({"slug": group.slug, "token": make_token(member=admin, name="test", by=admin)}))
"""


def python(*arguments, url):
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **ENVIRONMENT, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Said:
    def __init__(self, line):
        answer = json.loads(line)
        self.status, self.body = answer["status"], answer["body"]

    def __getitem__(self, name):
        return json.loads(self.body)[name]

    def __repr__(self):
        return f"{self.status} {self.body[:600]}"

    @property
    def code(self):
        return None if self.status < 400 else self["code"]


class Sender:
    """One process; what is sent is answered when it is received, so that several may be at work at once."""

    def __init__(self, url, founded):
        self.founded = founded
        self.process = python("-m", "tests.api.sending", url=url)
        assert self.process.stdout.readline() == "ready\n"

    def send(self, method, path, body=None, *, key=None, die=None):
        path = f"/api/v1/groups/{self.founded['slug']}{path}"
        asked = {"method": method, "path": path, "body": body, "key": str(key or uuid4()), "token": self.founded["token"], "die": die}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()

    def received(self):
        return Said(self.process.stdout.readline())

    def get(self, path):
        self.send("GET", path)
        said = self.received()
        assert said.status == 200, said
        return said

    def made(self, path, body=None, **options):
        self.send("POST", path, body, **options)
        said = self.received()
        assert said.status in (200, 201), said
        return said

    def leave(self):
        """Let it end; give its exit status."""
        self.process.stdin.close()
        status = self.process.wait(60)
        self.process.stdout.close()
        return status


@contextmanager
def senders(url, count):
    """So many processes over one newly founded group."""
    founding = python("-c", FOUNDING, url=url)
    founded = json.loads(founding.communicate(timeout=100)[0].splitlines()[-1])
    there = [Sender(url, founded) for _ in range(count)]
    try:
        yield there
    finally:
        for sender in there:
            sender.leave()
