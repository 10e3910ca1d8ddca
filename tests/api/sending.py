"""A process that sends requests to the API, one per line of its input, on a connection of its own. Run by `tests.api.senders`."""

import json
import sys

import django


def answer(client, asked):
    headers = {"Authorization": f"Bearer {asked['token']}", "Idempotency-Key": asked["key"]}
    content = "" if asked["body"] is None else json.dumps(asked["body"])
    response = client.generic(asked["method"], asked["path"], content, content_type="application/json", headers=headers)
    return {"status": response.status_code, "body": response.content.decode()}


def send_all():
    """Answer until the input ends. A process told to `die` does so when its transaction is written, or just before."""
    django.setup()
    from django.test import Client

    from tests.api.dying import told_to_die

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        with told_to_die(asked.get("die")):
            print(json.dumps(answer(client, asked)), flush=True)


if __name__ == "__main__":
    send_all()
