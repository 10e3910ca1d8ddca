"""A real server on a database of its own, filled by the demo."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SERVER = ["granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "4", "--host", "127.0.0.1"]


@dataclass(frozen=True)
class Site:
    """Where it answers, how to run a command on its data, and the file in which its mails are written."""

    url: str
    environment: dict[str, str]
    mails: Path

    def manage(self, *command: str) -> None:
        self.run("manage.py", *command)

    def run(self, *python: str) -> str:
        """What a Python command prints, run on the data of this site."""
        command = [sys.executable, *python]
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def serving(data: Path):
    """Serve the demo groups from `data` until the caller is done."""
    for made in _model().iterdir():
        if made.is_dir():
            (data / made.name).symlink_to(made)
        else:
            shutil.copy(made, data)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    site = Site(url, {**_environment(data), "SITE_URL": url}, data / "mails.txt")
    with site.mails.open("w") as mails:
        # Mails of the default setting go to the standard output, unbuffered so that a code is there when its page is.
        command = [sys.executable, "-u", "-m", *SERVER, "--port", str(port), "escarcelle.config.wsgi:application"]
        server = subprocess.Popen(command, env=site.environment, stdout=mails)
        try:
            _wait_for(url)
            yield site
        finally:
            server.terminate()
            server.wait(20)


@cache
def _model() -> Path:
    """The data of a new site: static files, database, demo groups. Made once for all the sites of a run."""
    data = Path(tempfile.mkdtemp(prefix="escarcelle-"))
    atexit.register(shutil.rmtree, data)
    site = Site("", _environment(data), data / "mails.txt")
    for command in (["collectstatic", "--noinput", "-v0", "-i", "redoc*"], ["migrate", "-v0"], ["createcachetable"], ["demo"]):
        site.manage(*command)
    return data


def _environment(data: Path) -> dict[str, str]:
    own = {"DATA_DIR": str(data), "DATABASE_URL": "", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "escarcelle.config.settings"}
    return {**os.environ, **own}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url + "/acces/login/", timeout=5).close()  # noqa: S310  our own address
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{url} does not answer")
