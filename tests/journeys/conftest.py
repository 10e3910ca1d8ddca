"""A real server on a database of its own, filled by the demo."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a server started for the journeys, with the demo groups in it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DATA_DIR": str(tmp_path_factory.mktemp("data")), "SITE_URL": url, "DATABASE_URL": "", "DEBUG": "0"}
    environment["DJANGO_SETTINGS_MODULE"] = "escarcelle.config.settings"
    for command in (["collectstatic", "--noinput", "-v0", "-i", "redoc*"], ["migrate", "-v0"], ["createcachetable"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--no-ws",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--blocking-threads",
            "4",
            "escarcelle.config.wsgi:application",
        ],
        env=environment,
    )
    try:
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url):
    for _ in range(100):
        try:
            urllib.request.urlopen(url + "/acces/login/", timeout=5).close()  # noqa: S310  our own address
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{url} does not answer")
