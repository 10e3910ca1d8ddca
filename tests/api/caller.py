"""Somebody who speaks to the API with a key of theirs."""

import json
from uuid import uuid4

from django.test import Client

from escarcelle.groups.tokens import make_token


class Said:
    """What came back: its status, its JSON (with attribute-free access), its problem's code."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        is_json = "json" in response.headers.get("Content-Type", "")
        self.json = json.loads(response.content) if is_json and response.content else None

    def __getitem__(self, name):
        return self.json[name]

    def __repr__(self):
        return f"{self.status} {self.response.content.decode()[:600]}"

    @property
    def code(self):
        return self.json["code"]

    @property
    def text(self):
        return self.response.content.decode()


class Caller:
    def __init__(self, member, slug=None):
        self.member = member
        self.root = f"/api/v1/groups/{slug or member.group.slug}"
        self.headers = {"Authorization": f"Bearer {make_token(member=member, name='test', by=member)}"} if member else {}
        self.client = Client()

    def get(self, path, **query):
        return Said(self.client.get(self.root + path, query, headers=self.headers))

    def post(self, path, body=None, *, key=None, **headers):
        """With a new key unless one is given; `key=""` sends none."""
        return self.send("POST", path, body, key=str(uuid4()) if key is None else str(key), **headers)

    def send(self, method, path, body=None, *, key="", **headers):
        named = {**self.headers, **({"Idempotency-Key": key} if key else {}), **headers}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Said(self.client.generic(method, self.root + path, content, content_type="application/json", headers=named))

    def made(self, path, body=None, **options):
        """Post and insist that it was created."""
        said = self.post(path, body, **options)
        assert said.status == 201, said
        return said

    def done(self, path, body=None, **options):
        """Post and insist that it was done."""
        said = self.post(path, body, **options)
        assert said.status == 200, said
        return said

    def every(self, path, **query):
        """All the rows of a list, page by page."""
        rows, cursor = [], ""
        while True:
            page = self.get(path, cursor=cursor, **query)
            assert page.status == 200, page
            rows += page["items"]
            cursor = page["next"]
            if cursor is None:
                return rows
